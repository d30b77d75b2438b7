"""What the commands of the command line have in common."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from offhook.core import Core

T = TypeVar("T")

DeskOption = Annotated[str | None, typer.Option("--desk", help="dealership, shop or sales.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on uvloop; Ctrl-C ends quietly."""
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def with_core(work: Callable[[Core], Awaitable[T]]) -> T:
    """Open the store and the dialogue, without a server, for one piece of work."""
    from offhook.core import open_core
    from offhook.ops.settings import load

    async def running() -> T:
        async with open_core(load()) as core:
            return await work(core)

    return run(running())


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
