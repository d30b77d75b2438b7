"""What a broken or hostile client sends to a media socket. Each function plays one against a server and asserts how the
server ends it; what it counts is told by `COUNTED`."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable

from wire_call import FRAME, Wire, WireCall, new_call_sid, ring

from offhook.callers.carrier_side import Media
from offhook.callers.frames import StreamFrames

Attack = Callable[[str], Awaitable[None]]
"""Given the server's URL."""


async def bad_json(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.send("{", "[]", '"media"', "null", '{"event": "media", "media":', "\x00")
        await _goes_on(call)


async def bad_base64(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        for payload in ("***", "AAA", "ÿÿÿÿ", "AAAA\nAAAA"):
            body = {"event": "media", "streamSid": call.frames.stream_sid, "media": {"payload": payload}}
            await call.send(json.dumps(body))
        await _goes_on(call)


async def odd_lengths(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.send(*(call.media(b"\xff" * length) for length in (0, 1, 7, 159, 161, 333)))
        await _goes_on(call)


async def media_before_start(url: str) -> None:
    async with Wire(url) as call:
        await call.send(call.frames.connected(), call.media(), call.frames.mark("early"), call.media())
        await call.send(call.frames.start({}))
        await _goes_on(call)


async def wrong_stream_sid(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        other = StreamFrames("MZ" + "1" * 32, call.call_sid, "AC" + "1" * 32)
        await call.send(other.media(FRAME, 0), other.mark("m"), other.stop())
        await _goes_on(call)


async def too_many_faults(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.send(*["{"] * 80)
        assert await call.close_code() == 1008


async def binary_frames(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.send(FRAME)
        assert await call.close_code() == 1003


async def ten_megabytes(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.send(json.dumps({"event": "media", "media": {"payload": "A" * 10_000_000}}))
        assert await call.close_code() == 1009


async def a_big_message(url: str) -> None:
    """Under the socket's limit, over the protocol's."""
    async with Wire(url) as call:
        await call.start()
        await call.send(json.dumps({"event": "media", "media": {"payload": "A" * 200_000}}))
        assert await call.close_code() == 1009


async def flood(url: str) -> None:
    """70 s of audio as fast as it goes."""
    async with Wire(url) as call:
        await call.start()
        await call.send(*(call.media(b"\xff" * 1600) for _ in range(350)))
        assert await call.close_code() == 1008


async def never_reads(url: str) -> None:
    """Leaves everything in the kernel's buffers and talks on, then is gone without a word."""
    async with Wire(url, max_queue=1) as call:
        call.socket.transport.pause_reading()  # type: ignore[attr-defined]
        await call.start()
        for _ in range(100):
            await call.send(call.media())
            await asyncio.sleep(0.02)
        call.socket.transport.abort()


async def silence(url: str) -> None:
    """A start and then nothing at all: it is greeted, and may hang up."""
    async with Wire(url) as call:
        await call.start()
        await call.until_audio()
        await asyncio.sleep(1.0)
        assert await call.hang_up() == 1000


async def disconnects_in_a_frame(url: str) -> None:
    async with Wire(url) as call:
        await call.start()
        await call.until_audio()
        call.socket.transport.write(b"\x81\xfe\x01\x00" + b"\x00" * 40)  # 256 bytes are announced, 36 come
        await asyncio.sleep(0.05)
        call.socket.transport.abort()


async def replayed_token(url: str) -> None:
    sid = new_call_sid()
    stream = await ring(url, sid)
    async with Wire(url, sid) as call:
        await call.start(stream.parameters)
        await call.until_audio()
        async with Wire(url, sid) as again:
            await again.start(stream.parameters)
            assert await again.close_code() == 1008
        assert await call.hang_up() == 1000
    async with Wire(url, sid) as afterwards:
        await afterwards.start(stream.parameters)
        assert await afterwards.close_code() == 1008


async def token_of_another_call(url: str) -> None:
    stream = await ring(url, new_call_sid())
    async with Wire(url) as call:
        await call.start(stream.parameters)
        assert await call.close_code() == 1008


async def forged_token(url: str) -> None:
    forged = base64.urlsafe_b64encode(b'{"business_id":"biz"}').decode()
    async with Wire(url) as call:
        await call.start({"call_token": forged})
        assert await call.close_code() == 1008


async def _goes_on(call: WireCall) -> None:
    """The call is greeted as if nothing had been, and ends in good order."""
    await call.until_audio()
    await call.send(*(call.media() for _ in range(10)))
    assert isinstance(await _next_media(call), Media)
    assert await call.hang_up() == 1000


async def _next_media(call: WireCall) -> Media:
    while True:
        message = await call.next()
        if isinstance(message, Media):
            return message


COUNTED: dict[Attack, dict[str, int]] = {
    bad_json: {'frames_dropped_total{reason="bad_json"}': 3},
    bad_base64: {'frames_dropped_total{reason="bad_base64"}': 3},
    odd_lengths: {'frames_dropped_total{reason="empty_media"}': 1},
    media_before_start: {'frames_dropped_total{reason="before_start"}': 3},
    wrong_stream_sid: {'frames_dropped_total{reason="wrong_stream"}': 3},
    too_many_faults: {'frames_dropped_total{reason="bad_json"}': 50, 'errors_total{kind="protocol_violation"}': 1},
    binary_frames: {'errors_total{kind="protocol_violation"}': 1},
    ten_megabytes: {},
    a_big_message: {'errors_total{kind="protocol_violation"}': 1},
    flood: {'frames_dropped_total{reason="inbound_flood"}': 250, 'errors_total{kind="inbound_flood"}': 1},
    never_reads: {},
    silence: {},
    disconnects_in_a_frame: {},
    replayed_token: {'errors_total{kind="token_spent"}': 2},
    token_of_another_call: {'errors_total{kind="token_of_another_call"}': 1},
    forged_token: {'errors_total{kind="token_': 1},
}
"""Attack -> how much each counter (a beginning of its name) grows at least."""
