"""The command line: `offhook …`. Thin: every command is a few lines around a function that lives in its own room.

Each command takes `--json` for machines; the exit code is 0 only on success.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console

from offhook import __version__
from offhook.contracts.errors import AppError

T = TypeVar("T")

cli = typer.Typer(
    name="offhook",
    help="Answers for a business on the phone, in the browser and in chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database = typer.Typer(help="The database: check it, bring it up to date.", no_args_is_help=True)
cli.add_typer(database, name="db")
screen = Console(stderr=False)
errors = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
DeskOption = Annotated[str | None, typer.Option("--desk", help="dealership, shop or sales.")]


def main() -> NoReturn:
    """Entry point: errors of ours are one sentence on standard error, not a traceback."""
    try:
        cli()
    except AppError as error:
        errors.print(f"[bold red]{error.code}[/]: {error.message}", highlight=False, soft_wrap=True)
        sys.exit(1)
    sys.exit(0)


def version(show: bool) -> None:
    if show:
        screen.print(f"offhook {__version__}")
        raise typer.Exit


@cli.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Everything works with no key and no account; each key that you add makes it better."""


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. Default: PORT, else 8000.")] = None,
    as_json: Json = False,
) -> None:
    """Run the server: telephone media, API and engines."""
    from offhook.app import serve as run_server
    from offhook.ops.settings import load

    _run(run_server(load(), host=host, port=port, as_json=as_json))


@cli.command()
def doctor(
    public: Annotated[str | None, typer.Option(help="Public URL under which carriers reach this server.")] = None,
    as_json: Json = False,
) -> None:
    """Check each part: ok, or how to mend it."""
    from offhook.ops.doctor import run_doctor
    from offhook.ops.settings import load

    healthy = _run(run_doctor(load(), public_url=public, as_json=as_json))
    raise typer.Exit(0 if healthy else 1)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on uvloop; Ctrl-C ends quietly."""
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def _out_folder() -> Path:
    return Path("out")
