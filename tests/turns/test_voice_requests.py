from __future__ import annotations

import pytest

from offhook.turns.voice_requests import RATES, STEP_RATE, STEP_VOLUME, VoiceRequest, requested, stepped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slower please", VoiceRequest(rate=STEP_RATE)),
        ("thoda dheere boliye", VoiceRequest(rate=STEP_RATE)),
        ("zor se boliye", VoiceRequest(volume=STEP_VOLUME)),
        ("slower and louder please", VoiceRequest(rate=STEP_RATE, volume=STEP_VOLUME)),
        ("English please", VoiceRequest(language="en")),
        ("Hindi mein boliye", VoiceRequest(language="hi")),
        ("हिंदी में बोलिए", VoiceRequest(language="hi")),
        ("book it for friday", None),
        ("the brochure that you sent me last week was in english only", None),
        ("", None),
    ],
)
def test_requests(text: str, expected: VoiceRequest | None) -> None:
    assert requested(text) == expected


def test_a_voice_is_never_changed_beyond_what_can_be_understood() -> None:
    rate = 1.0
    for _ in range(20):
        rate = stepped(rate, STEP_RATE, RATES)
    assert rate == RATES[0]
