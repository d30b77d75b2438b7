"""A yes in Hindi is one only when nothing beside it speaks against it or asks for more."""

from __future__ import annotations

import random

import pytest

from offhook.understanding.model import Context
from support.understanding_tables import rows
from support.understanding_world import UNDERSTANDER, booking, india

_READ_BACK = booking("confirm", service="Oil change", date="2026-11-27", time="10:00", name="Ravi")
_YES = ["haan", "ji haan", "theek hai", "bilkul", "kar do", "sahi hai", "haan ji", "हाँ"]
_TURNS = [
    *("lekin 5 baje", "par kal", "magar AC service", "nahi", "mat karo", "lekin ruko", "par pehle price batao"),
    *("rehne do", "abhi nahi", "baad mein", "shayad", "soch ke batata hoon", "kisi aur din", "galat hai", "kya?"),
    *("kitna lagega?", "kab?", "matlab?", "cancel karo", "nahi chahiye", "3 gaadi ke liye", "lekin 7", "par 12 ko"),
    *("pata nahi", "phir kabhi", "time galat hai", "naam galat hai", "ruko ek minute", "लेकिन कल", "नहीं"),
]


def _intents(text: str, context: Context = _READ_BACK) -> list[str]:
    return [command.intent for command in UNDERSTANDER.understand(text, india(), context).commands]


@pytest.mark.parametrize("yes", _YES)
@pytest.mark.parametrize("turn", _TURNS)
def test_no_yes_beside_what_turns_it(yes: str, turn: str) -> None:
    for text in (f"{yes} {turn}", f"{turn} {yes}", f"{yes}, {turn}"):
        assert "confirm" not in _intents(text), text


@pytest.mark.parametrize(
    "text",
    [
        *("haan", "haan ji", "ji", "ji haan", "bilkul kar do", "theek hai", "thik h", "ok kar dijiye", "haan sahi hai"),
        *("sahi hai bhai", "haan book kar do", "kar do", "haan pakka", "haan chalega", "haan aa jaunga", "ok ji"),
        *("haan haan", "haa kr do", "haan yahi theek hai", "हाँ", "जी हाँ", "ठीक है", "हाँ कर दीजिए", "जी ठीक है"),
    ],
)
def test_plain_yes(text: str) -> None:
    assert _intents(text) == ["confirm"]


@pytest.mark.parametrize(
    "text",
    [
        *("nahi karna hai", "mat book karo", "ji nahi", "nahi ji", "haan nahi karna", "theek nahi hai", "haan kya"),
        *("theek hai kya", "kya ye sahi hai", "kar mat dena", "haan ya nahi", "manzoor nahi", "ठीक नहीं है", "मत करो"),
    ],
)
def test_what_sounds_like_a_yes_and_is_none(text: str) -> None:
    assert "confirm" not in _intents(text)


def test_any_row_of_words_is_read() -> None:
    """Words of the tables in any order, in answer to any question: always a result."""
    words = [
        word for number in ("", "2", "3", "4") for row in rows(f"hinglish_dev{number}.txt") for word in row[2].split()
    ]
    chance = random.Random(5)
    for _ in range(1500):
        text = " ".join(chance.choice(words) for _ in range(chance.randint(1, 14)))
        asked = chance.choice(["date", "time", "datetime", "name", "phone", "confirm", "service"])
        result = UNDERSTANDER.understand(text, india(), booking(asked, service="Oil change", date="2026-11-27"))
        assert result.decision
