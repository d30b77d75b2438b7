"""What is asked and thought of while the caller is silent, or seems to be."""

from __future__ import annotations

from offhook.contracts.speech import Transcript
from offhook.contracts.turn import (
    RequestTranscript,
    SpeechFaded,
    SpeechStarted,
    SpeechStopped,
    ThinkAhead,
    TranscriptArrived,
    TranscriptFailed,
    TurnPolicy,
)
from offhook.turns.pauses import ASKED_APART_MS
from support.turn_script import TurnScript


def speaking() -> TurnScript:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    return script


def said(text: str, revision: int = 1) -> TranscriptArrived:
    return TranscriptArrived(1, revision, Transcript(1, text))


def test_a_voice_that_fades_is_read_before_it_is_known_to_have_stopped() -> None:
    script = speaking()
    assert script.at(5050, SpeechFaded(5000)) == [RequestTranscript(1, 1)]
    assert script.at(5130, SpeechStopped(5000)) == []
    script.at(5150, said("two o'clock please"))
    assert script.when(ThinkAhead) == [5150]
    script.until(6000)
    assert script.when(RequestTranscript) == [5050]
    assert script.turn.decided_ms == 5300


def test_what_was_read_early_counts_when_the_voice_is_known_to_have_stopped() -> None:
    script = speaking()
    script.at(5050, SpeechFaded(5000))
    script.at(5100, said("two o'clock please"))
    assert script.when(ThinkAhead) == []
    script.at(5130, SpeechStopped(5010))
    assert script.when(ThinkAhead) == [5130]


def test_a_closure_inside_a_word_asks_for_nothing_that_counts() -> None:
    script = speaking()
    script.at(4550, SpeechFaded(4500))
    script.at(4650, said("i need"))
    assert script.at(5130, SpeechStopped(5000)) == [RequestTranscript(1, 2)]
    script.at(5200, said("i need", revision=1))
    script.at(5230, said("i need an oil change please", revision=2))
    script.until(6000)
    assert script.turn.text == "i need an oil change please"


def test_closures_one_after_the_other_are_not_all_asked_about() -> None:
    script = speaking()
    script.at(4550, SpeechFaded(4500))
    script.at(4650, SpeechFaded(4600))
    script.at(4550 + ASKED_APART_MS, SpeechFaded(4500 + ASKED_APART_MS))
    assert script.when(RequestTranscript) == [4550, 4550 + ASKED_APART_MS]


def test_an_early_question_that_failed_is_asked_again_in_the_pause() -> None:
    script = speaking()
    script.at(5050, SpeechFaded(5000))
    script.at(5100, TranscriptFailed(1, 1, "busy"))
    assert script.at(5130, SpeechStopped(5000)) == [RequestTranscript(1, 2)]


def test_a_fixed_silence_asks_for_nothing_early() -> None:
    script = TurnScript(TurnPolicy(endpoint_fixed_ms=500))
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    assert script.at(5050, SpeechFaded(5000)) == []
