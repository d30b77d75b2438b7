from __future__ import annotations

import pytest

from offhook.contracts.speech import Hypothesis, Transcript
from offhook.turns.utterance import Utterance, joined


def test_speech_is_counted_without_its_pauses() -> None:
    utterance = Utterance(1, 1000, 1000)
    assert utterance.voiced_ms == 0
    utterance.pause(1400, 1500)
    utterance.resume(2000, 2100)
    assert utterance.voiced_ms == 400
    utterance.pause(2300, 2450)
    assert (utterance.voiced_ms, utterance.end_ms) == (700, 2300)


@pytest.mark.parametrize(("told_ms", "taken_ms"), [(900, 1000), (1200, 1200), (9999, 1500)])
def test_an_end_lies_between_the_onset_and_now(told_ms: float, taken_ms: float) -> None:
    utterance = Utterance(1, 1000, 1000)
    utterance.pause(told_ms, 1500)
    assert utterance.end_ms == taken_ms


def test_a_resumption_lies_between_the_end_and_now() -> None:
    utterance = Utterance(1, 1000, 1000)
    utterance.pause(1400, 1500)
    utterance.resume(1200, 1600)
    assert utterance.run_onset_ms == 1400


def test_an_answer_to_an_older_question_is_a_guess() -> None:
    utterance = Utterance(1, 1000, 1000)
    utterance.pause(1400, 1500)
    first = utterance.ask()
    utterance.resume(1600, 1700)
    utterance.answer(first, Transcript(1, "an oil"))
    assert (utterance.transcript, utterance.text) == (None, "an oil")
    utterance.answer(first, Transcript(1, ""))
    assert utterance.text == "an oil"
    utterance.pause(2000, 2100)
    utterance.answer(utterance.ask(), Transcript(1, "an oil change"))
    assert utterance.text == "an oil change"
    utterance.resume(2200, 2300)
    assert (utterance.transcript, utterance.text) == (None, "an oil change")


def test_joined() -> None:
    one = Transcript(1, " i want ", (Hypothesis("i want", -1.0),), 0.9, "en", 900, 40)
    two = Transcript(
        2, "an oil change", (Hypothesis("an oil change", -1.0), Hypothesis("oil", -3.0)), None, "en", 1000, 60
    )
    both = joined((one, Transcript(7, ""), two))
    assert both == Transcript(
        2,
        "i want an oil change",
        (Hypothesis("i want an oil change", -1.0), Hypothesis("i want oil", -3.0)),
        0.9,
        "en",
        1900,
        60,
    )


def test_what_has_no_words_does_not_join() -> None:
    one, silence = Transcript(1, "yes", confidence=0.5), Transcript(2, " ")
    assert joined((one, silence)) is one
    assert joined((silence,)) is silence


def test_joining_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no transcript to join"):
        joined(())
