"""What becomes of the caller's utterance while he is silent: rows of the table in timers.py.

The recogniser is asked as soon as the voice has faded, and again if that was no end; the reply is thought of as soon as
there are words; the turn is taken when the silence has lasted as long as the words ask for (endpointing.py).
"""

from __future__ import annotations

from offhook.turns import endpointing
from offhook.turns.call import Call
from offhook.turns.overheard import adds_nothing, meaning
from offhook.turns.states import Input
from offhook.turns.utterance import Utterance

NOW = float("-inf")
"""Due at once."""
ASKED_APART_MS = 150.0
"""So long after a transcript asked for because the voice had faded, and that proved to be a closure inside a word, the
next one is asked for: a recogniser reads the whole utterance each time."""
FADE_HOLDS_MS = 150.0
"""So long after the last sound a voice that has not been told to have stopped has most likely come back."""


def _paused(call: Call) -> tuple[Utterance, float] | None:
    """The utterance and when its speech ended, while the caller pauses."""
    utterance = call.utterance
    if call.states.input is not Input.PAUSE or utterance is None or utterance.end_ms is None:
        return None
    return utterance, utterance.end_ms


def _threshold_ms(call: Call, utterance: Utterance) -> float:
    if utterance.cut:
        return 0.0
    said = [t.text for t in call.unanswered.transcripts] if call.unanswered else []
    text = " ".join((*said, utterance.text)).strip()
    if utterance.judged is None or utterance.judged[:2] != (text, call.expect):
        utterance.judged = (text, call.expect, endpointing.endpoint(text, call.expect, call.policy))
    judged = utterance.judged[2]
    policy, after_ms = call.policy, float(judged.after_ms)
    if utterance.understood == text and text:
        if judged.reason == "complete":
            after_ms = min(after_ms, policy.endpoint_understood_ms)
        elif judged.reason == "may_go_on":
            after_ms = min(after_ms, 2.0 * policy.endpoint_understood_ms)
    return after_ms


def noise_due(call: Call) -> float | None:
    paused = _paused(call)
    if paused is None or paused[0].voiced_ms >= call.policy.min_speech_ms:
        return None
    return paused[1] + call.policy.pause_ms


def noise(call: Call) -> None:
    call.counts["noise"] += 1
    call.close_utterance()


def ask_due(call: Call) -> float | None:
    paused = _paused(call)
    if paused is None or paused[0].asked:
        return None
    if paused[0].cut:
        return NOW
    fixed_ms = call.policy.endpoint_fixed_ms
    return paused[1] + (call.policy.pause_ms if fixed_ms is None else min(fixed_ms, call.policy.pause_ms))


def ask_early_due(call: Call) -> float | None:
    """The voice has faded. Over a reply there are peeks instead."""
    utterance = call.utterance
    if call.states.input is not Input.SPEECH or utterance is None or call.policy.endpoint_fixed_ms is not None:
        return None
    if utterance.faded_ms is None or utterance.asked or call.now_ms - utterance.faded_ms > FADE_HOLDS_MS:
        return None
    last_ms = utterance.asked_early_ms
    return NOW if last_ms is None or call.now_ms - last_ms >= ASKED_APART_MS else None


def ask_early(call: Call) -> None:
    assert call.utterance is not None
    call.utterance.asked_early_ms = call.now_ms
    call.request_transcript()


def think_ahead_due(call: Call) -> float | None:
    """The words so far may be all of them."""
    paused = _paused(call)
    if paused is None or call.policy.endpoint_fixed_ms is not None or not paused[0].text.strip():
        return None
    if call.unanswered is not None and call.unanswered.reply is not None:
        return None  # the turn goes on from one that may have written something
    utterance = paused[0]
    if utterance.thought_of == utterance.heard or _threshold_ms(call, utterance) > call.policy.endpoint_may_go_on_ms:
        return None
    return NOW


def endpoint_due(call: Call) -> float | None:
    """Over a living reply a short utterance waits for the reply's end: it may be the answer to its last words."""
    paused = _paused(call)
    if paused is None or paused[0].transcript is None:
        return None
    utterance, end_ms = paused
    wait_ms = _threshold_ms(call, utterance)
    if call.reply is not None and _in_passing(call, utterance):
        wait_ms = max(wait_ms, call.policy.overlap_ms)
    return end_ms + wait_ms


def _in_passing(call: Call, utterance: Utterance) -> bool:
    """Whether what was said over a reply that it did not stop needs no answer."""
    short = utterance.voiced_ms < call.policy.long_speech_ms
    return short or (call.policy.barge_in_by_words and meaning(utterance.text) == "backchannel")


def endpoint(call: Call) -> None:
    utterance = call.utterance
    assert utterance is not None and utterance.transcript is not None
    if not utterance.transcript.text.strip():
        _unheard(call, utterance, excuse=False)
        return
    over_reply = call.reply is not None
    if over_reply and _in_passing(call, utterance):
        call.counts["backchannel"] += 1
        call.close_utterance()
        return
    by_words = call.policy.barge_in_by_words and adds_nothing(utterance.text)
    if by_words and _goes_on(call, utterance):
        call.counts["backchannel"] += 1
        call.close_utterance()
        call.resume_reply()
        return
    call.keep(utterance.transcript)
    call.close_utterance()
    if not over_reply:
        call.answer()


def give_up_due(call: Call) -> float | None:
    """The recogniser has not answered, or has said that it cannot."""
    paused = _paused(call)
    if paused is None or not paused[0].asked or paused[0].transcript is not None:
        return None
    utterance, end_ms = paused
    wait_ms = 0 if utterance.failed else call.policy.transcript_wait_ms
    return end_ms + _threshold_ms(call, utterance) + wait_ms


def give_up(call: Call) -> None:
    assert call.utterance is not None
    call.counts["transcript_missing"] += 1
    _unheard(call, call.utterance, excuse=True)


def _goes_on(call: Call, utterance: Utterance) -> bool:
    """Whether the reply that the utterance stopped for nothing is to be said on. The turn that it answers stands: what
    waits for an answer is that turn alone ("yes", and an "okay" as we began to speak), or nothing."""
    if not (utterance.interrupted and call.resumable and call.reply is None):
        return False
    waiting, answered = call.unanswered, call.halted.answers if call.halted else None
    return waiting is None or (answered is not None and waiting.transcripts == answered.transcripts)


def _unheard(call: Call, utterance: Utterance, *, excuse: bool) -> None:
    """Nothing can be read from the utterance. Say so if it was ours to read (`excuse`), if it was long enough to be
    meant for us, or if the agent fell silent because of it; else it was noise."""
    worth_a_word = excuse or utterance.interrupted or utterance.voiced_ms >= call.policy.long_speech_ms
    goes_on = not excuse and call.unanswered is None and _goes_on(call, utterance)
    call.close_utterance()
    if goes_on:
        call.counts["noise"] += 1
        call.resume_reply()
        return
    if call.reply is not None or call.unanswered is not None or not worth_a_word:
        call.counts["noise"] += 1
        return
    call.counts["not_heard"] += 1
    call.patience.not_heard += 1
    call.start_reply("not_heard", attempt=call.patience.not_heard)
