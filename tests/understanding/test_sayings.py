"""The model of sayings: weights added up to shares."""

from __future__ import annotations

from pathlib import Path

from offhook.understanding.guesses import NOTHING
from offhook.understanding.sayings import Sayings, load_sayings
from support.understanding_world import LANGUAGE, UNDERSTANDER

_TWO = Sayings(["price.quote", "faq topic=hours"], {"cost": [0, 300], "open": [1, 300, 0, -100]})


def test_shares_add_up_and_the_likeliest_is_first() -> None:
    guesses = _TWO.guesses(["open"])
    assert [guess.label for guess in guesses] == ["faq topic=hours", "price.quote"]
    assert abs(sum(guess.share for guess in guesses) - 1) < 1e-9


def test_words_that_were_never_weighed_say_nothing() -> None:
    assert _TWO.guesses(["zeppelin"]) == []


def test_a_word_speaks_for_what_it_makes_likelier() -> None:
    assert _TWO.speaks_for("open", "faq topic=hours")
    assert not _TWO.speaks_for("open", "price.quote")
    assert not _TWO.speaks_for("cost", "faq topic=hours")
    assert not _TWO.speaks_for("zeppelin", "price.quote")
    assert not _TWO.speaks_for("open", "greet")


def test_a_desk_without_sayings_has_no_model(tmp_path: Path) -> None:
    assert load_sayings(tmp_path / "sayings.json") is None


def test_every_label_is_an_intent_that_a_frame_has() -> None:
    model = load_sayings(LANGUAGE / "en" / "sayings.json")
    assert model is not None
    known = {frame.intent for frame in UNDERSTANDER.desk.frames.frames}
    assert {label.split()[0] for label in model.labels} <= known | set(NOTHING)
