from __future__ import annotations

import pytest

from offhook.turns.words import ends_with, fold, holds, split, words


def test_the_spellings_of_a_word_are_one() -> None:
    assert fold("हाँ") == fold("हां")
    assert fold("ज़रूर") == fold("जरूर")
    assert split(fold("I’d like SOME")) == ["i'd", "like", "some"]


def test_every_list_of_the_files_has_words() -> None:
    known = words()
    assert all(getattr(known, name) for name in known.__slots__)


@pytest.mark.parametrize("language", ["ruko", "रुको", "stop"])
def test_all_languages_are_known_at_once(language: str) -> None:
    assert fold(language) in words().stop_words


def test_a_word_that_stops_is_no_sign_of_listening() -> None:
    known = words()
    assert not known.stop_words & known.backchannels
    assert not known.closed_phrases & known.open_phrases


def test_phrases_are_found_at_the_end_and_inside() -> None:
    phrases = frozenset({("that's", "all"), ("bas",)})
    assert ends_with(["okay", "that's", "all"], phrases) and ends_with(["bas"], phrases)
    assert not ends_with(["that's", "all", "right"], phrases)
    assert holds(["that's", "all", "right"], phrases) and not holds(["all", "that's"], phrases)


@pytest.mark.parametrize(
    ("text", "open_end"), [("as well", False), ("very", True), ("i would like", True), ("let me know", False)]
)
def test_open_ends(text: str, open_end: bool) -> None:
    assert words().open_end(text.split()) is open_end
