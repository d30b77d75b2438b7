"""`offhook init`: a business of one's own in the book, asked for step by step or given by options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from offhook.contracts.business import Business, OpenHours
from offhook.contracts.clock import Clock
from offhook.contracts.errors import Invalid
from offhook.desks.dealership.seed import BAYS, SeedService, create_dealership
from offhook.kit.ids import new_id
from offhook.kit.money import places
from offhook.kit.phone import phone_or_none
from offhook.store.business_book import insert_closed_days, insert_faq
from offhook.store.businesses import insert_business
from offhook.store.engine import Database
from offhook.store.faq_csv import FaqImport, read_faq_csv

DESKS = ("dealership", "shop", "sales")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CURRENCIES = {"US": "USD", "IN": "INR", "GB": "GBP", "CA": "CAD", "AU": "AUD", "JP": "JPY"}
_HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}(?::\d\d)?)\s*-\s*(\d{1,2}(?::\d\d)?)", re.IGNORECASE)
_SERVICE = re.compile(
    r"(?P<name>[^:]+?)(?:\s*:\s*(?P<minutes>\d+)\s*(?:min)?)?(?:\s*:\s*(?P<whole>\d{1,9})(?:\.(?P<decimals>\d+))?)?"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MAX_CSV_BYTES = 10_000_000
_MOST_PLACES = 200
"""Bays or technicians of one dealership."""

Ask = Callable[[str, str], str]
"""(question, what an empty answer stands for) -> the answer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """As a person gives it; "" and () where nothing was said."""

    name: str
    desk: str = "dealership"
    zone: str = "America/Chicago"
    number: str = ""
    country: str = "US"
    hours: str = "mon-fri 9-18"
    """Comma-separated: `mon-fri 9:00-18:00, sat 9-13`."""
    services: tuple[str, ...] = ()
    """Each `name: minutes: price`, price in whole or decimal currency; minutes and price may be left out."""
    bays: int | None = None
    """None: as many as a dealership is given by itself."""
    technicians: int = 0
    """With any, each service needs one beside its bay."""
    closed: tuple[str, ...] = ()
    """Each `2026-12-25: Christmas Day`; the reason may be left out."""
    address: str = ""
    languages: tuple[str, ...] = ("en",)
    currency: str = ""
    faq: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    business: Business
    services: int
    faq: FaqImport = field(default_factory=lambda: FaqImport((), ()))

    def as_data(self) -> dict[str, object]:
        return {
            "business_id": self.business.business_id,
            "name": self.business.name,
            "desk": self.business.desk,
            "number": self.business.phone,
            "services": self.services,
            "faq_entries": len(self.faq.entries),
            "faq_problems": [{"line": found.line, "problem": found.problem} for found in self.faq.problems],
        }


def ask_for(ask: Ask, given: Wanted) -> Wanted:
    """What a person at the terminal wants. Each question is repeated until its answer can be used."""
    name = _until(ask, "Name of the business", given.name, _some)
    desk = _until(ask, f"Desk ({', '.join(DESKS)})", given.desk, _desk)
    zone = _until(ask, "Time zone (IANA)", given.zone, _zone)
    country = _until(ask, "Country (two letters)", given.country, _country)
    number = _until(ask, "Phone number that callers dial (empty for none)", given.number, lambda n: _number(n, country))
    hours = _until(ask, "Opening hours", given.hours, _hours)
    services = given.services
    if desk == "dealership" and not services:
        told = ask('Services, separated by ";", each as name: minutes: price', "Oil change: 45: 49.95")
        services = tuple(part.strip() for part in told.split(";") if part.strip())
    return replace(
        given,
        name=name,
        desk=desk,
        zone=zone,
        number=number,
        country=country,
        hours=hours,
        services=services,
        address=ask("Address, as it is spoken (empty for none)", given.address),
    )


async def create(database: Database, clock: Clock, wanted: Wanted) -> Made:
    """Store the business, whole or not at all. Bad lines of the FAQ file are reported, not stored.

    Raises Invalid (with the names of the options), Conflict when the number is in use.
    """
    business = to_business(wanted)
    services = [read_service(text, business.currency) for text in wanted.services]
    closed = read_closed(wanted.closed)
    faq = _read_faq(wanted.faq)
    if business.desk == "dealership":
        bays = _count("bays", BAYS if wanted.bays is None else wanted.bays, least=1)
        technicians = _count("technicians", wanted.technicians, least=0)
        await create_dealership(
            database,
            clock,
            business,
            services=services,
            bays=bays,
            technicians=technicians,
            closed=closed,
            faq=faq.entries,
        )
    else:
        given = {"service": services, "bays": wanted.bays, "technicians": wanted.technicians}
        wrong = {name: f"not for the desk {business.desk}" for name, value in given.items() if value}
        if wrong:
            raise Invalid("Only a dealership has services, bays and technicians.", wrong)
        async with database.transaction(write=True) as connection:
            await insert_business(connection, business, clock=clock)
            await insert_closed_days(connection, business.business_id, closed)
            await insert_faq(connection, business.business_id, faq.entries)
    return Made(business, len(services), faq)


