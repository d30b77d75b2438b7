"""A customer answers a confirmation by text message, on a whole server: the appointment is cancelled."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from e2e_server import QUICK, ServerProcess

pytestmark = pytest.mark.e2e

PHONE = "+12025550188"
VISIT = {"service": "oil change", "starts_at": "2026-11-24T10:00:00", "customer_name": "Anna", "customer_phone": PHONE}


async def test_a_text_message_cancels_once_and_stop_ends_the_messages(folder: Path) -> None:
    server = ServerProcess(folder, worker=True, **QUICK)
    try:
        await asyncio.to_thread(server.start)
        async with httpx.AsyncClient(base_url=server.url, timeout=20) as http:

            async def text(words: str, message_sid: str) -> None:
                form = {"MessageSid": message_sid, "From": PHONE, "To": "+12025550100", "Body": words}
                answer = await http.post("/twilio/sms", data=form)
                assert (answer.status_code, answer.text.count("<Message")) == (200, 0)

            async def status(appointment_id: str) -> str:
                return str((await http.get(f"/api/appointments/{appointment_id}")).json()["status"])

            first = (await http.post("/api/appointments", json=VISIT)).json()["appointment_id"]
            async with asyncio.timeout(30):
                while not (await http.get("/api/messages")).json()["items"]:  # noqa: ASYNC110  # the worker writes it
                    await asyncio.sleep(0.1)
            await text("don't cancel, see you then", "SM1")
            assert await status(first) == "booked"
            await text("Please cancel", "SM2")
            assert await status(first) == "cancelled"
            second = (await http.post("/api/appointments", json=VISIT)).json()["appointment_id"]
            async with asyncio.timeout(30):
                while len((await http.get("/api/messages")).json()["items"]) < 2:  # noqa: ASYNC110  # as above
                    await asyncio.sleep(0.1)
            await text("Please cancel", "SM2")
            assert await status(second) == "booked", "a message that comes again is taken once"
            await text("STOP", "SM3")
            assert await status(second) == "booked"
            assert server.rows("select phone from contact_wishes where opted_out_at is not null") == [{"phone": PHONE}]
    finally:
        await asyncio.to_thread(server.stop)
