"""What happens because time has passed: the timed rows of the joint table.

A row holds in some floors, says when it is due (None: not now) and what is then done. The deadline that the machine
gives to its shell is the earliest of these very times, and each action makes its own row undue: so a Tick at the
deadline always moves the machine, and the fixed point is always reached.

The order of the rows decides between rows that are due at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offhook.turns import barge_in, endpointing
from offhook.turns.call import Call
from offhook.turns.overheard import adds_nothing, meaning
from offhook.turns.states import Floor, Input, Reply, Signal, TurnError
from offhook.turns.utterance import Utterance

NOW = float("-inf")
"""Due at once."""
MOST_PEEKS = 10
"""Transcripts asked for during one run of speech over a reply."""


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


# -- the call ---------------------------------------------------------------------------------------------------------


def _time_up_due(call: Call) -> float | None:
    due_ms = call.answered_ms + call.policy.max_call_ms
    if call.reply is None:
        return due_ms
    ending = call.reply.last or call.reply.hang_up
    return None if ending else due_ms + call.policy.max_call_grace_ms


def _time_up(call: Call) -> None:
    if call.reply is not None:
        call.stop_reply("replaced")
    call.close_utterance()
    call.take_digits()
    call.start_reply("time_up", last=True)


# -- the reply --------------------------------------------------------------------------------------------------------


def _barge_in_due(call: Call) -> float | None:
    overlap = call.overlap
    return None if overlap is None else barge_in.stop_due_ms(overlap, call.policy)


def _barge_in(call: Call) -> None:
    assert call.overlap is not None and call.utterance is not None and call.reply is not None
    call.utterance.interrupted = True
    call.stop_reply(barge_in.reason(call.overlap, call.policy))


def _peek_due(call: Call) -> float | None:
    """The caller speaks over the reply and the recogniser has not told a word of it."""
    utterance = call.utterance
    if call.states.input is not Input.SPEECH or utterance is None or not call.policy.barge_in_by_words:
        return None
    if utterance.peeks >= MOST_PEEKS or (call.partials and utterance.read):
        return None
    return utterance.run_onset_ms + call.policy.peek_ms * (utterance.peeks + 1)


def _filler_due(call: Call) -> float | None:
    reply = call.reply
    if reply is None or reply.cause not in ("caller", "dtmf") or reply.filler or not call.policy.filler_ms:
        return None
    return None if reply.audio_started_ms is not None else reply.started_ms + call.policy.filler_ms


def _stuck_due(call: Call) -> float | None:
    reply = call.reply
    if reply is None or call.states.reply is Reply.SENT:
        return None
    if reply.audio_started_ms is None:
        return reply.started_ms + call.policy.think_limit_ms
    return reply.audio_started_ms + call.policy.speak_limit_ms


def _stuck(call: Call) -> None:
    call.stop_reply("too_slow")


def _playback_limit_due(call: Call) -> float | None:
    if call.reply is None or call.reply.sent_ms is None:
        return None
    return call.reply.sent_ms + call.policy.playback_limit_ms


def _playback_limit(call: Call) -> None:
    call.counts["playback_overdue"] += 1
    call.finish_playback()


# -- what the caller does ---------------------------------------------------------------------------------------------


def _digits_over_due(call: Call) -> float | None:
    if call.states.input is not Input.KEYING:
        return None
    return NOW if call.keypad.ended else call.keypad.last_ms + call.policy.dtmf_gap_ms


def _digits_over(call: Call) -> None:
    digits = call.take_digits()
    if call.reply is not None:
        call.stop_reply("dtmf")
    call.keep_digits(digits)
    call.answer()


def _too_long_due(call: Call) -> float | None:
    if call.utterance is None or call.utterance.cut:
        return None
    return call.utterance.onset_ms + call.policy.max_utterance_ms


def _too_long(call: Call) -> None:
    utterance = call.utterance
    assert utterance is not None
    call.counts["too_long"] += 1
    utterance.cut = True
    if call.states.input is Input.SPEECH:
        call.states.apply(Signal.SPEECH_CUT)
        utterance.pause(call.now_ms, call.now_ms)


def _noise_due(call: Call) -> float | None:
    paused = _paused(call)
    if paused is None or paused[0].voiced_ms >= call.policy.min_speech_ms:
        return None
    return paused[1] + call.policy.pause_ms


def _noise(call: Call) -> None:
    call.counts["noise"] += 1
    call.close_utterance()


def _ask_due(call: Call) -> float | None:
    paused = _paused(call)
    if paused is None or paused[0].asked:
        return None
    if paused[0].cut:
        return NOW
    fixed_ms = call.policy.endpoint_fixed_ms
    return paused[1] + (call.policy.pause_ms if fixed_ms is None else min(fixed_ms, call.policy.pause_ms))


def _ask(call: Call) -> None:
    call.request_transcript()


def _think_ahead_due(call: Call) -> float | None:
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


def _endpoint_due(call: Call) -> float | None:
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


def _endpoint(call: Call) -> None:
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


def _give_up_due(call: Call) -> float | None:
    """The recogniser has not answered, or has said that it cannot."""
    paused = _paused(call)
    if paused is None or not paused[0].asked or paused[0].transcript is not None:
        return None
    utterance, end_ms = paused
    wait_ms = 0 if utterance.failed else call.policy.transcript_wait_ms
    return end_ms + _threshold_ms(call, utterance) + wait_ms


def _give_up(call: Call) -> None:
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


# -- nobody speaks ----------------------------------------------------------------------------------------------------


def _unanswered_due(call: Call) -> float | None:
    return None if call.unanswered is None else NOW


def _owed_failure_due(call: Call) -> float | None:
    return None if call.owed_failure is None else NOW


def _owed_failure(call: Call) -> None:
    assert call.owed_failure is not None
    call.start_reply("failure", text=call.owed_failure, attempt=call.patience.failures)


def _owed_hang_up_due(call: Call) -> float | None:
    return None if call.owed_hang_up is None else NOW


def _owed_hang_up(call: Call) -> None:
    assert call.owed_hang_up is not None
    call.hang_up(call.owed_hang_up)


def _notice_due(call: Call) -> float | None:
    return NOW if call.notice else None


def _notice(call: Call) -> None:
    call.start_reply("notice")


def _time_warning_due(call: Call) -> float | None:
    policy = call.policy
    if call.warned or not 0 < policy.call_warning_ms < policy.max_call_ms:
        return None
    return call.answered_ms + policy.max_call_ms - policy.call_warning_ms


def _time_warning(call: Call) -> None:
    call.warned = True
    call.start_reply("time_warning")


def _no_input_due(call: Call) -> float:
    return call.open_since_ms + call.policy.no_input_ms


def _no_input(call: Call) -> None:
    call.patience.no_input += 1
    call.counts["no_input"] += 1
    attempt = call.patience.no_input
    call.start_reply("no_input", attempt=attempt, last=attempt > call.policy.no_input_attempts)


@dataclass(frozen=True, slots=True)
class Timer:
    name: str
    floors: frozenset[Floor]
    due_ms: Callable[[Call], float | None]
    act: Callable[[Call], None]


_OPEN = frozenset({Floor.OPEN})
_BOTH = frozenset({Floor.BOTH})
_CALLER = frozenset({Floor.CALLER})
_AGENT = frozenset({Floor.AGENT})
_INPUT = frozenset({Floor.CALLER, Floor.BOTH})
_REPLY = frozenset({Floor.AGENT, Floor.BOTH})

TIMERS: tuple[Timer, ...] = (
    Timer("time_up", _OPEN | _INPUT | _REPLY, _time_up_due, _time_up),
    Timer("barge_in", _BOTH, _barge_in_due, _barge_in),
    Timer("peek", _BOTH, _peek_due, Call.peek),
    Timer("stuck", _REPLY, _stuck_due, _stuck),
    Timer("filler", _AGENT, _filler_due, Call.say_filler),
    Timer("playback_limit", _REPLY, _playback_limit_due, _playback_limit),
    Timer("digits_over", _INPUT, _digits_over_due, _digits_over),
    Timer("too_long", _INPUT, _too_long_due, _too_long),
    Timer("noise", _INPUT, _noise_due, _noise),
    Timer("ask", _INPUT, _ask_due, _ask),
    Timer("think_ahead", _CALLER, _think_ahead_due, Call.think_ahead),
    Timer("endpoint", _INPUT, _endpoint_due, _endpoint),
    Timer("give_up", _INPUT, _give_up_due, _give_up),
    Timer("unanswered", _OPEN, _unanswered_due, Call.answer),
    Timer("owed_failure", _OPEN, _owed_failure_due, _owed_failure),
    Timer("owed_hang_up", _OPEN, _owed_hang_up_due, _owed_hang_up),
    Timer("notice", _OPEN, _notice_due, _notice),
    Timer("time_warning", _OPEN, _time_warning_due, _time_warning),
    Timer("no_input", _OPEN, _no_input_due, _no_input),
)

_BY_FLOOR = {floor: tuple(timer for timer in TIMERS if floor in timer.floors) for floor in Floor}
MOST_STEPS = 50


def deadline_ms(call: Call) -> float | None:
    """When the next row will be due if nothing else happens; None when none ever will."""
    due = [ms for timer in _BY_FLOOR[call.states.floor] if (ms := timer.due_ms(call)) is not None]
    return min(due, default=None)


def settle(call: Call) -> None:
    """Carry out the rows that are due, until none is. Raises TurnError if they chase each other."""
    for _ in range(MOST_STEPS):
        for timer in _BY_FLOOR[call.states.floor]:
            if (due_ms := timer.due_ms(call)) is not None and due_ms <= call.now_ms:
                timer.act(call)
                break
        else:
            return
    raise TurnError(f"timers do not come to rest in floor {call.states.floor.name}, input {call.states.input.name}")
