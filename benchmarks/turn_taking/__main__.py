"""Turn-taking against a fixed silence timer: who cuts callers off, who lets them wait, who falls silent at a cough.

Hypothesis: by what was asked and how the sentence stands, offhook cuts off at most 2 % of turns with a median dead air
of at most 350 ms; of backchannels, coughs and noise over the agent at most 5 % stop it, and at most 2 % of real
interruptions are missed. Control: the same session, detector and recogniser with a fixed timer of 500 and of 800 ms,
and barge-in by the length of speech.

    python benchmarks/turn_taking [--half tune|drill|heldout] [--audio] [--think-ms 5] [--json FILE]

Every timeline is a whole call of the real session in virtual time (simulate.py), so figures are the same on every
machine. `--audio` makes the callers speak (espeak-ng, three speeds, line noise, coughs) and lets the real voice
detector listen; the recogniser stays scripted. Delays: recogniser 100 ms (± 30), thinking 5 ms (the offline
understanding; 100 ms with `--think-ms 100`, a fast language model), first audio 50 ms.

Dead air: from the end of the last word to the agent's first audio, of turns that were not cut off. A cut-off: the agent
began to speak before the last word. Only the half `heldout` counts; the rules were made with `tune`.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(ROOT / "tests")]

import structlog  # noqa: E402  # the paths of the benchmark's parts come first
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from score import Score, score  # noqa: E402
from simulate import play  # noqa: E402
from timelines import Timeline, load  # noqa: E402

from offhook.contracts.turn import TurnPolicy  # noqa: E402

AGENTS = {
    "offhook": TurnPolicy(),
    "timer 500 ms": TurnPolicy(endpoint_fixed_ms=500, barge_in_by_words=False, barge_in_ms=280, resumes=0),
    "timer 800 ms": TurnPolicy(endpoint_fixed_ms=800, barge_in_by_words=False, barge_in_ms=280, resumes=0),
}
LIMITS = {"cut_off_percent": 2.0, "dead_air_ms_p50": 350.0, "false_barge_in_percent": 5.0, "missed_percent": 2.0}


def main() -> None:
    parser = argparse.ArgumentParser(description="Turn-taking benchmark; see the module's docstring.")
    parser.add_argument("--half", choices=("tune", "drill", "heldout"), default="heldout")
    parser.add_argument("--audio", action="store_true", help="real speech through the real voice detector")
    parser.add_argument("--think-ms", type=float, default=5.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    timelines = [timeline for timeline in load() if timeline.half == options.half]
    results = {name: _run(timelines, policy, options.think_ms, options.audio) for name, policy in AGENTS.items()}
    by_language = {
        language: _run(
            [t for t in timelines if t.language == language], AGENTS["offhook"], options.think_ms, options.audio
        )
        for language in sorted({timeline.language for timeline in timelines})
    }
    _show(results, by_language, options.half, len(timelines))
    if options.json is not None:
        report = {
            "benchmark": "turn_taking",
            "half": options.half,
            "audio": options.audio,
            "timelines": len(timelines),
            "think_ms": options.think_ms,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "limits": LIMITS,
            "agents": {name: result.as_dict() for name, result in results.items()},
            "offhook_by_language": {name: result.as_dict() for name, result in by_language.items()},
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n")


def _run(timelines: list[Timeline], policy: TurnPolicy, think_ms: float, audio: bool) -> Score:
    if not audio:
        return score([(timeline, play(timeline, policy, think_ms=think_ms)) for timeline in timelines])
    from audio import lines

    return score(
        [
            (line.timeline, play(line.timeline, policy, line.verdicts, line.segments, think_ms=think_ms))
            for line in lines(timelines)
        ]
    )


def _show(results: dict[str, Score], by_language: dict[str, Score], half: str, count: int) -> None:
    table = Table(title=f"turn-taking, {count} timelines ({half})")
    table.add_column("")
    columns = {**results, **{f"offhook {name}": result for name, result in by_language.items()}}
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("limit", justify="right")
    for field in next(iter(results.values())).as_dict():
        limit = LIMITS.get(field)
        table.add_row(
            field.replace("_", " "),
            *(f"{result.as_dict()[field]:g}" for result in columns.values()),
            f"≤ {limit:g}" if limit else "",
        )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
