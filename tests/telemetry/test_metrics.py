"""The metrics' names are part of the product; no label can hold a person's data."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from offhook.telemetry.metrics import Metrics

NAMES = {
    "offhook_active_calls",
    "offhook_call_duration_seconds",
    "offhook_stt_latency_seconds",
    "offhook_tts_latency_seconds",
    "offhook_llm_latency_seconds",
    "offhook_turn_latency_seconds",
    "offhook_tool_latency_seconds",
    "offhook_errors",
    "offhook_frames_dropped",
    "offhook_queue_depth",
    "offhook_loop_block_seconds",
    "offhook_cache_requests",
    "offhook_admissions",
    "offhook_load_ratio",
    "offhook_barge_ins",
    "offhook_llm_tokens",
    "offhook_cost",
    "offhook_jobs",
}
"""Counters are exposed with `_total` behind these."""
LABELS = {"kind", "reason", "queue", "cache", "result", "state", "measure", "le"}


def test_names_and_labels() -> None:
    metrics = Metrics()
    metrics.errors.labels("x").inc()
    metrics.frames_dropped.labels("x").inc()
    metrics.queue_depth.labels("x").set(1)
    metrics.barge_ins.labels("x").inc()
    metrics.set_jobs([("dealership.reminder", "sent", 3)])
    metrics.admissions.labels("x").inc()
    metrics.load.labels("x").set(1)
    metrics.cache_requests.labels("x", "y").inc()
    families = list(text_string_to_metric_families(metrics.render().decode()))
    assert {family.name for family in families if not family.name.endswith("_created")} == NAMES
    samples = [sample for family in families for sample in family.samples]
    assert {label for sample in samples for label in sample.labels} == LABELS
    assert {"offhook_errors_total", "offhook_frames_dropped_total", "offhook_barge_ins_total"} <= {
        sample.name for sample in samples
    }


def test_two_processes_worth_of_metrics_do_not_meet() -> None:
    one, two = Metrics(), Metrics()
    one.errors.labels("x").inc()
    assert b'offhook_errors_total{kind="x"}' not in two.render()


def test_a_watched_queue_is_asked_when_the_metrics_are() -> None:
    metrics, queue = Metrics(), ["a", "b"]
    metrics.watch_queue("some", lambda: len(queue))
    queue.append("c")
    assert b'offhook_queue_depth{queue="some"} 3.0' in metrics.render()
