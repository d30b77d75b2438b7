"""`offhook rehearse`: a desk's scripted conversations in text, each on a fresh book, scored on what that holds then."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

import offhook.desks
from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.dealership.left_behind import left_behind as dealership_left
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.demo import demo_businesses
from offhook.desks.registry import build_desks
from offhook.desks.sales.left_behind import left_behind as sales_left
from offhook.desks.shop.left_behind import left_behind as shop_left
from offhook.desks.tables import metadata
from offhook.dialogue.desk import Desk
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.scenario import Ending, Report, Scenario, load_scenarios, play
from offhook.kit.clock import StandingClock
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, open_database
from offhook.store.unit_of_work import unit_of_work_factory

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
"""When scenarios are played that name no moment of their own: a Wednesday morning at the demo dealership."""
_DESKS = {"dealership": dealership_left, "shop": shop_left, "sales": sales_left}
"""Desk -> what a session left in its book."""
_WRITES = ("appointments:", "others:", "waiting:", "entries:", "reminders:", "leads:")
_FILL = "Tire rotation"
"""What takes a bay where a scenario wants it taken."""


@dataclass(frozen=True, slots=True)
class Score:
    played: int
    done: int
    wrong_writes: int
    """Scenarios after which the book holds something that it should not."""
    in_scope: int = 0
    """Turns of the caller that a desk of this kind serves."""
    by_rules: int = 0
    """Those of them that the rules answered, by more than that they were not understood."""

    @property
    def share_by_rules(self) -> float:
        return self.by_rules / self.in_scope if self.in_scope else 1.0


def scenarios_of(desk: str) -> list[Scenario]:
    """Raises Invalid for a desk without scenarios."""
    folder = Path(offhook.desks.__file__).parent / desk / "scenarios"
    if desk not in _DESKS:
        raise Invalid("This desk has no scenarios.", {"desk": f"these have: {', '.join(_DESKS)}"})
    return load_scenarios(folder)


async def rehearse(
    scenarios: Sequence[Scenario],
    on_report: Callable[[Report], None] = lambda report: None,
    *,
    desk: str = "dealership",
) -> Score:
    clock, desks = StandingClock(NOW), build_desks()
    done = wrong = in_scope = lost = 0
    async with _stage(clock) as fresh:
        for scenario in scenarios:
            async with fresh() as database:
                report = await act(scenario, database, clock, desks, desk=desk)
            done += not report.failures
            wrong += any(failure.startswith(_WRITES) for failure in report.failures)
            in_scope += report.in_scope
            lost += len(report.lost)
            on_report(report)
    return Score(len(scenarios), done, wrong, in_scope, in_scope - lost)


async def act(
    scenario: Scenario,
    database: Database,
    clock: Clock,
    desks: Mapping[str, Desk] | None = None,
    *,
    desk: str = "dealership",
) -> Report:
    """One scenario on a book of its own: fill it, talk, and look at what is left. `clock`: where the scenario names no
    moment; `desks`: built anew if left out."""
    business = await SqlBusinesses(database, clock).default(desk)
    if scenario.now is not None:
        clock = StandingClock(datetime.fromisoformat(scenario.now).replace(tzinfo=ZoneInfo(business.timezone)))
    units = unit_of_work_factory(database, clock)
    engine = DialogueEngine(desks or build_desks(), units, clock, brain="rules")

    async def left(session_id: str) -> Ending:
        async with units(business.business_id, Effect.READ) as uow:
            return await _DESKS[desk](uow, session_id, clock.now())

    if desk == "dealership":
        async with units(business.business_id, Effect.WRITE) as uow:
            await _fill(DealershipRepository(uow), scenario, business, clock)
    try:
        return await play(scenario, engine, business, left, operator=desk == "shop")
    finally:
        await engine.aclose()


async def _fill(book: DealershipRepository, scenario: Scenario, business: Business, clock: Clock) -> None:
    zone = ZoneInfo(business.timezone)
    filling = await book.service_by_name(_FILL)
    assert filling is not None, f"the demo dealership does {_FILL}"
    for start in (start.replace(tzinfo=zone) for moment in scenario.full for start in _starts(moment)):
        while await book.why_not(filling, start, now=clock.now()) is None:
            await book.book(
                filling, start, customer_name="X", customer_phone=None, now=clock.now(), created_via="rehearsal"
            )
    for one in scenario.book:
        service = await book.service_by_name(one.service)
        if service is None:
            raise Invalid("A scenario cannot be played.", {scenario.name: f"there is no service {one.service}"})
        await book.book(
            service,
            datetime.fromisoformat(one.starts).replace(tzinfo=zone),
            customer_name=one.name,
            customer_phone=one.phone,
            now=clock.now(),
            created_via="rehearsal",
        )


def _starts(moment: str) -> list[datetime]:
    """The moment itself; of a day each quarter of an hour."""
    first = datetime.fromisoformat(moment)
    return [first] if len(moment) > len("YYYY-MM-DD") else [first + timedelta(minutes=15 * n) for n in range(96)]


@asynccontextmanager
async def _stage(clock: Clock) -> AsyncIterator[Callable[[], Any]]:
    """Gives fresh copies of one seeded book: migrating one for each scenario would take most of the time."""
    with tempfile.TemporaryDirectory(prefix="offhook-rehearsal-") as folder:
        seeded = Path(tempfile.mkdtemp(dir=folder))
        database = open_database(f"sqlite:///{seeded}/offhook.db")
        await migrate.prepare(database, metadata, demo_businesses(clock))
        await database.aclose()

        @asynccontextmanager
        async def fresh() -> AsyncIterator[Database]:
            copy = Path(folder, "book")
            shutil.copytree(seeded, copy)
            opened = open_database(f"sqlite:///{copy}/offhook.db")
            try:
                yield opened
            finally:
                await opened.aclose()
                shutil.rmtree(copy)

        yield fresh


def show(reports: Sequence[Report], score: Score, console: Console) -> None:
    failed = [report for report in reports if report.failures]
    _table("what went otherwise", [(report.scenario, report.failures) for report in failed], console)
    _table("not understood", [(report.scenario, report.lost) for report in reports if report.lost], console)
    style = "green" if not failed else "bold red"
    share = score.done / score.played if score.played else 1.0
    console.print(
        f"{score.done} of {score.played} scenarios done ({share:.1%}), {score.wrong_writes} with a wrong write.",
        style=style,
    )
    console.print(
        f"{score.by_rules} of {score.in_scope} turns in scope answered without a language model"
        f" ({score.share_by_rules:.1%})."
    )


def _table(what: str, rows: Sequence[tuple[str, Sequence[str]]], console: Console) -> None:
    """Lines of several scenarios; nothing where there are none."""
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("scenario")
    table.add_column(what, overflow="fold")
    for scenario, lines in rows:
        table.add_row(scenario, "\n".join(lines))
    console.print(table)


def as_data(reports: Sequence[Report], score: Score) -> dict[str, Any]:
    return {
        "played": score.played,
        "done": score.done,
        "wrong_writes": score.wrong_writes,
        "in_scope": score.in_scope,
        "by_rules": score.by_rules,
        "share_by_rules": round(score.share_by_rules, 4),
        "scenarios": [
            {
                "name": report.scenario,
                "done": not report.failures,
                "failures": report.failures,
                "in_scope": report.in_scope,
                "lost": report.lost,
                "talk": report.lines,
            }
            for report in reports
        ],
    }
