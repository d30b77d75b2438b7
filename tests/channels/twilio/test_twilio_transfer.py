"""A call that is put through to the business's people, by webhooks that Twilio has signed."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect

from offhook.channels.carrier_deps import TransferEnded
from offhook.channels.twilio.deps import TwilioSettings
from offhook.contracts.channel import TRANSFER

TOKEN = "12345"
BASE = "https://desk.example"
CALLER = {
    "CallSid": "CA" + "1" * 32,
    "AccountSid": "AC" + "0" * 32,
    "From": "+12025550142",
    "To": "+12025550100",
    "CallStatus": "in-progress",
}
STAFF = {**CALLER, "CallSid": "CA" + "2" * 32, "From": "+12025550100", "To": "+12025550150"}
SHOP = {**CALLER, "To": "+919999900000"}
SETTINGS = TwilioSettings(public_url=BASE, auth_token=TOKEN)


async def ask(server: Any, path: str, form: dict[str, str]) -> ET.Element:
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(BASE + path, form)}
    async with httpx.AsyncClient() as http:
        answer = await http.post(server.http + path, data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.text)


async def call_that_ends_in_a_transfer(server: Any, form: dict[str, str]) -> None:
    async def run(live: Any) -> str:
        live.running.set()
        return TRANSFER

    server.calls.behaviour = run
    token = (await ask(server, "/twilio/voice", form)).find("./Connect/Stream/Parameter")
    assert token is not None
    begin = {"streamSid": "MZ1", "callSid": form["CallSid"], "customParameters": {"call_token": token.attrib["value"]}}
    signature = RequestValidator(TOKEN).compute_signature("wss://desk.example/media/twilio", {})
    async with connect(server.media, additional_headers={"X-Twilio-Signature": signature}) as socket:
        await socket.send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": begin}))
        async with asyncio.timeout(5):
            await socket.wait_closed()
        assert socket.close_code == 1000


class NeverAsked:
    async def hang_up(self, call_sid: str) -> str:
        raise AssertionError("a call that is put through must not be ended at the carrier")


async def test_the_call_is_dialled_and_whoever_answers_is_asked_first(serve: Any) -> None:
    async with serve(SETTINGS, rest=NeverAsked()) as server:
        await call_that_ends_in_a_transfer(server, CALLER)
        dialled = await ask(server, "/twilio/after-stream", CALLER)
        dial, number = dialled.find("./Dial"), dialled.find("./Dial/Number")
        assert dial is not None and number is not None
        assert (number.text, dial.attrib["callerId"]) == ("+12025550150", "+12025550100")
        assert dial.attrib["action"] == f"{BASE}/twilio/dial-done"
        assert number.attrib["url"] == f"{BASE}/twilio/whisper"

        whispered = await ask(server, "/twilio/whisper", STAFF)
        assert [child.tag for child in whispered] == ["Gather", "Hangup"]
        assert whispered[0].findtext("Say") == "For Dealer"
        joined = await ask(server, "/twilio/whisper", {**STAFF, "Digits": "1"})
        assert len(joined) == 0, "the two are joined"

        done = await ask(server, "/twilio/dial-done", {**CALLER, "DialCallStatus": "completed", "DialBridged": "true"})
        assert [child.tag for child in done] == ["Hangup"]
        assert server.transfers == [TransferEnded(CALLER["CallSid"], "biz_dealer", connected=True)]


async def test_a_call_whose_media_another_server_carried_is_put_through_as_well(serve: Any) -> None:
    async with serve(SETTINGS) as server:
        server.ended_elsewhere[CALLER["CallSid"]] = TRANSFER
        dialled = await ask(server, "/twilio/after-stream", CALLER)
        assert dialled.findtext("./Dial/Number") == "+12025550150"


@pytest.mark.parametrize(
    "outcome",
    [
        {"DialCallStatus": "no-answer"},
        {"DialCallStatus": "busy"},
        {"DialCallStatus": "failed"},
        {"DialCallStatus": "completed", "DialBridged": "false"},  # an answering machine that pressed no key
        {},
    ],
    ids=str,
)
async def test_nobody_takes_it(serve: Any, outcome: dict[str, str]) -> None:
    async with serve(SETTINGS) as server:
        done = await ask(server, "/twilio/dial-done", {**CALLER, **outcome})
        assert [child.tag for child in done] == ["Say", "Hangup"] and done[0].text == "Nobody"
        assert server.transfers == [TransferEnded(CALLER["CallSid"], "biz_dealer", connected=False)]


async def test_a_business_without_a_line_for_it_calls_back(serve: Any) -> None:
    async with serve(SETTINGS) as server:
        await call_that_ends_in_a_transfer(server, SHOP)
        answer = await ask(server, "/twilio/after-stream", SHOP)
        assert [child.tag for child in answer] == ["Say", "Hangup"]
        assert [ended.connected for ended in server.transfers] == [False]


@pytest.mark.parametrize("path", ["/twilio/whisper", "/twilio/dial-done"])
async def test_nobody_else_may_ask(serve: Any, path: str) -> None:
    async with serve(SETTINGS) as server, httpx.AsyncClient() as http:
        refused = await http.post(server.http + path, data=CALLER, headers={"X-Twilio-Signature": "x"})
        assert refused.status_code == 403
        assert server.transfers == []


async def test_a_call_that_we_placed_is_put_through_from_our_number(serve: Any) -> None:
    placed = {**CALLER, "Direction": "outbound-api", "From": "+12025550170", "To": "+12025550142"}
    async with serve(SETTINGS) as server:
        server.ended_elsewhere[placed["CallSid"]] = TRANSFER
        server.owners[placed["CallSid"]] = "biz_dealer"
        dial = (await ask(server, "/twilio/after-stream", placed)).find("./Dial")
        assert dial is not None and dial.attrib["callerId"] == "+12025550170"
        server.owners[placed["CallSid"]] = "biz_shop"
        answer = await ask(server, "/twilio/after-stream", placed)
        assert [child.tag for child in answer] == ["Say", "Hangup"], "the shop has no line for it"
        assert server.transfers[-1].business_id == "biz_shop"
