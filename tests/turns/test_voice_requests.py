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
        ("could you speak up", VoiceRequest(volume=STEP_VOLUME)),
        ("I can hardly hear you", VoiceRequest(volume=STEP_VOLUME)),
        ("aapki awaaz nahi aa rahi", VoiceRequest(volume=STEP_VOLUME)),
        ("aapki awaaz kam aa rahi hai", VoiceRequest(volume=STEP_VOLUME)),
        ("awaaz kam kijiye", VoiceRequest(volume=1 / STEP_VOLUME)),
        ("itna zor se mat bolo", VoiceRequest(volume=1 / STEP_VOLUME)),
        ("you're going too fast", VoiceRequest(rate=STEP_RATE)),
        ("आप बहुत जल्दी बोल रहे हैं", VoiceRequest(rate=STEP_RATE)),
        ("slowly and in Hindi please", VoiceRequest(rate=STEP_RATE, language="hi")),
        ("can we do this in English", VoiceRequest(language="en")),
        ("no Hindi please, English", VoiceRequest(language="en")),
        ("I don't speak Hindi", VoiceRequest(language="en")),
        ("mujhe English nahi aati", VoiceRequest(language="hi")),
        ("मुझे अंग्रेज़ी नहीं आती", VoiceRequest(language="hi")),
        ("book it for friday", None),
        ("my car is too slow", None),
        ("the fan is too loud", None),
        ("it's too loud", None),
        ("gaadi dheere chalti hai", None),
        ("engine se zor se awaaz aati hai", None),
        ("do you have an English manual", None),
        ("jaldi kar do", None),
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
