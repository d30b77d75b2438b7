"""`offhook import` and `offhook customers`: what a business does to its own book from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offhook.command_line import Json, print_json, with_core

BusinessOption = Annotated[
    str | None,
    typer.Option("--business", help="Business id. Default: the first dealership; for products, the first shop."),
]

customers = typer.Typer(help="The customers in the book: who is in it twice, and which numbers are wrong.")


def bring_in(
    kind: Annotated[str, typer.Argument(help="customers, vehicles, inventory, products or faq.")],
    file: Annotated[Path, typer.Argument(help="CSV file; its first line names the columns.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Bring a list into the book from a CSV file; lines that cannot be used are told and left out."""
    from rich.console import Console

    from offhook.contracts.errors import Invalid
    from offhook.ops import importing

    if kind not in importing.KINDS:
        raise Invalid("There is no such list.", {"kind": f"one of {', '.join(importing.KINDS)}"})
    imported = with_core(
        lambda core: importing.bring_in(core.database, core.clock, importing.KINDS[kind], file, business)
    )
    if as_json:
        print_json(importing.as_data(imported))
    else:
        importing.show(importing.KINDS[kind], imported, Console())
    raise typer.Exit(0 if imported.added or imported.updated or not imported.problems else 1)


def send_out(
    kind: Annotated[
        str,
        typer.Argument(help="A shop: customers, products, invoices, payments, ledger; a sales desk: leads."),
    ],
    file: Annotated[Path, typer.Argument(help="CSV file to write.")],
    business: Annotated[str | None, typer.Option(help="Business id. Default: the first that has such a list.")] = None,
    as_json: Json = False,
) -> None:
    """Write a list of the book into a CSV file for spreadsheets."""
    from offhook.ops import exporting

    written = with_core(lambda core: exporting.send_out(core.database, core.clock, kind, file, business))
    if as_json:
        print_json({"file": str(file), "bytes": written})
    else:
        typer.echo(f"Wrote {file} ({written} bytes).")


@customers.command("check")
def check(business: BusinessOption = None, as_json: Json = False) -> None:
    """List customers who look like one, and phones and VINs that cannot be right; changes nothing."""
    from rich.console import Console

    from offhook.ops import people

    found = with_core(lambda core: people.check(core.database, core.clock, business))
    if as_json:
        print_json(people.as_data(found))
    else:
        people.show(found, Console())


@customers.command("merge")
def merge(
    kept: Annotated[str, typer.Argument(help="Id of the customer that stays.")],
    merged: Annotated[str, typer.Argument(help="Id of the one that becomes part of it.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Make one customer of two; `unmerge` takes it back."""
    from offhook.ops import people

    audit_id = with_core(lambda core: people.merge(core.database, core.clock, business, kept, merged))
    if as_json:
        print_json({"audit_id": audit_id})
    else:
        typer.echo(f"Merged. Take it back with: offhook customers unmerge {audit_id}")


@customers.command("unmerge")
def unmerge(
    audit_id: Annotated[str, typer.Argument(help="What `merge` printed.")],
    business: BusinessOption = None,
    as_json: Json = False,
) -> None:
    """Take a merge back."""
    from offhook.ops import people

    kept, again = with_core(lambda core: people.unmerge(core.database, core.clock, business, audit_id))
    if as_json:
        print_json({"kept": kept, "again": again})
    else:
        typer.echo(f"{again} is a customer of its own again, beside {kept}.")
