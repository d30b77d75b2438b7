"""Callers who come by Exotel: its flow, its frames, its chunks and marks, in real time; what they booked is in the
database."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_calls import Calls, make_calls
from ten_callers import load_callers

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("rate_hz", "frame_ms"), [(8000, 100), (16_000, 20), (24_000, 100)])
def test_callers_by_exotel_book_what_they_came_for(tmp_path: Path, rate_hz: int, frame_ms: int) -> None:
    calls = make_calls(
        tmp_path,
        load_callers()[:2],
        at_once=2,
        server={"EXOTEL_SAMPLE_RATE": str(rate_hz), "EXOTEL_WEBHOOK_USER": "flow", "EXOTEL_WEBHOOK_PASSWORD": "secret"},
        carrier="exotel",
        webhook_auth=("flow", "secret"),
        exotel_frame_ms=frame_ms,
    )
    assert [made.protocol_faults for made in calls.made] == [[], []], _told(calls)
    assert len(calls.right()) == 2, _told(calls)
    assert all(made.outcome.record is not None and made.outcome.record.channel == "exotel" for made in calls.made)


def _told(calls: Calls) -> str:
    return "\n".join(made.told() for made in calls.made)
