from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from offhook.channels.call_token import CallTokens, VerifiedToken
from offhook.channels.exotel.dialler import ExotelDialler
from offhook.contracts.channel import REMINDER, CallOrder, NotDialled, PerhapsDialled
from offhook.kit.clock import SystemClock
from support.http_fake import HttpFake, http_fake

ORDER = CallOrder("biz_01KBXYZABCDEFGHJKMNPQRSTVW", "+919999900001", REMINDER)
TOKENS, CLOCK = CallTokens(bytes(32)), SystemClock()
ANSWER = '{"Call": {"Sid": "b6a9", "Status": "in-progress", "Direction": "outbound-api"}}'


def dialler(http: httpx.AsyncClient, url: str, **more: Any) -> ExotelDialler:
    settings = {"public_url": "https://desk.example", "tokens": TOKENS, "clock": CLOCK, "deadline_s": 2.0, **more}
    return ExotelDialler("acme1", "key", "token", "08041122233", http, base_url=url, **settings)


async def test_whoever_answers_is_connected_to_our_stream() -> None:
    async with http_fake(HttpFake(200, ANSWER)) as api, httpx.AsyncClient() as http:
        placed = await dialler(http, api.url, sample_rate_hz=16_000, callback_auth=("flow", "p@ss")).place(ORDER)
        assert placed == "b6a9"
    (asked,) = api.asked
    assert asked.line == "POST /v1/Accounts/acme1/Calls/connect.json HTTP/1.1"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"key:token").decode()
    form = {name: values[0] for name, values in asked.form.items()}
    assert (form["From"], form["CallerId"], form["StreamType"]) == ("09999900001", "08041122233", "bidirectional")
    assert form["StatusCallback"] == "https://flow:p%40ss@desk.example/exotel/status"
    url = form["StreamUrl"]
    assert url.startswith("wss://desk.example/media/exotel?sample-rate=16000&call_token=")
    assert len(url) < 600 and len(urlsplit(url).query) <= 256
    verified = TOKENS.verify(parse_qs(urlsplit(url).query)["call_token"][0], CLOCK.now())
    assert isinstance(verified, VerifiedToken)
    assert (verified.claims.from_number, verified.claims.about) == ("+919999900001", "reminder")


async def test_what_a_failure_says_of_the_dialling() -> None:
    async with httpx.AsyncClient() as http:
        for status in (400, 401, 403, 429):
            async with http_fake(HttpFake(status)) as api:
                with pytest.raises(NotDialled):
                    await dialler(http, api.url).place(ORDER)
        for broken in (HttpFake(500), HttpFake(200, "<TwilioResponse/>"), HttpFake(200, "{}"), HttpFake(hangs=True)):
            async with http_fake(broken) as api:
                with pytest.raises(PerhapsDialled):
                    await dialler(http, api.url).place(ORDER)
        with pytest.raises(NotDialled):
            await dialler(http, "http://127.0.0.1:1").place(ORDER)
        with pytest.raises(NotDialled, match="OFFHOOK_PUBLIC_URL"):
            await dialler(http, "http://127.0.0.1:1", public_url="https://" + "x" * 400).place(ORDER)