def to_business(wanted: Wanted) -> Business:
    """Raises Invalid with the names of the options."""
    country = _country(wanted.country)
    return Business(
        business_id=new_id("biz"),
        name=_some(wanted.name),
        desk=_desk(wanted.desk),
        timezone=_zone(wanted.zone),
        country=country,
        currency=wanted.currency.upper() or _CURRENCIES.get(country, "USD"),
        languages=wanted.languages,
        address=wanted.address.strip(),
        phone=_number(wanted.number, country) or None,
        hours=read_hours(wanted.hours),
    )


def read_hours(text: str) -> tuple[OpenHours, ...]:
    """`mon-fri 9:00-18:00, sat 9-13` as hours of the week; 24 closes at midnight. Raises Invalid."""
    found: list[OpenHours] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _HOURS.fullmatch(part)
        try:
            if match is None:
                raise ValueError(part)
            first, last = (DAYS.index((day or match[1]).lower()) for day in match.group(1, 2))
            days = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
            found += [OpenHours(weekday=day, opens=_time(match[3]), closes=_time(match[4])) for day in days]
        except ValueError:
            raise Invalid("The hours cannot be read.", {"hours": f"{part!r}; write mon-fri 9:00-18:00"}) from None
    return tuple(found)


def read_service(text: str, currency: str) -> SeedService:
    """`Oil change: 45: 49.95`: name, minutes (60), price (none). Raises Invalid."""
    match = _SERVICE.fullmatch(text.strip())
    digits = places(currency)
    if match is None or len(match["decimals"] or "") > digits:
        raise Invalid("A service cannot be read.", {"service": f"{text!r}; write name: minutes: price"})
    minor = int(match["whole"] + (match["decimals"] or "").ljust(digits, "0")) if match["whole"] else None
    return SeedService(name=match["name"].strip(), duration_min=int(match["minutes"] or 60), price_from=minor)


def read_closed(texts: Sequence[str]) -> dict[date, str]:
    """`2026-12-25: Christmas Day` as a closed day and its reason. Raises Invalid."""
    closed: dict[date, str] = {}
    for text in texts:
        day, _, reason = (part.strip() for part in text.partition(":"))
        if not _DAY.fullmatch(day):
            raise Invalid("A closed day cannot be read.", {"closed": f"{text!r}; write 2026-12-25:Christmas Day"})
        try:
            read = date.fromisoformat(day)
        except ValueError:
            raise Invalid("A closed day cannot be read.", {"closed": f"there is no {day}"}) from None
        if read in closed:
            raise Invalid("A closed day is given twice.", {"closed": day})
        closed[read] = reason
    return closed


def _count(name: str, count: int, *, least: int) -> int:
    if not least <= count <= _MOST_PLACES:
        raise Invalid("That many cannot be set up.", {name: f"{least} to {_MOST_PLACES}"})
    return count


def _read_faq(path: Path | None) -> FaqImport:
    if path is None:
        return FaqImport((), ())
    try:
        if path.stat().st_size > _MAX_CSV_BYTES:
            raise Invalid("The FAQ file is too large.", {"faq": f"at most {_MAX_CSV_BYTES} bytes"})
        return read_faq_csv(path.read_bytes())
    except OSError as error:
        raise Invalid("The FAQ file cannot be read.", {"faq": f"{path}: {error.strerror}"}) from None


def _until(ask: Ask, question: str, default: str, check: Callable[[str], str]) -> str:
    while True:
        answer = ask(question, default).strip()
        try:
            return check(answer)
        except Invalid as error:
            question = f"{'; '.join((error.fields or {}).values())}. {question.rpartition('. ')[2]}"


def _hours(text: str) -> str:
    read_hours(text)
    return text


def _some(name: str) -> str:
    if not name.strip():
        raise Invalid("A name is needed.", {"name": "must not be empty"})
    return name.strip()


def _desk(desk: str) -> str:
    if desk not in DESKS:
        raise Invalid("There is no such desk.", {"desk": f"one of {', '.join(DESKS)}"})
    return desk


def _zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("There is no such zone.", {"zone": "an IANA zone such as America/Chicago"}) from None
    return zone


def _country(country: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", country):
        raise Invalid("The country cannot be used.", {"country": "two letters, such as US or IN"})
    return country.upper()


def _number(number: str, country: str) -> str:
    if not number.strip():
        return ""
    e164 = phone_or_none(number, country)
    if e164 is None:
        raise Invalid("The phone number cannot be used.", {"number": f"not a number of {country} or with +country"})
    return e164


def _time(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(0 if (hour, int(minute or 0)) == ("24", 0) else int(hour), int(minute or 0))
