"""Actions that are refused, supposed, told of others, over, or taken back."""

from __future__ import annotations

import pytest

from offhook.understanding.decide import WRITES
from support.understanding_world import UNDERSTANDER, booking, world

_SAID = "an oil change on friday at ten"


def _executed(text: str) -> bool:
    result = UNDERSTANDER.understand(text, world())
    return result.decision == "execute" and any(command.intent in WRITES for command in result.commands)


@pytest.mark.parametrize("text", [f"book {_SAID}", f"it would be great if you booked {_SAID}", f"i need {_SAID}"])
def test_a_wish_is_carried_out(text: str) -> None:
    assert _executed(text)


@pytest.mark.parametrize(
    "text",
    [
        f"do not book {_SAID}",
        f"i never wanted to book {_SAID}",
        f"if i booked {_SAID} would it be done by noon",
        f"what if i came in for {_SAID}",
        f"my wife said book {_SAID}",
        f"i booked {_SAID}",
        f"my brother had {_SAID}",
        f"book {_SAID} no never mind",
        f"book {_SAID} just kidding",
        f"book {_SAID} but",
        f"should i book {_SAID}",
    ],
)
def test_what_is_no_wish_is_not(text: str) -> None:
    assert not _executed(text)


@pytest.mark.parametrize("text", ["don't cancel my appointment", "i never said cancel", "i don't want to reschedule"])
def test_a_refused_change_is_a_no(text: str) -> None:
    assert [command.intent for command in UNDERSTANDER.understand(text, world()).commands] == ["deny"]


def test_a_cancel_of_what_waits_for_a_yes_to_cancelling_is_a_yes() -> None:
    context = booking("confirm", date="2026-11-27")
    assert context.pending is not None
    context.pending.intent = "appointment.cancel"
    said = UNDERSTANDER.understand("yes cancel it", world(), context)
    assert [command.intent for command in said.commands] == ["confirm"]
    said = UNDERSTANDER.understand("no don't cancel it", world(), context)
    assert [command.intent for command in said.commands] == ["deny"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("don't cancel it but can i come earlier", "appointment.reschedule"),
        ("please do not cancel my appointment, move it to friday", "appointment.reschedule"),
        ("don't cancel or move it", "deny"),
        ("i don't want to cancel my booking", "deny"),
        ("please don't move my appointment", "deny"),
    ],
)
def test_something_else_than_what_is_refused(text: str, intent: str) -> None:
    assert [command.intent for command in UNDERSTANDER.understand(text, world()).commands] == [intent]
