from __future__ import annotations

from dataclasses import replace

import pytest

from offhook.contracts.turn import TurnPolicy
from offhook.turns.barge_in import Overlap, reason, stop_due_ms

POLICY = TurnPolicy(barge_in_ms=280)
OVER_SPEECH = Overlap(onset_ms=1000, end_ms=None, partial="", cause="caller", audio_started_ms=500, hang_up=False)
OVER_THOUGHT = replace(OVER_SPEECH, audio_started_ms=None)


@pytest.mark.parametrize(
    ("overlap", "policy", "due_ms"),
    [
        (OVER_SPEECH, POLICY, 1280),
        (replace(OVER_SPEECH, end_ms=1300), POLICY, 1280),
        (replace(OVER_SPEECH, end_ms=1279), POLICY, None),
        (OVER_SPEECH, TurnPolicy(barge_in_ms=0, min_speech_ms=100), 1100),
        (OVER_SPEECH, TurnPolicy(barge_in=False), None),
        (OVER_THOUGHT, TurnPolicy(barge_in=False, barge_in_ms=280), 1280),
        (OVER_THOUGHT, POLICY, 1280),
        (replace(OVER_THOUGHT, cause="no_input"), POLICY, 1280),
        (replace(OVER_THOUGHT, cause="greeting"), POLICY, None),
        (replace(OVER_SPEECH, cause="greeting"), POLICY, 1280),
        (replace(OVER_SPEECH, cause="greeting", audio_started_ms=1100), POLICY, 1800),
        (replace(OVER_SPEECH, cause="greeting", audio_started_ms=1100, end_ms=1700), POLICY, None),
        (replace(OVER_SPEECH, hang_up=True), POLICY, 1700),
        (replace(OVER_SPEECH, hang_up=True), TurnPolicy(barge_in_ms=900), 1900),
        (replace(OVER_SPEECH, cause="time_up", hang_up=True), POLICY, None),
        (replace(OVER_THOUGHT, cause="time_up"), POLICY, None),
    ],
)
def test_when_a_reply_is_stopped(overlap: Overlap, policy: TurnPolicy, due_ms: float | None) -> None:
    assert stop_due_ms(overlap, policy) == due_ms


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (OVER_THOUGHT, "replaced"),
        (OVER_SPEECH, "barge_in"),
        (replace(OVER_SPEECH, audio_started_ms=1000), "replaced"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="dtmf"), "replaced"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="no_input"), "barge_in"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="greeting"), "barge_in"),
    ],
)
def test_why_it_is_stopped(overlap: Overlap, expected: str) -> None:
    assert reason(overlap) == expected
