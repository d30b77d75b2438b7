"""Prometheus metrics under the names of the public contract. One `Metrics` per process, made by the composition root.

No call id, phone number or other person's data is ever a label: label values come from small fixed sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
_HOLD_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_DURATION_BUCKETS_S = (5, 15, 30, 60, 120, 180, 300, 480, 600, 900)


class Metrics:
    """All metrics of one process on a registry of its own (so that tests can have many)."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.active_calls = Gauge("offhook_active_calls", "Live voice calls.", registry=registry)
        self.call_duration = Histogram(
            "offhook_call_duration_seconds", "Length of calls.", buckets=_DURATION_BUCKETS_S, registry=registry
        )
        self.stt_latency = self._latency("stt", "Request for a transcript to its arrival.")
        self.tts_latency = self._latency("tts", "Text to the first audio of its speech.")
        self.llm_latency = self._latency("llm", "Request to the first token.")
        self.llm_tokens = Counter("offhook_llm_tokens", "Tokens of language models.", ["kind"], registry=registry)
        self.cost = Counter(
            "offhook_cost", "Usage times OFFHOOK_PRICES, by leg.", ["leg", "currency"], registry=registry
        )
        self.turn_latency = self._latency("turn", "End of the caller's speech to the first audio of the reply.")
        self.tool_latency = self._latency("tool", "One tool, transaction included.")
        self.errors = Counter("offhook_errors", "Errors by kind.", ["kind"], registry=registry)
        self.frames_dropped = Counter(
            "offhook_frames_dropped", "Media messages or audio dropped, by reason.", ["reason"], registry=registry
        )
        self.queue_depth = Gauge("offhook_queue_depth", "Items waiting in a queue.", ["queue"], registry=registry)
        self.loop_block = Histogram(
            "offhook_loop_block_seconds",
            "How late the event loop came to a timer that is due every 5 ms.",
            buckets=_HOLD_BUCKETS_S,
            registry=registry,
        )
        self.admissions = Counter(
            "offhook_admissions",
            "Calls that asked to be answered, by what they were told.",
            ["result"],
            registry=registry,
        )
        self.load = Gauge("offhook_load_ratio", "Load by measure; 1 is its limit.", ["measure"], registry=registry)
        self.cache_requests = Counter(
            "offhook_cache_requests", "What a cache was asked for, by result.", ["cache", "result"], registry=registry
        )
        self._jobs = _JobCounts()
        registry.register(self._jobs)
        self.barge_ins = Counter("offhook_barge_ins", "Times a caller stopped the agent.", ["kind"], registry=registry)

    def _latency(self, leg: str, text: str) -> Histogram:
        return Histogram(f"offhook_{leg}_latency_seconds", text, buckets=_LATENCY_BUCKETS_S, registry=self.registry)

    def watch_queue(self, queue: str, depth: Callable[[], float]) -> None:
        """Export the depth of a queue; it is asked when the metrics are."""
        self.queue_depth.labels(queue).set_function(depth)

    def set_jobs(self, counts: Iterable[tuple[str, str, int]]) -> None:
        """(kind, state, how many) as the outbox has them: jobs are delivered by other processes."""
        self._jobs.counts = tuple(counts)

    def render(self) -> bytes:
        """The exposition text for `GET /metrics`."""
        return generate_latest(self.registry)


class _JobCounts(Collector):
    """Counted by the database, so that it is true whichever process delivered them."""

    def __init__(self) -> None:
        self.counts: tuple[tuple[str, str, int], ...] = ()

    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily("offhook_jobs", "Jobs by the state that they came to.", labels=["kind", "state"])
        for kind, state, count in self.counts:
            family.add_metric([kind, state], count)
        yield family
