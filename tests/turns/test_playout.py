from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.turns.playout import HELD_MOST_MS, MOST_MARKS, MOST_REPLIES, Playout

QUESTION = "How can I help you today?"


def playout(*, lag_ms: float = 0.0, mark_grace_ms: float = 500.0) -> Playout:
    return Playout(lag_ms=lag_ms, mark_grace_ms=mark_grace_ms)


# -- by the clock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now_ms", "heard", "remaining_ms"),
    [
        (0, "", 2500),
        (200, "", 2300),
        (500, "Hello", 2000),
        (1000, "Hello there.", 1500),
        (1300, "Hello there. How", 1200),
        (2499, "Hello there. How can I help you", 1),
        (2500, "Hello there. How can I help you today?", 0),
        (9999, "Hello there. How can I help you today?", 0),
    ],
)
def test_without_marks_the_clock_tells(now_ms: float, heard: str, remaining_ms: float) -> None:
    played = playout()
    played.queued(1, "Hello there. ", 1000, 0)
    played.queued(1, QUESTION, 1500, 0)
    assert played.heard_text(1, now_ms) == heard
    assert played.remaining_ms(now_ms) == remaining_ms


def test_audio_takes_its_way_to_the_ear() -> None:
    played = playout(lag_ms=100)
    played.queued(1, "Yes.", 400, 1000)
    assert (played.position_ms(1100), played.position_ms(1300), played.position_ms(1500)) == (0, 200, 400)


def test_a_gap_between_pieces_is_not_played_time() -> None:
    played = playout()
    played.queued(1, "One. ", 500, 0)
    played.queued(1, "Two.", 500, 2000)
    assert (played.position_ms(1900), played.position_ms(2100)) == (500, 600)
    assert played.heard_text(1, 2100) == "One."


def test_a_sentence_that_is_still_being_made_is_not_heard_whole() -> None:
    played = playout()
    played.queued(1, QUESTION, 200, 0, complete=False)
    assert played.heard_text(1, 200) == "How"
    played.queued(1, "", 800, 200, complete=False)
    assert played.heard_text(1, 1000) == "How can I help"
    played.queued(1, "", 500, 400)
    assert played.heard_text(1, 1500) == QUESTION


def test_a_sentence_longer_than_expected_is_whole_only_when_it_is_complete() -> None:
    played = playout()
    played.queued(1, "Yes it is.", 5000, 0, complete=False)
    assert played.heard_text(1, 6000) == "Yes it"
    played.queued(1, "", 0, 6000)
    assert played.heard_text(1, 6000) == "Yes it is."


def test_a_sentence_that_turns_out_longer_takes_no_heard_word_back() -> None:
    played = playout()
    played.queued(1, "one two three four", 1500, 0, complete=False)
    assert played.heard_text(1, 1000) == "one two"
    played.queued(1, "", 9000, 1000, complete=False)
    assert played.heard_text(1, 1000) == "one two"


def test_the_speaking_rate_is_learnt() -> None:
    played = playout()
    played.queued(1, "x" * 100, 20_000, 0)
    played.queued(1, "one two three four five", 1000, 0, complete=False)
    assert played.heard_text(1, 21_000) == "x" * 100 + " one", "five characters of 23, at 200 ms each"


def test_a_segment_without_audio_was_not_said() -> None:
    played = playout()
    played.queued(1, "Nothing.", 0, 0)
    played.queued(1, "Lost.", 0, 0, complete=False)
    played.queued(1, "Some.", 500, 0)
    assert (played.said_text(1), played.heard_text(1, 500)) == ("Some.", "Some.")


def test_a_new_segment_completes_the_one_before() -> None:
    played = playout()
    played.queued(1, "One.", 500, 0, complete=False)
    played.queued(1, "Two.", 500, 0)
    assert played.heard_text(1, 500) == "One."


# -- by marks ----------------------------------------------------------------------------------------------------------


def test_a_mark_proves_what_is_before_it() -> None:
    played = playout(lag_ms=400)
    played.queued(1, "Hello there.", 1000, 0)
    mark = played.mark_name()
    assert played.heard_text(1, 900) == "Hello"
    assert played.played(mark, 900) is True
    assert played.heard_text(1, 900) == "Hello there."
    assert played.finished(1, 900)


def test_a_mark_sets_the_clock() -> None:
    played = playout()
    played.queued(1, "One. ", 1000, 0)
    one = played.mark_name()
    played.queued(1, "Two.", 1000, 0)
    played.played(one, 1400)
    assert (played.position_ms(1400), played.position_ms(1600), played.position_ms(2500)) == (1400, 1400, 2000)
    assert played.finish_due_ms(1) == 1400 + 1000 + 500


