"""The command line: `offhook …`. Thin: every command is a few lines around a function that lives in its own room.

Each command takes `--json` for machines; the exit code is 0 only on success. Modules of weight are imported by the
command that needs them, so that `--help` is there at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from offhook import __version__, block_cli, book_cli, business_cli, person_cli, schedule_cli, user_cli, webhook_cli
from offhook.callers import cli as callers
from offhook.callers.load.cli import bench
from offhook.command_line import DeskOption, Json, print_json, run
from offhook.contracts.errors import AppError

cli = typer.Typer(
    name="offhook",
    help="Answers for a business on the phone, in the browser and in chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database = typer.Typer(help="The database: check it, bring it up to date.", no_args_is_help=True)
cli.add_typer(database, name="db")
cli.add_typer(bench, name="bench")
cli.command()(callers.call)
cli.command()(callers.demo)
cli.command()(business_cli.init)
cli.command()(business_cli.seed)
cli.command("import")(book_cli.bring_in)
cli.command("export")(book_cli.send_out)
cli.command()(block_cli.block)
cli.command()(block_cli.unblock)
cli.command("blocked")(block_cli.show)
cli.add_typer(book_cli.customers, name="customers")
cli.add_typer(user_cli.users, name="user")
cli.add_typer(person_cli.person, name="person")
cli.add_typer(webhook_cli.webhooks, name="webhooks")
cli.add_typer(schedule_cli.hours, name="hours")
cli.add_typer(schedule_cli.resources, name="resources")


def main() -> NoReturn:
    """Entry point: errors of ours are a sentence on standard error, not a traceback."""
    try:
        cli()
    except AppError as error:
        console = Console(stderr=True)
        console.print(f"{error.code}: {error.message}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        for name, problem in (error.fields or {}).items():
            console.print(f"  {name}: {problem}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    sys.exit(0)


def version(show: bool) -> None:
    if show:
        typer.echo(f"offhook {__version__}")
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
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one. Default: PORT, else 8000.")
    ] = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Deliver reminders and the like from a child process.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Run the server: telephone media, API, engines, and the worker for jobs."""
    from offhook.ops.settings import load
    from offhook.server import serve as run_server

    run(run_server(load(), host=host, port=port, as_json=as_json, with_worker=with_worker))


@cli.command()
def worker(
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    as_json: Json = False,
) -> None:
    """Deliver reminders, summaries and calendar entries; `serve` starts one unless told not to."""
    from offhook.ops.settings import load
    from offhook.worker import work

    run(work(load(), as_json=as_json, with_parent=with_parent))


@cli.command("calendar-connect")
def calendar_connect(
    client_secrets: Annotated[Path, typer.Argument(help="The OAuth client's JSON file, of the kind desktop app.")],
    as_json: Json = False,
) -> None:
    """Let the owner of a Google calendar allow us to use it, in a browser on this machine."""
    from offhook.ops.settings import load
    from offhook.providers.calendar.google import connect

    token = load().google_token()
    connect(client_secrets, token)
    if as_json:
        print_json({"token": str(token)})
    else:
        typer.echo(f"The calendar is connected ({token}); restart the server.")


@cli.command()
def messages(
    business: Annotated[str | None, typer.Option(help="Business id. Default: all.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Of each list, newest first.")] = 30,
    as_json: Json = False,
) -> None:
    """Show what was written to people, and what waits to be."""
    from offhook.ops.messages import read, show
    from offhook.ops.settings import load

    found = run(read(load(), business_id=business, limit=limit))
    if as_json:
        print_json(found.as_data())
    else:
        show(found, Console())


@cli.command()
def talk(
    desk: DeskOption = None,
    once: Annotated[str | None, typer.Option(metavar="TEXT", help="Say this, print the reply, leave.")] = None,
    phone: Annotated[str | None, typer.Option(help="The caller's number, as +12025550142.")] = None,
    as_json: Json = False,
) -> None:
    """Chat with a desk in the terminal; /quit or the end of the input leaves."""
    from offhook.core import open_core
    from offhook.ops.settings import load
    from offhook.ops.talk import run_talk

    async def talking() -> None:
        async with open_core(load()) as core:
            await run_talk(core.sessions, core.businesses, desk=desk, once=once, phone=phone, as_json=as_json)

    _quiet()
    run(talking())


