"""A proxy between a browser and the server: notes what passes, and cuts connections as a network does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass(eq=False)
class _Line:
    asked: bytes
    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Tap:
    """In front of the server at this port. `clears`: when a `clear` passed, milliseconds since the epoch."""

    def __init__(self, port: int) -> None:
        self.clears: list[float] = []
        self._port = port
        self._lines: set[_Line] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            self.cut(b"")

    def cut(self, asked: bytes) -> None:
        """Drop the connections whose request had these bytes in its first line; nobody says goodbye."""
        for line in [line for line in self._lines if asked in line.asked]:
            for end in line.ends:
                end.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            first = await reader.read(65_536)
            back, forth = await asyncio.open_connection("127.0.0.1", self._port)
            line = _Line(first.split(b"\r\n")[0], (writer, forth))
            self._lines.add(line)
            try:
                forth.write(first)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._pass(reader, forth))
                    tasks.create_task(self._pass(back, writer, watched=True))
            finally:
                self._lines.discard(line)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, watched: bool = False) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if watched and b'{"type":"clear"' in data:
                    self.clears.append(time.time() * 1000)
                writer.write(data)
                await writer.drain()
        writer.close()
