from __future__ import annotations

import pytest

from offhook.dialogue.together import together
from offhook.understanding.model import Command


def apart(one: Command, other: Command) -> bool:
    """Of different letters, unless one of them is about everything."""
    return one.intent != other.intent and "*" not in (one.intent, other.intent)


@pytest.mark.parametrize(
    ("todo", "now", "left"),
    [
        ("a", "a", ""),
        ("abc", "abc", ""),
        ("abcd", "abc", "d"),
        ("aab", "ab", "a"),
        ("aaab", "ab", "aa"),
        ("a*b", "a", "*b"),
        ("abab", "ab", "ab"),
        ("aba*c", "ab", "a*c"),
    ],
)
def test_nothing_overtakes_what_it_depends_on(todo: str, now: str, left: str) -> None:
    commands = [Command(intent=letter) for letter in todo]
    first, rest = together(commands, apart)
    assert "".join(one.intent for one in first) == now
    assert "".join(one.intent for one in rest) == left
