"""What a turn that a language model answers costs beside the model itself, over real calls.

Hypothesis: with a model whose first token takes 100 ms, the first audio comes at most 20 ms later than the model and
the voice need: our part is that short. The model is a local server that speaks OpenAI's protocol over HTTP, asked
through the official SDK with the desk's tools; the voice takes 50 ms. Control: the fake model inside the server, which
takes the same time and no HTTP; the difference of the two is the SDK's and the connection's.

    python benchmarks/llm_turn.py [--calls 1,10] [--seconds 30] [--json benchmarks/results/llm_turn.json]

Our part of a turn is the server's own record: from the decision that the caller is done to the first audio sent, less
the 100 and the 50 ms. The server has a core of its own. Answers are not kept (OFFHOOK_LLM_ANSWERS=0): every turn asks.
Exit code 1 when p50 through the SDK is above 20 ms, or p95 where there are turns enough to speak of one (20), or a call
went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from offhook.callers.load.bench import FAKES_MS, BenchSettings, bench, machine

MUST_MS = 20.0
ENOUGH_TURNS = 20
SERVER = Path(__file__).with_name("openai_server.py")
LLM_MS = FAKES_MS["llm"]


@contextmanager
def model_server() -> Iterator[str]:
    """The address of a model in a process of its own."""
    command = [sys.executable, str(SERVER), "--first-ms", str(LLM_MS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own program
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


async def measure(calls: int, seconds: float, url: str | None) -> dict[str, Any]:
    through = {"OFFHOOK_LLM": "openai", "OPENAI_BASE_URL": url, "OFFHOOK_LLM_ANSWERS": "0"} if url else {}
    result = await bench(BenchSettings(calls=calls, seconds=seconds, own_settings=through))
    return {
        "model": "openai SDK over HTTP" if url else "fake in the server",
        "calls": calls,
        "live": result.live,
        "replies": result.replies,
        "unanswered": result.unanswered,
        "our_part_ms": {
            "p50": result.our_part_ms.p50,
            "p95": result.our_part_ms.p95,
            "count": result.our_part_ms.count,
        },
        "turn_ms": {"p50": result.turn_ms.p50, "p95": result.turn_ms.p95},
        "cpu_ms_per_call_second": result.cpu_ms_per_call_second,
    }


async def run(counts: list[int], seconds: float) -> list[dict[str, Any]]:
    rows = []
    with model_server() as url:
        for calls in counts:
            for address in (None, url):
                rows.append(await measure(calls, seconds, address))
                row = rows[-1]
                part = row["our_part_ms"]
                sys.stdout.write(
                    f"{row['model']:<22} {calls:>4} calls: our part p50 {part['p50']} p95 {part['p95']} ms "
                    f"({part['count']} turns), CPU {row['cpu_ms_per_call_second']} ms a call-second\n"
                )
                sys.stdout.flush()
    return rows


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--calls", default="1,10")
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    counts = [int(one) for one in given.calls.split(",")]
    rows = asyncio.run(run(counts, given.seconds))
    if given.json is not None:
        data = {"must_ms": MUST_MS, "llm_ms": LLM_MS, "tts_ms": FAKES_MS["tts"], "rows": rows, "machine": machine()}
        given.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    good = all(row["live"] == row["calls"] and row["replies"] and not row["unanswered"] for row in rows)
    parts = [row["our_part_ms"] for row in rows if row["model"].startswith("openai")]
    quick = all(part["p50"] <= MUST_MS for part in parts if part["count"])
    steady = all(part["p95"] <= MUST_MS for part in parts if part["count"] >= ENOUGH_TURNS)
    return 0 if good and quick and steady else 1


if __name__ == "__main__":
    sys.exit(main())
