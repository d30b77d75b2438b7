"""The official JavaScript client of Socket.IO, driven from a test (tests/js/chat.mjs)."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

Told = dict[str, Any]
POLLING: Told = {"transports": ["polling"]}
WEBSOCKET: Told = {"transports": ["websocket"]}
UPGRADE: Told = {"transports": ["polling", "websocket"]}
_PATIENCE_S = 30.0


class JsChat:
    """`told` holds everything that happened at the client, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.told: list[Told] = []
        self._process = process
        self._more = asyncio.Event()
        self._numbers = 0

    async def read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.told.append(json.loads(line))
            self._more.set()

    def do(self, what: str, **more: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")

    async def connect(self, url: str, auth: object, options: Told, *, path: str = "/socket") -> Told:
        """Until it is connected, or was refused; what it was told."""
        since = len(self.told)
        self.do("connect", url=url, auth=auth, options={"path": path, **options})
        return await self.until(lambda told: told["what"] in ("connect", "connect_error"), since)

    def emit(self, name: str, data: object) -> int:
        """Returns what names its acknowledgement."""
        self._numbers += 1
        self.do("emit", name=name, data=data, n=self._numbers)
        return self._numbers

    async def ask(self, name: str, data: object) -> Told:
        """The server's acknowledgement."""
        number = self.emit(name, data)
        told = await self.until(lambda told: told["what"] == "ack" and told["n"] == number)
        answer: Told = told["answer"]
        return answer

    async def reply(self, text: str, message_id: str) -> Told:
        """Say something; the whole reply."""
        since = len(self.told)
        answer = await self.ask("chat:message", {"id": message_id, "text": text})
        assert answer["ok"], answer
        return await self.response(message_id, since)

    async def response(self, message_id: str, since: int = 0) -> Told:
        told = await self.until(
            lambda told: (
                told.get("name") == "chat:response" and told["data"]["id"] == message_id and told["data"]["final"]
            ),
            since,
        )
        data: Told = told["data"]
        return data

    async def until(self, wanted: Callable[[Told], bool], since: int = 0, patience_s: float = _PATIENCE_S) -> Told:
        """The first thing of that kind; waits for it. Raises AssertionError with what came instead."""
        seen = since
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    for told in self.told[seen:]:
                        seen += 1
                        if wanted(told):
                            return told
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"it did not come; the last that did: {self.told[-8:]}") from None

    def events(self, name: str, since: int = 0) -> list[Told]:
        return [told["data"] for told in self.told[since:] if told.get("name") == name]


@asynccontextmanager
async def js_chat(folder: Path) -> AsyncIterator[JsChat]:
    process = await asyncio.create_subprocess_exec(
        "node",
        "chat.mjs",
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=32 * 1_048_576,
    )
    chat = JsChat(process)
    reading = asyncio.create_task(chat.read())
    try:
        yield chat
    finally:
        reading.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def as_bytes(data: bytes) -> Told:
    """Bytes as a command carries them."""
    return {"base64": base64.b64encode(data).decode()}
