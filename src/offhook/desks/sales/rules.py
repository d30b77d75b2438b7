"""How much a lead is worth and what is done next: pure rules, from what is known of it.

The score, 0 to 100, is the sum of

| known | points |
|---|---|
| a phone number; an e-mail address and no number | 25; 20 |
| a name | 5 |
| what is wanted: something for sale by name; in other words | 20; 10 |
| when: within a month; three months; half a year; later | 20; 12; 6; 3 |
| the budget: the price is within it; no price to compare with; the price is above it | 20; 12; 8 |
| how many | 5 |
| a quote, a demo or a call was asked for | 5 |

What was refused or not told counts nothing. No rule looks at who somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from offhook.desks.sales.model import LATER, NextStep

WARM = 50
"""From that score on somebody calls; below, they are written to when their time comes."""
_SOON = ((31, 20), (92, 12), (183, 6))
_LATE = 3
NURTURE_AFTER_DAYS = 92
"""Who wants something so much later is written to then, and not rung now."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a lead."""

    phone: bool = False
    email: bool = False
    name: bool = False
    product: bool = False
    need: bool = False
    qty: bool = False
    timing_from: date | None = None
    timing_to: date | None = None
    timing: str = ""
    budget_max: int | None = None
    """Minor units; of a budget with no upper end, its lower one."""
    price: int | None = None
    """What it would cost for a month, or once; minor units."""
    asked: NextStep | None = None
    """What the visitor asked for."""


def score(known: Known, today: date) -> int:
    points = 25 if known.phone else 20 if known.email else 0
    points += 5 * known.name + 5 * known.qty
    points += 20 if known.product else 10 if known.need else 0
    points += _timing(known, today) + _budget(known)
    points += 5 if known.asked in ("quote", "demo", "call_back", "hand_over") else 0
    return points


def next_step(known: Known, today: date) -> NextStep:
    """What the visitor asked for; else a call, or a message later for whoever is far from buying."""
    if known.asked is not None:
        return known.asked
    days = _days_ahead(known, today)
    far = known.timing == LATER or (days is not None and days > NURTURE_AFTER_DAYS)
    return "nurture" if far or score(known, today) < WARM else "call_back"


def _timing(known: Known, today: date) -> int:
    days = _days_ahead(known, today)
    if days is None:
        return _LATE if known.timing == LATER else 0
    return next((points for within, points in _SOON if days <= within), _LATE)


def _days_ahead(known: Known, today: date) -> int | None:
    """Until they want to begin, at the earliest."""
    first = known.timing_from or known.timing_to
    return None if first is None else max(0, (first - today).days)


def _budget(known: Known) -> int:
    if known.budget_max is None:
        return 0
    if known.price is None:
        return 12
    return 20 if known.budget_max >= known.price else 8
