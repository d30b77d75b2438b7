"""A server that speaks OpenAI's streamed chat completions over real sockets and says what it was told to.

For tests and benchmarks: scripted answers after set delays, and everything that goes wrong with such servers.

    async with OpenAiServer([Answer("Yes, we do.")]) as server:
        OpenAiLlm(base_url=server.url, model="any")

It is plain HTTP/1.1 on asyncio, so that nothing of the client's own making stands between the two. As a program it
says one sentence for ever and prints its address: `python benchmarks/openai_server.py --first-ms 100`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Chunk = Mapping[str, Any]


def text_chunks(text: str) -> list[Chunk]:
    words = text.split(" ")
    return [delta({"content": word if n == 0 else f" {word}"}) for n, word in enumerate(words)]


def delta(content: Mapping[str, Any], reason: str | None = None) -> Chunk:
    return {"choices": [{"index": 0, "delta": dict(content), "finish_reason": reason}]}


def call_chunks(name: str, arguments: str, *, index: int = 0, call_id: str = "", pieces: int = 4) -> list[Chunk]:
    """A tool call as servers stream it: the name first, the arguments in pieces that cut anywhere."""
    step = max(1, len(arguments) // pieces)
    parts = [arguments[at : at + step] for at in range(0, len(arguments), step)]
    first = {
        "index": index,
        "id": call_id or f"call_{index}",
        "type": "function",
        "function": {"name": name, "arguments": ""},
    }
    return [
        delta({"role": "assistant", "content": None, "tool_calls": [first]}),
        *(delta({"tool_calls": [{"index": index, "function": {"arguments": part}}]}) for part in parts),
    ]


@dataclass(frozen=True)
class Answer:
    """What to do with one request."""

    text: str = ""
    chunks: Sequence[Chunk | str] = ()
    """Sent after `text`; a str goes out as the data of its event, unread."""
    reason: str | None = "stop"
    """None: the stream ends without a finish reason."""
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    """The error object of another status."""
    first_ms: float = 0.0
    """From the request to the first event."""
    stall_after: int | None = None
    """Chunks after which it falls silent for good."""
    cut_after: int | None = None
    """Chunks after which the connection is cut."""
    usage: tuple[int, int] | None = (11, 7)


Choose = Callable[[dict[str, Any]], Answer]


class OpenAiServer:
    """Answers in the order of the list, then goes on with its last; or what `choose(request)` says."""

    def __init__(self, answers: Sequence[Answer] | Choose) -> None:
        self._answers = answers
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.cut_off = 0
        """Requests that the client gave up before their end."""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> OpenAiServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        if not head[0].startswith("POST "):
            return self._models(writer)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request: dict[str, Any] = json.loads(body or b"{}")
        self.requests.append(request)
        self.headers.append(headers)
        answer = self._answer(request)
        if answer.status != 200:
            text = json.dumps({"error": {"message": "refused", "type": "x", **answer.error}}).encode()
            writer.write(_head(answer.status, f"Content-Type: application/json\r\nContent-Length: {len(text)}"))
            writer.write(text)
            await writer.drain()
            return True
        return await self._stream(answer, writer)

    def _models(self, writer: asyncio.StreamWriter) -> bool:
        """`GET /models`: a client opens its connection with it."""
        writer.write(_head(200, "Content-Type: application/json\r\nContent-Length: 2") + b"{}")
        return True

    async def _stream(self, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(answer.first_ms / 1000)
        writer.write(_head(200, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked"))
        for number, chunk in enumerate(_events(answer)):
            if number == answer.cut_after:
                writer.transport.abort()
                return False
            if number == answer.stall_after:
                try:
                    await asyncio.Event().wait()
                finally:
                    self.cut_off += 1
            data = f"data: {chunk if isinstance(chunk, str) else json.dumps(chunk)}\n\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _answer(self, request: dict[str, Any]) -> Answer:
        if callable(self._answers):
            return self._answers(request)
        return self._answers[min(len(self.requests), len(self._answers)) - 1]


def _events(answer: Answer) -> list[Chunk | str]:
    events: list[Chunk | str] = [*(text_chunks(answer.text) if answer.text else ()), *answer.chunks]
    if answer.reason is not None:
        events.append(delta({}, answer.reason))
    if answer.usage is not None:
        read, written = answer.usage
        total = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        events.append({"choices": [], "usage": total})
    events.append("[DONE]")
    shared = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
    return [event if isinstance(event, str) else {**shared, **event} for event in events]


def _head(status: int, fields: str) -> bytes:
    return f"HTTP/1.1 {status} X\r\n{fields}\r\n\r\n".encode("latin-1")


async def _forever(first_ms: float, text: str) -> None:
    async with OpenAiServer([Answer(text, first_ms=first_ms)]) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--first-ms", type=float, default=100.0)
    arguments.add_argument("--text", default="Certainly, I can help you with that.")
    given = arguments.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_forever(given.first_ms, given.text))


if __name__ == "__main__":
    main()
