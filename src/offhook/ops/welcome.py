"""The first screen of `offhook serve`: where it listens, who answers, what to try next, what is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from offhook.channels.trust import is_loopback_address
from offhook.contracts.business import Business
from offhook.ops.settings import Settings

LOOPBACK_TRUST = (
    "requests from this machine are served without credentials (loopback trust). Set OFFHOOK_PUBLIC_URL to end that."
)


@dataclass(frozen=True, slots=True)
class Welcome:
    host: str
    port: int
    settings: Settings
    businesses: Sequence[Business]

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def welcome(screen: Welcome, console: Console | None = None) -> None:
    console = console or Console(stderr=True)
    console.print(
        Panel(
            Group(_businesses(screen), Text(), _next_steps(screen), Text(), _trust(screen)),
            title=f"[bold]offhook[/] answers at {screen.url}",
            border_style="green",
            box=box.ROUNDED,
            expand=False,
            padding=(1, 2),
        )
    )


def _businesses(screen: Welcome) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("business", "desk", "called number", "languages", "zone"):
        table.add_column(column)
    for business in screen.businesses:
        languages = ", ".join(business.languages)
        table.add_row(business.name, business.desk, business.phone or "-", languages, business.timezone)
    return table


def _next_steps(screen: Welcome) -> Table:
    steps = Table.grid(padding=(0, 2))
    address = "" if screen.port == 8000 else f" --url {screen.url}"
    steps.add_row("call it", f'offhook call{address} --say "I need an oil change tomorrow at ten"')
    steps.add_row("talk to it", f"{screen.url}/")
    steps.add_row("type to it", "offhook talk")
    steps.add_row("its API", f"{screen.url}/docs")
    steps.add_row("your business", "offhook init")
    steps.add_row("all well?", "offhook doctor")
    return steps


def _trust(screen: Welcome) -> Text:
    settings = screen.settings
    if settings.offhook_public_url:
        return Text(
            f"Public at {settings.offhook_public_url}: every caller and client needs a credential.", style="dim"
        )
    if is_loopback_address(screen.host) or screen.host == "localhost":
        return Text(
            f"Development: {LOOPBACK_TRUST}",
            style="yellow",
        )
    return Text("Reachable from other machines; only requests from this one are trusted without credentials.", "yellow")
