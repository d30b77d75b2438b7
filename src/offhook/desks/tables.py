"""Every table of the product on one MetaData: importing this module is what makes the desks' tables known."""

from __future__ import annotations

from offhook.desks.dealership import tables as _dealership
from offhook.store.schema import metadata

assert _dealership.appointments.metadata is metadata

__all__ = ["metadata"]
