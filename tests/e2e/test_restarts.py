"""A server that ends, politely or by SIGKILL, and is started again on the same folder."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from chats import STARTS_AT_UTC, open_chat, up_to_read_back
from e2e_server import QUICK, ServerProcess, serving
from wire_call import http

pytestmark = pytest.mark.e2e

MOMENTS_S = (0.0, 0.005, 0.02, 0.06)
"""From the freeing of the book to the kill; the write that waits for it asks again every few milliseconds."""


async def test_a_session_goes_on_after_a_restart(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        async with http(server.url) as client:
            chat = await open_chat(client, "+12025550184")
            await chat.say("I would like an oil change tomorrow at ten")
            before = await chat.state()
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        async with http(server.url) as client:
            chat = chat.over(client)
            assert await chat.state() == before, "the token and the state are still good"
            await chat.say("My name is Nora Quinn")
            reply = await chat.say("yes")
        assert "booked" in reply["reply"]
        (row,) = server.appointments()
        assert (row["starts_at"][:19], row["session_id"]) == (STARTS_AT_UTC, chat.session_id)


async def test_a_server_killed_in_a_confirm_leaves_one_appointment_or_none_and_a_retry_one(tmp_path: Path) -> None:
    """The write waits for a lock that is freed just before the kill, so that the kill falls in or near its commit."""
    moments = MOMENTS_S
    with ExitStack() as stack:
        servers = [ServerProcess(tmp_path / str(n), **QUICK) for n in range(len(moments))]
        for server in servers:
            stack.callback(server.stop)
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
        await asyncio.gather(*(_kill_in_confirm(s, after) for s, after in zip(servers, moments, strict=True)))


async def _kill_in_confirm(server: ServerProcess, after_s: float) -> None:
    phone = "+12025550185"
    async with http(server.url) as client:
        chat = await up_to_read_back(client, phone)
        with server.locked_book():
            confirm = asyncio.create_task(chat.post("yes", "the-yes"))
            await asyncio.sleep(0.2)
        await asyncio.sleep(after_s)
        server.kill()
        answered = (await asyncio.gather(confirm, return_exceptions=True))[0]

    left = server.appointments()
    assert len(left) <= 1
    if isinstance(answered, httpx.Response) and "booked" in answered.json()["reply"]:
        assert len(left) == 1, "what was promised was written"
    units = server.rows("select unit from appointment_units")
    assert bool(units) == bool(left), "the appointment and its time are written together"

    await asyncio.to_thread(server.start)
    async with http(server.url) as client:
        chat = chat.over(client)
        replies = [await chat.say("yes", "the-yes") for _ in range(2)]
    assert replies[0]["reply"] == replies[1]["reply"]
    assert "booked" in replies[0]["reply"]
    (row,) = server.appointments()
    assert (row["starts_at"][:19], row["customer_phone"]) == (STARTS_AT_UTC, phone)
    if left:
        assert row == left[0], "the retry recalled the appointment, it made no other"
