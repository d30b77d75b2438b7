"""Caller and agent at once: barge-in, backchannels, a caller who goes on while we think, digits."""

from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, Hypothesis, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    CloseUtterance,
    DigitPressed,
    HangUp,
    OpenUtterance,
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyDelayed,
    ReplyFullySent,
    RequestTranscript,
    SayFiller,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    StopReply,
    TextTyped,
    ThinkAhead,
    TranscriptArrived,
    TurnPolicy,
    TurnUnderstood,
)
from support.turn_script import TurnScript

# -- speech over the agent -------------------------------------------------------------------------------------------


def test_speech_over_the_agent_stops_it_within_450_ms_of_the_onset() -> None:
    script = TurnScript.speaking()
    assert script.at(7130, SpeechStarted(7000)) == [OpenUtterance(2)]
    assert script.machine.phase == "overlap"
    assert script.until(7450) == [StopReply(2, "barge_in")]
    assert script.when(StopReply) == [7380]
    script.at(8150, SpeechStopped(8000))
    script.transcript(8250, "no friday")
    script.until(9000)
    assert (script.turn.cause, script.turn.text, script.turn.continues) == (
        "caller",
        "no friday",
        None,
    )


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
    assert script.at(3000, PlaybackFinished(1)) == [script.turn]
    assert (script.turn.cause, script.turn.text, script.turn.utterance) == (
        "caller",
        "i want an oil change",
        1,
    )


def test_a_short_sound_over_the_agent_is_a_backchannel() -> None:
    script = TurnScript.speaking()
    script.speech(7000, 7120)
    script.transcript(7400, "uh huh")
    assert script.until(9000) == [CloseUtterance(2)]
    assert script.stops == [] and script.machine.counts["backchannel"] == 1


def test_a_short_answer_on_the_last_words_of_the_question_is_a_turn() -> None:
    script = TurnScript.speaking()
    script.speech(7000, 7120)
    script.transcript(7400, "yes")
    assert script.at(7500, PlaybackFinished(2)) == [CloseUtterance(2), script.turn]
    assert (script.turn.cause, script.turn.text) == ("caller", "yes")


def test_without_barge_in_the_caller_is_answered_after_the_reply() -> None:
    script = TurnScript.speaking(TurnPolicy(barge_in=False))
    script.says(7000, 8500, "make it friday")
    assert script.until(9500) == [CloseUtterance(2)]
    assert script.at(10_000, PlaybackFinished(2)) == [script.turn]
    assert script.stops == [] and script.turn.text == "make it friday"


@pytest.mark.parametrize("text", ["", "okay", "haan ji"])
def test_after_a_sound_that_stopped_the_agent_for_nothing_he_goes_on(text: str) -> None:
    script = TurnScript.speaking()
    script.speech(7000, 7400)
    script.transcript(7600, text)
    script.until(8500)
    assert script.stops == [StopReply(2, "barge_in")]
    assert (script.turn.cause, script.turn.resumes) == ("resume", 2)


def test_a_reply_that_is_stopped_for_nothing_again_and_again_is_given_up() -> None:
    script = TurnScript.speaking()
    for n in range(3):
        begin_ms = 7000 + 3000 * n
        script.speech(begin_ms, begin_ms + 450)
        script.transcript(begin_ms + 700, "")
        script.until(begin_ms + 1500)
        script.at(begin_ms + 1600, ReplyAudioStarted(script.reply))
    assert [start.cause for start in script.starts[2:]] == ["resume", "resume", "not_heard"]


def test_a_word_that_asks_for_silence_stops_the_agent_with_its_partial() -> None:
    script = TurnScript.speaking()
    script.at(7130, SpeechStarted(7000))
    assert script.at(7210, PartialArrived(2, "ruko")) == [StopReply(2, "stop_word")]
    script.at(7450, SpeechStopped(7300))
    script.transcript(7500, "ruko")
    script.until(9000)
    assert (script.turn.cause, script.turn.text) == ("caller", "ruko")


def test_a_stop_word_known_only_after_it_was_said_stops_the_agent_then() -> None:
    script = TurnScript.speaking()
    script.speech(7000, 7200)
    assert script.transcript(7500, "nahi")[0] == StopReply(2, "stop_word")


def test_words_of_listening_never_stop_the_agent() -> None:
    script = TurnScript.speaking()
    script.at(7130, SpeechStarted(7000))
    script.at(7300, PartialArrived(2, "haan"))
    script.at(7900, PartialArrived(2, "haan haan theek hai"))
    script.at(8150, SpeechStopped(8000))
    script.transcript(8250, "haan haan theek hai")
    script.until(9500)
    assert script.stops == [] and script.machine.counts["backchannel"] == 1


