"""A Twilio media stream by hand: for sending what no carrier would."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from offhook.callers.carrier_side import FromServer, Media
from offhook.callers.frames import StreamFrames
from offhook.callers.twilio_side import Stream, parse_twiml

ACCOUNT = "AC" + "0" * 32
FRAME = b"\xff" * 160
"""20 ms of silence, mu-law."""
PATIENCE_S = 30.0


class WireCall:
    """One open socket and the frames of its stream."""

    def __init__(self, socket: ClientConnection, call_sid: str = "") -> None:
        self.socket = socket
        self.call_sid = call_sid or new_call_sid()
        self.frames = StreamFrames("MZ" + secrets.token_hex(16), self.call_sid, ACCOUNT)
        self._at_ms = 0

    async def start(self, parameters: dict[str, str] | None = None) -> None:
        await self.send(self.frames.connected(), self.frames.start(parameters or {}))

    async def send(self, *messages: str | bytes) -> None:
        """Send them all; a server that closes meanwhile is no error, its code is what counts."""
        try:
            for message in messages:
                await self.socket.send(message)
        except ConnectionClosed:
            return

    def media(self, payload: bytes = FRAME) -> str:
        message = self.frames.media(payload, self._at_ms)
        self._at_ms += len(payload) // 8
        return message

    async def until_audio(self) -> None:
        """Until the server speaks. Raises ConnectionClosed, TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(await self.next(), Media):
                pass

    async def next(self) -> FromServer:
        return self.frames.read(await self.socket.recv())

    async def hang_up(self) -> int | None:
        """Stop as a carrier does; the code with which the server then closes."""
        await self.send(self.frames.stop())
        return await self.close_code()

    async def close_code(self) -> int | None:
        """Read on until the server closes; its code."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed:
                return self.socket.close_code


class Wire:
    """`async with Wire(url) as call`: a socket on `/media/twilio`."""

    def __init__(self, url: str, call_sid: str = "", **options: object) -> None:
        address = url.replace("http", "ws", 1) + "/media/twilio"
        self._connecting = connect(address, compression=None, max_size=None, **options)  # type: ignore[arg-type]
        self._call_sid = call_sid

    async def __aenter__(self) -> WireCall:
        return WireCall(await self._connecting.__aenter__(), self._call_sid)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connecting.__aexit__(kind, error, trace)


def new_call_sid() -> str:
    return "CA" + secrets.token_hex(16)


def webhook_form(call_sid: str, **more: str) -> dict[str, str]:
    return {
        "CallSid": call_sid,
        "AccountSid": ACCOUNT,
        "From": "+12025550190",
        "To": "+12025550110",
        "CallStatus": "ringing",
        **more,
    }


async def ring(url: str, call_sid: str) -> Stream:
    """The webhook of an incoming call; the stream that it asks for."""
    async with http(url) as client:
        response = await client.post("/twilio/voice", data=webhook_form(call_sid))
        response.raise_for_status()
        answer = parse_twiml(response.text)
        assert isinstance(answer, Stream), response.text
        return answer


@asynccontextmanager
async def http(url: str, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, headers=headers) as client:
        yield client
