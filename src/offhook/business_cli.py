"""`offhook init` and `offhook seed`: a business of one's own, and an invented past for its book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from offhook.command_line import DeskOption, Json, print_json, with_core
from offhook.contracts.errors import AppError

if TYPE_CHECKING:
    from offhook.core import Core


def init(
    name: Annotated[str, typer.Option(help="Name of the business. Left out: asks for everything.")] = "",
    desk: Annotated[str, typer.Option("--desk", help="dealership, shop or sales.")] = "dealership",
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "America/Chicago",
    number: Annotated[str, typer.Option(help="The number that callers dial.")] = "",
    country: Annotated[str, typer.Option(help="Two letters; how local numbers are read.")] = "US",
    currency: Annotated[str, typer.Option(help="ISO 4217 code. Default: the country's.")] = "",
    hours: Annotated[str, typer.Option(help="As mon-fri 9:00-18:00, sat 9-13.")] = "mon-fri 9-18",
    service: Annotated[list[str] | None, typer.Option(help="As name: minutes: price. Repeatable.")] = None,
    bays: Annotated[int | None, typer.Option(help="Of a dealership. Default: 4.")] = None,
    technicians: Annotated[int, typer.Option(help="Of a dealership; with any, each service needs one.")] = 0,
    closed: Annotated[list[str] | None, typer.Option(help="As 2026-12-25:Christmas Day. Repeatable.")] = None,
    address: Annotated[str, typer.Option(help="As it is spoken.")] = "",
    language: Annotated[list[str] | None, typer.Option(help="en, hi. Repeatable; the first greets.")] = None,
    faq: Annotated[Path | None, typer.Option(help="CSV with the columns question and answer.")] = None,
    as_json: Json = False,
) -> None:
    """Make a business of your own: name, hours, closed days, zone, number, services, bays; FAQ from a CSV file."""
    from offhook.ops import new_business

    wanted = new_business.Wanted(
        name=name,
        desk=desk,
        zone=zone,
        number=number,
        country=country,
        hours=hours,
        services=tuple(service or ()),
        bays=bays,
        technicians=technicians,
        closed=tuple(closed or ()),
        address=address,
        languages=tuple(language or ("en",)),
        currency=currency,
        faq=faq,
    )
    if not name and sys.stdin.isatty() and not as_json:
        wanted = new_business.ask_for(lambda question, default: str(typer.prompt(question, default=default)), wanted)

    made = with_core(lambda core: new_business.create(core.database, core.clock, wanted))
    if as_json:
        print_json(made.as_data())
        return
    typer.echo(f"{made.business.name} is in the book as {made.business.business_id}.")
    if made.business.phone:
        typer.echo(f"Callers of {made.business.phone} reach it.")
    if faq is not None:
        typer.echo(f"{len(made.faq.entries)} questions and answers taken.")
    for problem in made.faq.problems:
        typer.echo(f"  line {problem.line} {problem.problem}", err=True)


def seed(
    desk: DeskOption = None,
    number: Annotated[int, typer.Option("--seed", help="Another number, other people.")] = 1,
    business: Annotated[str | None, typer.Option(help="Business id. Default: the desk's first business.")] = None,
    customers: Annotated[int | None, typer.Option(min=0, help="Default: 100, of a shop 200.")] = None,
    vehicles: Annotated[int, typer.Option(min=0, help="Of a dealership.")] = 150,
    appointments: Annotated[int, typer.Option(min=0, help="A quarter ahead, the rest of the past year.")] = 80,
    cars: Annotated[int, typer.Option(min=0, help="For sale.")] = 20,
    products: Annotated[int, typer.Option(min=1, help="Of a shop.")] = 300,
    entries: Annotated[int, typer.Option(min=0, help="Of a shop's past year.")] = 6000,
    leads: Annotated[int, typer.Option(min=1, help="Of a sales desk.")] = 40,
    as_json: Json = False,
) -> None:
    """Fill a book with an invented past."""
    from offhook.ops import seeding
    from offhook.ops.settings import load

    if load().production:
        raise AppError("production", "Invented data does not belong into a production database.", status=422)

    async def filling(core: Core) -> dict[str, object]:
        book = seeding.Book(core.database, core.clock, core.businesses, business, number)
        if desk == "shop":
            return await seeding.shop(book, customers, products, entries)
        if desk in (None, "dealership"):
            return await seeding.dealership(book, customers, vehicles, appointments, cars)
        if desk == "sales":
            return await seeding.sales(book, leads)
        raise AppError("no_seed", f"The desk {desk} has nothing to be filled with.", status=422)

    with Console(stderr=True).status("Inventing people and what they did …"):
        added = with_core(filling)
    if as_json:
        print_json(added)
    else:
        counted = (f"{count} {what.replace('_', ' ')}" for what, count in added.items() if what != "business_id")
        typer.echo(f"Added {', '.join(counted)}.")
