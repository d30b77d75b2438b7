"""Turns as tables: these events at these moments, those commands."""

from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, ExpectKind, Hypothesis, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    CloseUtterance,
    DigitPressed,
    HangUp,
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
    StopReply,
    TranscriptArrived,
    TranscriptFailed,
    TurnEvent,
    TurnPolicy,
)
from support.turn_script import TurnScript


def start(script: TurnScript) -> StartReply:
    return script.starts[-1]


# -- an ordinary turn --------------------------------------------------------------------------------------------------


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
    assert script.transcript(6200, "an oil change please")[-1] == start(script)
    assert start(script).decided_ms == 6200


def test_speech_that_resumes_goes_on_with_the_utterance() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "an oil change", decode_ms=20)
    assert script.at(5330, SpeechStarted(5200)) == []
    assert script.at(6150, SpeechStopped(6000)) == [RequestTranscript(1, 2)]
    script.transcript(6250, "an oil change on friday")
    assert script.until(6450)[-1] == start(script)
    assert start(script).text == "an oil change on friday"
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
    assert start(script).text == "an oil change on friday"


def test_an_unfinished_sentence_waits_longer() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "i would like to")
    script.until(7000)
    assert script.when(StartReply)[-1] == 6200


@pytest.mark.parametrize(
    ("expect", "text", "decided_ms"),
    [("yes_no", "yes please", 5200), ("open", "yes please", 5450), ("phone", "nine eight seven six", 6500)],
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
    assert (start(script).cause, start(script).decided_ms) == ("caller", 14_100)
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
    assert start(script).text == "on and on"


# -- nothing that can be read ------------------------------------------------------------------------------------------


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
        assert (start(script).cause, start(script).attempt) == ("not_heard", attempt)
        now_ms += 4000
        script.plays(now_ms - 1000, now_ms)
    script.says(now_ms + 500, now_ms + 1500, "friday")
    script.until(now_ms + 2000)
    script.plays(now_ms + 2500, now_ms + 3000)
    script.says(now_ms + 4000, now_ms + 5000, "")
    script.until(now_ms + 6000)
    assert (start(script).cause, start(script).attempt) == ("not_heard", 1)


def test_a_recogniser_that_does_not_answer_is_waited_for_and_then_not_heard() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 4400)
    script.until(8000)
    assert script.when(StartReply)[-1] == 4400 + 450 + 1500
    assert start(script).cause == "not_heard"
    assert script.at(8000, TranscriptArrived(1, 1, Transcript(1, "too late"))) == []


def test_a_recogniser_that_failed_is_asked_once_more() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    assert script.at(5200, TranscriptFailed(1, 1, "engine died")) == [RequestTranscript(1, 2)]
    assert script.at(5250, TranscriptFailed(1, 1, "engine died")) == []
    script.transcript(5300, "friday")
    script.until(6000)
    assert start(script).text == "friday"


def test_a_recogniser_that_failed_twice_means_not_heard_at_the_endpoint() -> None:
    script = TurnScript()
    script.greeted()
    script.speech(4000, 5000)
    script.at(5200, TranscriptFailed(1, 1, "engine died"))
    script.at(5300, TranscriptFailed(1, 2, "engine died"))
    script.until(6000)
    assert (start(script).cause, start(script).decided_ms) == ("not_heard", 5450)


# -- speech over the agent ---------------------------------------------------------------------------------------------


def speaking(policy: TurnPolicy | None = None, *, hang_up: bool = False) -> TurnScript:
    """Reply 2, to "an oil change", is heard from 6000 on, all of it sent at 6500."""
    script = TurnScript(policy)
    script.greeted()
    script.says(4000, 5000, "an oil change")
    script.at(6000, ReplyAudioStarted(2))
    script.at(6500, ReplyFullySent(2, Expectation("yes_no"), hang_up))
    return script


def test_speech_over_the_agent_stops_it_within_350_ms_of_the_onset() -> None:
    script = speaking()
    assert script.at(7130, SpeechStarted(7000)) == [OpenUtterance(2)]
    assert script.machine.phase == "overlap"
    assert script.until(7350) == [StopReply(2, "barge_in")]
    assert script.when(StopReply) == [7280]
    script.at(8150, SpeechStopped(8000))
    script.transcript(8250, "no friday")
    script.until(9000)
    assert (start(script).cause, start(script).text, start(script).continues) == ("caller", "no friday", None)


def test_the_greeting_can_be_interrupted() -> None:
    script = TurnScript()
    script.at(0, CallAnswered())
    script.at(200, ReplyAudioStarted(1))
    script.speech(1000, 1600)
    assert script.stops == [StopReply(1, "barge_in")]


