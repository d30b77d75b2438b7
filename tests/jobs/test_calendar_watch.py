"""What calendars say is kept for the offers; what they do not say leaves the book alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from jobs.conftest import Rig
from offhook.contracts.calendar import Busy, CalendarChange, CalendarEvent, CalendarUnknown
from offhook.contracts.desk import Effect
from offhook.contracts.messaging import Delivered, Delivery, Refused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.jobs.calendar_watch import CalendarWatch

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO)


class ToldCalendar:
    name = "told"

    def __init__(self) -> None:
        self.blocks: list[Busy] | None = []
        self.removed: list[str] = []

    async def put(self, event: CalendarEvent) -> Delivery:
        return Delivered()

    async def remove(self, event_id: str) -> Delivery:
        self.removed.append(event_id)
        return Delivered()

    async def busy(self, first: datetime, last: datetime) -> list[Busy]:
        if self.blocks is None:
            raise CalendarUnknown("told: away")
        return self.blocks

    async def aclose(self) -> None:
        pass


class Offers:
    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.calendar = ToldCalendar()
        self.unknown: list[str] = []
        self.watch = CalendarWatch(
            {rig.business_id: self.calendar}, rig.units, rig.clock, on_unknown=self.unknown.append
        )

    async def offered(self) -> list[str]:
        async with self.rig.units(self.rig.business_id, Effect.READ) as uow:
            book = DealershipRepository(uow)
            service = await book.service_by_name("Oil change")
            assert service is not None
            now = self.rig.clock.now().astimezone(CHICAGO)
            free = await book.free_slots(service, FRIDAY.date(), now=now)
            refused = await book.why_not(service, FRIDAY, now=now)
        times = [f"{slot.starts_at:%H:%M}" for slot in free]
        assert (refused is None) == ("10:00" in times)
        return times


async def test_busy_times_are_not_offered_and_do_not_stop_a_booking(rig: Rig) -> None:
    offers = Offers(rig)
    everything = await offers.offered()
    assert "10:00" in everything
    offers.calendar.blocks = [Busy(FRIDAY, FRIDAY + timedelta(hours=2))]
    await offers.watch.read()
    left = await offers.offered()
    assert [time for time in everything if time not in left] == ["09:30", "10:00", "10:30", "11:00", "11:30"]
    async with rig.units(rig.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        service = await book.service_by_name("Oil change")
        assert service is not None
        now = rig.clock.now()
        await book.book(service, FRIDAY, customer_name="D", customer_phone=None, now=now, created_via="test")


async def test_a_calendar_that_is_away_is_known_for_a_while_and_then_unknown(rig: Rig) -> None:
    offers = Offers(rig)
    offers.calendar.blocks = [Busy(FRIDAY, FRIDAY + timedelta(hours=2))]
    await offers.watch.read()
    offers.calendar.blocks = None
    rig.clock.advance(minutes=10)
    await offers.watch.read()
    assert "10:00" not in await offers.offered()
    rig.clock.advance(minutes=6)
    assert "10:00" in await offers.offered()
    assert offers.unknown == ["told: away"]


async def test_what_became_free_is_offered_again(rig: Rig) -> None:
    offers = Offers(rig)
    offers.calendar.blocks = [Busy(FRIDAY, FRIDAY + timedelta(hours=2))] * 2
    await offers.watch.read()
    offers.calendar.blocks = []
    await offers.watch.read()
    assert "10:00" in await offers.offered()


async def test_changes_go_to_the_businesss_own_calendar(rig: Rig) -> None:
    offers = Offers(rig)
    gone = CalendarChange(business_id=rig.business_id, event_id="e", event=None)
    assert await offers.watch.change(gone) == Delivered()
    assert offers.calendar.removed == ["e"]
    other = CalendarChange(business_id="biz_other", event_id="e", event=None)
    assert isinstance(await offers.watch.change(other), Refused)
