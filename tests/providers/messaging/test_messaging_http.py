"""WhatsApp and SMS against local servers that speak the carriers' protocol."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from offhook.contracts.messaging import (
    Delivered,
    MessageTemplate,
    Messenger,
    OutgoingMessage,
    Recipient,
    Refused,
    TryLater,
    Uncertain,
)
from offhook.providers.messaging.twilio_sms import TwilioSmsMessenger
from offhook.providers.messaging.whatsapp import WhatsAppMessenger
from support.http_carrier import HANG_UP, http_carrier

TO = Recipient(name="Dana", phone="+919999900001", email="dana@example.com")
TEXT = OutgoingMessage(recipient=TO, language="hi", text="नमस्ते")
Make = Callable[[str, httpx.AsyncClient], Messenger]


def whatsapp(url: str, http: httpx.AsyncClient) -> Messenger:
    return WhatsAppMessenger("token", "123", http, api=f"{url}/v23.0")


def twilio(url: str, http: httpx.AsyncClient) -> Messenger:
    return TwilioSmsMessenger("AC1", "secret", "+12025550100", http, base_url=url)


WHATSAPP_OK = (200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.X", "message_status": "accepted"}]})


def meta_error(code: int, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": f"(#{code}) …", "type": "OAuthException", "code": code, "fbtrace_id": "A"}}


def twilio_error(code: int, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"code": code, "message": "…", "more_info": "…", "status": status}


async def test_whatsapp_sends_a_text() -> None:
    with http_carrier(WHATSAPP_OK) as carrier:
        async with httpx.AsyncClient() as http:
            assert await whatsapp(carrier.url, http).send(TEXT, "msg_1") == Delivered("wamid.X")
    (asked,) = carrier.asked
    assert (asked.method, asked.path) == ("POST", "/v23.0/123/messages")
    assert asked.headers["authorization"] == "Bearer token"
    assert asked.json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919999900001",
        "type": "text",
        "text": {"preview_url": False, "body": "नमस्ते"},
        "biz_opaque_callback_data": "msg_1",
    }


async def test_whatsapp_prefers_a_template() -> None:
    message = OutgoingMessage(
        recipient=TO,
        language="en",
        text="Your oil change …",
        template=MessageTemplate(name="appointment_reminder", language="en", values=("Dana", "", "Friday")),
    )
    with http_carrier(WHATSAPP_OK) as carrier:
        async with httpx.AsyncClient() as http:
            await whatsapp(carrier.url, http).send(message, "msg_1")
    template = carrier.asked[0].json["template"]
    assert (template["name"], template["language"]) == ("appointment_reminder", {"code": "en"})
    assert [p["text"] for p in template["components"][0]["parameters"]] == ["Dana", "-", "Friday"]


async def test_twilio_sends_an_sms() -> None:
    with http_carrier((201, {"sid": "SM1", "status": "queued"})) as carrier:
        async with httpx.AsyncClient() as http:
            assert await twilio(carrier.url, http).send(TEXT, "msg_1") == Delivered("SM1")
    (asked,) = carrier.asked
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form == {"From": "+12025550100", "To": "+919999900001", "Body": "नमस्ते"}


@pytest.mark.parametrize(
    ("make", "answer", "expected"),
    [
        (whatsapp, meta_error(131026), Refused("WhatsApp error 131026")),
        (whatsapp, meta_error(131047), Refused("WhatsApp error 131047")),
        (whatsapp, meta_error(132001, 404), Refused("WhatsApp error 132001")),
        (whatsapp, meta_error(130429, 429), TryLater("WhatsApp error 130429")),
        (whatsapp, meta_error(190, 401), TryLater("WhatsApp error 190")),
        (whatsapp, meta_error(2, 503), TryLater("WhatsApp error 2")),
        (whatsapp, (502, None), Uncertain("WhatsApp answered 502, unreadably")),
        (whatsapp, (200, {}), Uncertain("WhatsApp answered 200, unreadably")),
        (whatsapp, (429, None, {"retry-after": "30"}), TryLater("WhatsApp answered 429", 30.0)),
        (whatsapp, HANG_UP, Uncertain("WhatsApp did not answer: RemoteProtocolError")),
        (twilio, twilio_error(21211), Refused("Twilio error 21211")),
        (twilio, twilio_error(21610), Refused("Twilio error 21610")),
        (twilio, twilio_error(20429, 429), TryLater("Twilio error 20429")),
        (twilio, twilio_error(20003, 401), TryLater("Twilio error 20003")),
        (twilio, (500, None), Uncertain("Twilio answered 500, unreadably")),
        (twilio, HANG_UP, Uncertain("Twilio did not answer: RemoteProtocolError")),
    ],
)
async def test_how_it_can_end(make: Make, answer: Any, expected: object) -> None:
    with http_carrier(answer) as carrier:
        async with httpx.AsyncClient() as http:
            assert await make(carrier.url, http).send(TEXT, "msg_1") == expected
    assert len(carrier.asked) == 1


@pytest.mark.parametrize("make", [whatsapp, twilio])
async def test_nobody_there_means_that_nothing_went_out(make: Make) -> None:
    with http_carrier((200, {})) as carrier:
        pass
    async with httpx.AsyncClient() as http:
        ended = await make(carrier.url, http).send(TEXT, "msg_1")
    assert isinstance(ended, TryLater)


async def test_who_can_be_reached() -> None:
    async with httpx.AsyncClient() as http:
        for make in (whatsapp, twilio):
            messenger = make("http://localhost", http)
            assert messenger.address(TO) == "+919999900001"
            assert messenger.address(Recipient(email="dana@example.com")) is None
