"""The book against a simple model of it, over any order of bookings, holds, moves, cancellations and closings.

The model knows each resource's quarters and who holds what. Whatever the book answers must be true in it: a time is
refused only where no bay or no technician is free, given only where they are, and what is offered is what can be had.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from offhook.desks.dealership.holds import HOLD_S
from offhook.desks.dealership.model import Appointment, ChangeRefused, SlotTaken
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.slots import units_of
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.engine import Database, open_database
from support.dealership_book import FRIDAY_10, LAKESIDE, add_technicians, booked, keep_bays, opener, service_of
from support.set_clock import SetClock
from support.stored_rows import stored_rows

T = TypeVar("T")
MINUTES = 60
"""An oil change and the buffer after it."""
STARTS = [FRIDAY_10 + timedelta(minutes=15 * n) for n in range(10)]
AT = st.sampled_from(STARTS)
WHO = st.sampled_from(["ann", "bob"])
template: list[Path] = []
"""One migrated book, made when first needed and copied for each run."""


@dataclass(frozen=True)
class Held:
    resources: tuple[str, ...]
    start: datetime
    until: datetime


class Book(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SetClock()
        self.runner = asyncio.Runner()
        self.database = self.runner.run(self._open())
        self.open_book = opener(self.database, self.clock)
        self.booked: dict[str, Appointment] = {}
        self.held: dict[str, Held] = {}
        self.bays, self.technicians = self.runner.run(self._resources())

    async def _open(self) -> Database:
        path = self.folder / "offhook.db"
        shutil.copy(template[0], path)
        return open_database(f"sqlite:///{path}")

    async def _resources(self) -> tuple[list[str], list[str]]:
        async with self.open_book() as book:
            bays, technicians = await book.resources(), await book.resources("technician")
        return [one.resource_id for one in bays], [one.resource_id for one in technicians]

    # -- the model ----------------------------------------------------------------------------------------------------

    def taken(self, who: str | None, without: str | None = None) -> set[tuple[str, int]]:
        """(resource, unit) that appointments and the holds of others occupy."""
        found = {
            (resource, unit)
            for one in self.booked.values()
            if one.appointment_id != without
            for resource in resources_of(one)
            for unit in units_of(one.starts_at, MINUTES)
        }
        for holder, hold in self.held.items():
            if holder != who and hold.until > self.clock.now():
                found |= {(one, unit) for one in hold.resources for unit in units_of(hold.start, MINUTES)}
        return found

    def possible(self, start: datetime, who: str | None, without: str | None = None) -> bool:
        taken = self.taken(who, without)
        units = units_of(start, MINUTES)
        return all(
            any(all((one, unit) not in taken for unit in units) for one in group)
            for group in (self.bays, self.technicians)
        )

    def check(self, resources: tuple[str, ...], start: datetime, who: str | None, without: str | None = None) -> None:
        """What was given was free."""
        taken = self.taken(who, without)
        assert not any((one, unit) in taken for one in resources for unit in units_of(start, MINUTES))

    # -- the book -----------------------------------------------------------------------------------------------------

    def change(self, work: Callable[[DealershipRepository], Awaitable[T]]) -> T | None:
        """The outcome, or None where the time is taken; committed either way."""

        async def run() -> T | None:
            async with self.open_book(write=True) as book:
                try:
                    return await work(book)
                except SlotTaken:
                    return None

        return self.runner.run(run())

    @rule(start=AT, who=WHO)
    def book(self, start: datetime, who: str) -> None:
        possible = self.possible(start, who)
        made = self.change(lambda book: booked(book, start, self.clock.now(), phone=None, session_id=who))
        assert (made is not None) == possible
        if made is not None:
            self.check(resources_of(made), start, who)
            hold = self.held.pop(who, None)
            if hold is not None and hold.start == start and hold.until > self.clock.now():
                assert resources_of(made) == hold.resources
            self.booked[made.appointment_id] = made

    @rule(start=AT, who=WHO)
    def hold(self, start: datetime, who: str) -> None:
        async def work(book: DealershipRepository) -> Held:
            made = await book.hold(await service_of(book), start, session_id=who, now=self.clock.now())
            assert made.technician_id is not None
            return Held((made.resource_id, made.technician_id), start, made.expires_at)

        possible = self.possible(start, who)
        held = self.change(work)
        assert (held is not None) == possible
        if held is not None:
            self.check(held.resources, start, who)
            self.held[who] = held

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), start=AT, who=WHO)
    def move(self, data: st.DataObject, start: datetime, who: str) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.booked)))
        before = self.booked[chosen]

        async def work(book: DealershipRepository) -> Appointment:
            return await book.reschedule(chosen, start, now=self.clock.now(), actor="test", session_id=who)

        if start == before.starts_at:
            with pytest.raises(ChangeRefused):
                self.change(work)
            return
        possible = self.possible(start, who, without=chosen)
        after = self.change(work)
        assert (after is not None) == possible
        if after is not None:
            self.check(resources_of(after), start, who, without=chosen)
            self.booked[chosen] = after
            self.held.pop(who, None)

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), way=st.sampled_from(["cancel", "completed", "no_show"]))
    def end(self, data: st.DataObject, way: str) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.booked)))

        async def work(book: DealershipRepository) -> None:
            if way == "cancel":
                await book.cancel(chosen, now=self.clock.now(), actor="test")
            elif way == "completed":
                await book.close(chosen, "completed", now=self.clock.now(), actor="test")
            else:
                await book.close(chosen, "no_show", now=self.clock.now(), actor="test")

        self.change(work)
        del self.booked[chosen]
        with pytest.raises(ChangeRefused):
            self.change(work)

    @rule(seconds=st.sampled_from([1, HOLD_S - 1, HOLD_S]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @invariant()
    def the_stored_quarters_are_those_of_the_appointments(self) -> None:
        rows = self.runner.run(stored_rows(self.database, "appointment_units", business_id=LAKESIDE, limit=10_000))
        stored = [(row["resource_id"], row["unit"], row["appointment_id"]) for row in rows]
        assert len(stored) == len({(resource, unit) for resource, unit, _ in stored})
        assert set(stored) == {
            (resource, unit, one.appointment_id)
            for one in self.booked.values()
            for resource in resources_of(one)
            for unit in units_of(one.starts_at, MINUTES)
        }

    @invariant()
    def what_is_offered_is_what_can_be_had(self) -> None:
        async def offered() -> list[datetime]:
            async with self.open_book() as book:
                day = FRIDAY_10.date()
                free = await book.free_between(
                    await service_of(book), day, day, now=self.clock.now(), step_min=15, session_id="ann"
                )
            return [slot.starts_at for slot in free]

        found = set(self.runner.run(offered()))
        for start in STARTS:
            assert (start in found) == self.possible(start, "ann")

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)


def resources_of(appointment: Appointment) -> tuple[str, ...]:
    assert appointment.technician_id is not None
    return (appointment.resource_id, appointment.technician_id)


def test_the_book_keeps_to_the_model(tmp_path: Path) -> None:
    async def make() -> None:
        database = open_database(f"sqlite:///{tmp_path}/template.db")
        await migrate.prepare(database, metadata, demo_businesses(SetClock()))
        await keep_bays(database, 3)
        await add_technicians(database, 2)
        await database.aclose()

    asyncio.run(make())
    template[:] = [tmp_path / "template.db"]
    budget = settings(
        max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Book, settings=budget)
