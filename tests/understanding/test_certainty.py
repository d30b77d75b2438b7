"""What is asked for beyond doubt, whatever else is said; and what only sounds like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.understanding.certainty import Certainty, load_certainty
from offhook.understanding.doubting import SIGNS
from support.understanding_world import LANGUAGE, UNDERSTANDER, india, world


def test_signs_are_added_up_and_the_last_weight_is_of_every_sentence() -> None:
    model = Certainty(own=(2.0, -1.0, 0.0), mixed=(0.0, 0.0, 0.0))
    assert model.share([0.0, 0.0], mixed=False) == 0.5
    assert model.share([1.0, 0.0], mixed=False) > 0.5 > model.share([0.0, 1.0], mixed=False)
    assert model.share([1.0, 0.0], mixed=True) == 0.5


def test_a_desk_without_the_model_has_none(tmp_path: Path) -> None:
    assert load_certainty(tmp_path / "certainty.json") is None


def test_the_model_of_the_dealership_weighs_every_sign() -> None:
    model = load_certainty(LANGUAGE / "en" / "certainty.json")
    assert model is not None
    assert len(model.own) == len(model.mixed) == len(SIGNS) + 1


@pytest.mark.parametrize(
    "text",
    [
        "the interior smells of wet dog i'd love a proper clean inside and out on saturday at noon",
        "the dealer up the road kept me waiting so i'd like you to do my oil change on friday at ten",
        "the car jumps about on the motorway since i hit that pothole can you align the wheels thursday at two",
        "the doctor told me no lifting so i can't swap the battery myself, do it for me tuesday at one",
        "could i come half an hour earlier than we agreed",
        "can we do my appointment an hour later than planned",
    ],
)
def test_a_story_before_a_wish_needs_no_question(text: str) -> None:
    assert UNDERSTANDER.understand(text, world()).decision == "execute"


def test_a_story_in_hinglish_before_a_wish_needs_no_question() -> None:
    told = "gear atakne laga hai pahaad se aane ke baad, transmission service kar dijiye 4 december ko 10 baje"
    assert UNDERSTANDER.understand(told, india()).decision == "execute"


@pytest.mark.parametrize(
    "text",
    [
        "why would i want a brake inspection on saturday at ten",
        "my boss thinks i need an oil change on friday at ten",
        "nobody wants new brake pads tomorrow at ten",
        "imagine i wanted a tire rotation on friday at noon",
        "i need an oil change before my vacation on friday at ten",
        "is it smart to book new brake pads next tuesday at 9:30",
        "can i get a wheel alignment tomorrow at nine for free",
    ],
)
def test_what_may_turn_the_wish_is_asked_about(text: str) -> None:
    assert UNDERSTANDER.understand(text, world()).decision != "execute"


def test_what_the_words_only_hint_at_is_a_guess() -> None:
    assert UNDERSTANDER.understand("all that jazz about monday and tuesday these days you know", world()).guessed
    assert not UNDERSTANDER.understand("book an oil change on friday at ten", world()).guessed


@pytest.mark.parametrize(
    "text",
    [
        "we've bought elsewhere, so there is no need to hold our test drive any longer",
        "no need to hold my slot on friday anymore",
        "never mind i won't be needing the brake job on friday",
    ],
)
def test_what_is_no_longer_needed_is_given_up_after_a_question(text: str) -> None:
    result = UNDERSTANDER.understand(text, world())
    assert ([command.intent for command in result.commands], result.decision) == (["appointment.cancel"], "confirm")
