"""A call that we place: asked for over the API, dialled by a carrier's API, answered, and heard why it was made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from e2e_server import QUICK, ServerProcess
from websockets.asyncio.client import connect

from offhook.callers.carrier_side import Fault, Mark, Media
from offhook.callers.exotel_frames import ExotelFrames
from support.http_fake import HttpFake, http_fake

pytestmark = pytest.mark.e2e

KEY = "key-for-tests-0123456789abcdef0123456789"
MARIA = "+12025550141"
REFUSES = HttpFake(400, '{"code": 21210, "message": "From is not a number of this account"}')
DIALS = HttpFake(200, '{"Call": {"Sid": "b6a9b6a9", "Status": "in-progress"}}')


async def test_whoever_answers_a_reminder_hears_who_calls_and_why(tmp_path: Path) -> None:
    async with http_fake(REFUSES) as twilio, http_fake(DIALS) as exotel:
        server = ServerProcess(
            tmp_path / "server",
            **QUICK,
            OFFHOOK_PUBLIC_URL="https://desk.example",
            INTERNAL_API_KEY=KEY,
            TWILIO_ACCOUNT_SID="AC" + "0" * 32,
            TWILIO_AUTH_TOKEN="0123456789abcdef",
            TWILIO_PHONE_NUMBER="+12025550170",
            TWILIO_API_URL=twilio.url,
            EXOTEL_SID="acme1",
            EXOTEL_API_KEY="key",
            EXOTEL_API_TOKEN="token",
            EXOTEL_PHONE_NUMBER="08041122233",
            EXOTEL_WEBHOOK_USER="flow",
            EXOTEL_WEBHOOK_PASSWORD="secret",
            EXOTEL_API_URL=exotel.url,
        )
        try:
            await asyncio.to_thread(server.start)
            async with httpx.AsyncClient(base_url=server.url, headers={"X-API-Key": KEY}) as http:
                booked = {
                    "service": "Oil change",
                    "starts_at": "2026-11-19T10:00:00-06:00",
                    "customer_phone": MARIA,
                    "customer_name": "Maria Lopez",
                }
                made = await http.post("/api/appointments", json=booked)
                assert made.status_code == 201, made.text
                for _ in range(2):
                    placed = await http.post("/api/calls", json={"to": MARIA}, headers={"Idempotency-Key": "m1"})
                    assert placed.status_code == 201, placed.text
                    assert placed.json()["carrier"] == "exotel", "the first carrier has refused"
                assert (len(twilio.asked), len(exotel.asked)) == (1, 1), "dialled once"
                await answered(server.url, exotel.asked[0].form["StreamUrl"][0])
                record = (await http.get("/api/calls/b6a9b6a9")).json()
        finally:
            await asyncio.to_thread(server.stop)
    assert (record["direction"], record["channel"], record["from_number"]) == ("outbound", "exotel", MARIA)
    said = record["turns"][0]["agent"]
    assert "Hello Maria" in said and "remind you of your Oil change on" in said and "10 AM" in said


async def answered(server_url: str, stream_url: str) -> None:
    """The carrier's side once the customer has picked up, to the first mark."""
    parts = urlsplit(stream_url)
    assert parts.scheme == "wss" and parts.netloc == "desk.example"
    parameters = dict(parse_qsl(parts.query))
    frames = ExotelFrames("s1", {"call_sid": "b6a9b6a9", "account_sid": "acme1", "from": MARIA, "to": "08041122233"})
    async with connect(f"ws{server_url.removeprefix('http')}{parts.path}?{parts.query}") as socket:
        await socket.send(frames.start({"call_token": parameters["call_token"]}))
        heard = []
        async with asyncio.timeout(20):
            while not any(isinstance(one, Mark) for one in heard):
                heard.append(frames.read(await socket.recv()))
        assert any(isinstance(one, Media) for one in heard) and not any(isinstance(one, Fault) for one in heard)
        await socket.send(frames.stop())
        await socket.wait_closed()
