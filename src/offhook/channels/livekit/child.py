"""The process that sits in the rooms: `python -m offhook.channels.livekit.child`, started and ended by the server.

LiveKit's media library runs threads of its own and ends its whole process when it meets a defect of its own; here that
ends no telephone call. Commands come on standard input, what happens goes to standard output (wire.py), complaints to
standard error. The process ends when its input does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from offhook.channels.livekit.wire import FromRooms, Heard, Join, ToRooms, Unpacker, packed

SDK_MISSING = 3
"""Exit code: the media library is not installed."""
MOST_UNREAD_BYTES = 4 << 20
"""Of what happens, unread by the server; beyond it sound is dropped."""


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the input ends; rooms that are open then are left."""
    from offhook.channels.livekit.room import AgentRoom

    rooms: dict[int, AgentRoom] = {}
    unpacker = Unpacker(ToRooms)

    def tell(message: FromRooms) -> None:
        if isinstance(message, Heard) and writer.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            return
        writer.write(packed(message))

    async def sit(room: AgentRoom, key: int) -> None:
        try:
            await room.run()
        except Exception as error:  # lint: broad-except: supervisor of a room: its failure ends it alone
            logging.getLogger("livekit.room").error("room failed", exc_info=error)
        finally:
            rooms.pop(key, None)

    async with asyncio.TaskGroup() as tasks:
        while data := await reader.read(1 << 16):
            for message in unpacker.feed(data):
                if isinstance(message, Join):
                    room = rooms[message.room] = AgentRoom(message, tell)
                    tasks.create_task(sit(room, message.room), name=f"room {message.room}")
                elif isinstance(message, ToRooms) and (known := rooms.get(message.room)) is not None:
                    known.take(message)
        for room in rooms.values():
            room.leave()


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    # What the library prints must not land among the messages.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, out)
    await serve(reader, asyncio.StreamWriter(transport, protocol, None, loop))


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        import livekit.rtc  # noqa: F401
    except ImportError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the server reads it
        sys.exit(SDK_MISSING)
    asyncio.run(main())
