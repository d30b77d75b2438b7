"""What it wins and costs to start a sentence from a kept opening: first audio, length, level and gap at the seam.

Hypothesis: a voice that takes 50 ms or longer to its first audio is heard sooner by all of that; the embedded voice,
which takes single milliseconds, is not heard sooner, and its sentence grows longer where the opening ends in no pause.
Control: the same sentences through the same speaker and cache with openings switched off.

    python benchmarks/openings.py [--rounds 5] [--json out.json]

The sentences are those of the dealership desk that have an opening, each with a value that was not said before. Times
are wall-clock milliseconds from the sentence to the first audio at the carrier.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from offhook.audio.codec import codec_for
from offhook.audio.level import active_dbfs
from offhook.audio.seam import QUIET_BELOW_SPEECH_DB, Joining, ending
from offhook.contracts.audio import MULAW_8K
from offhook.contracts.business import Business
from offhook.contracts.speech import Openings, Tts, Voice
from offhook.desks.registry import build_desks
from offhook.dialogue.phrases import openings
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.clock import SystemClock
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.providers.speech_cache.openings import as_spoken
from offhook.providers.tts.espeak.adapter import EspeakTts
from offhook.providers.tts.fake import FakeTts
from offhook.session.speak import Speaker
from offhook.turns.playout import Playout

RATE_HZ = 8000
BUSINESS = Business(business_id="biz", name="Lakeside Motors", desk="dealership", timezone="UTC")
VALUES = ("an oil change", "Friday, November 27th at 10 AM", "Lara Berg", "20 25 55 01 48", "the tyre rotation")
VOICES: dict[str, Callable[[], Tts]] = {
    "espeak": lambda: EspeakTts(SystemClock()),
    "fake 50 ms": lambda: FakeTts(first_audio_ms=50, cacheable=True),
    "fake 300 ms": lambda: FakeTts(first_audio_ms=300, cacheable=True),
}


class Carrier:
    """Port `MediaOut`: notes when audio first came."""

    def __init__(self) -> None:
        self.first: float | None = None

    def play(self, payload: bytes) -> None:
        self.first = self.first or time.perf_counter()

    def mark(self, name: str) -> None: ...

    def clear(self) -> None: ...

    async def hang_up(self, reason: str) -> None: ...


async def first_audio_ms(tts: Tts, sentence: str) -> float:
    carrier = Carrier()
    speaker = Speaker(
        tts=tts,
        voice=Voice(),
        rate_hz=RATE_HZ,
        codec=codec_for(MULAW_8K),
        out=carrier,
        playout=Playout(),
        clock=SystemClock(),
    )
    sentences: BoundedQueue[str] = BoundedQueue(4, "block")
    await sentences.put(sentence)
    sentences.close()
    began = time.perf_counter()
    await speaker.speak(1, sentences, lambda: None)
    assert carrier.first is not None
    return (carrier.first - began) * 1000


async def latencies(make: Callable[[], Tts], known: Sequence[str], rounds: int, use: bool) -> list[float]:
    cache = SpeechCache(SystemClock(), folder=None, openings=use)
    cache.learn_openings("en", known)
    tts = cache.around(make())
    await tts.warm(Voice(), RATE_HZ)
    assert isinstance(tts, Openings)
    tts.make_openings(known, Voice(), RATE_HZ)
    async with asyncio.TaskGroup() as tasks:
        making = tasks.create_task(cache.run())
        while use and any(  # noqa: ASYNC110  # made beside the calls; nobody is told
            tts.opening(f"{opening} x", Voice(), RATE_HZ) is None for opening in known
        ):
            await asyncio.sleep(0.05)
        making.cancel()
    took = [
        await first_audio_ms(tts, f"{opening} {VALUES[number % len(VALUES)]}, number {turn}.")
        for turn in range(rounds)
        for number, opening in enumerate(known)
    ]
    await tts.aclose()
    return took


async def seams(tts: Tts, known: Sequence[str]) -> list[dict[str, object]]:
    """How each opening goes together with its rest, beside the sentence made as a whole."""
    found: list[dict[str, object]] = []
    for number, opening in enumerate(known):
        rest = f"{VALUES[number % len(VALUES)]}."
        whole = await made(tts, f"{opening} {rest}")
        first = ending(await made(tts, as_spoken(opening)), RATE_HZ, 0)
        joining = Joining(active_dbfs(first), RATE_HZ)
        second = joining.feed(await made(tts, rest)) + joining.finish()
        found.append(
            {
                "opening": opening,
                "pauses": not opening[-1].isalnum(),
                "level_step_db": round(active_dbfs(second) - active_dbfs(first), 1),
                "gap_ms": gap_ms(first, second),
                "longer_ms": round((len(first) + len(second) - len(whole)) / 2 / RATE_HZ * 1000),
            }
        )
    return found


async def made(tts: Tts, text: str) -> bytes:
    return b"".join([piece async for piece in tts.synthesize(text, Voice(), RATE_HZ)])


def gap_ms(first: bytes, second: bytes) -> int:
    """Of silence where the two meet, in steps of 5 ms; the pause of a comma is not among it."""
    samples = np.frombuffer(first + second, dtype="<i2").astype(float)
    frame = RATE_HZ // 200
    count, at = len(samples) // frame, len(first) // 2 // frame
    least = 32768 * 10 ** ((active_dbfs(first + second) - QUIET_BELOW_SPEECH_DB) / 20)
    loud = np.sqrt((samples[: count * frame].reshape(count, frame) ** 2).mean(axis=1)) > least
    return 5 * int(np.argmax(loud[:at][::-1]) + np.argmax(loud[at:]))


async def measure(rounds: int) -> dict[str, object]:
    known = sorted(openings(build_desks()["dealership"].templates, BUSINESS, "en"))
    result: dict[str, object] = {
        "machine": {"python": platform.python_version(), "system": platform.platform(), "load": os.getloadavg()[0]},
        "openings": len(known),
        "rounds": rounds,
    }
    for name, make in VOICES.items():
        for use in (False, True):
            took = sorted(await latencies(make, known, rounds, use))
            figures = {"p50_ms": statistics.median(took), "p95_ms": took[int(len(took) * 0.95)]}
            result[f"{name}, {'opening' if use else 'whole'}"] = {key: round(ms, 1) for key, ms in figures.items()}
    espeak = EspeakTts(SystemClock())
    result["espeak seams"] = await seams(espeak, known)
    await espeak.aclose()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = asyncio.run(measure(options.rounds))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name, value in result.items():
        for line in value if isinstance(value, list) else [value]:
            sys.stdout.write(f"{name:24} {line}\n")


if __name__ == "__main__":
    main()
