"""What each event from outside does, once the tables of states.py have given it a meaning."""

from __future__ import annotations

from typing import assert_never

from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    DigitPressed,
    NoticeWaits,
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyDelayed,
    ReplyFailed,
    ReplyFullySent,
    SpeechFaded,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
    Tick,
    TranscriptArrived,
    TranscriptFailed,
    TurnEvent,
    TurnUnderstood,
)
from offhook.turns.call import Call, LiveReply
from offhook.turns.states import Input, Reply
from offhook.turns.utterance import Utterance

KEYS = frozenset("0123456789*#ABCD")


def means_something(call: Call, event: TurnEvent) -> bool:
    """Whether the event is about something that is still there; what is late or impossible is not."""
    closing = call.reply is not None and call.reply.cause == "time_up"
    match event:
        case PartialArrived() | TranscriptArrived() | TranscriptFailed() | TurnUnderstood():
            return call.utterance is not None and call.utterance.number == event.utterance
        case ReplyDelayed() | ReplyAudioStarted() | ReplyFullySent() | ReplyFailed() | PlaybackFinished():
            return call.reply is not None and call.reply.number == event.reply
        case SpeechStarted():
            return not closing and not (call.utterance is not None and call.utterance.cut)
        case DigitPressed(digit=digit):
            nothing_to_end = digit == "#" and call.states.input is not Input.KEYING
            return digit in KEYS and not closing and not nothing_to_end
        case TextTyped(text=text):
            return not closing and bool(text.strip())
        case CallAnswered() | SpeechStopped() | SpeechFaded() | NoticeWaits() | CallEnded() | Tick():
            return True
        case _:
            assert_never(event)


def hear(call: Call, event: TurnEvent) -> None:
    """Carry out an event that means something; the states have moved already."""
    match event:
        case CallAnswered():
            call.answered_ms = call.open_since_ms = call.now_ms
            call.start_reply("greeting")
        case SpeechStarted(onset_ms=onset_ms):
            _speech_started(call, min(onset_ms, call.now_ms))
        case SpeechStopped(end_ms=end_ms):
            _open(call).pause(end_ms, call.now_ms)
        case SpeechFaded(end_ms=end_ms):
            _open(call).fade(end_ms)
        case PartialArrived(text=text):
            call.partials = True
            _open(call).guess(text)
        case TranscriptArrived(revision=revision, transcript=transcript):
            _open(call).answer(revision, transcript)
        case TranscriptFailed(revision=revision):
            _transcript_failed(call, revision)
        case TurnUnderstood(text=text):
            _open(call).understood = text
        case DigitPressed(digit=digit):
            _digit_pressed(call, digit)
        case ReplyDelayed():
            _living(call).delayed = True
        case TextTyped(text=text):
            _text_typed(call, text)
        case ReplyAudioStarted():
            _living(call).audio_started_ms = call.now_ms
        case ReplyFullySent():
            _reply_fully_sent(call, event)
        case ReplyFailed(reason=reason):
            call.fail_reply(reason)
        case PlaybackFinished():
            call.reply_played()
        case NoticeWaits():
            call.notice = True
        case CallEnded():
            _call_ended(call)
        case Tick():
            pass  # the timers run after every event
        case _:
            assert_never(event)


def _open(call: Call) -> Utterance:
    assert call.utterance is not None, "the input tables let it pass only while an utterance is open"
    return call.utterance


def _living(call: Call) -> LiveReply:
    assert call.reply is not None, "the reply tables let it pass only while a reply lives"
    return call.reply


def _speech_started(call: Call, onset_ms: float) -> None:
    if call.utterance is None:
        call.open_utterance(onset_ms)
    else:
        call.utterance.resume(onset_ms, call.now_ms)


def _transcript_failed(call: Call, revision: int) -> None:
    """Ask once more: an engine that was restarted has kept the audio."""
    utterance = _open(call)
    if not utterance.asked or revision != utterance.revision:
        return
    call.counts["transcript_failed"] += 1
    if utterance.end_ms is None:
        utterance.asked = False  # it was asked ahead; the pause will ask
    elif utterance.retried:
        utterance.failed = True
    else:
        utterance.retried = True
        call.request_transcript()


def _digit_pressed(call: Call, digit: str) -> None:
    """A caller who presses a key does not mean his voice; over a reply that he hears, he does not need the rest of it.

    A reply that has no audio yet is left alone until the digits are complete.
    """
    if call.utterance is not None:
        call.counts["speech_before_digits"] += 1
        call.close_utterance()
    if call.states.reply in (Reply.SPEAKING, Reply.SENT):
        call.stop_reply("dtmf")
    call.keypad.press(digit, call.now_ms)


def _text_typed(call: Call, text: str) -> None:
    """Whoever writes does not mean his voice, nor the keys that he pressed, and has heard enough of the reply. One that
    is not heard yet is answered together with the text."""
    call.close_utterance()
    call.take_digits()
    if call.reply is not None:
        call.stop_reply("replaced" if call.states.reply is Reply.THINKING else "barge_in")
    call.keep_text(text)


def _reply_fully_sent(call: Call, event: ReplyFullySent) -> None:
    reply = _living(call)
    if reply.audio_started_ms is None:
        reply.audio_started_ms = call.now_ms
    reply.sent_ms = call.now_ms
    reply.hang_up = event.hang_up
    call.expect = event.expect


def _call_ended(call: Call) -> None:
    if call.reply is not None:
        call.stop_reply("call_ended")
    call.close_utterance()
