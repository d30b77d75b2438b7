"""What holds for any text: no error, bounded work, nothing written that was not clearly said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.model import Context
from offhook.understanding.text import MAX_WORDS, read
from support.number_words import LEXICON
from support.understanding_tables import rows
from support.understanding_world import UNDERSTANDER, booking, world

_VOCABULARY = sorted(
    {
        word
        for name in ("sentences_dev.txt", "sentences_dev2.txt", "dates_dev.txt")
        for row in rows(name)
        for word in row[0].split()
    }
)
_HELD = {"service": "Oil change", "date": "2026-11-27", "time": "10:00", "name": "Ann Lee"}
_CLEAR = {
    "yes",
    "yeah",
    "yep",
    "sure",
    "correct",
    "okay",
    "ok",
    "perfect",
    "right",
    "exactly",
    "fine",
    "absolutely",
    "definitely",
    "book",
    "go",
    "great",
    "good",
    "do",
    "confirm",
    "works",
    "alright",
    "course",
    "yup",
    "cool",
    "brilliant",
    "lovely",
    "agreed",
    "indeed",
    "confirmed",
    "certainly",
    "no",
}

contexts = st.sampled_from(
    [
        Context(),
        *(
            booking(asked, **_HELD)
            for asked in ("confirm", "date", "time", "datetime", "name", "phone", "service", "change")
        ),
    ]
)


@given(st.text(max_size=200), contexts)
def test_any_text_is_read_without_error(text: str, context: Context) -> None:
    result = UNDERSTANDER.understand(text, world(), context)
    assert 0.0 <= result.confidence <= 1.0


@given(st.lists(st.sampled_from(_VOCABULARY), max_size=25).map(" ".join), contexts)
def test_any_words_are_read_without_error(text: str, context: Context) -> None:
    result = UNDERSTANDER.understand(text, world(), context, explain=True)
    assert len(result.commands) <= 4


@given(st.lists(st.sampled_from(_VOCABULARY), max_size=12).map(" ".join))
def test_nothing_is_confirmed_without_a_word_of_consent(text: str) -> None:
    result = UNDERSTANDER.understand(text, world(), booking("confirm", **_HELD))
    if any(command.intent == "confirm" for command in result.commands):
        assert _CLEAR & set(
            text.replace(",", " ").replace("'", " ").replace(".", " ").replace("!", " ").lower().split()
        )


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yeah no",
        "okay what",
        "not yet",
        "yes but not friday",
        "yes except the time",
        "i don't think so",
        "that is not correct",
        "right so what time was that",
        "wait",
        "maybe",
        "i'm not sure",
        "yes if it is cheaper",
        "don't book it",
        "okay bye",
        "hmm",
        "yes no",
        "the correct time is eleven",
        "is that right",
        "what",
        "sure it is not friday",
        "not okay",
    ],
)
def test_what_is_no_yes(text: str) -> None:
    result = UNDERSTANDER.understand(text, world(), booking("confirm", **_HELD))
    assert "confirm" not in {command.intent for command in result.commands}


def test_a_line_longer_than_anybody_speaks_is_not_acted_upon() -> None:
    text = "book an oil change tomorrow at ten " + "please " * MAX_WORDS * 2 + "no cancel that"
    result = UNDERSTANDER.understand(
        "book an oil change tomorrow at ten " + "pretty please " * MAX_WORDS + text, world()
    )
    assert result.decision == "fallback"


@pytest.mark.parametrize(
    "text",
    [
        "double " * 3000,
        "day after " * 3000,
        "friday the day before " * 2000,
        "two days before that " * 2000,
        "a week from " * 2000,
        "1" * 10_000,
        "1 2 " * 2500,
        "half " * 2000,
        "first of the " * 800,
        "a" * 10_000,
        "and book " * 1200,
    ],
    ids=lambda text: text[:12],
)
def test_repetition_is_bounded(text: str) -> None:
    assert len(read(text, LEXICON)) <= MAX_WORDS
    UNDERSTANDER.understand(text, world(), booking("datetime"))


@given(st.text(max_size=120))
def test_tokens_keep_their_place_in_the_text(text: str) -> None:
    sentence = read(text, LEXICON)
    assert all(0 <= start < end <= len(text) for start, end in zip(sentence.starts, sentence.ends, strict=True))
    assert sentence.starts == sorted(sentence.starts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'd like 10am, please!", "i would like 10 am please"),
        ("whats ur address", "what is your address"),
        ("ten a.m. or 2 p. m.", "ten am or 2 pm"),
        ("the the twenty-first", "the twenty first"),
        ("um so uh hello", "so hello"),
        ("one one two", "one one two"),
        ("id like that", "i would like that"),
        ("my id is 5", "my id is 5"),
        ("it’s o’clock", "it is oclock"),
    ],
)
def test_text_is_normalised(text: str, words: str) -> None:
    assert read(text, LEXICON).words == words.split()


@pytest.mark.parametrize(
    ("text", "language"),
    [("book an oil change", "en"), ("kal subah gaadi lana hai", "hi-Latn"), ("मुझे सर्विस चाहिए", "hi"), ("", "en")],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert UNDERSTANDER.understand(text, world()).language == language


def test_explain_names_what_won_and_what_lost() -> None:
    lines = UNDERSTANDER.understand("can i book an oil change tomorrow", world(), explain=True).explain
    assert any("service.book won" in line for line in lines)
    assert any("Oil change" in line for line in lines)


_THINGS = [
    "newspaper",
    "subscription",
    "guitar",
    "sofa",
    "mattress",
    "sandwich",
    "blender",
    "wallet",
    "jacket",
    "painting",
    "garden",
    "roof",
    "keyboard",
    "tent",
    "camera",
    "printer",
]
_ASKS = (
    "cancel my {}",
    "cancel the {} for friday",
    "move my {} to friday",
    "reschedule my {}",
    "book a {} for tomorrow",
    "schedule the {} for monday at ten",
    "i need a {}",
    "i want to book a {}",
    "can you fix my {}",
    "my {} is broken",
    "i need my {} serviced",
    "bring my {} in on friday",
    "drop off the {}",
    "repair my {} on friday at ten",
    "trade in my {}",
    "i want to buy a {}",
    "replace the {} battery",
    "inspect my {}",
)


@pytest.mark.parametrize("ask", _ASKS)
def test_things_of_other_trades_are_not_booked_moved_or_cancelled(ask: str) -> None:
    for thing in _THINGS:
        intents = {command.intent for command in UNDERSTANDER.understand(ask.format(thing), world()).commands}
        assert intents <= {"out_of_scope"}, ask.format(thing)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("is my car ready yet? i dropped it off this morning", ["vehicle.status"]),
        ("is my car ready and i also need an oil change tomorrow", ["vehicle.status", "service.book"]),
    ],
)
def test_a_visit_that_is_told_of_is_no_wish_for_one(text: str, intents: list[str]) -> None:
    assert [command.intent for command in UNDERSTANDER.understand(text, world()).commands] == intents
