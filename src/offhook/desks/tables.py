"""Every table of the product on one MetaData: importing this module is what makes the desks' tables known."""

from __future__ import annotations

from offhook.desks.dealership import tables as _dealership
from offhook.desks.sales import tables as _sales
from offhook.desks.shop import reminder_tables as _reminders
from offhook.desks.shop import tables as _shop
from offhook.store.schema import metadata

assert _dealership.appointments.metadata is _shop.postings.metadata is _reminders.reminders.metadata is metadata
assert _sales.leads.metadata is metadata

__all__ = ["metadata"]
