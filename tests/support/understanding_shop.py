"""A kirana shop to understand sentences for: Thursday, November 26th 2026, ten in the morning, in India."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from offhook.desks.shop.desk import LANGUAGE_FOLDER
from offhook.understanding.ledger.understander import LedgerUnderstander
from offhook.understanding.model import World

SHOP = LedgerUnderstander(LANGUAGE_FOLDER)
CUSTOMERS = (
    *("Rahul Sharma", "Priya Patel", "Suresh Yadav", "Ramesh Kumar", "Ramesh Gupta", "Mohan Das", "Lakhan Singh"),
    *("Mangal Pandey", "Shyam Lal", "Kalpana Devi", "Ravi Verma", "Sunita Joshi", "Anil Mehta", "Geeta Rani"),
    *("Imran Khan", "Farida Begum", "Joseph Fernandes", "Deepak Chauhan", "Vikas Saxena", "Neha Agarwal"),
)
PRODUCTS: dict[str, tuple[str, ...]] = {
    "Sugar": ("cheeni", "chini"),
    "Mustard Oil": ("sarson ka tel",),
    "Toor Dal": ("arhar dal",),
    "Moong Dal": (),
    "Rice": ("chawal",),
    "Eggs": ("ande", "anda"),
    "Parle-G": ("parle biscuit",),
    "Tata Salt": ("namak",),
    "Atta": ("aata", "flour"),
    "Milk": ("doodh",),
    "Maggi": ("noodles",),
    "Lux Soap": ("sabun",),
    "Tea": ("chai patti",),
}


def shop() -> World:
    now = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    return World(now=now, tz="Asia/Kolkata", customers=CUSTOMERS, products=PRODUCTS)
