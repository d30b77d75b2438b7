"""Templates and code agree: what is said exists, and what exists is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import offhook.desks
import offhook.dialogue
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates

DIALOGUE = Path(offhook.dialogue.__file__).parent
DESKS = Path(offhook.desks.__file__).parent
OWN = {name: DESKS / name for name in ("dealership", "shop", "sales")}
_STRING = re.compile(r'"([a-z][a-z_.]*)"')
_LINE = re.compile(r'\bLine\("([a-z_.]+)"')
CANNOT = "cannot."
MADE_UP = {
    "read_back_phone",
    "read_back_again",
    "read_back_again_phone",
    "greeting_known",
    "greeting_text_known",
    "impossible_date",
    "impossible_time",
}
"""Keys that are put together in the code."""


def sources(*folders: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("desk", sorted(OWN))
def test_every_line_that_is_said_has_words(desk: str) -> None:
    templates = Templates.load([SHARED_TEMPLATES, OWN[desk] / "templates"])
    said = set(_LINE.findall(sources(DIALOGUE, OWN[desk])))
    assert said - templates.known() == set()


@pytest.mark.parametrize("desk", sorted(OWN))
def test_every_line_with_words_is_said(desk: str) -> None:
    templates = Templates.load([SHARED_TEMPLATES, OWN[desk] / "templates"])
    named = set(_STRING.findall(sources(DIALOGUE, OWN[desk]))) | MADE_UP
    unused = {key for key in templates.known() - named if not key.startswith(CANNOT)}
    assert unused == set()


@pytest.mark.parametrize("desk", sorted(OWN))
def test_words_are_for_the_ear(desk: str) -> None:
    """No markup, no lists, no digits run together; sentences short enough to follow."""
    templates = Templates.load([SHARED_TEMPLATES, OWN[desk] / "templates"])
    for key in templates.known():
        values = dict.fromkeys(templates.needs(key), "x")
        for turn in range(3):
            text = templates.render("en", key, values, turn)
            assert not re.search(r"[*#_<>\[\]|]|https?:", text), key
            assert max(len(sentence.split()) for sentence in re.split(r"[.?!]", text)) <= 24, key