def test_speech_over_the_agent_without_partials_is_looked_into() -> None:
    script = TurnScript.speaking(TurnPolicy(peek_ms=200))
    script.at(7130, SpeechStarted(7000))
    assert script.until(7200) == [RequestTranscript(2, 1)]
    script.transcript(7300, "")
    assert script.until(7450) == [RequestTranscript(2, 2)]
    assert script.at(7460, TranscriptArrived(2, 2, Transcript(2, "wait"))) == [StopReply(2, "stop_word")]


def test_a_single_word_over_the_agent_that_was_meant_is_answered() -> None:
    script = TurnScript.speaking()
    script.speech(7000, 7200)
    assert script.transcript(7500, "saturday")[0] == StopReply(2, "barge_in")
    script.until(9000)
    assert (script.turn.cause, script.turn.text) == ("caller", "saturday")


# -- time for thinking ------------------------------------------------------------------------------------------------


def test_words_that_may_be_the_turn_are_thought_of_before_it_is_over() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    script.at(5000, PartialArrived(1, "what are your hours"))
    script.at(5150, SpeechStopped(5000))
    heard = Transcript(1, "what are your hours today")
    script.at(5250, TranscriptArrived(1, 1, heard))
    script.until(6000)
    ahead = [(at, c) for at, c in script.log if isinstance(c, ThinkAhead)]
    assert ahead == [(5150, ThinkAhead(2, Transcript(1, "what are your hours"))), (5250, ThinkAhead(2, heard))]
    assert (script.turn.reply, script.turn.transcript) == (2, heard)


def test_an_unfinished_sentence_is_not_thought_of() -> None:
    script = TurnScript()
    script.greeted()
    script.says(4000, 5000, "i would like to")
    script.until(6000)
    assert script.when(ThinkAhead) == []


def test_a_slow_answer_is_announced_once_a_turn() -> None:
    script = TurnScript(TurnPolicy(filler_ms=800, endpoint_ms=300))
    script.greeted()
    script.says(4000, 5000, "what are your hours")
    assert script.until(9000)[-1] == SayFiller(2)
    assert script.when(SayFiller) == [6100]
    script.at(9130, SpeechStarted(9000))
    script.at(10_150, SpeechStopped(10_000))
    script.transcript(10_200, "on sunday please")
    script.until(15_000)
    assert script.turn.continues == 2
    assert len(script.when(SayFiller)) == 1


def test_an_answer_that_waits_for_slow_work_is_announced_at_once_and_once() -> None:
    script = TurnScript(TurnPolicy(filler_ms=800, endpoint_ms=300))
    script.greeted()
    script.says(4000, 5000, "what are your hours")
    script.until(5400)
    asked_ms = script.when(StartReply)[-1]
    assert script.at(asked_ms + 310, ReplyDelayed(2)) == [SayFiller(2)]
    script.at(asked_ms + 400, ReplyDelayed(2))
    script.until(asked_ms + 3000)
    assert len(script.when(SayFiller)) == 1


def test_what_is_said_already_is_not_announced() -> None:
    script = TurnScript.speaking()
    assert script.at(6600, ReplyDelayed(2)) == []
    assert script.at(6700, ReplyDelayed(9)) == []


def test_thanks_over_a_goodbye_does_not_stop_it() -> None:
    script = TurnScript.speaking(hang_up=True)
    script.speech(7000, 7500)
    script.transcript(7700, "thanks bye")
    assert script.at(9000, PlaybackFinished(2)) == [CloseUtterance(2), HangUp("goodbye")]
    assert script.stops == []


def test_a_caller_who_speaks_on_stops_a_goodbye() -> None:
    script = TurnScript.speaking(hang_up=True)
    script.says(7000, 8000, "wait one more question")
    script.until(8500)
    assert script.stops == [StopReply(2, "barge_in")]
    assert script.turn.text == "wait one more question"


def test_a_word_on_the_end_of_a_goodbye_is_heard_before_we_hang_up() -> None:
    script = TurnScript.speaking(hang_up=True)
    script.at(7130, SpeechStarted(7000))
    assert script.at(7200, PlaybackFinished(2)) == []
    script.at(7550, SpeechStopped(7400))
    script.transcript(7600, "wait")
    script.until(9500)
    assert (script.turn.cause, script.turn.text) == ("caller", "wait")


