"""What a change of an appointment asks and waits for. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from offhook.contracts.conversation import Pending, SlotValue
from offhook.contracts.speech import Expectation, ExpectKind
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line, Question

MEMORY_READ_BACK = "change_read_back"
"""desk_memory key: what was read back, when: {turn_id, digest}."""
FORGET: Mapping[str, SlotValue] = {MEMORY_READ_BACK: None}

Slots = dict[str, SlotValue]


def ask_for(work: Work, intent: str, slots: Slots, asked: str, key: str, kind: ExpectKind, *, tries: int = 1) -> Delta:
    question = Question(Line(key), Expectation(kind), key)
    return Delta(question=question, pending=waiting(work, intent, slots, asked, tries))


def waiting(work: Work, intent: str, slots: Slots, asked: str, attempts: int = 1) -> Pending:
    return Pending(
        intent=intent, slots=slots, asked=asked, attempts=attempts, since=work.now.isoformat(timespec="seconds")
    )
