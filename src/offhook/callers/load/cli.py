"""`offhook bench calls` behind the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from offhook.callers.load.report import table

bench = typer.Typer(help="Measure a server.", no_args_is_help=True)


@bench.callback()
def root() -> None:
    """Measure a server."""


@bench.command("calls")
def calls(
    calls: Annotated[int, typer.Option(min=1, help="Callers at once.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure, after the calls have settled.")] = 20.0,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="http://… of an offhook server, or ws://…/path of any Twilio media socket. "
            "Default: a server of its own with fake engines.",
        ),
    ] = None,
    interrupt_every: Annotated[
        int, typer.Option(min=0, metavar="N", help="Speak over each N-th reply; 0: let all replies end.")
    ] = 0,
    webhook: Annotated[bool, typer.Option(help="Ask the server's webhook before each media socket.")] = True,
    take_all: Annotated[
        bool, typer.Option("--take-all", help="Have a server of our own refuse nobody, to see where it breaks.")
    ] = False,
    connect: Annotated[float, typer.Option(min=0, metavar="S", help="Seconds over which the calls come in.")] = 5.0,
    greeting_within: Annotated[
        float, typer.Option(min=0.1, metavar="S", help="Callers of a server without a greeting begin after so long.")
    ] = 10.0,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Many callers at once over the Twilio media protocol, turn by turn: what the server costs, and how it answers."""
    import uvloop

    from offhook.callers.load.bench import TAKE_ALL, BenchSettings, bench
    from offhook.callers.own_server import ServerFailed

    console = Console(stderr=True)
    settings = BenchSettings(
        calls=calls,
        seconds=seconds,
        against=against,
        interrupt_every=interrupt_every,
        webhook=webhook,
        connect_s=connect,
        greeting_within_s=greeting_within,
        own_settings=TAKE_ALL if take_all else {},
    )
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting the server", total=1.0)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                result = runner.run(
                    bench(settings, lambda what, share: bar.update(task, description=what, completed=share))
                )
        except ServerFailed as error:
            console.print(f"[bold red]cannot measure[/]: {error}", highlight=False)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
    data = result.as_data()
    if out is not None:
        out.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(data))
    else:
        Console().print(table(data))
    raise typer.Exit(0 if result.live == calls and not result.dropped else 1)