def test_a_hello_before_the_greeting_does_not_cost_the_greeting() -> None:
    script = TurnScript()
    script.at(0, CallAnswered())
    script.at(180, SpeechStarted(50))
    script.at(200, ReplyAudioStarted(1))
    script.at(700, SpeechStopped(550))
    script.transcript(800, "hello")
    script.until(2000)
    script.at(2000, ReplyFullySent(1, Expectation()))
    script.at(3000, PlaybackFinished(1))
    assert script.stops == [] and script.reply == 1


def test_a_caller_who_speaks_on_into_the_greeting_stops_it() -> None:
    script = TurnScript()
    script.at(0, CallAnswered())
    script.at(180, SpeechStarted(50))
    script.at(200, ReplyAudioStarted(1))
    script.until(2000)
    assert script.when(StopReply) == [900]


def test_what_was_said_before_the_greeting_is_answered_after_it() -> None:
    script = TurnScript()
    script.at(0, CallAnswered())
    script.at(180, SpeechStarted(50))
    script.at(400, ReplyAudioStarted(1))
    script.at(1050, SpeechStopped(900))
    script.transcript(1100, "i want an oil change")
    assert script.until(1500)[-1] == CloseUtterance(1)
    script.at(2000, ReplyFullySent(1, Expectation()))
    assert script.at(3000, PlaybackFinished(1)) == [start(script)]
    assert (start(script).cause, start(script).text, start(script).utterance) == ("caller", "i want an oil change", 1)


def test_a_short_sound_over_the_agent_is_a_backchannel() -> None:
    script = speaking()
    script.speech(7000, 7120)
    script.transcript(7400, "uh huh")
    assert script.until(9000) == [CloseUtterance(2)]
    assert script.stops == [] and script.machine.counts["backchannel"] == 1


def test_a_short_answer_on_the_last_words_of_the_question_is_a_turn() -> None:
    script = speaking()
    script.speech(7000, 7120)
    script.transcript(7400, "yes")
    assert script.at(7500, PlaybackFinished(2)) == [CloseUtterance(2), start(script)]
    assert (start(script).cause, start(script).text) == ("caller", "yes")


def test_without_barge_in_the_caller_is_answered_after_the_reply() -> None:
    script = speaking(TurnPolicy(barge_in=False))
    script.says(7000, 8500, "make it friday")
    assert script.until(9500) == [CloseUtterance(2)]
    assert script.at(10_000, PlaybackFinished(2)) == [start(script)]
    assert script.stops == [] and start(script).text == "make it friday"


def test_a_cough_that_stopped_the_agent_is_asked_about() -> None:
    script = speaking()
    script.speech(7000, 7400)
    script.transcript(7600, "")
    script.until(8500)
    assert script.stops == [StopReply(2, "barge_in")]
    assert start(script).cause == "not_heard"


def test_thanks_over_a_goodbye_does_not_stop_it() -> None:
    script = speaking(hang_up=True)
    script.speech(7000, 7500)
    script.transcript(7700, "thanks bye")
    assert script.at(9000, PlaybackFinished(2)) == [CloseUtterance(2), HangUp("goodbye")]
    assert script.stops == []


def test_a_caller_who_speaks_on_stops_a_goodbye() -> None:
    script = speaking(hang_up=True)
    script.says(7000, 8000, "wait one more question")
    script.until(8500)
    assert script.stops == [StopReply(2, "barge_in")]
    assert start(script).text == "wait one more question"


def test_a_word_on_the_end_of_a_goodbye_is_heard_before_we_hang_up() -> None:
    script = speaking(hang_up=True)
    script.at(7130, SpeechStarted(7000))
    assert script.at(7200, PlaybackFinished(2)) == []
    script.at(7550, SpeechStopped(7400))
    script.transcript(7600, "wait")
    script.until(8000)
    assert (start(script).cause, start(script).text) == ("caller", "wait")


def test_a_noise_on_the_end_of_a_goodbye_delays_the_hang_up_only() -> None:
    script = speaking(hang_up=True)
    script.at(7130, SpeechStarted(7000))
    script.at(7200, PlaybackFinished(2))
    script.at(7550, SpeechStopped(7400))
    script.transcript(7600, "")
    assert script.until(8000) == [CloseUtterance(2), HangUp("goodbye")]


# -- the caller goes on while we think ---------------------------------------------------------------------------------


def thinking() -> TurnScript:
    """Reply 2, to "an oil change", is thought of since 5450."""
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "an oil change")
    script.until(5460)
    assert start(script).reply == 2
    return script


def test_a_caller_who_goes_on_after_a_too_early_endpoint_gets_one_answer_to_both() -> None:
    script = thinking()
    script.at(5630, SpeechStarted(5500))
    assert script.until(5780) == [StopReply(2, "replaced")]
    script.at(6450, SpeechStopped(6300))
    script.transcript(6500, "on friday")
    script.until(7000)
    assert (start(script).text, start(script).continues, start(script).utterance) == ("an oil change on friday", 2, 2)
    assert start(script).transcript == Transcript(2, "an oil change on friday")


