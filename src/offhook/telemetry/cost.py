"""What conversations cost, by leg: usage times the prices that the owner has set. Estimates for a graph, no bill.

`OFFHOOK_PRICES` is a currency and prices: "USD llm_input=0.15 llm_output=0.60 stt=0.0043 tts=0.015". Tokens
are per million, the others per minute of audio. What has no price is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

from offhook.telemetry.metrics import Metrics

Leg = Literal["llm_input", "llm_output", "stt", "tts"]
_PER: dict[str, int] = {"llm_input": 1_000_000, "llm_output": 1_000_000, "stt": 60, "tts": 60}
"""Units that a price is for: tokens or seconds."""
_METRIC = {"llm_input": "llm", "llm_output": "llm"}


def read_prices(text: str) -> tuple[str, dict[str, Decimal]]:
    """(currency, leg -> price). Raises ValueError naming what is wrong."""
    currency, *given = text.replace(",", " ").split()
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        raise ValueError(f"must begin with a currency such as USD, not {currency!r}")
    prices: dict[str, Decimal] = {}
    for one in given:
        leg, _, amount = one.partition("=")
        if leg not in _PER:
            raise ValueError(f"has no leg {leg!r}; legs are {', '.join(_PER)}")
        try:
            prices[leg] = Decimal(amount)
        except InvalidOperation:
            raise ValueError(f"{leg} has no price {amount!r}") from None
        if not prices[leg].is_finite() or prices[leg] < 0:
            raise ValueError(f"{leg} has no price {amount!r}")
    return currency, prices


class Costs:
    """Counts into `offhook_cost_total{leg, currency}`."""

    def __init__(self, metrics: Metrics, currency: str = "", prices: Mapping[str, Decimal] | None = None) -> None:
        self._metrics = metrics
        self._currency = currency
        self._prices = dict(prices or {})

    @classmethod
    def of(cls, metrics: Metrics, setting: str | None) -> Costs:
        """By OFFHOOK_PRICES; without it nothing is counted."""
        return cls(metrics, *read_prices(setting)) if setting else cls(metrics)

    def counts(self, leg: Leg) -> bool:
        return leg in self._prices

    def add(self, leg: Leg, used: float) -> None:
        """`used`: tokens, or seconds of audio."""
        if leg in self._prices and used > 0:
            spent = self._prices[leg] * Decimal(str(used)) / _PER[leg]
            self._metrics.cost.labels(_METRIC.get(leg, leg), self._currency).inc(spent.__float__())
