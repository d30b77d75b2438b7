from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from offhook.channels.media_call import CarrierUnreachable
from offhook.channels.twilio.rest import TwilioRest

ENDED = (404, b'{"code":20404,"message":"not found","status":404}')
LATE = (400, b'{"code":21220,"message":"Call is not in-progress. Cannot redirect.","status":400}')


@asynccontextmanager
async def twilio(status: int, body: bytes, delay_s: float = 0.0) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A local stand-in for the API: one answer to everything, requests kept."""
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        requests.append(head + await reader.readexactly(length))
        await asyncio.sleep(delay_s)
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body)) + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", requests


async def test_hangs_up() -> None:
    async with twilio(200, b'{"sid":"CA1","status":"completed"}') as (url, requests), httpx.AsyncClient() as http:
        assert await TwilioRest("AC1", "secret", http, base_url=url).hang_up("CA1") == "ended"
    assert requests[0].startswith(b"POST /2010-04-01/Accounts/AC1/Calls/CA1.json ")
    assert requests[0].endswith(b"Status=completed")
    assert b"Basic " + base64.b64encode(b"AC1:secret") in requests[0]


@pytest.mark.parametrize("answer", [ENDED, LATE, (404, b"<html>")])
async def test_an_ended_call_is_fine(answer: tuple[int, bytes]) -> None:
    async with twilio(*answer) as (url, _), httpx.AsyncClient() as http:
        assert await TwilioRest("AC1", "secret", http, base_url=url).hang_up("CA1") == "already_ended"


@pytest.mark.parametrize("answer", [(500, b"oops"), (401, b'{"code":20003}'), (400, b"[]"), (429, b'{"code":"x"}')])
async def test_a_refusal_is_told_without_secrets(answer: tuple[int, bytes]) -> None:
    async with twilio(*answer) as (url, _), httpx.AsyncClient() as http:
        with pytest.raises(CarrierUnreachable) as refused:
            await TwilioRest("AC1", "secret", http, base_url=url).hang_up("CA1")
    assert str(answer[0]) in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_unreachable_and_slow() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(CarrierUnreachable):
            await TwilioRest("AC1", "secret", http, base_url="http://127.0.0.1:1").hang_up("CA1")
        async with twilio(200, b"{}", delay_s=5.0) as (url, _):
            with pytest.raises(CarrierUnreachable, match="Timeout"):
                await TwilioRest("AC1", "secret", http, base_url=url, deadline_s=0.05).hang_up("CA1")
