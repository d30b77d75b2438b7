"""Hinglish that resembles a command and is none: taken back, refused, supposed, told of others, left open. Made from
every row of the tables that would be carried out; nothing of it may be.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from offhook.understanding.decide import WRITES
from support.understanding_tables import commands, rows
from support.understanding_world import UNDERSTANDER, india, table_context

_WAYS: dict[str, Callable[[str], str]] = {
    "refused at the end": lambda text: f"{text} nahi",
    "forbidden": lambda text: f"{text} mat karo",
    "not wanted": lambda text: f"{text} nahi chahiye",
    "not now": lambda text: f"{text} lekin abhi nahi",
    "taken back": lambda text: f"{text}, nahi nahi rehne do",
    "maybe": lambda text: f"shayad {text}",
    "if": lambda text: f"agar paise hue to {text}",
    "told by another": lambda text: f"mera bhai bol raha tha ki {text}",
    "last time": lambda text: f"pichli baar {text} tha",
    "or the day after": lambda text: f"{text} ya parso",
}


def _carried_out() -> list[tuple[str, str, str]]:
    found = []
    for name in ("hinglish_dev.txt", *(f"hinglish_dev{number}.txt" for number in range(2, 10)), "hinglish_heldout.txt"):
        for asked, held, text, decision, expected in rows(name):
            if decision == "execute" and asked != "name" and any(intent in WRITES for intent, _ in commands(expected)):
                found.append((asked, held, text))
    return found


@pytest.mark.parametrize("way", _WAYS)
def test_a_command_that_is_not_meant_is_not_carried_out(way: str) -> None:
    wrong = []
    for asked, held, text in _carried_out():
        line = _WAYS[way](text)
        result = UNDERSTANDER.understand(line, india(), table_context(asked, held))
        if result.decision == "execute" and any(command.intent in WRITES for command in result.commands):
            wrong.append((line, result.commands))
    assert not wrong


@pytest.mark.parametrize("end", ["nahi", "ya parso"])
def test_an_english_wish_that_ends_in_hindi_is_not_carried_out(end: str) -> None:
    text = f"AC service for my Honda City, Monday 2 pm please {end}"
    assert UNDERSTANDER.understand(text, india()).decision != "execute"


@pytest.mark.parametrize(
    "text",
    [
        "mera bhai bol raha tha ki bacche ka exam aa gaya, friday wali appointment agle somwar 11 baje kar dijiye",
        "mera bhai bol raha tha ki do saal purani battery jawab de gayi hai, parso subah 9 baje nayi daal do",
    ],
)
def test_what_another_goes_on_saying_is_asked_about(text: str) -> None:
    assert UNDERSTANDER.understand(text, india()).decision == "confirm"
