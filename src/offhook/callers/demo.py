"""The demonstration: a fresh server, one call over the carrier's protocol, and a look into the database.

Success is the appointment, not the words: the right service at the right time under the caller's number, once.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from offhook.audio.wav import write_stereo
from offhook.callers.cli import place_call
from offhook.callers.events import CallEvent, as_json
from offhook.callers.line import RATE_HZ
from offhook.callers.own_server import ServerFailed, own_server
from offhook.callers.phone import CallOutcome, PhoneSettings
from offhook.callers.report import Transcript
from offhook.callers.script import Script, ScriptError, parse_script
from offhook.contracts.speech import TtsFailed

NOW = "2026-11-18T09:00:00-06:00"
"""A Wednesday morning at the demo dealership: the next day is a working day whatever today is."""
_CALL_LIMIT_S = 100.0
_QUIET_MS = 520.0
"""A brisk caller: the demonstration is watched from beginning to end."""

_ROWS = """
select a.appointment_id, a.service_name, a.starts_at, a.ends_at, r.name as resource, a.customer_name, a.customer_phone,
       a.status, b.timezone
from appointments a
join businesses b on b.business_id = a.business_id
join resources r on r.business_id = a.business_id and r.resource_id = a.resource_id
where a.customer_phone = ?
order by a.created_at
"""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment as the database holds it."""

    appointment_id: str
    service: str
    starts_at: str
    """Local time of the business, ISO 8601 with offset."""
    ends_at: str
    resource: str
    name: str
    phone: str
    status: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller of the demonstration came for."""

    service: str = "Oil change"
    starts_at: str = "2026-11-19T11:00:00-06:00"

    def mismatch(self, booked: list[Booked], phone: str) -> str:
        """Why these rows are not the one right appointment; "" when they are."""
        if len(booked) != 1:
            return f"there are {len(booked)} appointments under {phone}, not one"
        (row,) = booked
        for what, is_, wanted in (
            ("service", row.service, self.service),
            ("time", row.starts_at, self.starts_at),
            ("status", row.status, "booked"),
        ):
            if is_ != wanted:
                return f"the {what} is {is_}, not {wanted}"
        return ""


async def run_demo(out: Path, console: Console | None = None) -> int:
    """Run it, show it, write `demo.wav` and `demo.json` into `out`; 0 only when the right appointment is there."""
    console = console or Console(highlight=False)
    _first_screen(console)
    script = demo_script()
    phone = script.from_number or ""
    try:
        with tempfile.TemporaryDirectory(prefix="offhook-demo-", ignore_cleanup_errors=True) as folder:
            async with AsyncExitStack() as stack:
                with console.status("Starting a server of its own: fresh database, speech engines …"):
                    url = await stack.enter_async_context(own_server(Path(folder), {"OFFHOOK_NOW": NOW}))
                console.print(f"[bright_black]      ☎  {url} is ready; {phone} dials[/]")
                outcome = await _call(url, script, Transcript(console))
            booked = appointments(Path(folder) / "offhook.db", phone)
    except (ServerFailed, ScriptError, TtsFailed) as error:
        console.print(f"[bold red]The demonstration could not run:[/] {escape(str(error))}", soft_wrap=True)
        return 1
    return _finish(console, out, outcome, booked, phone)


def demo_script() -> Script:
    return parse_script((resources.files("offhook.callers") / "demo.yaml").read_text(encoding="utf-8"), "demo.yaml")


def appointments(database: Path, phone: str) -> list[Booked]:
    """The appointments under a number, oldest first, read from the file itself. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as book:
        book.row_factory = sqlite3.Row
        return [_booked(row) for row in book.execute(_ROWS, (phone,))]


def _booked(row: sqlite3.Row) -> Booked:
    zone = ZoneInfo(row["timezone"])
    return Booked(
        appointment_id=row["appointment_id"],
        service=row["service_name"],
        starts_at=_local(row["starts_at"], zone),
        ends_at=_local(row["ends_at"], zone),
        resource=row["resource"],
        name=row["customer_name"],
        phone=row["customer_phone"],
        status=row["status"],
    )


def _local(stored: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone(zone).isoformat()


async def _call(url: str, script: Script, tell: Callable[[CallEvent], None]) -> CallOutcome:
    return await place_call(PhoneSettings(url=url, quiet_ms=_QUIET_MS, limit_s=_CALL_LIMIT_S), script, tell)


def _first_screen(console: Console) -> None:
    console.print(
        Panel(
            "A caller rings the demo dealership over the Twilio Media Streams protocol in real time on a noisy line,\n"
            "and books a car service. Speech recognition, understanding and voices run here: no key, no network.\n"
            "Each bar runs from the caller's last sound to the agent's first: [yellow]━[/] endpoint, "
            "[magenta]━[/] think, [cyan]━[/] voice, [bright_black]━[/] line.",
            title="offhook",
            expand=False,
        )
    )


def _finish(console: Console, out: Path, outcome: CallOutcome, booked: list[Booked], phone: str) -> int:
    # One column an appointment, so that nothing is cut in a narrow terminal.
    table = Table(title="appointments, as the database holds them", title_justify="left", show_header=False)
    names = ("appointment", "service", "starts", "ends", "where", "name", "phone", "status")
    for name, *values in zip(names, *(asdict(row).values() for row in booked), strict=True):
        table.add_row(name, *(str(value) for value in values))
    console.print(table)
    wrong = [*outcome.failures, *filter(None, [Wanted().mismatch(booked, phone)])]
    out.mkdir(parents=True, exist_ok=True)
    write_stereo(out / "demo.wav", outcome.caller_pcm, outcome.agent_pcm, RATE_HZ)
    report = {
        "call_sid": outcome.call_sid,
        "now": NOW,
        "succeeded": not wrong,
        "failures": wrong,
        "appointments": [asdict(row) for row in booked],
        "events": [json.loads(as_json(event)) for event in outcome.events],
    }
    (out / "demo.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    files = f"{out / 'demo.wav'} (left caller, right agent) and {out / 'demo.json'}"
    console.print(f"[bright_black]The call is in {files}.[/]", soft_wrap=True)
    for failure in wrong:
        console.print(f"[bold red]✗[/] {escape(failure)}", soft_wrap=True)
    if not wrong:
        console.print("[bold green]✓ The right appointment is in the book.[/]")
    return 1 if wrong else 0
