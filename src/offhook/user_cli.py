"""`offhook user`: who works for a business, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from offhook.command_line import Json, print_json, with_core

BusinessOption = Annotated[str | None, typer.Option("--business", help="Business id. Default: the first shop.")]

users = typer.Typer(help="Who works for a business: numbers, roles and PINs.", no_args_is_help=True)


@users.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As it is spoken to.")],
    role: Annotated[str, typer.Option(help="owner or staff.")] = "staff",
    phone: Annotated[str | None, typer.Option(help="Who calls from it is this person.")] = None,
    pin: Annotated[str | None, typer.Option(help="4 to 8 digits; asked for when left out.")] = None,
    no_pin: Annotated[bool, typer.Option("--no-pin", help="Known by the number alone.")] = False,
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Add a person; the PIN opens the book from any telephone, and is asked for above the business's limit."""
    from offhook.ops import users as people

    if pin is None and not no_pin:
        pin = typer.prompt("PIN, 4 to 8 digits", hide_input=True, confirmation_prompt=True)
    added = with_core(
        lambda core: people.add(core.database, core.clock, business, name=name, role=role, phone=phone, pin=pin)
    )
    if as_json:
        print_json(people.as_data(added))
    else:
        typer.echo(f"{added.name} may speak to the book as {added.role} ({added.user_id}).")


@users.command("list")
def show(business: BusinessOption = None, as_json: Json = False) -> None:
    """Show who is on the list."""
    from rich.console import Console

    from offhook.ops import users as people

    found = with_core(lambda core: people.everyone(core.database, core.clock, business))
    if as_json:
        print_json({"users": [people.as_data(user) for user in found]})
    else:
        people.show(found, Console())


@users.command("remove")
def remove(
    user_id: Annotated[str, typer.Argument(help="As `offhook user list` shows it.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Take a person off the list."""
    from offhook.ops import users as people

    with_core(lambda core: people.remove(core.database, core.clock, business, user_id))
    if as_json:
        print_json({"removed": user_id})
    else:
        typer.echo("Removed; the number and the PIN are free again.")
