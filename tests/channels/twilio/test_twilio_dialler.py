from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import httpx
import pytest

from offhook.channels.call_token import CallTokens, VerifiedToken
from offhook.channels.twilio.dialler import TwilioDialler
from offhook.contracts.channel import REMINDER, CallOrder, NotDialled, PerhapsDialled
from offhook.kit.clock import SystemClock
from support.http_fake import HttpFake, http_fake

ORDER = CallOrder("biz_1", "+12025550142", REMINDER, "+12025550100")
TOKENS, CLOCK = CallTokens(bytes(32)), SystemClock()


def dialler(http: httpx.AsyncClient, url: str) -> TwilioDialler:
    return TwilioDialler(
        "AC1",
        "secret",
        "+12025550170",
        http,
        public_url="https://desk.example",
        tokens=TOKENS,
        clock=CLOCK,
        base_url=url,
        deadline_s=2.0,
    )


async def test_whoever_answers_is_connected_to_our_stream() -> None:
    async with http_fake(HttpFake(201, '{"sid": "CA9", "status": "queued"}')) as api, httpx.AsyncClient() as http:
        assert await dialler(http, api.url).place(ORDER) == "CA9"
    (asked,) = api.asked
    assert asked.line == "POST /2010-04-01/Accounts/AC1/Calls.json HTTP/1.1"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()
    assert (asked.form["To"], asked.form["From"]) == (["+12025550142"], ["+12025550170"])
    assert asked.form["StatusCallback"] == ["https://desk.example/twilio/status"]
    assert asked.form["StatusCallbackEvent"] == ["answered", "completed"]
    (document,) = asked.form["Twiml"]
    assert len(document) <= 4000
    connect = ET.fromstring(document).find("Connect")
    assert connect is not None and connect.attrib["action"] == "https://desk.example/twilio/after-stream"
    stream, parameter = connect.find("Stream"), connect.find("Stream/Parameter")
    assert stream is not None and parameter is not None
    assert stream.attrib["url"] == "wss://desk.example/media/twilio"
    verified = TOKENS.verify(parameter.attrib["value"], CLOCK.now())
    assert isinstance(verified, VerifiedToken)
    claims = verified.claims
    assert (claims.business_id, claims.call_sid, claims.about) == ("biz_1", "", "reminder")
    assert (claims.from_number, claims.to_number) == ("+12025550142", "+12025550170"), "whom we call is the caller"


@pytest.mark.parametrize("status", [400, 401, 404, 429])
async def test_a_refusal_has_dialled_nobody_and_repeats_no_number(status: int) -> None:
    body = '{"code": 21211, "message": "The number +12025550142 is not a valid phone number"}'
    async with http_fake(HttpFake(status, body)) as api, httpx.AsyncClient() as http:
        with pytest.raises(NotDialled, match="21211") as refused:
            await dialler(http, api.url).place(ORDER)
    assert "0142" not in str(refused.value)


@pytest.mark.parametrize(
    "api",
    [HttpFake(500), HttpFake(503, "x"), HttpFake(201, "no json"), HttpFake(201, "{}"), HttpFake(hangs=True)],
    ids=repr,
)
async def test_anything_else_may_have_dialled(api: HttpFake) -> None:
    async with http_fake(api), httpx.AsyncClient() as http:
        with pytest.raises(PerhapsDialled):
            await dialler(http, api.url).place(ORDER)


async def test_a_carrier_that_cannot_be_reached_has_not_dialled() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(NotDialled, match="could not be reached"):
            await dialler(http, "http://127.0.0.1:1").place(ORDER)