def test_a_noise_on_the_end_of_a_goodbye_delays_the_hang_up_only() -> None:
    script = TurnScript.speaking(hang_up=True)
    script.at(7130, SpeechStarted(7000))
    script.at(7200, PlaybackFinished(2))
    script.at(7550, SpeechStopped(7400))
    script.transcript(7600, "")
    assert script.until(8000) == [CloseUtterance(2), HangUp("goodbye")]


# -- the caller goes on while we think -------------------------------------------------------------------------------


def test_a_caller_who_goes_on_after_a_too_early_endpoint_gets_one_answer_to_both() -> None:
    script = TurnScript.thinking()
    script.at(5630, SpeechStarted(5500))
    assert script.until(5880) == [StopReply(2, "replaced")]
    script.at(6450, SpeechStopped(6300))
    script.transcript(6500, "on friday")
    script.until(7000)
    assert (script.turn.text, script.turn.continues, script.turn.utterance) == (
        "an oil change on friday",
        2,
        2,
    )
    assert script.turn.transcript == Transcript(2, "an oil change on friday")


def test_the_same_when_the_reply_began_while_he_spoke() -> None:
    script = TurnScript.thinking()
    script.at(5630, SpeechStarted(5500))
    script.at(5650, ReplyAudioStarted(2))
    assert script.until(5880) == [StopReply(2, "replaced")]


def test_noise_while_we_think_does_not_lose_the_turn() -> None:
    script = TurnScript.thinking()
    script.speech(5500, 6000)
    script.transcript(6200, "")
    script.until(7000)
    assert script.stops == [StopReply(2, "replaced")]
    again = script.turn
    assert (again.cause, again.text, again.continues, again.speech_end_ms) == ("caller", "an oil change", 2, 5000)


def test_a_short_sound_while_we_think_changes_nothing() -> None:
    script = TurnScript.thinking()
    script.speech(5500, 5620)
    script.transcript(5900, "mm")
    script.until(7000)
    assert script.stops == [] and script.reply == 2


def test_joined_turns_join_their_alternatives() -> None:
    script = TurnScript.thinking()
    script.at(5630, SpeechStarted(5500))
    script.at(6450, SpeechStopped(6300))
    heard = Transcript(2, "on friday", (Hypothesis("on friday", -1), Hypothesis("one friday", -2)), 0.7)
    script.at(6500, TranscriptArrived(2, 1, heard))
    script.until(7000)
    assert script.turn.transcript == Transcript(
        2,
        "an oil change on friday",
        (Hypothesis("an oil change on friday", -1), Hypothesis("an oil change one friday", -2)),
        0.7,
    )


# -- digits ----------------------------------------------------------------------------------------------------------


def test_digits_end_with_a_hash() -> None:
    script = TurnScript()
    script.greeted()
    for n, digit in enumerate("5550100"):
        assert script.at(4000 + 300 * n, DigitPressed(digit)) == []
    assert script.machine.phase == "keying"
    script.at(6100, DigitPressed("#"))
    assert (script.turn.cause, script.turn.text, script.turn.decided_ms) == ("dtmf", "5550100", 6100)


def test_digits_end_with_a_pause() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("0"))
    script.until(7000)
    assert (script.turn.text, script.turn.decided_ms, script.turn.speech_end_ms) == ("0", 6000, 4000)


def test_a_digit_stops_a_reply_that_is_heard() -> None:
    script = TurnScript.speaking()
    assert script.at(7000, DigitPressed("1")) == [StopReply(2, "dtmf")]
    script.until(9500)
    assert (script.turn.cause, script.turn.text) == ("dtmf", "1")


def test_digits_replace_a_reply_that_is_thought_of_once_they_are_complete() -> None:
    script = TurnScript.thinking()
    assert script.at(5500, DigitPressed("1")) == []
    assert script.at(5600, DigitPressed("#")) == [StopReply(2, "dtmf"), script.turn]
    assert (script.turn.cause, script.turn.text) == ("dtmf", "1")


def test_a_hash_without_digits_and_a_key_that_does_not_exist_mean_nothing() -> None:
    script = TurnScript.speaking()
    assert script.at(7000, DigitPressed("#")) == []
    assert script.at(7000, DigitPressed("x")) == []
    assert script.at(7000, DigitPressed("")) == []


def test_a_hash_after_a_star_ends_what_was_keyed() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("*"))
    script.at(4100, DigitPressed("#"))
    assert script.turn.text == "*"


def test_digits_without_end_are_taken_at_32() -> None:
    script = TurnScript()
    script.greeted()
    for n in range(32):
        script.at(4000 + n, DigitPressed("7"))
    assert script.turn.text == "7" * 32


