"""Every example in the data of a language that is mixed into the base language is a test."""

from __future__ import annotations

from typing import cast

import pytest

from offhook.understanding.datafile import load_data
from offhook.understanding.lexicon import LANGUAGES
from support.understanding_world import LANGUAGE, UNDERSTANDER, world

_FILES = [LANGUAGES / "hi-Latn" / "acts.yaml", LANGUAGE / "hi-Latn" / "frames.yaml"]


def _examples(kind: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path in _FILES:
        table = cast("dict[str, dict[str, list[object]]]", load_data(path).get("examples", {}))
        found.extend((intent, str(text)) for intent, kinds in table.items() for text in kinds[kind])
    return found


def _intents(text: str) -> set[str]:
    return {command.intent for command in UNDERSTANDER.understand(text, world()).commands}


@pytest.mark.parametrize(("intent", "text"), _examples("match"))
def test_an_example_that_must_match_does(intent: str, text: str) -> None:
    assert intent in _intents(text), UNDERSTANDER.understand(text, world(), explain=True).explain


@pytest.mark.parametrize(("intent", "text"), _examples("reject"))
def test_an_example_that_must_not_match_does_not(intent: str, text: str) -> None:
    assert intent not in _intents(text), UNDERSTANDER.understand(text, world(), explain=True).explain


def test_every_intent_has_examples_of_both_kinds() -> None:
    mentioned = {intent for intent, _ in _examples("match")} & {intent for intent, _ in _examples("reject")}
    assert {frame.intent for frame in UNDERSTANDER.desk.frames.frames} <= mentioned
