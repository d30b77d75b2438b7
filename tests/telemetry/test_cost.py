from __future__ import annotations

from decimal import Decimal

import pytest

from offhook.telemetry.cost import Costs, read_prices
from offhook.telemetry.metrics import Metrics

SETTING = "USD llm_input=0.15 llm_output=0.60 stt=0.006, tts=0.015"


def test_usage_times_price_is_in_the_metrics() -> None:
    metrics = Metrics()
    costs = Costs.of(metrics, SETTING)
    costs.add("llm_input", 2_000_000)
    costs.add("llm_output", 500_000)
    costs.add("stt", 90.0)
    costs.add("tts", 0.0)
    text = metrics.render().decode()
    assert 'offhook_cost_total{currency="USD",leg="llm"} 0.6' in text
    assert 'offhook_cost_total{currency="USD",leg="stt"} 0.009' in text
    assert 'leg="tts"' not in text


def test_without_prices_nothing_is_counted() -> None:
    metrics = Metrics()
    costs = Costs.of(metrics, None)
    costs.add("llm_input", 1000)
    assert not costs.counts("llm_input")
    assert "offhook_cost_total{" not in metrics.render().decode()


def test_prices_are_exact() -> None:
    assert read_prices("INR stt=0.1") == ("INR", {"stt": Decimal("0.1")})


@pytest.mark.parametrize("text", ["usd stt=1", "USD ears=1", "USD stt=much", "USD stt=-1", "USD stt=NaN", "USD stt"])
def test_a_price_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"currency|leg|price"):
        read_prices(text)