def test_keying_closes_an_utterance_and_speech_is_not_listened_to() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4130, SpeechStarted(4000))
    assert script.at(4300, DigitPressed("5")) == [CloseUtterance(1)]
    assert script.at(4400, SpeechStopped(4350)) == []
    assert script.at(4500, SpeechStarted(4400)) == []
    script.until(7000)
    assert script.turn.cause == "dtmf"


def test_speech_after_the_digits_goes_with_them() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("5"))
    script.at(4100, DigitPressed("#"))
    script.says(4200, 5000, "that is my number")
    script.until(6000)
    assert (script.turn.cause, script.turn.text, script.turn.continues) == (
        "caller",
        "5 that is my number",
        2,
    )


def test_noise_after_the_digits_does_not_lose_them() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("5"))
    script.at(4100, DigitPressed("#"))
    script.says(4200, 5000, "")
    script.until(6000)
    assert (script.turn.cause, script.turn.text, script.turn.continues) == ("dtmf", "5", 2)


def test_a_sentence_that_understanding_can_act_on_is_answered_sooner() -> None:
    def decided(understood: str) -> float | None:
        script = TurnScript(TurnPolicy(endpoint_ms=700, endpoint_understood_ms=400))
        script.greeted()
        script.says(4000, 5000, "i need an oil change")
        script.at(5250, TurnUnderstood(1, understood))
        script.until(6000)
        return script.turn.decided_ms

    assert decided("i need an oil change") == 5400
    assert decided("i need") == 5700


def test_an_okay_as_the_agent_begins_does_not_make_him_answer_anew() -> None:
    script = TurnScript.thinking()
    script.at(5500, ReplyAudioStarted(2))
    script.at(5560, SpeechStarted(5480))
    script.at(6050, SpeechStopped(5900))
    script.transcript(6100, "that is right")
    script.until(7000)
    assert script.stops == [StopReply(2, "replaced")]
    assert (script.turn.cause, script.turn.resumes) == ("resume", 2)


@pytest.mark.parametrize("began", [False, True], ids=["thinking", "speaking"])
def test_the_rest_of_an_answer_is_judged_by_the_same_question(began: bool) -> None:
    """ "Yes … that's right": the first word ended the turn, and the reply to it was not heard."""
    script = TurnScript()
    script.greeted(expect="yes_no")
    script.says(4000, 4400, "yes")
    script.until(4620)
    assert script.turn.text == "yes"
    if began:
        script.at(4640, ReplyAudioStarted(script.reply))
    script.at(4760, SpeechStarted(4630))
    script.at(5350, SpeechStopped(5200))
    script.transcript(5380, "that's right")
    script.until(5200 + TurnPolicy().endpoint_yes_no_ms + 1)
    assert script.stops == [StopReply(2, "replaced")]
    assert script.turn.reply == 3


# -- text ------------------------------------------------------------------------------------------------------------


def test_a_text_is_a_turn_at_once() -> None:
    script = TurnScript()
    script.greeted()
    assert script.at(4000, TextTyped("an oil change")) == [script.turn]
    assert (script.turn.cause, script.turn.text, script.turn.decided_ms) == ("caller", "an oil change", 4000)
    assert script.turn.transcript is not None


def test_a_text_without_a_word_is_nothing() -> None:
    script = TurnScript()
    script.greeted()
    assert script.at(4000, TextTyped("")) == script.at(4100, TextTyped("  ")) == []
    assert script.turn.cause == "greeting"


def test_a_text_stops_a_reply_that_is_heard() -> None:
    script = TurnScript.speaking()
    assert script.at(7000, TextTyped("no, Friday")) == [StopReply(2, "barge_in"), script.turn]
    assert (script.turn.cause, script.turn.text) == ("caller", "no, Friday")


def test_a_text_joins_what_is_thought_of() -> None:
    script = TurnScript.thinking()
    asked = script.turn.text
    assert script.at(5500, TextTyped("on Friday")) == [StopReply(2, "replaced"), script.turn]
    assert (script.turn.text, script.turn.continues) == (f"{asked} on Friday", 2)


def test_a_text_takes_the_place_of_what_is_being_said_or_keyed() -> None:
    script = TurnScript()
    script.greeted()
    script.at(4000, DigitPressed("5"))
    script.at(4100, TextTyped("an oil change"))
    assert (script.turn.cause, script.turn.text) == ("caller", "an oil change")
    script = TurnScript()
    script.greeted()
    script.speech(4000, 4800)
    assert script.at(4900, TextTyped("an oil change")) == [CloseUtterance(1), script.turn]