@cli.command()
def understand(
    desk: Annotated[str, typer.Option("--desk", help="dealership, shop or sales.")] = "dealership",
    world: Annotated[Path | None, typer.Option(help="JSON: what the tenant's database would hold.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Tell why each result is what it is.")] = False,
    as_json: Json = False,
) -> None:
    """Read JSON lines {"text", "now"?, "context"?}, write what each was understood as. Output is always JSON.

    A line that is none of these is answered with its error; the command then ends with 1.
    """
    from offhook.desks.registry import guarded_understander_of
    from offhook.kit.clock import SystemClock
    from offhook.ops.settings import load
    from offhook.understanding.lines import UNREAD, understand_lines

    now = SystemClock(load().offhook_now).now()
    reader = guarded_understander_of(desk)
    unread = False
    try:
        for line in understand_lines(sys.stdin.buffer, reader, _world(world), now=now, explain=explain):
            unread = unread or line.startswith(UNREAD)
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    except ValueError as error:
        raise AppError("world", str(error), status=422) from None
    raise typer.Exit(1 if unread else 0)


@cli.command()
def rehearse(
    desk: Annotated[str, typer.Option("--desk", help="Whose scenarios.")] = "dealership",
    only: Annotated[str, typer.Option(help="Scenarios whose name holds this.")] = "",
    talk: Annotated[bool, typer.Option("--talk", help="Print the conversations.")] = False,
    as_json: Json = False,
) -> None:
    """Play a desk's scenarios in text, each on a fresh book, and score what the book then holds."""
    from rich.progress import track

    from offhook.dialogue.scenario import Report
    from offhook.ops import rehearse as rehearsal

    _quiet()
    scenarios = [one for one in rehearsal.scenarios_of(desk) if only.lower() in one.name.lower()]
    if not scenarios:
        raise AppError("no_scenario", f"The {desk} desk has no scenario with {only!r} in its name.", status=422)
    reports: list[Report] = []
    console = Console(stderr=True)
    bar = iter(track(scenarios, "Rehearsing", console=console, transient=True, disable=as_json))

    def reported(report: Report) -> None:
        reports.append(report)
        next(bar, None)

    score = run(rehearsal.rehearse(scenarios, reported, desk=desk))
    for _ in bar:
        pass
    if talk and not as_json:
        typer.echo("\n\n".join(map(str, reports)) + "\n")
    if as_json:
        print_json(rehearsal.as_data(reports, score))
    else:
        rehearsal.show(reports, score, Console())
    raise typer.Exit(0 if score.done == score.played else 1)


@cli.command()
def doctor(
    public: Annotated[str | None, typer.Option(help="Public URL under which carriers reach this server.")] = None,
    as_json: Json = False,
) -> None:
    """Check each part: ok, or how to mend it."""
    from offhook.ops.doctor import run_doctor
    from offhook.ops.settings import load

    _quiet()
    healthy = run(run_doctor(load(), public_url=public, as_json=as_json))
    raise typer.Exit(0 if healthy else 1)


@database.command("upgrade")
def db_upgrade(as_json: Json = False) -> None:
    """Run the revisions that the database lacks: all of them or none."""
    from offhook.ops.database import upgrade_database
    from offhook.ops.settings import load

    done = run(upgrade_database(load()))
    if as_json:
        print_json({"revisions": done})
    else:
        typer.echo(f"Ran {', '.join(done)}." if done else "The database is up to date.")


@database.command("check")
def db_check(as_json: Json = False) -> None:
    """List what the database lacks; exit code 1 if anything."""
    from offhook.ops.database import check_database
    from offhook.ops.settings import load

    missing = run(check_database(load()))
    if as_json:
        print_json({"ok": not missing, "missing": missing})
    else:
        typer.echo("\n".join(missing) if missing else "The database is whole.")
    raise typer.Exit(1 if missing else 0)


def _world(path: Path | None) -> Any:
    """The world of a file, or an empty one. Raises AppError."""
    import msgspec

    from offhook.understanding.lines import WorldFile

    if path is None:
        return WorldFile()
    try:
        return msgspec.json.decode(path.read_bytes(), type=WorldFile)
    except OSError as error:
        raise AppError("world", f"{path} cannot be read: {error.strerror}.", status=422) from None
    except msgspec.DecodeError as error:
        raise AppError("world", f"{path} is not a world: {error}.", status=422) from None


def _quiet() -> None:
    """For commands whose output is the point: only what went wrong is logged."""
    from offhook.telemetry import log

    log.configure(json=False, level="ERROR")
