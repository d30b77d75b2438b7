from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.thesaurus import load_thesaurus, search_thesaurus, stem, words_of_text

THESAURUS = load_thesaurus()
SEARCHED = search_thesaurus()


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


def stands_for(one: str, other: str) -> bool:
    return any(a.seeks & b.groups for a in THESAURUS.terms(one) for b in THESAURUS.terms(other))


def test_a_kind_and_the_general_word_stand_for_one_another_but_no_kind_for_another() -> None:
    assert stands_for("Portugal", "abroad")
    assert stands_for("abroad", "Portugal")
    assert not stands_for("Portugal", "Greece")


def test_a_phrase_is_known_whatever_article_or_owner_stands_in_it() -> None:
    assert THESAURUS.terms("change my address") == THESAURUS.terms("change the address")


def test_an_english_phrase_is_not_read_as_words_of_another_language() -> None:
    assert ("log", "in") in [term.stems for term in THESAURUS.terms("I cannot log in")]


def test_the_longest_phrase_is_one_term() -> None:
    terms = THESAURUS.terms("What is a test drive?")
    assert ("test", "driv") in [term.stems for term in terms] or ("test", "drive") in [term.stems for term in terms]


def test_words_that_say_nothing_are_left_out() -> None:
    assert THESAURUS.terms("well, hello, that is so") == []
    assert [term.light for term in THESAURUS.terms("should lubricant")] == [True, False]


def test_words_of_another_language_are_read_as_english_ones() -> None:
    one = THESAURUS.terms("service ka kitna paisa lagega")
    assert ("how", "much") in [term.stems for term in one]
    assert meet("gadi kitne din mein milegi", "how long")
    assert meet("गाड़ी", "car")
    assert [term.stems for term in THESAURUS.terms("is the service to do")] == [("servic",)]


def test_words_without_other_words_are_named() -> None:
    assert THESAURUS.unknown("How much is a zorb ride for the kids in 2027?") == ["zorb"]


def test_what_kind_of_answer_is_wanted() -> None:
    assert THESAURUS.kinds("what's the price of a battery") == {"price"}
    assert THESAURUS.kinds("how much can it tow") == {"amount"}
    assert THESAURUS.kinds("service mein kitne din lagenge") == {"duration"}
    assert THESAURUS.kinds("do you sell tyres") == frozenset()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what would a new set of wipers run me", "price"),
        ("what does the whole thing come to", "price"),
        ("what are you asking for the grey one", "price"),
        ("when will the seat covers come", "duration"),
        ("when does the filter have to be changed", "due"),
        ("do you want me to call first", "booking"),
        ("if the radio dies next year", "guarantee"),
        ("would you put a rack on for me", "fitting"),
        ("got any wheel nuts", "stocked"),
        ("what do you look at during an inspection", "content"),
    ],
)
def test_a_phrase_may_stand_around_what_is_asked_about(question: str, kind: str) -> None:
    assert kind in SEARCHED.kinds(question)


def test_what_stands_far_apart_is_no_phrase() -> None:
    far = "what would my cousin who lives in the north of the state and drives an old truck run"
    assert "price" not in SEARCHED.kinds(far)


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "hi-Latn").mkdir()
    alphabet = LANGUAGES / "hi-Latn" / "alphabet.yaml"
    (tmp_path / "hi-Latn" / "alphabet.yaml").write_text(alphabet.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "hi-Latn" / "thesaurus.yaml").write_text("translate: [price]")
    with pytest.raises(ValueError, match=r"thesaurus.yaml: `translate`"):
        load_thesaurus(tmp_path)


@given(st.text(max_size=80))
def test_any_text_has_terms(text: str) -> None:
    for term in THESAURUS.terms(text):
        assert term.stems
        assert all(part.stems[0] in term.stems for part in THESAURUS.parts(term))


OPPOSITES = """
open close, open closed, opening closing, buy sell, cancel keep, cancel book, before after, in out, inside outside,
upstairs downstairs, arrive leave, arrival departure, start stop, start end, begin finish, first last, turn on turn off,
switch on switch off, lock unlock, log in log out, check in check out, pick up drop off, increase decrease, raise lower,
go up go down, cheap expensive, big small, long short, high low, wide narrow, heavy lightweight, thick thin, fast slow,
new old, good bad, best worst, right wrong, easy difficult, clean dirty, quiet loud, bright dark, hot cold, wet dry,
soft hard, smooth rough, full empty, early late, earlier later, public private, same different, with without, near far,
indoor outdoor, young old, man woman, male female, boy girl, adult child, legal illegal, possible impossible, accept
refuse, pull push, install uninstall, add remove, fill drain, pack unpack, heat cool,
withdraw deposit, withdraw pay in, get on get off, move in move out, join leave, sign up unsubscribe, upgrade downgrade,
net gross, minimum maximum, most least, always never, day night, morning evening, weekday weekend, summer winter,
include exclude, block unblock, connect disconnect, win lose, remember forget, save delete, arrive depart, lend return,
enter exit, entrance exit, entry exit, healthy ill, included extra, freeze resume, love hate, like hate, happy angry,
true false, give take, send receive, ask answer, sit stand, rise fall, starter dessert, single double, furnished
unfurnished, prepaid contract phone, inpatient outpatient, one way round trip, birth death, marry divorce
"""


def test_no_group_of_the_search_has_opposites() -> None:
    known = {" ".join(key): key for key in SEARCHED.groups}
    merged = []
    for pair in OPPOSITES.replace("\n", " ").split(","):
        words = [stem(word) for word in words_of_text(pair)]
        for at in range(1, len(words)):
            one, other = (known.get(" ".join(part)) for part in (words[:at], words[at:]))
            if one and other and SEARCHED.groups[one] & SEARCHED.groups[other] & SEARCHED.loose:
                merged.append(pair.strip())
    assert merged == []


def test_what_is_weighed_on_groups_knows_none_of_the_search_alone() -> None:
    assert not THESAURUS.loose
    assert SEARCHED.loose
    assert THESAURUS.names == SEARCHED.names[: len(THESAURUS.names)]
