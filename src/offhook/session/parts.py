"""The events that tell of a turn's parts: the commands of one sentence are shown as tasks of the session. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.conversation import Part, SessionEvent, SlotValue

NEEDS_ANSWER = "needs_answer"
"""Why a part failed: something must be asked, or could not be had; the reply says what."""


def parts_events(session_id: str, parts: Sequence[Part], timestamp: str) -> list[SessionEvent]:
    """Queued and started in the order they were said, then how each ended; none for a turn of one command."""
    if not parts:
        return []

    def event(kind: str, data: dict[str, SlotValue]) -> SessionEvent:
        return SessionEvent(type=kind, session_id=session_id, timestamp=timestamp, data=data)

    events = [event("TASK_QUEUED", _shown(part, "QUEUED")) for part in parts]
    events.append(event("QUEUE_STATUS", {"running": 0, "queued": len(parts)}))
    events += [event("TASK_STARTED", _shown(part, "RUNNING")) for part in parts]
    for part in parts:
        if part.failed:
            events.append(event("TASK_FAILED", {**_shown(part, "FAILED"), "error": NEEDS_ANSWER}))
        else:
            events.append(event("TASK_COMPLETED", _shown(part, "COMPLETED")))
    return [*events, event("QUEUE_STATUS", {"running": 0, "queued": 0})]


def _shown(part: Part, status: str) -> dict[str, SlotValue]:
    return {"task_id": part.task_id, "intent": part.intent, "status": status, "priority": "NORMAL"}
