"""The server with its worker: a booking by chat is followed by its messages, and the worker ends with the server."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import psutil
import pytest
from chats import up_to_read_back
from e2e_server import QUICK, ServerProcess

pytestmark = pytest.mark.e2e

PHONE = "+12025550142"


async def test_a_booking_is_confirmed_and_the_worker_dies_with_the_server(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, worker=True, **QUICK).start()
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as http:
            chat = await up_to_read_back(http, PHONE)
            await chat.say("yes")
            async with asyncio.timeout(40):
                found: list[dict[str, str]] = []
                while not found or found[0]["state"] != "sent":
                    await asyncio.sleep(0.1)
                    found = (await http.get("/api/messages")).raise_for_status().json()["items"]
        (message,) = found
        assert (message["channel"], message["recipient"]) == ("outbox", PHONE)
        assert "Thursday, November 19th at 10 AM" in message["text"]
        counters = server.counters()
        assert counters['offhook_jobs_total{kind="dealership.confirmation",state="sent"}'] == 1
        assert counters['offhook_jobs_total{kind="dealership.reminder",state="queued"}'] == 1
        (worker,) = server.engines("--with-parent")
        server.kill()
        give_up = time.monotonic() + 20
        while psutil.pid_exists(worker) and psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.1)
    finally:
        server.stop()
