"""Invented enquiries for a sales desk: the same seed gives the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from offhook.desks.sales.model import Item
from offhook.desks.sales.repository import Told

MOST = 100_000
"""Numbers of the range kept for fiction that there are for them."""
_GIVEN = ("Aarav", "Asha", "Deepak", "Farah", "Gita", "Imran", "Joseph", "Kavya", "Leela", "Manoj", "Rohan")
_FAMILY = ("Ali", "Bose", "Das", "Gupta", "Iyer", "Jain", "Kapoor", "Menon", "Nair", "Pai", "Rao", "Shah", "Verma")
_WISHES = (None, None, None, "call_back", "demo")
_THOUSANDS = (5, 10, 15, 20, 30, 50, 80, 120)


def enquiries(seed: str, items: Sequence[Item], count: int, now: datetime) -> Iterator[tuple[Told, datetime]]:
    """(what was told, when), the oldest first; over the past ninety days."""
    dice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    moments = sorted(now - timedelta(minutes=dice.randrange(60, 90 * 24 * 60)) for _ in range(count))
    for number, at in enumerate(moments):
        name = f"{dice.choice(_GIVEN)} {dice.choice(_FAMILY)}"
        wish = dice.choice(_WISHES)
        budget = dice.choice(_THOUSANDS) * 1000_00 if dice.random() < 0.6 else None
        starts = (at + timedelta(days=dice.randrange(1, 200))).date() if dice.random() < 0.7 else None
        item = dice.choice(items) if items else None
        yield (
            Told(
                name=name,
                phone=f"+9199999{number % MOST:05d}" if dice.random() < 0.8 else None,
                email=f"{name.lower().replace(' ', '.')}.{number}@example.com",
                product=None if item is None else item.name,
                need=None if item is not None else "something that suits us",
                qty=dice.randrange(3, 120),
                budget_min=budget if dice.random() < 0.5 else None,
                budget_max=budget,
                timing_from=starts,
                timing_to=starts,
                asked=wish,  # type: ignore[arg-type]  # one of the steps
                next_at=at + timedelta(days=dice.randrange(1, 9)) if wish is not None else None,
            ),
            at,
        )
