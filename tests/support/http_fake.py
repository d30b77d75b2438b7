"""A carrier's API on a local port: notes what it is asked and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs


@dataclass
class Asked:
    line: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class HttpFake:
    status: int = 201
    body: str = "{}"
    hangs: bool = False
    """Takes the request and closes without an answer."""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(line, headers, parse_qs(body.decode(), keep_blank_values=True)))
        if not self.hangs:
            answer = self.body.encode()
            writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(answer)}\r\n".encode())
            writer.write(b"Content-Type: application/json\r\nConnection: close\r\n\r\n" + answer)
        writer.close()


@asynccontextmanager
async def http_fake(fake: HttpFake | None = None) -> AsyncIterator[HttpFake]:
    fake = fake or HttpFake()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with server:
        fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield fake
