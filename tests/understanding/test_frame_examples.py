"""Every example in a language's data files is a test: it must match its frame, or must not."""

from __future__ import annotations

import pytest

from offhook.understanding.frames import Frame
from support.understanding_world import LANGUAGE, UNDERSTANDER, world

_FRAMES = UNDERSTANDER.desk.frames.frames


def _examples(kind: str) -> list[tuple[Frame, str]]:
    return [(frame, text) for frame in _FRAMES for text in getattr(frame, kind)]


def _carries(text: str, frame: Frame) -> bool:
    commands = UNDERSTANDER.understand(text, world()).commands
    return any(
        command.intent == frame.intent and all(command.slots.get(slot) == value for slot, value in frame.fixed.items())
        for command in commands
    )


@pytest.mark.parametrize(
    ("frame", "text"), _examples("match"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_example_that_must_match_does(frame: Frame, text: str) -> None:
    assert _carries(text, frame), UNDERSTANDER.understand(text, world(), explain=True).explain


@pytest.mark.parametrize(
    ("frame", "text"), _examples("reject"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_example_that_must_not_match_does_not(frame: Frame, text: str) -> None:
    assert not _carries(text, frame), UNDERSTANDER.understand(text, world(), explain=True).explain


def test_every_frame_has_examples_of_both_kinds() -> None:
    bare = [frame.intent for frame in _FRAMES if not frame.match or not frame.reject]
    assert not bare, f"frames without examples in {LANGUAGE}: {bare}"
