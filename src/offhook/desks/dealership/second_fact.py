"""The second fact: what proves that a caller is the customer whose number they call from, or claim to be. Pure.

A caller id can be forged and a phone be lent, so it only greets. What counts beside it is something that the customer
knows and a stranger does not: the last four characters of a registration number, another number of theirs in full, or
the day of a booking together with the name it is under. The number that the call comes from proves nothing when said.
How often a caller may try is the dialogue's to count (TRIES), how often one customer is tried the book's (proofs.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from offhook.desks.dealership.model import Appointment, Vehicle
from offhook.kit.registration import normalised

TRIES = 3
"""Wrong facts of a session after which a person takes over."""
FAILURES_PER_DAY = 9
"""Wrong facts of a day about one customer after which none is taken; three callers with three tries each."""
TAIL = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What the caller said to prove who they are."""

    registration: str | None = None
    """Of their car: all of it or the last four characters."""
    phone: str | None = None
    """E.164."""
    booking_date: date | None = None
    name: str | None = None


def proves(
    claim: Claim,
    *,
    known_by: Collection[str],
    phones: Collection[str],
    vehicles: Sequence[Vehicle],
    appointments: Sequence[Appointment],
) -> bool:
    """Whether the claim holds a second fact of a customer. `known_by`: numbers (E.164) by which they were found, which
    are no fact; `phones` are all of theirs; `appointments` those still to come."""
    if claim.registration is not None and any(_is_registration(claim.registration, one) for one in vehicles):
        return True
    if claim.phone is not None and claim.phone in phones and claim.phone not in known_by:
        return True
    if claim.booking_date is None or claim.name is None:
        return False
    return any(
        one.starts_at.date() == claim.booking_date and _same_name(claim.name, one.customer_name) for one in appointments
    )


def _is_registration(said: str, vehicle: Vehicle) -> bool:
    plain = normalised(said)
    whole = normalised(vehicle.registration or "")
    return len(plain) >= TAIL <= len(whole) and plain in (whole, whole[-TAIL:])


def _same_name(said: str, stored: str) -> bool:
    """All of the stored name's words in any order; a first name alone is what a stranger knows, too."""
    words = sorted(stored.casefold().split())
    return bool(words) and sorted(said.casefold().split()) == words
