"""Pages of one business's rows, for lists that people look through: search, filter, sort, go on from a cursor.

A cursor holds where the last page ended (its sort value and key), so pages neither repeat nor skip rows when others are
added meanwhile, and page 1,000 costs what page 1 does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import CheckConstraint, Column, ColumnElement, Integer, Select, Table, and_, false, func, or_, select

from offhook.contracts.errors import Invalid, NotFound
from offhook.store.engine import Database
from offhook.store.types import Moment

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
MAX_SEARCH_CHARS = 200
_LISTED = re.compile(r"(?P<column>\w+) in \((?P<values>('[^']*'(, )?)+)\)")
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What of a table is listed. All names are columns of it."""

    table: Table
    key: str
    """With the business, the primary key."""
    search: tuple[str, ...]
    """Columns that `q` is looked for in."""
    filters: tuple[str, ...]
    sorts: tuple[str, ...]
    """Columns that the list may be sorted by; none of them holds NULL."""
    order: str
    """The sort where none is asked for; "-" before it for descending."""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column -> the values that rows of the list have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One page, as asked for. `sort` "" is the list's own order, `cursor` "" its beginning."""

    q: str = ""
    cursor: str = ""
    limit: int = DEFAULT_LIMIT
    sort: str = ""
    filters: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[dict[str, Any]]
    next_cursor: str | None
    """None on the last page."""


class Listing:
    """Raises Unavailable like the store does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, spec: ListSpec, business_id: str | None, asked: Asked) -> Page:
        """Rows of that business (None: of all, for the operator's own lists). Raises Invalid naming the field."""
        query = _query(spec, business_id, asked)
        async with self._database.transaction(write=False) as connection:
            found = [dict(row) for row in (await connection.execute(query)).mappings()]
        more = len(found) > asked.limit
        rows = found[: asked.limit]
        return Page(rows, _cursor(spec, asked, rows[-1]) if more else None)

    async def one(self, spec: ListSpec, business_id: str | None, key: str) -> dict[str, Any]:
        """Raises NotFound."""
        query = select(spec.table).where(spec.table.c[spec.key] == key, *_scope(spec, business_id))
        async with self._database.transaction(write=False) as connection:
            row = (await connection.execute(query.limit(1))).mappings().first()
        if row is None:
            raise NotFound("This row")
        return dict(row)


def _scope(spec: ListSpec, business_id: str | None) -> list[ColumnElement[bool]]:
    mine = [] if business_id is None else [spec.table.c.business_id == business_id]
    return [*mine, *(spec.table.c[name].in_(values) for name, values in spec.only.items())]


def _query(spec: ListSpec, business_id: str | None, asked: Asked) -> Select[Any]:
    if not 1 <= asked.limit <= MAX_LIMIT:
        raise Invalid("The limit cannot be used.", {"limit": f"1 to {MAX_LIMIT}"})
    columns = spec.table.c
    query = select(spec.table).where(*_scope(spec, business_id))
    for name, value in (asked.filters or {}).items():
        if name not in spec.filters:
            raise Invalid("The list has no such filter.", {name: f"filters are {', '.join(spec.filters) or 'none'}"})
        allowed = _allowed(columns[name])
        if allowed and value not in allowed:
            raise Invalid("A filter cannot be used.", {name: f"one of {', '.join(allowed)}"})
        query = query.where(columns[name] == value)
    if asked.q:
        query = query.where(_matches(spec, asked.q))
    name, descending = _sort(spec, asked)
    column, key = columns[name], columns[spec.key]
    if asked.cursor:
        query = query.where(_after(column, key, descending, *_position(spec, asked)))
    order = (column.desc(), key.desc()) if descending else (column, key)
    return query.order_by(*order).limit(asked.limit + 1)


def _allowed(column: Column[Any]) -> tuple[str, ...]:
    """The only values that the table takes there; () where it takes any."""
    for rule in column.table.constraints:
        if isinstance(rule, CheckConstraint):
            listed = _LISTED.fullmatch(str(rule.sqltext))
            if listed is not None and listed["column"] == column.name:
                return tuple(_QUOTED.findall(listed["values"]))
    return ()


def _matches(spec: ListSpec, q: str) -> ColumnElement[bool]:
    if len(q) > MAX_SEARCH_CHARS or not q.isprintable():
        raise Invalid("The search cannot be used.", {"q": f"at most {MAX_SEARCH_CHARS} printable characters"})
    wanted = q.lower()
    matches = [func.lower(spec.table.c[name]).contains(wanted, autoescape=True) for name in spec.search]
    return or_(false(), *matches)


def _sort(spec: ListSpec, asked: Asked) -> tuple[str, bool]:
    sort = asked.sort or spec.order
    name = sort.removeprefix("-")
    if name not in spec.sorts:
        names = ", ".join(spec.sorts)
        raise Invalid("The list cannot be sorted by that.", {"sort": f'one of {names}; "-" before it for descending'})
    return name, sort.startswith("-")


def _after(column: Column[Any], key: Column[Any], descending: bool, value: Any, last: str) -> ColumnElement[bool]:
    if descending:
        return or_(column < value, and_(column == value, key < last))
    return or_(column > value, and_(column == value, key > last))


def _cursor(spec: ListSpec, asked: Asked, row: dict[str, Any]) -> str:
    name, _ = _sort(spec, asked)
    value = row[name]
    told = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    packed = msgspec.json.encode((name, told, row[spec.key]))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _position(spec: ListSpec, asked: Asked) -> tuple[Any, str]:
    """Where the cursor stands. Raises Invalid for one that this list, in this order, has not given."""
    name, _ = _sort(spec, asked)
    kind = _kind(spec.table.c[name])
    try:
        padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
        packed = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        of, told, key = msgspec.json.decode(packed, type=tuple[str, str | int, str])
        value = datetime.fromisoformat(told) if kind is datetime and isinstance(told, str) else told
        if of != name or not isinstance(value, kind) or (isinstance(value, datetime) and value.tzinfo is None):
            raise ValueError(of)
        if "\0" in key or (isinstance(value, str) and "\0" in value):
            raise ValueError("NUL")
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise Invalid("The cursor cannot be used.", {"cursor": "the next_cursor of the page before"}) from None
    if isinstance(value, int) and abs(value) >= 2**31:
        raise Invalid("The cursor cannot be used.", {"cursor": "the next_cursor of the page before"})
    return value, key


def _kind(column: Column[Any]) -> type:
    """What a cursor holds of such a column."""
    if isinstance(column.type, Moment):
        return datetime
    return int if isinstance(column.type, Integer) else str
