from __future__ import annotations

from dataclasses import dataclass

import pytest

from offhook.channels.call_messenger import CallMessenger
from offhook.channels.outbound import OutboundCalls
from offhook.contracts.channel import REMINDER, CallOrder, Everybody, NotDialled, PerhapsDialled
from offhook.contracts.messaging import Delivered, Delivery, OutgoingMessage, Recipient, Refused, Uncertain
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

TO = Recipient(name="Maria", phone="+12025550141")
ORDER = CallOrder("biz_1", "+12025550141", REMINDER)


@dataclass
class Carrier:
    fails: Exception | None = None
    carrier: str = "twilio"

    async def place(self, order: CallOrder) -> str:
        if self.fails is not None:
            raise self.fails
        return "CA1"


def messenger(fails: Exception | None = None) -> CallMessenger:
    return CallMessenger(OutboundCalls([Carrier(fails)], Everybody(), Metrics(), get_logger("test")))


@pytest.mark.parametrize(
    ("fails", "delivery"),
    [
        (None, Delivered("CA1")),
        (NotDialled("refused"), Refused("refused")),
        (PerhapsDialled("no answer"), Uncertain("no answer")),
    ],
)
async def test_what_a_call_comes_to(fails: Exception | None, delivery: Delivery) -> None:
    message = OutgoingMessage(recipient=TO, language="en", text="x", call=ORDER)
    assert await messenger(fails).send(message, "msg_1") == delivery


async def test_what_is_not_to_be_said_is_not_said() -> None:
    message = OutgoingMessage(recipient=TO, language="en", text="x")
    assert isinstance(await messenger(PerhapsDialled("never asked")).send(message, "msg_1"), Refused)
    assert messenger().address(TO) == "+12025550141"
