from __future__ import annotations

import pytest

from offhook.contracts.store import CallRecord, CallTurn
from support.api_rig import Rig

RECORD = CallRecord(
    call_id="call_1",
    business_id="biz_1",
    call_sid="CA1",
    session_id="sess_1",
    channel="twilio",
    from_number="+12025550142",
    turns=[
        CallTurn(n=0, turn_id="t0", source="greeting", agent="Hello, this is Lakeside.", started_at="a"),
        CallTurn(
            n=1, turn_id="t1", source="speech", caller="oil change", heard="oil change", started_at="b",
            agent="Which day would suit you? We have", agent_heard="Which day", interrupted=True, total_ms=310.0,
        ),
        CallTurn(n=2, turn_id="t2", source="speech", caller="stop", started_at="c", agent="Sure", agent_heard=""),
    ],
)  # fmt: skip


@pytest.mark.parametrize("name", ["call_1", "CA1"])
async def test_a_call_is_found_by_either_id_with_its_whole_number(rig: Rig, name: str) -> None:
    rig.calls.put(RECORD)
    async with rig.client() as client:
        told = (await client.get(f"/api/calls/{name}")).json()
    assert told["from_number"] == "+12025550142"
    assert told["turns"][1]["total_ms"] == 310.0


async def test_the_transcript_holds_only_what_was_heard(rig: Rig) -> None:
    rig.calls.put(RECORD)
    async with rig.client() as client:
        told = (await client.get("/api/calls/CA1/transcript")).json()
    assert [(line["role"], line["content"], line["interrupted"]) for line in told["lines"]] == [
        ("assistant", "Hello, this is Lakeside.", False),
        ("user", "oil change", False),
        ("assistant", "Which day", True),
        ("user", "stop", False),
    ]
