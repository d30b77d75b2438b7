"""What happens because time has passed: the timed rows of the joint table.

A row holds in some floors, says when it is due (None: not now) and what is then done. The deadline that the machine
gives to its shell is the earliest of these very times, and each action makes its own row undue: so a Tick at the
deadline always moves the machine, and the fixed point is always reached.

The order of the rows decides between rows that are due at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offhook.turns import barge_in, pauses
from offhook.turns.call import Call
from offhook.turns.pauses import NOW
from offhook.turns.states import Floor, Input, Reply, Signal, TurnError

MOST_PEEKS = 10
"""Transcripts asked for during one run of speech over a reply."""


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
    if reply.audio_started_ms is not None:
        return None
    return NOW if reply.delayed else reply.started_ms + call.policy.filler_ms


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
    Timer("noise", _INPUT, pauses.noise_due, pauses.noise),
    Timer("ask", _INPUT, pauses.ask_due, Call.request_transcript),
    Timer("ask_early", _CALLER, pauses.ask_early_due, pauses.ask_early),
    Timer("think_ahead", _CALLER, pauses.think_ahead_due, Call.think_ahead),
    Timer("endpoint", _INPUT, pauses.endpoint_due, pauses.endpoint),
    Timer("give_up", _INPUT, pauses.give_up_due, pauses.give_up),
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