def test_the_same_when_the_reply_began_while_he_spoke() -> None:
    script = thinking()
    script.at(5630, SpeechStarted(5500))
    script.at(5650, ReplyAudioStarted(2))
    assert script.until(5780) == [StopReply(2, "replaced")]


def test_noise_while_we_think_does_not_lose_the_turn() -> None:
    script = thinking()
    script.speech(5500, 6000)
    script.transcript(6200, "")
    script.until(7000)
    assert script.stops == [StopReply(2, "replaced")]
    again = start(script)
    assert (again.cause, again.text, again.continues, again.speech_end_ms) == ("caller", "an oil change", 2, 5000)


def test_a_short_sound_while_we_think_changes_nothing() -> None:
    script = thinking()
    script.speech(5500, 5620)
    script.transcript(5900, "mm")
    script.until(7000)
    assert script.stops == [] and script.reply == 2


def test_joined_turns_join_their_alternatives() -> None:
    script = thinking()
    script.at(5630, SpeechStarted(5500))
    script.at(6450, SpeechStopped(6300))
    heard = Transcript(2, "on friday", (Hypothesis("on friday", -1), Hypothesis("one friday", -2)), 0.7)
    script.at(6500, TranscriptArrived(2, 1, heard))
    script.until(7000)
    assert start(script).transcript == Transcript(
        2,
        "an oil change on friday",
        (Hypothesis("an oil change on friday", -1), Hypothesis("an oil change one friday", -2)),
        0.7,
    )


# -- digits ------------------------------------------------------------------------------------------------------------


def test_digits_end_with_a_hash() -> None:
    script = TurnScript()
    script.greeted()
    for n, digit in enumerate("5550100"):
        assert script.at(4000 + 300 * n, DigitPressed(digit)) == []
    assert script.machine.phase == "keying"
    script.at(6100, DigitPressed("#"))
    assert (start(script).cause, start(script).text, start(script).decided_ms) == ("dtmf", "5550100", 6100)


def test_digits_end_with_a_pause() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("0"))
    script.until(7000)
    assert (start(script).text, start(script).decided_ms, start(script).speech_end_ms) == ("0", 6000, 4000)


def test_a_digit_stops_a_reply_that_is_heard() -> None:
    script = speaking()
    assert script.at(7000, DigitPressed("1")) == [StopReply(2, "dtmf")]
    script.until(9500)
    assert (start(script).cause, start(script).text) == ("dtmf", "1")


def test_digits_replace_a_reply_that_is_thought_of_once_they_are_complete() -> None:
    script = thinking()
    assert script.at(5500, DigitPressed("1")) == []
    assert script.at(5600, DigitPressed("#")) == [StopReply(2, "dtmf"), start(script)]
    assert (start(script).cause, start(script).text) == ("dtmf", "1")


def test_a_hash_without_digits_and_a_key_that_does_not_exist_mean_nothing() -> None:
    script = speaking()
    assert script.at(7000, DigitPressed("#")) == []
    assert script.at(7000, DigitPressed("x")) == []
    assert script.at(7000, DigitPressed("")) == []


def test_a_hash_after_a_star_ends_what_was_keyed() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("*"))
    script.at(4100, DigitPressed("#"))
    assert start(script).text == "*"


def test_digits_without_end_are_taken_at_32() -> None:
    script = TurnScript()
    script.greeted()
    for n in range(32):
        script.at(4000 + n, DigitPressed("7"))
    assert start(script).text == "7" * 32


def test_keying_closes_an_utterance_and_speech_is_not_listened_to() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    assert script.at(4300, DigitPressed("5")) == [CloseUtterance(1)]
    assert script.at(4400, SpeechStopped(4350)) == []
    assert script.at(4500, SpeechStarted(4400)) == []
    script.until(7000)
    assert start(script).cause == "dtmf"


def test_speech_after_the_digits_goes_with_them() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("5"))
    script.at(4100, DigitPressed("#"))
    script.says(4200, 5000, "that is my number")
    script.until(6000)
    assert (start(script).cause, start(script).text, start(script).continues) == ("caller", "5 that is my number", 2)


def test_noise_after_the_digits_does_not_lose_them() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("5"))
    script.at(4100, DigitPressed("#"))
    script.says(4200, 5000, "")
    script.until(6000)
    assert (start(script).cause, start(script).text, start(script).continues) == ("dtmf", "5", 2)


# -- silence -----------------------------------------------------------------------------------------------------------


