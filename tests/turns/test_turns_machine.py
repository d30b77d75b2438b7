"""Turns as tables: these events at these moments, those commands."""

from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, ExpectKind, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    CloseUtterance,
    DigitPressed,
    OpenUtterance,
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyFailed,
    ReplyFullySent,
    RequestTranscript,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    TranscriptArrived,
    TranscriptFailed,
    TurnEvent,
    TurnPolicy,
)
from support.turn_script import TurnScript

# -- an ordinary turn ------------------------------------------------------------------------------------------------


def test_the_call_begins_with_a_greeting() -> None:
    script = TurnScript()
    assert script.machine.phase == "ringing"
    assert script.at(50, CallAnswered()) == [StartReply(1, "greeting", decided_ms=50)]
    assert script.machine.phase == "thinking"


def test_a_turn_from_speech_to_reply() -> None:
    script = TurnScript()
    script.greeted()
    assert script.at(4130, SpeechStarted(4000)) == [OpenUtterance(1)]
    assert script.machine.phase == "hearing"
    assert script.at(5650, SpeechStopped(5500)) == [RequestTranscript(1, 1)]
    said = Transcript(1, "i need an oil change", confidence=0.9)
    assert script.at(5800, TranscriptArrived(1, 1, said)) == []
    assert script.until(5949) == []
    assert script.until(5950) == [
        CloseUtterance(1),
        StartReply(
            2,
            "caller",
            text="i need an oil change",
            transcript=said,
            speech_end_ms=5500,
            decided_ms=5950,
            utterance=1,
        ),
    ]


def test_the_transcript_is_asked_for_before_the_silence_is_over() -> None:
    script = TurnScript(TurnPolicy(pause_ms=300))
    script.greeted()
    script.speech(4000, 5000)
    script.until(6000)
    assert script.when(RequestTranscript) == [5300]


def test_a_late_transcript_ends_the_turn_when_it_comes() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    assert script.transcript(6200, "an oil change please")[-1] == script.turn
    assert script.turn.decided_ms == 6200


def test_speech_that_resumes_goes_on_with_the_utterance() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "an oil change", decode_ms=20)
    assert script.at(5330, SpeechStarted(5200)) == []
    assert script.at(6150, SpeechStopped(6000)) == [RequestTranscript(1, 2)]
    script.transcript(6250, "an oil change on friday")
    assert script.until(6450)[-1] == script.turn
    assert script.turn.text == "an oil change on friday"
    assert script.when(OpenUtterance) == [4130]


def test_the_answer_to_a_stale_revision_ends_no_turn() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    script.at(5330, SpeechStarted(5200))
    script.at(5400, TranscriptArrived(1, 1, Transcript(1, "an oil change")))
    script.at(6150, SpeechStopped(6000))
    assert script.until(6900) == []
    script.transcript(6950, "an oil change on friday")
    assert script.turn.text == "an oil change on friday"


def test_an_unfinished_sentence_waits_longer() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "i would like to")
    script.until(7000)
    assert script.when(StartReply)[-1] == 6500


@pytest.mark.parametrize(
    ("expect", "text", "decided_ms"),
    [
        ("yes_no", "yes please", 5200),
        ("open", "yes please", 5300),
        ("open", "my car is red", 5450),
        ("phone", "nine eight seven six", 7000),
    ],
)
def test_what_was_asked_decides_how_long_the_silence_is(expect: ExpectKind, text: str, decided_ms: float) -> None:
    script = TurnScript()
    script.greeted(expect=expect)
    script.says(4000, 5000, text, decode_ms=10)
    script.until(8000)
    assert script.when(StartReply)[-1] == decided_ms


def test_a_partial_is_no_transcript() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    script.at(4800, PartialArrived(1, "an oil change"))
    script.at(5150, SpeechStopped(5000))
    assert script.until(6900) == []


def test_a_fixed_silence_overrides_everything() -> None:
    script = TurnScript(TurnPolicy(endpoint_fixed_ms=700))
    script.greeted(expect="yes_no")
    script.says(4000, 5000, "yes", decode_ms=10)
    script.until(8000)
    assert script.when(StartReply)[-1] == 5700


def test_speech_without_end_is_taken_where_it_stands() -> None:
    script = TurnScript(TurnPolicy(max_utterance_ms=10_000))
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    assert script.until(14_000) == [RequestTranscript(1, 1)]
    script.transcript(14_100, "and then i said to him that i would")
    assert (script.turn.cause, script.turn.decided_ms) == ("caller", 14_100)
    script.at(14_300, SpeechStopped(14_150))
    assert script.starts[-1].reply == 2 and script.stops == []


def test_too_long_a_turn_of_many_pauses_is_taken_at_the_next_transcript() -> None:
    script = TurnScript(TurnPolicy(max_utterance_ms=4000, endpoint_incomplete_ms=3000))
    script.greeted()
    script.says(4000, 7000, "i would like to")
    assert isinstance(script.until(8000)[-1], StartReply)


