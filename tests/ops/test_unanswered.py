"""Calls that nobody answered: one record each, of the business that called."""

from __future__ import annotations

import pytest

from offhook.channels.carrier_deps import CallStatusChanged
from offhook.contracts.store import CallRecord
from offhook.ops.unanswered import UnansweredCalls
from support.api_rig import CallsInMemory
from support.carrier_server import SHOP, Directory
from support.set_clock import SetClock

CALLED = "+12025550142"


async def _heard(log: CallsInMemory, status: str, *numbers: str | None, placed: bool = True) -> CallRecord | None:
    unanswered = UnansweredCalls(log, Directory(), SetClock())
    first, second = numbers
    await unanswered.heard(
        CallStatusChanged("CA1", status, None, carrier="twilio", placed=placed, numbers=(first, second))
    )
    return log.records.get("CA1")


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
@pytest.mark.parametrize("ours_first", [True, False])
async def test_a_call_that_nobody_took_is_in_the_list_with_its_status(status: str, ours_first: bool) -> None:
    numbers = (SHOP.phone, CALLED) if ours_first else (CALLED, SHOP.phone)
    kept = await _heard(CallsInMemory(), status, *numbers)
    assert kept is not None
    assert (kept.business_id, kept.direction, kept.channel) == (SHOP.business_id, "outbound", "twilio")
    assert (kept.from_number, kept.to_number) == (CALLED, SHOP.phone)
    assert (kept.status, kept.end_reason, kept.turns) == ("failed", status, [])
    assert kept.started_at == kept.ended_at != ""


async def test_a_call_that_was_answered_or_came_in_gets_no_second_record() -> None:
    log = CallsInMemory()
    assert await _heard(log, "completed", SHOP.phone, CALLED) is None
    assert await _heard(log, "no-answer", SHOP.phone, CALLED, placed=False) is None
    first = CallRecord(call_id="call_1", business_id="b", call_sid="CA1", session_id="sess_1", channel="twilio")
    log.put(first)
    assert await _heard(log, "failed", SHOP.phone, CALLED) is first


async def test_a_number_of_nobodys_is_the_default_business() -> None:
    kept = await _heard(CallsInMemory(), "busy", None, CALLED)
    assert kept is not None
    assert (kept.business_id, kept.from_number) == ((await Directory().default()).business_id, CALLED)