def test_silence_is_asked_about_twice_and_then_the_call_ends() -> None:
    script = TurnScript()
    now_ms = script.greeted()
    for attempt, last in ((1, False), (2, False), (3, True)):
        assert script.until(now_ms + 7999) == []
        script.until(now_ms + 8000)
        assert (start(script).cause, start(script).attempt, start(script).last) == ("no_input", attempt, last)
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
    assert (start(script).cause, start(script).attempt) == ("no_input", 1)


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
    assert (start(script).text, start(script).continues) == ("yes i am here", None)


# -- the end of a call -------------------------------------------------------------------------------------------------


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
    script = speaking(hang_up=True)
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
    assert script.until(20_000)[-2:] == [CloseUtterance(1), start(script)]
    assert start(script).cause == "time_up"


def test_time_that_is_up_lets_a_reply_finish_but_not_for_ever() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=7000))
    script.greeted()
    script.says(4000, 5000, "a long story")
    script.at(6000, ReplyAudioStarted(2))
    assert script.until(16_999) == []
    assert script.until(17_000) == [StopReply(2, "replaced"), start(script)]
    assert start(script).cause == "time_up"


def test_time_that_is_up_while_digits_come() -> None:
    script = TurnScript(TurnPolicy(max_call_ms=7000))
    script.greeted()
    script.at(6500, DigitPressed("1"))
    script.until(7000)
    assert start(script).cause == "time_up"
    script.until(9500)
    assert start(script).cause == "time_up"


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


# -- replies that fail -------------------------------------------------------------------------------------------------


def test_a_reply_that_failed_is_apologised_for() -> None:
    script = thinking()
    assert script.at(5600, ReplyFailed(2, "tts")) == [StartReply(3, "failure", text="tts", attempt=1, decided_ms=5600)]


def test_an_apology_that_fails_ends_the_call() -> None:
    script = thinking()
    script.at(5600, ReplyFailed(2, "tts"))
    assert script.at(5700, ReplyFailed(3, "tts")) == [HangUp("failure")]


def test_failures_count_up_until_a_reply_succeeds() -> None:
    script = thinking()
    script.at(5600, ReplyFailed(2, "llm"))
    script.plays(5700, 6500)
    script.says(7000, 8000, "again")
    script.at(8500, ReplyFailed(4, "llm"))
    assert start(script).attempt == 2
    script.plays(8600, 9500)
    script.says(10_000, 11_000, "again")
    script.until(11_500)
    script.plays(11_600, 12_000)
    script.says(13_000, 14_000, "again")
    script.until(14_490)
    script.at(14_500, ReplyFailed(script.reply, "llm"))
    assert start(script).attempt == 1


def test_a_reply_that_fails_while_the_caller_speaks_lets_him_finish() -> None:
    script = speaking(TurnPolicy(barge_in=False))
    script.at(7130, SpeechStarted(7000))
    assert script.at(7200, ReplyFailed(2, "tts")) == [], "all of it was sent: nothing is missing"
    script = thinking()
    script.at(5600, SpeechStarted(5500))
    assert script.at(5650, ReplyFailed(2, "tts")) == []
    script.at(6150, SpeechStopped(6000))
    script.transcript(6200, "")
    script.until(7000)
    assert start(script).cause == "failure"


def test_a_reply_that_never_speaks_is_given_up() -> None:
    script = thinking()
    assert script.until(15_449) == []
    assert script.until(15_450) == [StopReply(2, "too_slow"), start(script)]
    assert (start(script).cause, start(script).text) == ("failure", "thinking")


@pytest.mark.parametrize(("cause", "reason"), [("no_input", "no_input"), ("time_up", "time_up")])
def test_a_last_reply_that_fails_ends_the_call(cause: str, reason: str) -> None:
    policy = TurnPolicy(no_input_attempts=0) if cause == "no_input" else TurnPolicy(max_call_ms=9000)
    script = TurnScript(policy)
    script.greeted()
    script.until(12_000)
    assert start(script).cause == cause
    assert script.at(12_000, ReplyFailed(2, "tts")) == [HangUp(reason)]


def test_a_reply_without_any_audio_is_over_when_it_is_sent_and_played() -> None:
    script = thinking()
    assert script.at(5600, ReplyFullySent(2, Expectation("date"))) == []
    assert script.at(5600, PlaybackFinished(2)) == []
    assert script.machine.phase == "listening"


# -- what is late or impossible ----------------------------------------------------------------------------------------


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
    assert start(script).text == "right"


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
    assert start(script).speech_end_ms == 5000


def test_a_clock_that_goes_back_is_held() -> None:
    script = TurnScript()
    script.greeted()
    assert script.machine.receive(SpeechStarted(9000), 2000) == [OpenUtterance(1)]
    assert script.machine.deadline_ms == 3000 + script.policy.max_utterance_ms
    assert script.machine.receive(SpeechStopped(9500), 2500) == []
    assert script.until(3120) == [CloseUtterance(1)], "speech of no length is noise"
