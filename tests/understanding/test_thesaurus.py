from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.thesaurus import Thesaurus, load_thesaurus

THESAURUS = load_thesaurus()


def meet(one: str, other: str) -> bool:
    """Whether some term of one text is in a group with some term of the other."""
    return any(a.groups & b.groups for a in THESAURUS.terms(one) for b in THESAURUS.terms(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loaner", "courtesy cars"),
        ("how much", "price"),
        ("tyres", "tire"),
        ("doesn't turn up", "no-show"),
        ("pre-owned", "second hand"),
        ("licence", "licenses"),
    ],
)
def test_words_for_one_another_meet(one: str, other: str) -> None:
    assert meet(one, other)


@pytest.mark.parametrize(("one", "other"), [("coffee", "brakes"), ("dog", "lease"), ("how much", "where")])
def test_others_do_not(one: str, other: str) -> None:
    assert not meet(one, other)


def test_the_longest_phrase_is_one_term() -> None:
    terms = THESAURUS.terms("What is a test drive?")
    assert ("test", "driv") in [term.stems for term in terms] or ("test", "drive") in [term.stems for term in terms]


def test_words_that_say_nothing_are_left_out() -> None:
    assert THESAURUS.terms("well, hello, that is so") == []
    assert [term.light for term in THESAURUS.terms("should lubricant")] == [True, False]


def thesaurus_of(folder: Path, **files: str) -> Thesaurus:
    for tag, text in files.items():
        (folder / tag).mkdir()
        (folder / tag / "thesaurus.yaml").write_text(text)
    return load_thesaurus(folder)


def test_another_language_joins_the_groups_of_a_word(tmp_path: Path) -> None:
    both = thesaurus_of(tmp_path, en="groups: [[price, cost]]", de="same_as: {price: [preis]}")
    assert both.term("preis").groups == both.term("cost").groups != frozenset()


def test_a_word_that_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'cost'"):
        thesaurus_of(tmp_path, en="groups: [[price]]", de="same_as: {cost: [preis]}")


@given(st.text(max_size=80))
def test_any_text_has_terms(text: str) -> None:
    for term in THESAURUS.terms(text):
        assert term.stems
        assert all(part.stems[0] in term.stems for part in THESAURUS.parts(term))
