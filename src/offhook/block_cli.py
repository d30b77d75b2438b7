"""`offhook block`, `unblock` and `blocked`: whose calls and chats end politely, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from offhook.command_line import Json, print_json, with_core

BusinessOption = Annotated[
    str | None,
    typer.Option("--business", help="Business id. Default: the first dealership, else the first business."),
]
Number = Annotated[str, typer.Argument(help="As the business's country writes it, or with + and country code.")]


def block(
    number: Number,
    reason: Annotated[str, typer.Option(help="For whoever reads the list.")] = "",
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Hear no more from a number: whoever calls or chats from it is told good-bye."""
    from offhook.ops import blocking

    blocked = with_core(lambda core: blocking.block(core.database, core.clock, business, number, reason))
    if as_json:
        print_json({"blocked": blocked})
    else:
        typer.echo(f"{blocked} is blocked.")


def unblock(number: Number, business: BusinessOption = None, as_json: Json = False) -> None:
    """Hear from a blocked number again."""
    from offhook.ops import blocking

    again, was_blocked = with_core(lambda core: blocking.unblock(core.database, core.clock, business, number))
    if as_json:
        print_json({"unblocked": again, "was_blocked": was_blocked})
    else:
        typer.echo(f"{again} is heard again." if was_blocked else f"{again} was not blocked.")


def show(business: BusinessOption = None, as_json: Json = False) -> None:
    """Show which numbers are blocked, since when and why."""
    from rich.console import Console

    from offhook.ops import blocking

    found = with_core(lambda core: blocking.blocked(core.database, core.clock, business))
    if as_json:
        print_json(blocking.as_data(found))
    else:
        blocking.show(found, Console())
