"""Text messages by Twilio's webhook, signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI
from twilio.request_validator import RequestValidator

from offhook.channels.twilio.deps import TwilioSettings
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.contracts.messaging import InboundMessage

TOKEN = "12345"
BASE = "https://desk.example"
SMS = {"MessageSid": "SM" + "1" * 32, "From": "+12025550142", "To": "+12025550100", "Body": "Cancel ", "NumMedia": "0"}


class Desk:
    def __init__(self, server: Any) -> None:
        self.taken: list[tuple[InboundMessage, str | None]] = []
        self.broken = False
        app = FastAPI()
        app.include_router(twilio_channel(replace(server.deps, on_sms=self._take)).router)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE)

    async def _take(self, message: InboundMessage, to_number: str | None) -> bool:
        if self.broken:
            raise OSError("the database is gone")
        self.taken.append((message, to_number))
        return True

    async def post(self, form: dict[str, str], token: str = TOKEN) -> httpx.Response:
        signature = RequestValidator(token).compute_signature(BASE + "/twilio/sms", form)
        return await self.http.post("/twilio/sms", data=form, headers={"X-Twilio-Signature": signature})


async def test_a_text_is_taken_and_answered_with_nothing(serve: Any) -> None:
    async with serve(TwilioSettings(public_url=BASE, auth_token=TOKEN)) as server:
        desk = Desk(server)
        answer = await desk.post(SMS)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/xml")
        assert "Message" not in answer.text
        message = InboundMessage(channel="sms", sender="+12025550142", text="Cancel ", reference=SMS["MessageSid"])
        assert desk.taken == [(message, "+12025550100")]


async def test_only_twilio_is_believed(serve: Any) -> None:
    async with serve(TwilioSettings(public_url=BASE, auth_token=TOKEN)) as server:
        desk = Desk(server)
        assert (await desk.post(SMS, token="other")).status_code == 403
        assert (await desk.post({**SMS, "MessageSid": ""})).status_code == 422
        assert (await desk.post({**SMS, "From": "AD-NOTICE"})).status_code == 200
        assert desk.taken == []


async def test_what_cannot_be_taken_now_is_not_acknowledged(serve: Any) -> None:
    async with serve(TwilioSettings(public_url=BASE, auth_token=TOKEN)) as server:
        desk = Desk(server)
        desk.broken = True
        assert (await desk.post(SMS)).status_code == 500


async def test_a_page_of_elsewhere_writes_no_text_under_loopback_trust(serve: Any) -> None:
    async with serve(TwilioSettings()) as server:
        desk = Desk(server)
        desk.http.base_url = httpx.URL("http://127.0.0.1:8000")
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await desk.http.post("/twilio/sms", data=SMS, headers=headers)).status_code == 403
        assert desk.taken == []
        assert (await desk.http.post("/twilio/sms", data=SMS)).status_code == 200
        assert len(desk.taken) == 1
