"""What a set of outcomes comes to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from simulate import Outcome
from timelines import Timeline

MISSED_MS = 1500.0
"""An interruption that has not stopped the agent by then was missed."""


@dataclass(frozen=True, slots=True)
class Score:
    turns: int
    cut_off_percent: float
    dead_air_ms_p50: float
    dead_air_ms_p90: float
    harmless: int
    """Backchannels, coughs and noise over the agent."""
    false_barge_in_percent: float
    interruptions: int
    missed_percent: float
    stop_ms_p50: float
    stop_ms_p95: float
    stop_word_after_text_ms_p95: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 1) for name, value in asdict(self).items()}


def score(played: Sequence[tuple[Timeline, Outcome]]) -> Score:
    turns = [outcome for timeline, outcome in played if not timeline.over]
    harmless = [outcome for timeline, outcome in played if timeline.kind in ("backchannel", "noise")]
    meant = [(timeline, outcome) for timeline, outcome in played if timeline.kind in ("stop", "interrupt")]
    dead = [outcome.dead_air_ms for outcome in turns if outcome.dead_air_ms is not None]
    stops = [outcome.stopped_ms for _, outcome in meant if outcome.stopped_ms is not None]
    after = [
        outcome.after_partial_ms
        for timeline, outcome in meant
        if timeline.kind == "stop" and outcome.after_partial_ms is not None
    ]
    missed = [outcome for _, outcome in meant if outcome.stopped_ms is None or outcome.stopped_ms > MISSED_MS]
    return Score(
        turns=len(turns),
        cut_off_percent=_percent(sum(outcome.cut_off for outcome in turns), len(turns)),
        dead_air_ms_p50=_at(dead, 50),
        dead_air_ms_p90=_at(dead, 90),
        harmless=len(harmless),
        false_barge_in_percent=_percent(sum(outcome.stopped_ms is not None for outcome in harmless), len(harmless)),
        interruptions=len(meant),
        missed_percent=_percent(len(missed), len(meant)),
        stop_ms_p50=_at(stops, 50),
        stop_ms_p95=_at(stops, 95),
        stop_word_after_text_ms_p95=_at(after, 95),
    )


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0


def _at(values: Sequence[float], percentile: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percentile - 1]
