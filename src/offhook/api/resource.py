"""One list of the API: what of a table is served, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offhook.contracts.business import Business
from offhook.store.listing import ListSpec


@dataclass(frozen=True, slots=True)
class Resource:
    path: str
    spec: ListSpec
    json_columns: tuple[str, ...] = ()
    money_columns: tuple[str, ...] = ()
    """Minor units of the row's currency."""
    hidden: tuple[str, ...] = ()
    all_businesses: bool = False
    desk: str | None = None
    """Whose first business is meant where none is named; None: the one that answers by default."""
    single: bool = True
    """Whether one row is served, too, under its id."""
    others: Mapping[str, Resource] = field(default_factory=dict)
    """Desk -> what the list is for businesses of that desk."""

    def of(self, business: Business | None) -> Resource:
        return self if business is None else self.others.get(business.desk, self)
