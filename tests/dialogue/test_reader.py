from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from offhook.dialogue.reader import LanguageReader
from offhook.understanding.model import Context, World

READER = LanguageReader.of_folder(Path(str(files("offhook.desks.dealership") / "language")))
WORLD = World(now=datetime(2026, 3, 2, 10, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("slower please", "repeat"),
        ("could you speak up", "repeat"),
        ("aap bahut jaldi bol rahe ho", "repeat"),
        ("आवाज़ नहीं आ रही", "repeat"),
        ("can we do this in English", "out_of_scope"),
        ("Hindi mein boliye", "out_of_scope"),
        ("mujhe English nahi aati", "out_of_scope"),
    ],
)
def test_what_is_asked_of_our_voice_means_nothing_else(text: str, intent: str) -> None:
    reading = READER.read(text, (), None, WORLD, Context())
    assert [command.intent for command in reading.commands] == [intent]
    assert reading.understood


def test_other_sentences_are_read_as_they_are() -> None:
    reading = READER.read("yes please", (), None, WORLD, Context())
    assert [command.intent for command in reading.commands] == ["confirm"]
