"""The recognisers that the conformance suite checks: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offhook.contracts.clock import Clock
from offhook.contracts.speech import SpeechDomain, Stt
from offhook.providers.stt.fake import FakeStt
from offhook.providers.stt.pocketsphinx.adapter import PocketsphinxStt

SENTENCE = "I would like to book an oil change"
"""What is said to every recogniser, by the embedded voice over a line with noise."""
DOMAIN = SpeechDomain(
    key="conformance",
    sentences=(
        SENTENCE.lower(),
        "i need an oil change please",
        "i would like to book a test drive",
        "what are your opening hours",
        "yes please",
        "no thank you",
    ),
)


@dataclass(frozen=True, slots=True)
class SttRow:
    make: Callable[[Clock], Stt]
    hears: Callable[[str], bool]
    """Whether a transcript of SENTENCE is good enough."""
    processes: Callable[[Stt], list[int]] = lambda stt: []
    """Ids of the engine processes behind it; none for one that lives in the server or elsewhere."""


def _pids(stt: Stt) -> list[int]:
    assert isinstance(stt, PocketsphinxStt)
    status = stt.status()
    return [child.pid for child in status.children if child.pid is not None] if status is not None else []


ROWS = {
    "fake": SttRow(lambda clock: FakeStt(transcript=SENTENCE), hears=lambda text: text == SENTENCE),
    "pocketsphinx": SttRow(
        lambda clock: PocketsphinxStt(clock, pool_size=1, final_ms=30_000.0),
        hears=lambda text: "oil change" in text,
        processes=_pids,
    ),
}
