from __future__ import annotations

from dataclasses import replace

import pytest

from offhook.contracts.turn import TurnPolicy
from offhook.turns.barge_in import LATE_MS, Overlap, reason, stop_due_ms

POLICY = TurnPolicy(barge_in_ms=280, barge_in_words_ms=200, barge_in_unread_ms=600, backchannel_ms=1500)
BY_LENGTH = TurnPolicy(barge_in_ms=280, barge_in_by_words=False)
OVER_SPEECH = Overlap(
    onset_ms=1000,
    end_ms=None,
    faded_ms=None,
    text="",
    read=False,
    final=False,
    cause="caller",
    audio_started_ms=500,
    hang_up=False,
)
OVER_THOUGHT = replace(OVER_SPEECH, audio_started_ms=None)


def said(text: str, *, over: Overlap = OVER_SPEECH) -> Overlap:
    return replace(over, text=text, read=True)


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
def test_when_a_reply_is_stopped_by_the_length_of_speech(
    overlap: Overlap, policy: TurnPolicy, due_ms: float | None
) -> None:
    assert stop_due_ms(overlap, policy) == due_ms


@pytest.mark.parametrize(
    ("overlap", "policy", "due_ms"),
    [
        (said("ruko"), POLICY, 1100),
        (replace(said("stop"), end_ms=1150), POLICY, 1100),
        (said("i want"), POLICY, 1200),
        (said("friday"), POLICY, 1280),
        (replace(said("friday"), end_ms=1200), POLICY, None),
        (replace(said("friday"), end_ms=1200, final=True), POLICY, 1280),
        (said("haan"), POLICY, 2500),
        (replace(said("haan"), end_ms=1600, final=True), POLICY, None),
        (said(""), POLICY, 1600),
        (replace(said(""), end_ms=1500, final=True), POLICY, None),
        (replace(said("haan"), read=False), POLICY, 1280),
        (said("haan"), BY_LENGTH, 1280),
        (said("ruko"), BY_LENGTH, 1280),
        (said("ruko", over=replace(OVER_SPEECH, hang_up=True)), POLICY, 1100),
        (said("thanks and bye", over=replace(OVER_SPEECH, hang_up=True)), POLICY, 1700),
        (said("haan", over=OVER_THOUGHT), POLICY, 2500),
        (said("ka"), POLICY, 1280 + LATE_MS),
        (replace(said("ka"), faded_ms=1440), POLICY, 1440 + LATE_MS),
        (replace(said(""), faded_ms=1580), POLICY, 1580 + LATE_MS),
        (replace(said("friday"), faded_ms=1270), POLICY, 1280),
        (replace(OVER_SPEECH, faded_ms=1270), POLICY, 1280),
    ],
)
def test_words_decide_where_they_are_known(overlap: Overlap, policy: TurnPolicy, due_ms: float | None) -> None:
    assert stop_due_ms(overlap, policy) == due_ms


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (OVER_THOUGHT, "replaced"),
        (OVER_SPEECH, "barge_in"),
        (said("wait a moment"), "stop_word"),
        (said("wait a moment", over=OVER_THOUGHT), "replaced"),
        (replace(OVER_SPEECH, audio_started_ms=1000), "replaced"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="dtmf"), "replaced"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="no_input"), "barge_in"),
        (replace(OVER_SPEECH, audio_started_ms=1200, cause="greeting"), "barge_in"),
    ],
)
def test_why_it_is_stopped(overlap: Overlap, expected: str) -> None:
    assert reason(overlap, POLICY) == expected
