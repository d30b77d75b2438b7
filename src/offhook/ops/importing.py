"""`offhook import`: a business's own lists from CSV files, with a report by line."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.dealership.imports import import_csv
from offhook.desks.shop import imports as shop
from offhook.desks.shop.model import Origin
from offhook.desks.shop.repository import in_book
from offhook.store.businesses import SqlBusinesses
from offhook.store.csv_lines import Imported, LineProblem
from offhook.store.engine import Database
from offhook.store.faq_csv import FaqImport, read_faq_csv, replace_faq
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.thesaurus import search_thesaurus

Kind = Literal["customers", "vehicles", "inventory", "products", "faq"]
KINDS: dict[str, Kind] = {
    "customers": "customers",
    "vehicles": "vehicles",
    "inventory": "inventory",
    "products": "products",
    "faq": "faq",
}
MAX_BYTES = 64 * 1024 * 1024
_SHOWN = 20


async def bring_in(database: Database, clock: Clock, kind: Kind, path: Path, business_id: str | None) -> Imported:
    """Into the given business; without one, into the first shop where it is a list of products, else into the first
    dealership. Raises Invalid (file, desk), NotFound (business)."""
    content = _content(path)
    businesses = SqlBusinesses(database, clock)
    desk = "shop" if kind == "products" else "dealership"
    business = await (businesses.get(business_id) if business_id else businesses.default(desk))
    if kind == "faq":
        faq = read_faq_csv(content)
        if faq.entries:
            await replace_faq(database, business.business_id, faq.entries)
        return Imported(len(faq.entries), 0, faq.problems, _without_other_words(faq))
    if business.desk == "shop" and kind in ("customers", "products"):
        return await _into_shop(database, clock, business, kind, content)
    if business.desk != "dealership" or kind == "products":
        other = "shop" if kind == "products" else "dealership"
        raise Invalid(f"This list belongs to a {other}.", {"business": f"{business.name} is a {business.desk} desk"})
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        return await import_csv(uow, business, kind, content, clock.now())


def _without_other_words(faq: FaqImport) -> tuple[LineProblem, ...]:
    """Entries without keywords that only callers who use the entry's own words would find."""
    thesaurus = search_thesaurus()
    return tuple(
        LineProblem(line, f"no other words are known for {', '.join(words)}: add keywords that callers say instead")
        for line, entry in zip(faq.lines, faq.entries, strict=True)
        if not entry.keywords and (words := thesaurus.unknown(entry.question))
    )


async def _into_shop(
    database: Database, clock: Clock, business: Business, kind: shop.ShopList, content: bytes
) -> Imported:
    """So many lines at a time, so that talks can write in between."""
    read = await asyncio.to_thread(shop.read, kind, content)
    added, problems = 0, list[LineProblem](read.problems)
    units = unit_of_work_factory(database, clock)
    for lines in shop.batches(read):
        now = clock.now().astimezone(ZoneInfo(business.timezone))
        origin = Origin(now=now, day=now.date(), turn_id="import", via="import", currency=business.currency)
        async with units(business.business_id, Effect.WRITE) as uow:
            taken, wrong = await in_book(uow, origin, partial(shop.take, business=business, kind=kind, lines=lines))
        added += taken
        problems += wrong
    return Imported(added, 0, tuple(sorted(problems, key=lambda one: one.line)))


def as_data(imported: Imported) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(imported)
    return data


def show(kind: Kind, imported: Imported, console: Console) -> None:
    updated = f", {imported.updated} brought up to date" if imported.updated else ""
    console.print(f"{kind}: {imported.added} added{updated}.", style="green" if imported.added else "")
    for title, problems in (
        ("lines left out" if len(imported.problems) > 1 else "line left out", imported.problems),
        ("taken, but doubtful", imported.warnings),
    ):
        if not problems:
            continue
        table = Table(
            box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title=f"{len(problems)} {title}", title_justify="left"
        )
        table.add_column("line", justify="right")
        table.add_column("reason", overflow="fold")
        for problem in problems[:_SHOWN]:
            table.add_row(str(problem.line), problem.problem)
        console.print(table)
        if len(problems) > _SHOWN:
            console.print(f"and {len(problems) - _SHOWN} more (--json lists all of them)", style="dim")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Invalid("The file is too large.", {"file": f"at most {MAX_BYTES} bytes"})
        return path.read_bytes()
    except OSError as error:
        raise Invalid("The file cannot be read.", {"file": f"{path}: {error.strerror}"}) from None
