"""`POST /api/calls`: who may, whom we call, and never twice for one request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from offhook.channels.outbound import OutboundCalls
from offhook.contracts.channel import CallOrder, Everybody, NotDialled, PerhapsDialled
from offhook.contracts.desk import Effect
from offhook.store.contact_wishes import ContactWishes
from offhook.telemetry.log import get_logger
from support.api_rig import API_KEY, Rig

BODY = {"to": "(202) 555-0142"}


class Died(BaseException):
    """A process that is gone: nothing of it catches this."""


@dataclass
class Carrier:
    carrier: str = "twilio"
    fails: Exception | None = None
    asked: list[CallOrder] = field(default_factory=list)

    async def place(self, order: CallOrder) -> str:
        self.asked.append(order)
        if self.fails is not None:
            raise self.fails
        return f"CA{len(self.asked)}"


def client(rig: Rig, *carriers: Carrier, stranger: bool = False) -> httpx.AsyncClient:
    outbound = OutboundCalls(carriers, Everybody(), rig.deps.metrics, get_logger("test"))
    placing = replace(rig, deps=replace(rig.deps, outbound=outbound))
    return placing.stranger() if stranger else placing.client()


async def post(http: httpx.AsyncClient, body: dict[str, Any] | None = None, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await http.post("/api/calls", json=BODY if body is None else body, headers=headers)


async def test_whom_the_business_wants_called_is_called(rig: Rig) -> None:
    carrier = Carrier()
    async with client(rig, carrier) as http:
        answer = await post(http)
    assert answer.status_code == 201, answer.text
    placed = answer.json()
    assert (placed["call_sid"], placed["carrier"], placed["to"]) == ("CA1", "twilio", "+12025550142")
    (order,) = carrier.asked
    assert (order.to_number, order.about, order.business_id) == ("+12025550142", "reminder", placed["business_id"])


async def test_a_key_dials_once_whatever_comes_of_it(rig: Rig) -> None:
    for number, (fails, status, code) in enumerate(
        [
            (None, 201, ""),
            (NotDialled("Twilio refused the call: 400 (code 21211)"), 502, "call_refused"),
            (PerhapsDialled("Twilio did not answer"), 502, "call_outcome_unknown"),
        ]
    ):
        carrier = Carrier(fails=fails)
        async with client(rig, carrier) as http:
            answers = [await post(http, key=f"k{number}") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status, status]
        assert len(carrier.asked) == 1
        if code:
            assert {answer.json()["error"]["code"] for answer in answers} == {code}
        else:
            assert answers[0].json() == answers[1].json()
    async with client(rig, Carrier()) as http:
        other = await post(http, {"to": "+12025550143"}, key="k0")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "command_reused")


async def test_a_server_that_died_while_dialling_does_not_dial_again(rig: Rig) -> None:
    @dataclass
    class Dies(Carrier):
        async def place(self, order: CallOrder) -> str:
            await super().place(order)
            raise Died

    dying, later = Dies(), Carrier()
    async with client(rig, dying) as http:
        with pytest.raises(Died):
            await post(http, key="k")
    async with client(rig, later) as http:
        answer = await post(http, key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "call_outcome_unknown")
    assert (len(dying.asked), later.asked) == (1, [])


@pytest.mark.parametrize(
    "body", [{}, {"to": "12345"}, {"to": "<script>"}, {"to": 5}, {"to": "+12025550142", "about": "x"}, {"x": 1}, []]
)
async def test_what_cannot_be_called_is_refused_by_name(rig: Rig, body: Any) -> None:
    carrier = Carrier()
    async with client(rig, carrier) as http:
        answer = await http.post("/api/calls", json=body)
    assert answer.status_code == 422 and answer.json()["error"]["fields"]
    assert carrier.asked == []


async def test_strangers_call_nobody_and_are_told_before_anything_is_read(rig: Rig) -> None:
    carrier = Carrier()
    async with client(rig, carrier, stranger=True) as http:
        for headers in ({}, {"X-API-Key": "wrong"}):
            for body in (BODY, {"nonsense": 1}):
                answer = await http.post("/api/calls", json=body, headers=headers)
                assert answer.status_code == 401
        assert (await http.post("/api/calls", json=BODY, headers={"X-API-Key": API_KEY})).status_code == 201
    assert len(carrier.asked) == 1


async def test_without_a_carrier_it_says_what_to_set(rig: Rig) -> None:
    async with client(rig) as http:
        answer = await post(http, key="k")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_carrier_to_call")
    carrier = Carrier()
    async with client(rig, carrier) as http:
        assert (await post(http, key="k")).status_code == 201, "nothing was used up"


async def test_who_wants_no_messages_is_not_called(rig: Rig) -> None:
    carrier = Carrier()
    async with client(rig, carrier) as http:
        business = (await rig.deps.businesses.default()).business_id
        assert rig.deps.editing is not None
        async with rig.deps.editing.units(business, Effect.WRITE) as uow:
            await ContactWishes(uow).heard_from("+12025550142", at=rig.clock.now(), stop=True)
        answer = await post(http)
    assert (answer.status_code, answer.json()["error"]["code"], carrier.asked) == (409, "opted_out", [])
