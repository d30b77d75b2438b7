"""PINs of the people who work for a business: four to eight digits, kept as a hash."""

from __future__ import annotations

import hashlib
import itertools

SHORTEST, LONGEST = 4, 8
_COST = 2**13
"""scrypt's N: some 20 ms and 8 MB a try. A PIN is short: what protects it is that tries are few and counted; the hash
keeps whoever sees a copy of the database from reading it at a glance."""


def is_pin(text: str) -> bool:
    """Digits of the right number, and not all the same or a plain run (1111, 1234, 4321): those are tried first."""
    if not (text.isascii() and text.isdigit() and SHORTEST <= len(text) <= LONGEST):
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(text)}
    return steps not in ({0}, {1}, {-1})


def pin_hash(pin: str, business_id: str) -> bytes:
    """32 bytes. Of one business, equal PINs have equal hashes: a PIN alone says who its owner is. Slow on purpose, and
    free of the interpreter's lock while it works: call it in a thread."""
    return hashlib.scrypt(pin.encode(), salt=f"offhook pin of {business_id}".encode(), n=_COST, r=8, p=1, dklen=32)
