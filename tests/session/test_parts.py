from __future__ import annotations

from offhook.contracts.conversation import Part
from offhook.session.parts import parts_events


def test_a_turn_of_one_command_shows_no_tasks() -> None:
    assert parts_events("sess_1", [], "2026-11-26T10:00:00.000+00:00") == []


def test_each_part_is_queued_started_and_ended_in_the_order_it_was_said() -> None:
    parts = [
        Part(task_id="task_1", intent="balance.check"),
        Part(task_id="task_2", intent="payment.record", failed=True),
    ]
    events = parts_events("sess_1", parts, "2026-11-26T10:00:00.000+00:00")
    told = [(event.type, event.data.get("task_id"), event.data.get("status")) for event in events]
    assert told == [
        ("TASK_QUEUED", "task_1", "QUEUED"),
        ("TASK_QUEUED", "task_2", "QUEUED"),
        ("QUEUE_STATUS", None, None),
        ("TASK_STARTED", "task_1", "RUNNING"),
        ("TASK_STARTED", "task_2", "RUNNING"),
        ("TASK_COMPLETED", "task_1", "COMPLETED"),
        ("TASK_FAILED", "task_2", "FAILED"),
        ("QUEUE_STATUS", None, None),
    ]
    assert events[-2].data["error"] == "needs_answer"
    assert all(event.session_id == "sess_1" for event in events)
