"""When speech over a reply stops the reply. Pure.

The voice detector tells of speech about 130 ms after it began, so all times here count from the onset, not from the
verdict. It tells of silence late, too, so a sound that ended just before it was long enough stops the reply as well.
Length decides; what was said so far (`partial`) is at hand here for rules about words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.contracts.turn import Cause, TurnPolicy


@dataclass(frozen=True, slots=True)
class Overlap:
    """The caller's present (or last) run of speech, and the reply it falls on."""

    onset_ms: float
    end_ms: float | None
    """None while the caller speaks."""
    partial: str
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
    needed_ms = float(max(policy.barge_in_ms, policy.min_speech_ms))
    due_ms = overlap.onset_ms + needed_ms
    if overlap.audio_started_ms is None:
        if overlap.cause == "greeting":
            return None
    elif not policy.barge_in:
        return None
    elif overlap.cause == "greeting" and overlap.onset_ms <= overlap.audio_started_ms:
        due_ms = max(due_ms, overlap.audio_started_ms + policy.barge_in_greeting_ms)
    elif overlap.hang_up:
        due_ms = overlap.onset_ms + max(needed_ms, policy.barge_in_goodbye_ms)
    if overlap.end_ms is not None and overlap.end_ms < due_ms:
        return None
    return due_ms


def reason(overlap: Overlap) -> Literal["barge_in", "replaced"]:
    """`replaced` when the caller had gone on before anything of the reply could be heard, else `barge_in`."""
    if overlap.audio_started_ms is None:
        return "replaced"
    early = overlap.cause in ("caller", "dtmf") and overlap.onset_ms <= overlap.audio_started_ms
    return "replaced" if early else "barge_in"