def test_the_clock_does_not_run_past_a_mark_that_is_out() -> None:
    played = playout(mark_grace_ms=1000)
    played.queued(1, "One.", 100, 0)
    played.played(played.mark_name(), 100)
    played.queued(2, "Two.", 1000, 200)
    played.mark_name()
    played.queued(2, "Three or four.", 1000, 200)
    assert played.heard_text(2, 1900) == "Two."
    assert played.heard_text(2, 4000) == "Two. Three or four.", "the mark is given up"


def test_marks_of_a_carrier_that_returns_none_do_not_hold_the_clock() -> None:
    played = playout()
    played.queued(1, "One.", 1000, 0)
    played.mark_name()
    played.queued(1, "Two.", 1000, 0)
    assert played.heard_text(1, 2000) == "One. Two."
    assert (played.finished(1, 2400), played.finished(1, 2500)) == (False, True)


def test_a_later_mark_stands_for_those_before_it() -> None:
    played = playout()
    played.queued(1, "One.", 1000, 0)
    one = played.mark_name()
    played.queued(1, "Two.", 1000, 0)
    two = played.mark_name()
    assert played.played(two, 1500) is True
    assert played.finish_due_ms(1) is None
    assert played.played(one, 1500) is False
    assert played.stale_marks == 1


def test_unknown_marks_prove_nothing() -> None:
    played = playout()
    played.queued(1, "One.", 1000, 0)
    played.mark_name()
    assert played.played("g9-9", 100) is False
    assert played.heard_text(1, 100) == ""


def test_a_mark_of_the_past_does_not_pull_the_next_audio_forward() -> None:
    played = playout(lag_ms=100)
    played.queued(1, "One.", 500, 0)
    mark = played.mark_name()
    played.queued(2, "Two.", 500, 800)
    played.played(mark, 850)
    assert played.position_ms(900) == 500


def test_marks_waited_for_are_bounded() -> None:
    played = playout()
    played.queued(1, "One.", 1000, 0)
    names = [played.mark_name() for _ in range(MOST_MARKS + 1)]
    assert played.played(names[0], 10) is False
    assert played.played(names[1], 10) is True


# -- clear -------------------------------------------------------------------------------------------------------------


def test_a_clear_cuts_the_text_to_the_words_heard() -> None:
    played = playout()
    played.queued(1, "I will book it for ten tomorrow.", 3000, 0)
    mark = played.mark_name()
    played.queued(1, "Is that fine?", 1000, 0)
    played.cleared(1000)
    assert played.generation == 1
    assert played.heard_text(1, 1000) == "I will"
    assert played.heard_text(1, 99_999) == "I will"
    assert played.remaining_ms(1000) == 0
    assert played.finished(1, 1000)
    assert played.played(mark, 1010) is False, "the carrier hands back the marks of what it dropped"
    assert played.heard_text(1, 1010) == "I will"


def test_after_a_clear_the_next_reply_is_counted_anew() -> None:
    played = playout()
    played.queued(1, "A long story about cars.", 5000, 0)
    played.cleared(1000)
    played.queued(2, "Of course.", 1000, 2000)
    assert (played.heard_text(2, 2000), played.heard_text(2, 3000)) == ("", "Of course.")
    assert played.finish_due_ms(2) == 3500


def test_audio_of_a_cut_reply_that_arrives_late_says_nothing_more() -> None:
    played = playout()
    played.queued(1, "A long story about cars.", 1000, 0, complete=False)
    played.cleared(500)
    played.queued(1, "", 1000, 510)
    assert played.heard_text(1, 5000) == played.heard_text(1, 500)


def test_a_clear_of_nothing_changes_nothing() -> None:
    played = playout()
    played.queued(1, "Yes.", 500, 0)
    played.cleared(2000)
    played.cleared(2000)
    assert played.heard_text(1, 2000) == "Yes."


# -- what is remembered ------------------------------------------------------------------------------------------------


def test_a_reply_nobody_knows_was_never_said_and_is_finished() -> None:
    assert (playout().heard_text(7, 0), playout().said_text(7), playout().finished(7, 0)) == ("", "", True)


def test_old_replies_are_forgotten() -> None:
    played = playout()
    for reply in range(1, MOST_REPLIES + 2):
        played.queued(reply, "Yes.", 500, reply * 1000)
    assert played.said_text(1) == ""
    assert played.heard_text(2, 99_999) == "Yes."


