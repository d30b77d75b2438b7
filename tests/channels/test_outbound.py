from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from offhook.channels.outbound import OutboundCalls, PlacedCall
from offhook.contracts.channel import REMINDER, CallOrder, Everybody, NotDialled, PerhapsDialled
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

AMERICAN = CallOrder("biz_1", "+12025550142", REMINDER)
INDIAN = CallOrder("biz_1", "+919999900001", REMINDER)


@dataclass
class Fake:
    carrier: str
    fails: Exception | None = None
    asked: list[CallOrder] = field(default_factory=list)

    async def place(self, order: CallOrder) -> str:
        self.asked.append(order)
        if self.fails is not None:
            raise self.fails
        return f"{self.carrier}-1"


@dataclass
class Expecting(Everybody):
    expected: list[str] = field(default_factory=list)

    def expect(self, call: str) -> None:
        self.expected.append(call)


def calls(*diallers: Fake) -> tuple[OutboundCalls, Expecting, Metrics]:
    admission, metrics = Expecting(), Metrics()
    return OutboundCalls(diallers, admission, metrics, get_logger("test")), admission, metrics


@pytest.mark.parametrize(
    ("order", "names", "first"),
    [
        (AMERICAN, ("twilio", "exotel"), "twilio"),
        (AMERICAN, ("exotel", "twilio"), "exotel"),
        (INDIAN, ("twilio", "exotel"), "exotel"),
        (INDIAN, ("twilio",), "twilio"),
    ],
)
async def test_the_carrier_that_suits_the_number_is_asked(order: CallOrder, names: tuple[str, ...], first: str) -> None:
    outbound, admission, _ = calls(*map(Fake, names))
    assert await outbound.place(order) == PlacedCall(first, f"{first}-1")
    assert admission.expected == [f"{first}-1"], "it is let in when it comes"


async def test_the_next_one_is_asked_where_the_first_has_surely_not_dialled() -> None:
    first, second = Fake("twilio", NotDialled("Twilio refused the call: 400")), Fake("exotel")
    outbound, admission, metrics = calls(first, second)
    assert await outbound.place(AMERICAN) == PlacedCall("exotel", "exotel-1")
    assert admission.expected == ["exotel-1"]
    assert metrics.errors.labels(kind="call_refused")._value.get() == 1


async def test_nobody_else_is_asked_where_it_may_be_ringing() -> None:
    first, second = Fake("twilio", PerhapsDialled("Twilio did not answer")), Fake("exotel")
    outbound, admission, _ = calls(first, second)
    with pytest.raises(PerhapsDialled):
        await outbound.place(AMERICAN)
    assert (second.asked, admission.expected) == ([], [])


async def test_all_refusals_are_told() -> None:
    outbound, _, _ = calls(Fake("twilio", NotDialled("one")), Fake("exotel", NotDialled("two")))
    with pytest.raises(NotDialled, match="one; two"):
        await outbound.place(AMERICAN)
    with pytest.raises(NotDialled, match="no carrier"):
        await calls()[0].place(AMERICAN)
