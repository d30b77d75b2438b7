"""When speech over a reply stops the reply. Pure.

The voice detector tells of speech about 130 ms after it began, so all times here count from the onset, not from the
verdict. It tells of silence late, too, so a sound that ended just before it was long enough stops the reply as well.

Words decide where they are known, length where they are not:

    "stop", "ruko", "no"                 at once
    two words or more of anything else   after barge_in_words_ms
    one word                             after barge_in_ms
    nothing known yet                    after barge_in_ms
    "mujhe", "my"                        that, and what the detector is late by: a cough is read as such a word, too
    listened to, and no word found       after barge_in_unread_ms: a cough
    either, and the voice has faded      not before it is known whether that was the end
    "haan", "okay", "uh-huh"             after backchannel_ms

A final text of the first three kinds stops the reply even if the sound was shorter than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.contracts.turn import Cause, TurnPolicy
from offhook.turns.overheard import meaning, word_count

LATE_MS = 175
"""By so much at most the detector tells of silence after it began."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The caller's present (or last) run of speech, and the reply it falls on."""

    onset_ms: float
    end_ms: float | None
    """None while the caller speaks."""
    text: str
    """What is known of its words."""
    faded_ms: float | None
    """When the last sound ended, if the voice has faded and is not known to have stopped."""
    read: bool
    """Whether the recogniser has told anything of it, be it that there is no word in it."""
    final: bool
    """Whether `text` is all of it."""
    cause: Cause
    """Of the reply."""
    audio_started_ms: float | None
    """When the reply's first audio went out; None while it is being thought of."""
    hang_up: bool
    """Whether the call ends after the reply."""


def stop_due_ms(overlap: Overlap, policy: TurnPolicy) -> float | None:
    """When the reply is to be stopped if the caller still speaks then; None: this speech does not stop it."""
    if overlap.cause == "time_up":
        return None
    needed_ms, sure = _needed(overlap, policy)
    due_ms = overlap.onset_ms + needed_ms
    if overlap.audio_started_ms is None:
        if overlap.cause == "greeting":
            return None
    elif not policy.barge_in:
        return None
    elif overlap.cause == "greeting" and overlap.onset_ms <= overlap.audio_started_ms:
        due_ms = max(due_ms, overlap.audio_started_ms + policy.barge_in_greeting_ms)
        sure = False
    elif overlap.hang_up and needed_ms > policy.min_speech_ms:
        due_ms = overlap.onset_ms + max(needed_ms, policy.barge_in_goodbye_ms)
        sure = False
    if overlap.faded_ms is not None and overlap.read and meaning(overlap.text) in ("nothing", "beginning"):
        due_ms = max(due_ms, overlap.faded_ms + LATE_MS)
    if not sure and overlap.end_ms is not None and overlap.end_ms < due_ms:
        return None
    return due_ms


def reason(overlap: Overlap, policy: TurnPolicy) -> Literal["barge_in", "stop_word", "replaced"]:
    """`replaced` when the caller had gone on before anything of the reply could be heard, else `barge_in`; `stop_word`
    when his words asked for it."""
    if overlap.audio_started_ms is None:
        return "replaced"
    early = overlap.cause in ("caller", "dtmf") and overlap.onset_ms <= overlap.audio_started_ms
    if early:
        return "replaced"
    return "stop_word" if policy.barge_in_by_words and meaning(overlap.text) == "stop" else "barge_in"


def _needed(overlap: Overlap, policy: TurnPolicy) -> tuple[float, bool]:
    """Speech that stops the reply, and whether shorter speech that is over does, too."""
    by_length_ms = max(policy.barge_in_ms, policy.min_speech_ms)
    if not (policy.barge_in_by_words and overlap.read):
        return by_length_ms, False
    match meaning(overlap.text):
        case "stop":
            return policy.min_speech_ms, True
        case "backchannel":
            return max(by_length_ms, policy.backchannel_ms), False
        case "content":
            enough = word_count(overlap.text) > 1
            return max(policy.barge_in_words_ms if enough else by_length_ms, policy.min_speech_ms), overlap.final
        case "beginning":
            return by_length_ms + LATE_MS, False
        case "nothing":
            return max(by_length_ms, policy.barge_in_unread_ms), False
