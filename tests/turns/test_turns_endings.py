"""Silence, failures and the end of a call."""

from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    CloseUtterance,
    DigitPressed,
    HangUp,
    OpenUtterance,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyFailed,
    ReplyFullySent,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    StopReply,
    TranscriptArrived,
    TurnEvent,
    TurnPolicy,
)
from support.turn_script import TurnScript

# -- silence ---------------------------------------------------------------------------------------------------------


def test_silence_is_asked_about_twice_and_then_the_call_ends() -> None:
    script = TurnScript()
    now_ms = script.greeted()
    for attempt, last in ((1, False), (2, False), (3, True)):
        assert script.until(now_ms + 7999) == []
        script.until(now_ms + 8000)
        assert (script.turn.cause, script.turn.attempt, script.turn.last) == (
            "no_input",
            attempt,
            last,
        )
        now_ms += 10_000
        script.plays(now_ms - 1000, now_ms, hang_up=last)
    assert script.log[-1] == (now_ms, HangUp("no_input"))
    assert script.machine.phase == "closing"
    assert script.machine.deadline_ms is None


def test_the_last_reprompt_ends_the_call_even_if_the_reply_does_not_say_so() -> None:
    script = TurnScript(TurnPolicy(no_input_attempts=0))
    script.greeted()
    script.until(11_000)
    script.plays(11_100, 12_000, hang_up=False)
    assert script.log[-1][1] == HangUp("no_input")


def test_a_turn_forgets_the_silence_before_it() -> None:
    script = TurnScript()
    script.greeted()
    script.until(11_000)
    script.plays(11_100, 12_000)
    script.says(13_000, 14_000, "friday")
    script.until(15_000)
    script.plays(15_100, 16_000)
    script.until(24_000)
    assert (script.turn.cause, script.turn.attempt) == ("no_input", 1)


def test_a_caller_who_speaks_is_not_asked_whether_he_is_there() -> None:
    script = TurnScript()
    script.greeted()
    script.at(10_130, SpeechStarted(10_000))
    assert script.until(20_000) == []


def test_noises_do_not_put_the_question_off_for_ever() -> None:
    script = TurnScript()
    script.greeted()
    for n in range(16):
        script.at(3500 + n * 500, SpeechStarted(3450 + n * 500))
        script.at(3700 + n * 500, SpeechStopped(3500 + n * 500))
    assert script.starts[-1].cause == "no_input"


def test_speech_replaces_a_question_that_is_not_heard_yet() -> None:
    script = TurnScript()
    script.greeted()
    script.until(11_000)
    script.says(11_050, 12_000, "yes i am here")
    script.until(13_000)
    assert script.stops == [StopReply(2, "replaced")]
    assert (script.turn.text, script.turn.continues) == ("yes i am here", None)


# -- the end of a call -----------------------------------------------------------------------------------------------


def test_a_goodbye_hangs_up_when_it_has_been_heard() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "bye")
    script.until(5500)
    script.plays(5600, 7000, hang_up=True)
    assert script.log[-1] == (7000, HangUp("goodbye"))
    assert script.at(7100, SpeechStarted(7050)) == []
    assert script.at(7200, CallEnded("hangup")) == []
    assert script.machine.phase == "ended"


def test_a_goodbye_whose_end_nobody_tells_hangs_up_in_the_end() -> None:
    script = TurnScript.speaking(hang_up=True)
    script.until(100_000)
    assert script.log[-1] == (66_500, HangUp("goodbye"))
    assert script.machine.counts["playback_overdue"] == 1


def test_a_call_that_takes_too_long_is_ended_politely() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=20_000, no_input_ms=60_000))
    script.greeted()
    script.until(20_000)
    assert script.log[-1] == (20_000, StartReply(2, "time_up", last=True, decided_ms=20_000))
    assert script.at(20_300, SpeechStarted(20_170)) == []
    assert script.at(20_500, DigitPressed("1")) == []
    script.plays(20_600, 22_000)
    assert script.log[-1][1] == HangUp("time_up")


def test_time_that_is_up_cuts_the_caller_short() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=20_000, no_input_ms=60_000))
    script.greeted()
    script.at(19_000, SpeechStarted(18_900))
    assert script.until(20_000)[-2:] == [CloseUtterance(1), script.turn]
    assert script.turn.cause == "time_up"


def test_time_that_is_up_lets_a_reply_finish_but_not_for_ever() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=7000))
    script.greeted()
    script.says(4000, 5000, "a long story")
    script.at(6000, ReplyAudioStarted(2))
    assert script.until(16_999) == []
    assert script.until(17_000) == [StopReply(2, "replaced"), script.turn]
    assert script.turn.cause == "time_up"


