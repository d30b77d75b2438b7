"""Names that are numbers, days or times: the position decides."""

from __future__ import annotations

import pytest

from support.understanding_world import UNDERSTANDER, booking, world


def name(text: str, asked: bool = False) -> object:
    context = booking("name", service="Oil change", date="2026-11-27", time="10:00") if asked else None
    commands = UNDERSTANDER.understand(text, world(), context).commands
    return next((command.slots["name"] for command in commands if "name" in command.slots), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mera naam Ravi Das hai", "Ravi Das"),
        ("main Mangal Singh bol raha hoon", "Mangal Singh"),
        ("namaste, Shyam Lal bol raha hoon", "Shyam Lal"),
        ("मेरा नाम सुनीता शर्मा है", "Sunita Sharma"),
        ("mera naam Lakhan hai", "Lakhan"),
    ],
)
def test_introduced_names(text: str, said: str) -> None:
    assert name(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("Das", "Das"), ("ji Mohan Das", "Mohan Das"), ("Kalpana naam hai", "Kalpana"), ("रवि कुमार", "Ravi Kumar")],
)
def test_names_that_were_asked_for(text: str, said: str) -> None:
    assert name(text, asked=True) == said


@pytest.mark.parametrize("text", ["das baje", "mangal ko", "kal subah", "pata nahi", "kitna lagega"])
def test_times_and_questions_are_no_names(text: str) -> None:
    assert name(text, asked=True) is None


def test_a_number_with_a_title_is_no_number() -> None:
    result = UNDERSTANDER.understand("Das ji se baat karni hai", world())
    assert all("time" not in command.slots for command in result.commands)
