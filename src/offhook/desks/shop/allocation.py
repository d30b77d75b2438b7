"""Which credit pays which debit: the oldest debt first, unless a payment was for one bill.

A customer never has an open debt and an open credit at once: what can be settled is settled, and what is left over of a
payment stays as the customer's credit for the next debt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A posting's open part: debit positive, credit negative."""

    posting_id: str
    seq: int
    open: int


@dataclass(frozen=True, slots=True)
class Allocation:
    credit_id: str
    debit_id: str
    amount: int
    """Negative where it is taken back."""


@dataclass(frozen=True, slots=True)
class Settled:
    allocations: tuple[Allocation, ...]
    open: dict[str, int] = field(default_factory=dict)
    """Posting -> what is open of it now, for every posting that changed; 0: nothing."""


def settle(items: Iterable[OpenItem], *, first: str | None = None) -> Settled:
    """Settle all that can be, oldest debit with oldest credit; `first` names the debit that is paid before others."""
    ordered = sorted(items, key=lambda item: (item.posting_id != first, item.seq))
    left = {item.posting_id: item.open for item in ordered}
    debits = [item.posting_id for item in ordered if item.open > 0]
    credits = [item.posting_id for item in ordered if item.open < 0]
    made: list[Allocation] = []
    changed: set[str] = set()
    d = c = 0
    while d < len(debits) and c < len(credits):
        debit, credit = debits[d], credits[c]
        amount = min(left[debit], -left[credit])
        made.append(Allocation(credit, debit, amount))
        left[debit] -= amount
        left[credit] += amount
        changed |= {debit, credit}
        d += left[debit] == 0
        c += left[credit] == 0
    return Settled(tuple(made), {one: left[one] for one in changed})


def taken_back(allocations: Sequence[Allocation]) -> tuple[Allocation, ...]:
    """What undoes the net of these."""
    net: dict[tuple[str, str], int] = {}
    for one in allocations:
        key = (one.credit_id, one.debit_id)
        net[key] = net.get(key, 0) + one.amount
    return tuple(Allocation(credit, debit, -amount) for (credit, debit), amount in net.items() if amount)