def test_time_that_is_up_while_digits_come() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=7000))
    script.greeted()
    script.at(6500, DigitPressed("1"))
    script.until(7000)
    assert script.turn.cause == "time_up"
    script.until(9500)
    assert script.turn.cause == "time_up"


@pytest.mark.parametrize("moment_ms", [0, 100, 1000, 4500, 5300, 5500, 6200, 7400])
def test_the_end_of_the_call_puts_away_what_lives_and_is_the_end(moment_ms: float) -> None:
    script = TurnScript()
    story: list[tuple[float, TurnEvent]] = [
        (50, CallAnswered()),
        (200, ReplyAudioStarted(1)),
        (2000, ReplyFullySent(1, Expectation())),
        (3000, PlaybackFinished(1)),
        (4130, SpeechStarted(4000)),
        (5150, SpeechStopped(5000)),
        (5200, TranscriptArrived(1, 1, Transcript(1, "an oil change"))),
        (6000, ReplyAudioStarted(2)),
        (7130, SpeechStarted(7000)),
    ]
    for at_ms, event in story:
        if at_ms < moment_ms:
            script.at(at_ms, event)
    script.until(moment_ms)
    opened, closed = script.when(OpenUtterance), script.when(CloseUtterance)
    lives = len(script.starts) > len(script.stops) and script.machine.phase not in ("listening", "hearing")
    commands = script.at(moment_ms, CallEnded("stop"))
    assert sum(isinstance(c, StopReply) and c.because == "call_ended" for c in commands) == lives
    assert sum(isinstance(c, CloseUtterance) for c in commands) == len(opened) - len(closed)
    assert len(commands) == lives + len(opened) - len(closed)
    assert script.machine.deadline_ms is None
    for at_ms, event in story:
        assert script.machine.receive(event, moment_ms + at_ms) == []


# -- replies that fail -----------------------------------------------------------------------------------------------


def test_a_reply_that_failed_is_apologised_for() -> None:
    script = TurnScript.thinking()
    assert script.at(5600, ReplyFailed(2, "tts")) == [StartReply(3, "failure", text="tts", attempt=1, decided_ms=5600)]


def test_an_apology_that_fails_ends_the_call() -> None:
    script = TurnScript.thinking()
    script.at(5600, ReplyFailed(2, "tts"))
    assert script.at(5700, ReplyFailed(3, "tts")) == [HangUp("failure")]


def test_failures_count_up_until_a_reply_succeeds() -> None:
    script = TurnScript.thinking()
    script.at(5600, ReplyFailed(2, "llm"))
    script.plays(5700, 6500)
    script.says(7000, 8000, "say that again please")
    script.at(8500, ReplyFailed(4, "llm"))
    assert script.turn.attempt == 2
    script.plays(8600, 9500)
    script.says(10_000, 11_000, "say that again please")
    script.until(11_500)
    script.plays(11_600, 12_000)
    script.says(13_000, 14_000, "say that again please")
    script.until(14_490)
    script.at(14_500, ReplyFailed(script.reply, "llm"))
    assert script.turn.attempt == 1


def test_a_reply_that_fails_while_the_caller_speaks_lets_him_finish() -> None:
    script = TurnScript.speaking(TurnPolicy(barge_in=False, peek_ms=5000))
    script.at(7130, SpeechStarted(7000))
    assert script.at(7200, ReplyFailed(2, "tts")) == [], "all of it was sent: nothing is missing"
    script = TurnScript.thinking()
    script.at(5600, SpeechStarted(5500))
    assert script.at(5650, ReplyFailed(2, "tts")) == []
    script.at(6150, SpeechStopped(6000))
    script.transcript(6200, "")
    script.until(7000)
    assert script.turn.cause == "failure"


def test_a_reply_that_never_speaks_is_given_up() -> None:
    script = TurnScript.thinking()
    assert script.until(15_449) == []
    assert script.until(15_450) == [StopReply(2, "too_slow"), script.turn]
    assert (script.turn.cause, script.turn.text) == ("failure", "thinking")


@pytest.mark.parametrize(("cause", "reason"), [("no_input", "no_input"), ("time_up", "time_up")])
def test_a_last_reply_that_fails_ends_the_call(cause: str, reason: str) -> None:
    policy = TurnPolicy(no_input_attempts=0) if cause == "no_input" else TurnPolicy(max_call_ms=9000)
    script = TurnScript(policy)
    script.greeted()
    script.until(12_000)
    assert script.turn.cause == cause
    assert script.at(12_000, ReplyFailed(2, "tts")) == [HangUp(reason)]


def test_a_reply_without_any_audio_is_over_when_it_is_sent_and_played() -> None:
    script = TurnScript.thinking()
    assert script.at(5600, ReplyFullySent(2, Expectation("date"))) == []
    assert script.at(5600, PlaybackFinished(2)) == []
    assert script.machine.phase == "listening"
