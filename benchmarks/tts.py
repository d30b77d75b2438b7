"""How long the embedded voice takes: to its first audio, for a sentence, to be cancelled, with many callers at once.

Hypothesis: through the process, first audio comes within 30 ms (p95) when the machine is idle. Control: a request to
the same process that does nothing, so that the machine's own slowness can be told from ours.

    python benchmarks/tts.py [--rounds 200] [--calls 50] [--processes 1] [--json out.json]

Times are wall-clock milliseconds on one event loop (uvloop, as the server uses).
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
from collections.abc import Sequence
from pathlib import Path

import uvloop

from offhook.contracts.speech import Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

SENTENCES = (
    "Good morning, this is Lakeside Motors. How can I help you today?",
    "You are booked for an oil change on Friday, November 27th at 10:30 AM.",
    "What time suits you?",
    "That will be $49.95, and it takes about 45 minutes.",
)
RATE_HZ = 8000


def summary(values_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "max": round(ordered[-1], 2),
    }


async def first_and_whole(tts: EspeakTts, text: str) -> tuple[float, float, float]:
    """Milliseconds to the first audio, to the last, and the length of the audio."""
    began = time.perf_counter()
    first, size = 0.0, 0
    async for piece in tts.synthesize(text, Voice(), RATE_HZ):
        first = first or time.perf_counter() - began
        size += len(piece)
    return first * 1000, (time.perf_counter() - began) * 1000, size / (2 * RATE_HZ) * 1000


async def cancel(tts: EspeakTts) -> float:
    """Milliseconds from leaving a long text to the first audio of the next one."""
    stream = tts.synthesize(" ".join(SENTENCES * 20), Voice(), RATE_HZ)
    await anext(aiter(stream))
    began = time.perf_counter()
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator
    async for _ in tts.synthesize(SENTENCES[0], Voice(), RATE_HZ):
        break
    return (time.perf_counter() - began) * 1000


async def control(tts: EspeakTts) -> float:
    began = time.perf_counter()
    await tts.warm(Voice(), RATE_HZ)
    return (time.perf_counter() - began) * 1000


async def measure(rounds: int, calls: int, processes: int) -> dict[str, object]:
    tts = EspeakTts(SystemClock(), pool_size=processes)
    try:
        began = time.perf_counter()
        await first_and_whole(tts, SENTENCES[0])
        cold_ms = (time.perf_counter() - began) * 1000
        await tts.warm(Voice(), RATE_HZ)
        idle = [await first_and_whole(tts, SENTENCES[n % len(SENTENCES)]) for n in range(rounds)]
        crowd = await asyncio.gather(*(first_and_whole(tts, SENTENCES[n % len(SENTENCES)]) for n in range(calls)))
        return {
            "machine": {"python": platform.python_version(), "system": platform.platform(), "load": os.getloadavg()[0]},
            "processes": processes,
            "cold_start_to_whole_sentence_ms": round(cold_ms, 1),
            "control_round_trip_ms": summary([await control(tts) for _ in range(rounds)]),
            "first_audio_ms": summary([first for first, _, _ in idle]),
            "whole_sentence_ms": summary([whole for _, whole, _ in idle]),
            "work_per_second_of_audio_ms": round(sum(w for _, w, _ in idle) / sum(a for _, _, a in idle) * 1000, 2),
            "cancel_to_next_first_audio_ms": summary([await cancel(tts) for _ in range(max(1, rounds // 5))]),
            f"first_audio_of_{calls}_at_once_ms": summary([first for first, _, _ in crowd]),
        }
    finally:
        await tts.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = json.dumps(uvloop.run(measure(arguments.rounds, arguments.calls, arguments.processes)), indent=2)
    sys.stdout.write(result + "\n")
    if arguments.json is not None:
        arguments.json.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
