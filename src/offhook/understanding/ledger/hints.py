"""Small words by which a book's lines tell what is put right, added or left: a desk's `language/<tag>/hints.yaml`.

Lines mix languages, so the lists of all of them hold together. They make no word known; what a line may be made of
stands in `ledger.yaml`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from offhook.understanding.datafile import load_data
from offhook.understanding.hints import Marks, Words


class LedgerHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    # -- the line after an entry (amend.py) -----------------------------------------------------------------------
    sorry: Words = frozenset()
    """They take back what was said before them."""
    takes_back: Words = frozenset()
    """So do these at a line's beginning, however whole the sentence is that follows."""
    opens: Words = frozenset()
    """They may stand before a word that takes back."""
    halts: Words = frozenset()
    """Of these, those that take back by themselves before a bare value."""
    said: Marks = frozenset()
    """Near a line's beginning they put right: "make that", "mera matlab"."""
    was: Words = frozenset()
    """A value before one of them, and no more, is how it really was ("450 tha")."""
    more: Words = frozenset()
    """They go on with what was said."""
    linked: Words = frozenset()
    """So do these wherever they stand, in letters of their own."""
    # -- several in one line (several.py) -------------------------------------------------------------------------
    oops: Words = frozenset()
    """Before a word that takes back, where a clause begins."""
    links: Words = frozenset()
    """They may part two commands."""
    # -- values of one clause (clause_reading.py, persons.py) -----------------------------------------------------
    correcting: Words = frozenset()
    """Between two values of one sort, of which one holds."""
    rejecting: Words = frozenset()
    """Of these, those that speak of what comes behind them; what was said before holds ("350, not 300")."""
    trailing: Words = frozenset()
    """At the end of what is said they speak of what comes before them ("350 diye, 300 nahi")."""
    goes_on: Words = frozenset()
    halting: Words = frozenset()
    """Beside a word that takes back they only say that it does ("600, no wait, 650")."""
    leading: Words = frozenset()
    """Between such a word and its value."""
    # -- whoever writes the book is spoken to (clauses.py, whose.py) ----------------------------------------------
    calls: Words = frozenset()
    """They call somebody, before how he is called ("oye", "ae")."""
    called: Words = frozenset()
    """How whoever writes the book is called at the beginning or the end of a line ("seth ji", "boss")."""
    titled: Words = frozenset()
    """They may stand behind that."""
    places: Words = frozenset()
    """Where somebody is or was, though it may sound like a deed ("bahar")."""
    # -- what is said beside an entry (asides.py) -----------------------------------------------------------------
    present: Words = frozenset()
    """Whoever speaks or is spoken to, who was at one of the `places`."""
    known_by: Words = frozenset()
    """By what one knows of an entry ("message aaya hai")."""
    needs: Words = frozenset()
    """What somebody needs a loan for ("fees", "ilaaj")."""
    needing: Words = frozenset()
    """What else may be said of that ("bharni", "zaroorat")."""
    aside: Words = frozenset()
    """What else such a stretch may be made of."""
    # -- beside a write (settling.py) -----------------------------------------------------------------------------
    turning: Words = frozenset()
    """They leave open which of two holds, or whether it does."""
    purposes: Words = frozenset()
    """Behind what something is for."""
    possessive: Words = frozenset()
    """Behind somebody they speak of another one: "Rosy ki saheli"."""


def load_ledger_hints(folder: Path) -> LedgerHints:
    """Those of all languages of a desk. Raises ValueError naming a file and what is wrong with it."""
    found: dict[str, frozenset[object]] = {}
    for path in sorted(folder.glob("*/hints.yaml")):
        try:
            hints = msgspec.convert(load_data(path), LedgerHints)
        except msgspec.ValidationError as error:
            raise ValueError(f"{path}: {error}") from None
        for name in LedgerHints.__struct_fields__:
            found[name] = found.get(name, frozenset()) | getattr(hints, name)
    return msgspec.convert(found, LedgerHints)
