"""The dealership's book, whole: people and cars (customers.py), free times (schedule.py), holds, waiting list, cars for
test drives, appointments (bookings.py).

Every method works inside the unit of work that the repository was made with, for its business only, and never commits.
`now` is always given: the book has no clock. Errors: Unavailable from the store; BookingRefused and ChangeRefused.
"""

from __future__ import annotations

from offhook.desks.dealership.bookings import Bookings
from offhook.desks.dealership.proofs import Proofs


class DealershipRepository(Bookings, Proofs):
    """Adds to BusinessBook (hours, FAQ, tasks) what a dealership books."""
