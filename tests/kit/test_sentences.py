from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.sentences import SentenceSplitter


def split(text: str, **options: int) -> list[str]:
    splitter = SentenceSplitter(**options)
    return [*splitter.push(text), *splitter.flush()]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Sure. What day?", ["Sure. ", "What day?"]),
        ("One! Two? Three…", ["One! ", "Two? ", "Three…"]),
        ("Dr. Rao is in.", ["Dr. Rao is in."]),
        ("Mr. and Mrs. Shah came. Good.", ["Mr. and Mrs. Shah came. ", "Good."]),
        ("We open at 9 a.m. on Friday. Come in.", ["We open at 9 a.m. on Friday. ", "Come in."]),
        ("We open at 9 a.m. Come in.", ["We open at 9 a.m. ", "Come in."]),
        ("At 10.30 it is free. Ok?", ["At 10.30 it is free. ", "Ok?"]),
        ("It costs Rs. 500. Shall I book?", ["It costs Rs. 500. ", "Shall I book?"]),
        ("It costs $49.99. Shall I book?", ["It costs $49.99. ", "Shall I book?"]),
        ("It costs ₹1,250.50 in all. Fine?", ["It costs ₹1,250.50 in all. ", "Fine?"]),
        ("Bay No. 5 is free. No. We are closed.", ["Bay No. 5 is free. ", "No. ", "We are closed."]),
        ("On Nov. 27 we open. Yes.", ["On Nov. 27 we open. ", "Yes."]),
        ("Ask J. Smith. He knows.", ["Ask J. Smith. ", "He knows."]),
        ('He said "yes." Then he left.', ['He said "yes." ', "Then he left."]),
        ("Really?! Yes.", ["Really?! ", "Yes."]),
        ("Wait... what?", ["Wait... ", "what?"]),
        ("कल सुबह आइए। धन्यवाद।", ["कल सुबह आइए। ", "धन्यवाद।"]),
        ("कल आइए।धन्यवाद", ["कल आइए।", "धन्यवाद"]),
        ("First line\nSecond line", ["First line\n", "Second line"]),
        ("We have:\n\n1. Oil change\n2. Brakes", ["We have:\n\n", "1. Oil change\n", "2. Brakes"]),
        ("Visit www.example.com today. Bye.", ["Visit www.example.com today. ", "Bye."]),
        ("", []),
        ("   ", ["   "]),
        ("no end", ["no end"]),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    splitter = SentenceSplitter()
    assert splitter.push("Sure.") == []
    assert splitter.push(" ") == []
    assert splitter.push("W") == ["Sure. "]


def test_the_first_piece_may_end_at_a_comma_and_later_ones_do_not() -> None:
    text = (
        "I can book the oil change for you tomorrow morning, and we wash the car, too. We also, of course, " + "x" * 60
    )
    first, second, *_ = split(text, first_clause_chars=40)
    assert first == "I can book the oil change for you tomorrow morning, "
    assert second == "and we wash the car, too. "


def test_a_comma_inside_a_number_does_not_end_the_first_piece() -> None:
    text = "The timing belt with the water pump comes to roughly 12,500 rupees"
    assert split(text, first_clause_chars=10) == [text]


def test_zero_never_cuts_at_a_comma() -> None:
    text = "well, " * 20
    assert split(text, first_clause_chars=0) == [text]


def test_text_without_any_stop_is_cut_between_words() -> None:
    pieces = split("word " * 100, most_chars=52)
    assert all(len(piece) <= 52 and piece.endswith("word ") for piece in pieces)
    assert len(pieces) == 10


def test_a_word_longer_than_a_piece_is_cut() -> None:
    assert split("a" * 25, most_chars=10) == ["a" * 10, "a" * 10, "a" * 5]


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="most_chars is 0"):
        SentenceSplitter(most_chars=0)


def test_the_splitter_can_be_used_again_after_flush() -> None:
    splitter = SentenceSplitter(first_clause_chars=5)
    assert splitter.push("Hello there, you. ") + splitter.flush() == ["Hello there, ", "you. "]
    assert splitter.push("Hello there, you. ") + splitter.flush() == ["Hello there, ", "you. "]


parts = [*list("ab R9.5,!?।…\n\"'); क"), "Dr.", "a.m.", "No. ", ". ", "Rs. 5", " The"]
speech = st.lists(st.sampled_from(parts), max_size=60).map("".join)


@given(st.lists(speech, max_size=12), st.integers(0, 20), st.integers(1, 60))
def test_nothing_is_lost_and_cuts_do_not_depend_on_how_the_text_arrived(
    deltas: list[str], first_clause_chars: int, most_chars: int
) -> None:
    splitter = SentenceSplitter(first_clause_chars=first_clause_chars, most_chars=most_chars)
    pieces = [piece for delta in deltas for piece in splitter.push(delta)]
    pieces += splitter.flush()
    text = "".join(deltas)
    assert "".join(pieces) == text
    assert all(pieces)
    assert pieces == split(text, first_clause_chars=first_clause_chars, most_chars=most_chars)


def test_endless_white_space_or_stops_do_not_pile_up() -> None:
    splitter = SentenceSplitter()
    assert sum(map(len, splitter.push("End." + " " * 1000))) > 900
    assert sum(map(len, splitter.push("." * 1000))) > 600


@given(speech, st.integers(1, 40))
def test_pieces_keep_to_the_limit_but_for_white_space(text: str, most_chars: int) -> None:
    assert all(len(piece.rstrip()) <= most_chars + 9 for piece in split(text, most_chars=most_chars))
