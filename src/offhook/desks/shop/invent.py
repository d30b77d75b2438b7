"""A believable year of a kirana shop, from dice that fall the same way for the same seed. Pure: what happens, when.

Few families buy often and many now and then; they pay after their salary, in round sums, some late. Bills have one to
six things, loose goods by weight. Stock comes in before it would run out.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources as package_files
from typing import Literal

import msgspec

from offhook.desks.shop.model import Method
from offhook.desks.shop.names import key_of
from offhook.desks.shop.units import WHOLE

DAYS = 365
_OPENS, _CLOSES = 8 * 60, 21 * 60
"""Minutes of the day in which people come."""
_PAY_DAYS = (1, 2, 3, 5, 7, 10, 15)
_METHODS: tuple[tuple[Method, int], ...] = (("cash", 45), ("upi", 45), ("bank", 5), ("card", 3), ("cheque", 2))


class Family(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A thing and its makes or kinds: "{make} {name}", each at its price."""

    name: str
    unit: str
    gst: int
    """Hundredths of a percent."""
    hsn: str
    aliases: list[str] = []
    """Of the thing; they become aliases of its first kind."""
    kinds: dict[str, int] = {}
    """Make or kind -> rupees per unit."""


class Catalogue(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    families: list[Family]
    first_names: list[str]
    last_names: list[str]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    phone: str
    opening: int


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    unit: str
    price: int
    gst_rate: int
    hsn: str
    aliases: tuple[str, ...]
    stock: int
    low_at: int


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    kind: Literal["invoice", "credit", "payment", "stock"]
    who: int = 0
    amount: int = 0
    """Paise; 0 of a payment: all that is owed."""
    method: Method = "cash"
    due: date | None = None
    items: tuple[tuple[int, int], ...] = ()
    """(product, thousandths)."""


@dataclass(frozen=True, slots=True)
class Year:
    opened: datetime
    customers: tuple[Person, ...]
    products: tuple[Thing, ...]
    events: tuple[Event, ...]


@cache
def catalogue() -> Catalogue:
    text = package_files.files(__package__).joinpath("catalogue.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=Catalogue)


def invent(seed: str, now: datetime, *, customers: int, products: int, entries: int) -> Year:
    """`now` in the shop's zone: the year ends yesterday. Fewer products than asked for where there are no more."""
    dice = random.Random(f"shop-{seed}")  # noqa: S311  # repeatable on purpose
    things = _things(dice, products)
    people = _people(dice, customers)
    opened = now.replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    events = _events(dice, opened, len(people), things, entries)
    return Year(opened, people, things, events)


def _people(dice: random.Random, count: int) -> tuple[Person, ...]:
    names = catalogue()
    seen: dict[str, int] = {}
    found: list[Person] = []
    while len(found) < count:
        name = f"{dice.choice(names.first_names)} {dice.choice(names.last_names)}"
        times = seen[key_of(name)] = seen.get(key_of(name), 0) + 1
        if times > 1:
            name = f"{name} {times}"  # two of one name are told apart in the shopkeeper's own list, too
        phone = f"+9199999{len(found) % 100_000:05d}"
        opening = dice.choice((0, 0, 0, 1)) * dice.randrange(2, 60) * 100_00
        found.append(Person(name, phone, opening))
    return tuple(found)


def _things(dice: random.Random, count: int) -> tuple[Thing, ...]:
    """Every family's first kind before any second one, so that a small shop has of everything."""
    families = catalogue().families
    depth = max(len(family.kinds) for family in families)
    found: list[Thing] = []
    seen: set[str] = set()
    for n in range(depth):
        for family in families:
            if n >= len(family.kinds) or len(found) == count:
                continue
            kind, rupees = list(family.kinds.items())[n]
            name = family.name if kind == "plain" else f"{kind} {family.name}"
            if key_of(name) in seen:
                continue
            seen.add(key_of(name))
            stock = dice.randrange(20, 200) * 1000
            aliases = tuple(family.aliases) if n == 0 else ()
            found.append(
                Thing(
                    name, family.unit, rupees * 100, family.gst, family.hsn, aliases, stock, stock // 6 // 1000 * 1000
                )
            )
    return tuple(found)


def _events(
    dice: random.Random, opened: datetime, people: int, things: Sequence[Thing], count: int
) -> tuple[Event, ...]:
    # A fifth of the customers make most of the entries.
    weights = [10 if n % 5 == 0 else 2 for n in range(people)]
    moments = sorted(dice.randrange(DAYS - 1) * 1440 + dice.randrange(_OPENS, _CLOSES) for _ in range(count))
    left = [thing.stock for thing in things]
    found: list[Event] = []
    for minutes in moments:
        at = opened.replace(hour=0) + timedelta(days=minutes // 1440 + 1, minutes=minutes % 1440)
        who = dice.choices(range(people), weights)[0]
        chance = dice.random() + (0.15 if at.day in _PAY_DAYS else 0.0)
        if chance > 0.72:
            method = dice.choices([one for one, _ in _METHODS], [weight for _, weight in _METHODS])[0]
            found.append(Event(at, "payment", who, dice.choice((0, 5, 10, 20, 50)) * 100_00, method))
        elif chance < 0.08:
            n = dice.randrange(len(things))
            left[n] += things[n].stock
            found.append(Event(at, "stock", items=((n, things[n].stock),)))
        elif chance < 0.38:
            due = at.date() + timedelta(days=dice.choice((7, 15, 30))) if dice.random() < 0.4 else None
            found.append(Event(at, "credit", who, dice.randrange(2, 120) * 10_00, due=due))
        else:
            found.append(Event(at, "invoice", who, items=_basket(dice, things, left)))
    return tuple(found[:count])


def _basket(dice: random.Random, things: Sequence[Thing], left: list[int]) -> tuple[tuple[int, int], ...]:
    wanted: dict[int, int] = {}
    for _ in range(dice.choice((1, 1, 2, 2, 3, 4, 6))):
        n = dice.randrange(len(things))
        qty = (
            dice.choice((1, 1, 1, 2, 3)) * 1000
            if things[n].unit in WHOLE
            else dice.choice((250, 500, 1000, 2000, 5000))
        )
        if left[n] >= qty:
            wanted[n] = qty
            left[n] -= qty
    if not wanted:
        n = max(range(len(things)), key=left.__getitem__)
        wanted[n] = 1000
        left[n] -= 1000
    return tuple(wanted.items())
