"""`offhook person export|erase`: what is kept of one person, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from offhook.command_line import Json, print_json, with_core

PhoneOption = Annotated[str | None, typer.Option("--phone", help="As the business's country writes it, or with +.")]
EmailOption = Annotated[str | None, typer.Option("--email", help="An e-mail address.")]
BusinessOption = Annotated[str | None, typer.Option("--business", help="Business id. Default: the desk's first.")]
DeskOption = Annotated[str | None, typer.Option("--desk", help="Whose first business, where none is named.")]

person = typer.Typer(help="What is kept of one person: hand it out, erase it.", no_args_is_help=True)


@person.command("export")
def export(
    phone: PhoneOption = None,
    email: EmailOption = None,
    business: BusinessOption = None,
    desk: DeskOption = None,
    as_json: Json = True,
) -> None:
    """Write everything that names the person. It is JSON, asked for or not."""
    from offhook.ops import person as people

    print_json(
        with_core(lambda core: people.export(core.database, core.clock, phone, email, business_id=business, desk=desk))
    )


@person.command("erase")
def erase(
    phone: PhoneOption = None,
    email: EmailOption = None,
    business: BusinessOption = None,
    desk: DeskOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Erase leads and talks, and the person's name, number and words elsewhere; bookings and money stay."""
    from offhook.ops import person as people

    if not yes:
        typer.confirm("It cannot be taken back. Erase?", abort=True)
    done = with_core(
        lambda core: people.erase(core.database, core.clock, phone, email, business_id=business, desk=desk)
    )
    if as_json:
        print_json(done)
        return
    counted = ", ".join(f"{count} {what}" for what, count in done.items() if isinstance(count, int))
    typer.echo(f"Erased: {counted}.")
    for what, count in done["left"].items():
        typer.echo(f"Left, for they belong to bookings and money: {count} {what}.")
