"""Exotel's webhooks on a real server: who may ask, where streams go, the way to a person, status callbacks."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect

from offhook.channels.call_token import VerifiedToken
from offhook.channels.carrier_deps import CallStatusChanged, TransferEnded
from offhook.channels.exotel.deps import ExotelSettings
from offhook.contracts.channel import TRANSFER, Everybody
from support.carrier_server import until

SID = "b0c8f1d200bb18blb0c8f1d200bb18bl"
RINGS = {
    "CallSid": SID,
    "CallFrom": "09999900001",
    "CallTo": "09999900000",
    "Direction": "incoming",
    "CallType": "call-attempt",
    "EndTime": "1970-01-01 05:30:00",
    "digits": '"1"',
}
USER = ("flow", "long-enough-password")
BASIC = ExotelSettings(webhook_user=USER[0], webhook_password=USER[1], public_url="https://desk.example")
PATHS = ["voice", "passthru", "connect", "status"]


async def get(server: Any, path: str, params: dict[str, str], **more: Any) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.get(f"{server.http}/exotel/{path}", params=params, **more)


def token_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["call_token"][0]


async def test_the_stream_is_ours_and_its_token_says_whose_call_it_is(serve: Any) -> None:
    async with serve(BASIC) as server:
        for answer in (
            await get(server, "voice", RINGS, auth=USER),
            await httpx.AsyncClient().post(f"{server.http}/exotel/voice", json=RINGS, auth=USER),
            await httpx.AsyncClient().post(f"{server.http}/exotel/voice", data=RINGS, auth=USER),
        ):
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
            url = answer.json()["url"]
            assert url.startswith("wss://desk.example/media/exotel?sample-rate=8000&call_token=")
            query = urlsplit(url).query
            assert len(query) <= 256 and len(url) < 600 and query.count("=") <= 3
            verified = server.deps.tokens.verify(token_in(url), server.clock.now())
            assert isinstance(verified, VerifiedToken)
            claims = verified.claims
            assert (claims.business_id, claims.call_sid) == ("biz_shop", SID)
            assert (claims.from_number, claims.to_number) == ("+919999900001", "+919999900000")


@pytest.mark.parametrize(
    ("settings", "more", "status", "code"),
    [
        (BASIC, {}, 401, "bad_credentials"),
        (BASIC, {"auth": ("flow", "wrong")}, 401, "bad_credentials"),
        (BASIC, {"headers": {"Authorization": "Bearer x"}}, 401, "bad_credentials"),
        (BASIC, {"headers": {"Authorization": "Basic ***"}}, 401, "bad_credentials"),
        (ExotelSettings(allowed_ips=("192.0.2.0/24",)), {}, 403, "address_not_allowed"),
        (
            ExotelSettings(allowed_ips=("192.0.2.0/24",)),
            {"headers": {"X-Forwarded-For": "192.0.2.9"}},
            403,
            "address_not_allowed",
        ),
        (ExotelSettings(), {"headers": {"X-Forwarded-For": "192.0.2.9"}}, 403, "carrier_not_configured"),
        (ExotelSettings(public_url="https://desk.example"), {}, 403, "carrier_not_configured"),
    ],
)
@pytest.mark.parametrize("path", PATHS)
async def test_nobody_else_may_ask_and_nothing_is_read_of_what_he_sends(
    serve: Any, settings: ExotelSettings, more: dict[str, Any], status: int, code: str, path: str
) -> None:
    async with serve(settings) as server:
        for params in (RINGS, {}):
            answer = await get(server, path, params, **more)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert (status == 401) == ("www-authenticate" in answer.headers)
        assert server.statuses == [] and server.transfers == []


async def test_addresses_are_asked_through_proxies_that_are_trusted(serve: Any) -> None:
    settings = ExotelSettings(
        allowed_ips=("192.0.2.0/24",), trusted_proxies=("127.0.0.1",), public_url="https://desk.example"
    )
    async with serve(settings) as server:
        allowed = await get(server, "voice", RINGS, headers={"X-Forwarded-For": "198.51.100.7, 192.0.2.9"})
        claimed = await get(server, "voice", RINGS, headers={"X-Forwarded-For": "192.0.2.9, 198.51.100.7"})
        assert (allowed.status_code, claimed.status_code) == (200, 403)


async def test_without_what_it_needs_a_webhook_is_told_so(serve: Any) -> None:
    async with serve() as server:
        for params in ({}, {"CallSid": ""}, {"CallSid": "x" * 65}, {"CallSid": "a\nb"}):
            for path in PATHS:
                answer = await get(server, path, params)
                assert answer.status_code == 422 and "CallSid" in answer.json()["error"]["message"]
        assert (await get(server, "voice", {"CallSid": "x" * 41})).status_code == 422
        assert (await get(server, "status", {"CallSid": SID})).status_code == 422
        big = await httpx.AsyncClient().post(f"{server.http}/exotel/status", content=b"x" * 70_000)
        assert big.status_code == 413


async def test_our_failure_leaves_the_flow_something_to_go_on_with(serve: Any) -> None:
    async with serve() as server:
        server.directory.broken = True
        rung = await get(server, "voice", RINGS)
        assert rung.status_code == 200
        verified = server.deps.tokens.verify(token_in(rung.json()["url"]), server.clock.now())
        assert isinstance(verified, VerifiedToken) and verified.claims.business_id == ""
        dialled = await get(server, "connect", RINGS)
        assert (dialled.status_code, dialled.json()["destination"]["numbers"]) == (200, [])
        passed = await get(server, "passthru", RINGS | {"DialCallStatus": "no-answer"})
        assert passed.status_code == 200, "on to the next applet, which names nobody and has words"
        assert server.errors("webhook_failed") == 3


async def test_a_busy_caller_is_sent_to_a_stream_that_tells_him(serve: Any) -> None:
    class Full(Everybody):
        async def rings(self, call: str) -> bool:
            return False

    async with serve(admission=Full()) as server:
        assert "call_token" in (await get(server, "voice", RINGS)).json()["url"]
        assert server.errors("busy") == 1


# -- to a person and back -------------------------------------------------------------------------------------------


async def ends_as(server: Any, reason: str, params: dict[str, str]) -> None:
    """A call whose stream we close for that reason."""

    async def run(live: Any) -> str:
        live.running.set()
        return reason

    server.calls.behaviour = run
    url = (await get(server, "voice", params)).json()["url"]
    async with connect(url) as socket:
        begin = {"stream_sid": "s", "call_sid": params["CallSid"], "custom_parameters": {"call_token": token_in(url)}}
        await socket.send(json.dumps({"event": "start", "sequence_number": "1", "stream_sid": "s", "start": begin}))
        await socket.wait_closed()


async def test_a_caller_who_wants_a_person_is_put_through(serve: Any) -> None:
    caller = RINGS | {"CallTo": "+12025550100"}
    async with serve() as server:
        await ends_as(server, TRANSFER, caller)
        for _ in range(2):  # a webhook that comes twice
            assert (await get(server, "passthru", caller | {"Stream[Status]": "completed"})).status_code == 200
        for _ in range(2):
            dial = (await get(server, "connect", caller, headers={"Exotel-Version": "1.0"})).json()
            assert dial["destination"] == {"numbers": ["+12025550150"]}
            assert dial["outgoing_phone_number"] == "+12025550100" and dial["fetch_after_attempt"] is False
        done = await get(server, "passthru", caller | {"CallType": "completed", "DialCallStatus": "completed"})
        assert done.status_code == 302, "the call is over"
        assert server.transfers == [TransferEnded(SID, "biz_dealer", connected=True)]


@pytest.mark.parametrize("outcome", ["no-answer", "busy", "failed", ""])
async def test_nobody_takes_it(serve: Any, outcome: str) -> None:
    caller = RINGS | {"CallTo": "+12025550100"}
    async with serve() as server:
        await ends_as(server, TRANSFER, caller)
        await get(server, "connect", caller)
        told = await get(server, "passthru", caller | ({"DialCallStatus": outcome} if outcome else {}))
        assert told.status_code == 200, "the flow's branch that has words for it"
        assert server.transfers == [TransferEnded(SID, "biz_dealer", connected=False)]


async def test_a_business_without_a_line_for_it_calls_back(serve: Any) -> None:
    async with serve() as server:
        await ends_as(server, TRANSFER, RINGS)
        assert (await get(server, "connect", RINGS)).json()["destination"]["numbers"] == []
        assert server.transfers == [TransferEnded(SID, "biz_shop", connected=False)]


@pytest.mark.parametrize(
    ("reason", "status"), [("goodbye", 302), ("caller_hung_up", 302), ("error", 302), ("failure", 200)]
)
async def test_only_calls_that_are_to_go_on_do(serve: Any, reason: str, status: int) -> None:
    async with serve() as server:
        await ends_as(server, reason, RINGS)
        assert (await get(server, "passthru", RINGS)).status_code == status
        assert (await get(server, "connect", RINGS)).json()["destination"]["numbers"] == []


async def test_a_call_of_another_server_is_known_by_its_record(serve: Any) -> None:
    async def how_ended(call_sid: str) -> str:
        return TRANSFER if call_sid == SID else ""

    caller = RINGS | {"CallTo": "+12025550100"}
    async with serve(how_ended=how_ended) as server:
        assert (await get(server, "passthru", caller)).status_code == 200
        assert (await get(server, "connect", caller)).json()["destination"]["numbers"] == ["+12025550150"]
        unknown = caller | {"CallSid": "other"}
        assert (await get(server, "passthru", unknown)).status_code == 302
        lost = unknown | {"Stream[Status]": "failed", "Stream[Error]": "3009: no handshake"}
        assert (await get(server, "passthru", lost)).status_code == 200
        assert server.errors("stream_error") == 1


async def test_status_callbacks_of_every_kind_are_news_once(serve: Any) -> None:
    fields = {"CallSid": SID, "EventType": "terminal", "Status": "completed", "ConversationDuration": "12"}
    async with serve() as server, httpx.AsyncClient() as http:
        url = f"{server.http}/exotel/status"
        answered = {"CallSid": SID, "EventType": "answered"}
        for _ in range(2):
            assert (await http.post(url, json=answered)).status_code == 200
        for more in (
            {"json": fields},
            {"data": fields},
            {"files": {name: (None, value) for name, value in fields.items()}},
        ):
            assert (await http.post(url, **more)).status_code == 200  # type: ignore[arg-type]  # as httpx takes them
        assert (await http.post(url, json=answered)).status_code == 200
        assert server.statuses == [
            CallStatusChanged(SID, "in-progress", None, carrier="exotel"),
            CallStatusChanged(SID, "completed", 12, carrier="exotel"),
        ]


async def test_a_password_in_the_socket_url_must_be_right_where_it_is_given(serve: Any) -> None:
    async with serve(BASIC) as server:
        url = (await get(server, "voice", RINGS, auth=USER)).json()["url"]
        query = urlsplit(url).query

        async def upgrade(query: str, *auth: str) -> int:
            headers = {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()} if auth else {}
            try:
                async with connect(f"{server.media}?{query}", additional_headers=headers):
                    return 101
            except Exception as error:
                return int(error.response.status_code)  # type: ignore[attr-defined]  # InvalidStatus

        assert await upgrade(query) == 101
        assert await upgrade(query, *USER) == 101
        assert await upgrade(query, "flow", "wrong") == 403
        assert await upgrade(query.replace("call_token=", "call_token=x")) == 403
        assert await upgrade("sample-rate=8000") == 403, "nothing is proved"
        assert await upgrade("sample-rate=8000", *USER) == 101, "the token may come with the start"


async def test_a_stream_whose_start_has_no_parameters_is_known_by_its_url(serve: Any) -> None:
    async with serve(BASIC) as server:
        url = (await get(server, "voice", RINGS, auth=USER)).json()["url"]
        begin = {"stream_sid": "s", "call_sid": SID, "account_sid": "acme1"}
        async with connect(f"{server.media}?{urlsplit(url).query}") as socket:
            await socket.send(json.dumps({"event": "start", "sequence_number": "1", "stream_sid": "s", "start": begin}))
            await until(lambda: server.calls.lives)
        assert server.calls.lives[0].info.business_id == "biz_shop"