def test_pieces_keep_their_own_white_space() -> None:
    played = playout()
    for text in ("One. ", "Two.", " Three.", "Four.\n"):
        played.queued(1, text, 100, 0)
    assert played.said_text(1) == "One. Two. Three. Four."


# -- whatever happens --------------------------------------------------------------------------------------------------

sentence = st.lists(st.sampled_from(["yes", "no", "tomorrow,", "कल", "at", "ten.", "Rs. 500"]), max_size=6).map(
    " ".join
)
step = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 3000)),
    st.tuples(st.just("queue"), st.integers(0, 2), st.just("") | sentence, st.integers(0, 2500), st.booleans()),
    st.tuples(st.just("mark")),
    st.tuples(st.just("played"), st.integers(0, 5)),
    st.tuples(st.just("clear")),
)


@settings(deadline=None)
@given(st.lists(step, max_size=30), st.integers(0, 300), st.integers(0, 800))
def test_what_is_heard_is_a_growing_prefix_of_what_was_said(
    steps: list[tuple[object, ...]], lag_ms: int, mark_grace_ms: int
) -> None:
    played = playout(lag_ms=lag_ms, mark_grace_ms=mark_grace_ms)
    now_ms, reply, sent_ms, position_ms = 0, 1, 0.0, 0.0
    marks: list[str] = []
    heard_before: dict[int, str] = {}
    for name, *values in steps:
        match (name, values):
            case ("wait", [int(wait_ms)]):
                now_ms += wait_ms
            case ("queue", [int(ahead), str(text), int(audio_ms), bool(complete)]):
                reply += ahead == 2
                played.queued(reply, text, audio_ms, now_ms, complete=complete)
                sent_ms += audio_ms
            case ("mark", []):
                marks.append(played.mark_name())
            case ("played", [int(back)]) if back < len(marks):
                played.played(marks[-1 - back], now_ms)
            case ("clear", []):
                played.cleared(now_ms)
        assert position_ms <= played.position_ms(now_ms) <= sent_ms
        position_ms = played.position_ms(now_ms)
        assert played.remaining_ms(now_ms) >= 0
        for number in range(max(1, reply - 2), reply + 1):
            heard, said = played.heard_text(number, now_ms), played.said_text(number)
            assert said.startswith(heard), "a prefix"
            assert heard == said or said[len(heard)].isspace() or heard == "", "whole words"
            assert heard.startswith(heard_before.get(number, "")), "only grows"
            heard_before[number] = heard
            due_ms = played.finish_due_ms(number)
            assert due_ms is None or played.finished(number, max(due_ms, now_ms))


@given(sentence, st.integers(1, 4000), st.lists(st.integers(0, 5000), min_size=1, max_size=20))
def test_heard_text_grows_with_time_alone(text: str, audio_ms: int, moments: list[int]) -> None:
    played = playout()
    played.queued(1, text, audio_ms, 0)
    heard = [played.heard_text(1, moment_ms) for moment_ms in sorted(moments)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))
    assert played.heard_text(1, audio_ms) == text.strip()


# -- while the caller's end is away ------------------------------------------------------------------------------------


def test_nothing_counts_as_heard_while_the_caller_is_away_and_the_clock_goes_on_from_what_is_left() -> None:
    played = playout()
    played.queued(1, "Hello there. ", 1000, 0)
    played.queued(1, QUESTION, 1500, 0)
    played.held(500)
    assert played.heard_text(1, 5_000) == "Hello"
    assert played.finish_due_ms(1) == 500 + HELD_MOST_MS
    played.queued(1, "Anything?", 500, 3_000)
    played.resumed(2_000, 5_000)
    assert played.heard_text(1, 5_000) == "Hello there."
    assert played.remaining_ms(5_500) == 1_500
    assert played.heard_text(1, 7_000) == f"Hello there. {QUESTION} Anything?"


def test_who_comes_back_with_nothing_is_told_again_and_what_was_heard_stays_heard() -> None:
    played = playout()
    played.queued(1, "Hello there. ", 1000, 0)
    mark = played.mark_name()
    played.queued(1, QUESTION, 1500, 0)
    assert played.played(mark, 1000)
    played.held(1_600)
    before = played.heard_text(1, 4_000)
    assert before == "Hello there. How can I"
    played.resumed(1_500, 4_000)
    assert played.heard_text(1, 4_100) == before
    assert played.heard_text(1, 5_500) == f"Hello there. {QUESTION}"