def test_a_speaker_who_was_cut_is_not_heard_again_before_he_pauses() -> None:
    script = TurnScript(TurnPolicy(max_utterance_ms=5000))
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    script.until(9000)
    assert script.at(9050, SpeechStarted(9020)) == []
    script.transcript(9100, "on and on")
    assert script.turn.text == "on and on"


# -- nothing that can be read ----------------------------------------------------------------------------------------


def test_a_click_is_no_turn() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4100, SpeechStarted(4000))
    assert script.at(4240, SpeechStopped(4090)) == [CloseUtterance(1)]
    assert script.machine.counts["noise"] == 1
    assert script.machine.phase == "listening"


def test_a_short_sound_without_words_is_no_turn() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 4400, "")
    assert script.until(6000) == [CloseUtterance(1)]


def test_long_speech_without_words_was_not_heard_and_the_attempts_count_up_until_a_turn() -> None:
    script = TurnScript()
    now_ms = script.greeted()
    for attempt in (1, 2, 3):
        script.says(now_ms + 500, now_ms + 1500, "")
        script.until(now_ms + 2000)
        assert (script.turn.cause, script.turn.attempt) == ("not_heard", attempt)
        now_ms += 4000
        script.plays(now_ms - 1000, now_ms)
    script.says(now_ms + 500, now_ms + 1500, "on friday please")
    script.until(now_ms + 2000)
    script.plays(now_ms + 2500, now_ms + 3000)
    script.says(now_ms + 4000, now_ms + 5000, "")
    script.until(now_ms + 6000)
    assert (script.turn.cause, script.turn.attempt) == ("not_heard", 1)


def test_a_recogniser_that_does_not_answer_is_waited_for_and_then_not_heard() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 4400)
    script.until(8000)
    assert script.when(StartReply)[-1] == 4400 + 450 + 1500
    assert script.turn.cause == "not_heard"
    assert script.at(8000, TranscriptArrived(1, 1, Transcript(1, "too late"))) == []


def test_a_recogniser_that_failed_is_asked_once_more() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    assert script.at(5200, TranscriptFailed(1, 1, "engine died")) == [RequestTranscript(1, 2)]
    assert script.at(5250, TranscriptFailed(1, 1, "engine died")) == []
    script.transcript(5300, "friday")
    script.until(6000)
    assert script.turn.text == "friday"


def test_a_recogniser_that_failed_twice_means_not_heard_at_the_endpoint() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    script.at(5200, TranscriptFailed(1, 1, "engine died"))
    script.at(5300, TranscriptFailed(1, 2, "engine died"))
    script.until(6000)
    assert (script.turn.cause, script.turn.decided_ms) == ("not_heard", 5450)


# -- what is late or impossible --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        CallAnswered(),
        SpeechStopped(1.0),
        PartialArrived(1, "x"),
        TranscriptArrived(1, 1, Transcript(1, "x")),
        TranscriptFailed(1, 1, "x"),
        ReplyAudioStarted(1),
        ReplyFullySent(1, Expectation(), True),
        ReplyFailed(1, "x"),
        PlaybackFinished(1),
        PlaybackFinished(99),
    ],
)
def test_events_about_what_is_over_are_ignored(event: TurnEvent) -> None:
    script = TurnScript()
    script.greeted()
    script.says(3100, 3500, "x")
    script.until(4000)
    script.plays(4100, 5000)
    before = script.machine.deadline_ms
    assert script.at(6000, event) == []
    assert script.machine.deadline_ms == before


def test_what_was_asked_of_a_former_utterance_is_no_answer_for_this_one() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(3100, 3500)
    script.until(3600 + 2000)
    script.plays(5700, 6000)
    script.speech(7000, 8000)
    script.transcript(8200, "right")
    script.at(8300, TranscriptArrived(1, 1, Transcript(1, "wrong")))
    script.until(9000)
    assert script.turn.text == "right"


def test_events_before_the_call_are_ignored() -> None:
    script = TurnScript()
    assert script.at(0, SpeechStarted(0)) == []
    assert script.at(1, DigitPressed("1")) == []
    assert script.machine.counts["ignored_event"] == 2
    assert script.machine.deadline_ms is None


def test_a_second_start_of_the_same_speech_changes_nothing() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    assert script.at(4500, SpeechStarted(4400)) == []
    script.at(5150, SpeechStopped(5000))
    script.at(5160, SpeechStopped(4000))
    script.transcript(5200, "friday")
    script.until(6000)
    assert script.turn.speech_end_ms == 5000


def test_a_clock_that_goes_back_is_held() -> None:
    script = TurnScript()
    script.greeted()
    assert script.machine.receive(SpeechStarted(9000), 2000) == [OpenUtterance(1)]
    assert script.machine.deadline_ms == 3000 + script.policy.max_utterance_ms
    assert script.machine.receive(SpeechStopped(9500), 2500) == []
    assert script.until(3120) == [CloseUtterance(1)], "speech of no length is noise"
