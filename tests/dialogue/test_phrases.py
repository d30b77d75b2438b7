"""Which sentences may be kept: all that are the business's own, none with a value of a caller's."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.contracts.business import Business
from offhook.desks.registry import build_desks
from offhook.dialogue.phrases import fixed_sentences, greeting_sentences, openings
from offhook.dialogue.templates import Templates
from offhook.kit.sentences import SentenceSplitter

WORDS = Path(__file__).parents[2] / "src/offhook/dialogue/templates/en.yaml"
BUSINESS = Business(business_id="biz_1", name="Lone Star Motors", desk="dealership", timezone="America/Chicago")
LINES = """
lines:
  greeting: "Thank you for calling {business}."
  introduction: "I'm {persona}."
  introduction_person: "I'm {persona}."
  first_question: "How can I help you?"
  booked: "Thank you, {name}. You are booked. We will call {phone}, as always. Goodbye from {business}."
  long: "I am sorry, but I really could not hear you well enough just now, so please say it once more."
"""


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    (tmp_path / "en.yaml").write_text(LINES, encoding="utf-8")
    return Templates.load([WORDS.parent, tmp_path])


def test_sentences_with_a_callers_value_are_not_among_them(templates: Templates) -> None:
    fixed = fixed_sentences(templates, BUSINESS)
    assert {"You are booked.", "Goodbye from Lone Star Motors.", "How can I help you?", "I'm Sophie."} <= fixed
    assert not any("Thank you," in sentence or "as always" in sentence for sentence in fixed)


def test_every_way_in_which_a_call_may_cut_a_sentence_is_among_them(templates: Templates) -> None:
    text = "I am sorry, but I really could not hear you well enough just now, so please say it once more."
    splitter = SentenceSplitter()
    pieces = [piece.strip() for piece in splitter.push(text) + splitter.flush()]
    assert len(pieces) == 2
    assert {text, *pieces} <= fixed_sentences(templates, BUSINESS)


def test_the_greeting_is_told_in_the_order_in_which_it_is_said(templates: Templates) -> None:
    assert greeting_sentences(templates, BUSINESS, "en") == [
        "Thank you for calling Lone Star Motors.",
        "I'm Sophie.",
        "How can I help you?",
    ]


def test_a_greeting_of_the_businesss_own_comes_first_and_is_fixed(templates: Templates) -> None:
    own = Business(business_id="b", name="Lone", desk="shop", timezone="UTC", greeting="Namaste. This is Lone.")
    assert greeting_sentences(templates, own, "en")[:2] == ["Namaste.", "This is Lone."]
    assert {"Namaste.", "This is Lone."} <= fixed_sentences(templates, own)


def test_an_opening_is_what_stands_before_the_first_value_of_a_sentence(templates: Templates) -> None:
    found = openings(templates, BUSINESS, "en")
    assert {"Thank you,", "We will call"} <= found
    assert not any(opening.endswith(("as always", "by")) for opening in found), "the first value ends it"
    fixed = " ".join(fixed_sentences(templates, BUSINESS))
    assert "Goodbye from Lone Star Motors." in fixed
    assert not any(opening.startswith("Goodbye from") for opening in found), "all of it is fixed"


@pytest.mark.parametrize("desk", ["dealership", "shop", "sales"])
def test_no_desk_leaves_a_hole_in_an_opening(desk: str) -> None:
    found = openings(build_desks()[desk].templates, BUSINESS, "en")
    assert len(found) > 5
    assert not any("{" in opening or "\ue000" in opening for opening in found)


@pytest.mark.parametrize("desk", ["dealership", "shop", "sales"])
def test_no_desk_leaves_a_hole_in_a_sentence(desk: str) -> None:
    fixed = fixed_sentences(build_desks()[desk].templates, BUSINESS)
    assert len(fixed) > 50
    assert not any("{" in sentence or "\ue000" in sentence for sentence in fixed)
