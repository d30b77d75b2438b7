"""`offhook hours` and `offhook resources`: when a business is open, and what its appointments occupy."""

from __future__ import annotations

from typing import Annotated

import typer

from offhook.command_line import Json, print_json, with_core

BusinessOption = Annotated[
    str | None,
    typer.Option("--business", help="Business id. Default: the first dealership, else the first business."),
]
Day = Annotated[str, typer.Argument(help="YYYY-MM-DD.")]

hours = typer.Typer(help="When a business is open: the week, and days of their own hours.", no_args_is_help=True)
resources = typer.Typer(help="Bays and technicians that appointments occupy.", no_args_is_help=True)


@hours.command("show")
def show_hours(business: BusinessOption = None, as_json: Json = False) -> None:
    """Show the week, and the special days from today on."""
    from offhook.ops import schedule

    found = with_core(lambda core: schedule.hours(core.database, core.clock, business))
    if as_json:
        print_json(found.as_data())
    else:
        typer.echo("\n".join(found.lines()))


@hours.command("week")
def week(
    ranges: Annotated[str, typer.Argument(help='The whole week: "mon-fri 9:00-18:00, sat 9-13".')],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Set the hours of the week."""
    from offhook.ops import schedule

    with_core(lambda core: schedule.set_week(core.database, core.clock, business, ranges))
    _told({"week": ranges}, f"Open {ranges}.", as_json)


@hours.command("close")
def close(
    day: Day,
    reason: Annotated[str, typer.Option(help="As callers hear it: Christmas Day.")] = "",
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Close on a day. Appointments that stand on it are left alone, and counted."""
    from offhook.ops import schedule

    left = with_core(lambda core: schedule.set_day(core.database, core.clock, business, day, "", reason))
    told = f"Closed on {day}."
    _told({"day": day, "appointments": left}, told + (f" {left} appointments stand." if left else ""), as_json)


@hours.command("open")
def open_on(
    day: Day,
    ranges: Annotated[str, typer.Argument(help="9:00-12:00, more separated by commas.")],
    reason: Annotated[str, typer.Option(help="As callers hear it: Christmas Eve.")] = "",
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Give a day its own hours."""
    from offhook.ops import schedule

    with_core(lambda core: schedule.set_day(core.database, core.clock, business, day, ranges, reason))
    _told({"day": day, "ranges": ranges}, f"Open on {day} {ranges}.", as_json)


@hours.command("usual")
def usual(day: Day, business: BusinessOption = None, as_json: Json = False) -> None:
    """Give a day its weekday's hours again."""
    from offhook.ops import schedule

    with_core(lambda core: schedule.usual_day(core.database, core.clock, business, day))
    _told({"day": day}, f"{day} is as its weekday again.", as_json)


@resources.command("list")
def show_resources(business: BusinessOption = None, as_json: Json = False) -> None:
    """Show what there is."""
    from offhook.ops import schedule

    found = with_core(lambda core: schedule.resources(core.database, core.clock, business))
    if as_json:
        print_json({"resources": found})
    else:
        for one in found:
            typer.echo(f"{one['resource_id']}  {one['kind']:<12} {one['name']}{'' if one['active'] else '  (off)'}")


@resources.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Bay 5.")],
    kind: Annotated[str, typer.Option(help="bay, technician or a kind of your own.")] = "bay",
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Add one; it is offered from the next call on."""
    from offhook.ops import schedule

    key = with_core(lambda core: schedule.add_resource(core.database, core.clock, business, name, kind))
    _told({"resource_id": key}, f"{name} is there ({key}).", as_json)


@resources.command("off")
def off(
    resource: Annotated[str, typer.Argument(help="Id or name, as `offhook resources list` shows it.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Offer it no more. Appointments that stand on it are left alone, and counted."""
    from offhook.ops import schedule

    left = with_core(lambda core: schedule.switch(core.database, core.clock, business, resource, on=False))
    told = f"{resource} is off." + (f" {left} appointments stand on it." if left else "")
    _told({"resource": resource, "appointments": left}, told, as_json)


@resources.command("on")
def on(
    resource: Annotated[str, typer.Argument(help="Id or name.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Offer it again."""
    from offhook.ops import schedule

    with_core(lambda core: schedule.switch(core.database, core.clock, business, resource, on=True))
    _told({"resource": resource}, f"{resource} is on.", as_json)


def _told(data: dict[str, object], text: str, as_json: bool) -> None:
    if as_json:
        print_json(data)
    else:
        typer.echo(text)
