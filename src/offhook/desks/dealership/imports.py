"""Customers, vehicles and cars for sale from CSV files: good lines in, the others told with line and reason.

Nobody is merged or overwritten: a phone, VIN or registration that the book has already is a problem of its line. Cars
for sale are known by their stock number, and a line about one that is in stock already brings it up to date.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Table, insert, select, update

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.tables import customer_phones, customers, inventory, vehicles
from offhook.kit.ids import new_id
from offhook.kit.money import places
from offhook.kit.phone import phone_or_none
from offhook.kit.registration import normalised
from offhook.kit.vin import BadVin, checked, decode
from offhook.store.csv_lines import LineProblem, read_csv
from offhook.store.unit_of_work import sql

ImportKind = Literal["customers", "vehicles", "inventory"]
MAX_LINES = 100_000
_ROWS_PER_INSERT = 1000
_CUSTOMER_COLUMNS = ("name", "phone", "email", "language", "notes")
_VEHICLE_COLUMNS = ("owner_phone", "make", "model", "year", "registration", "vin", "color", "fuel", "odometer_km")
_CAR_COLUMNS = (
    "stock_number", "make", "model", "variant", "year", "color", "fuel", "transmission", "condition", "odometer_km",
    "price", "status",
)  # fmt: skip
_FUELS = {"gasoline": "petrol", "gas": "petrol", "petrol": "petrol", "diesel": "diesel", "electric": "electric",
          "ev": "electric", "hybrid": "hybrid", "cng": "cng"}  # fmt: skip
_TRANSMISSIONS = {"automatic": "automatic", "auto": "automatic", "manual": "manual", "stick": "manual"}
_CONDITIONS = {"new": "new", "used": "used", "pre-owned": "used", "certified": "used"}
_STATUSES = {"": "available", "available": "available", "reserved": "reserved", "sold": "sold"}
_FIRST_YEAR = 1900

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    updated: int
    problems: tuple[LineProblem, ...]
    warnings: tuple[LineProblem, ...] = ()
    """Lines that were taken although something about them is doubtful."""


class _Refused(Exception):
    """The line cannot be used; the message says why."""


async def import_csv(uow: UnitOfWork, business: Business, kind: ImportKind, content: bytes, now: datetime) -> Imported:
    """All good lines of the file in the unit of work (WRITE). Never raises for what the file says."""
    match kind:
        case "customers":
            return await _Customers(uow, business, now).take(content)
        case "vehicles":
            return await _Vehicles(uow, business, now).take(content)
        case "inventory":
            return await _Cars(uow, business, now).take(content)


class _Taking(ABC):
    """Takes the lines of one file. Subclasses turn a line's texts into a row."""

    table: Table
    key: str
    """With the business, the primary key."""
    columns: tuple[str, ...]
    needed: tuple[str, ...]

    def __init__(self, uow: UnitOfWork, business: Business, now: datetime) -> None:
        self.business = business
        self.now = now
        self._sql = sql(uow)
        self.warnings: list[LineProblem] = []
        self.seen: dict[tuple[str, str], int] = {}
        """(column, value) -> line of this file."""

    async def take(self, content: bytes) -> Imported:
        read = read_csv(content, needed=self.needed, known=self.columns, most=MAX_LINES)
        problems = list(read.problems)
        await self.prepare()
        new: list[Row] = []
        changed: list[Row] = []
        for line, values in read.lines:
            try:
                row = self.row(line, values)
            except _Refused as refused:
                problems.append(LineProblem(line, str(refused)))
                continue
            (changed if self.is_known(row) else new).append({"business_id": self.business.business_id, **row})
        for start in range(0, len(new), _ROWS_PER_INSERT):
            await self._sql.execute(insert(self.table), new[start : start + _ROWS_PER_INSERT])
        for row in changed:
            await self.bring_up_to_date(row)
        return Imported(len(new), len(changed), tuple(sorted(problems, key=lambda one: one.line)), tuple(self.warnings))

    @abstractmethod
    async def prepare(self) -> None:
        """Read what the lines are checked against."""

    @abstractmethod
    def row(self, line: int, values: Mapping[str, str]) -> Row:
        """The line as a row of the table. Raises _Refused."""

    def is_known(self, row: Row) -> bool:
        """Whether the row is in the book already and is brought up to date."""
        return False

    async def bring_up_to_date(self, row: Row) -> None:
        this = (self.table.c.business_id == row["business_id"]) & (self.table.c[self.key] == row[self.key])
        await self._sql.execute(update(self.table).where(this).values(**row))

    def once(self, line: int, column: str, value: str) -> None:
        """The value stands in one line of the file only."""
        first = self.seen.setdefault((column, value), line)
        if first != line:
            raise _Refused(f"has the same {column} as line {first}")

    async def _column(self, table: Table, *names: str) -> list[Any]:
        query = select(*(table.c[name] for name in names)).where(table.c.business_id == self.business.business_id)
        return list((await self._sql.execute(query)).all())


class _Customers(_Taking):
    table = customers
    key = "customer_id"
    columns = _CUSTOMER_COLUMNS
    needed = ("name", "phone")

    async def prepare(self) -> None:
        known = [*await self._column(customers, "phone"), *await self._column(customer_phones, "phone")]
        self._phones = {row[0] for row in known}

    def row(self, line: int, values: Mapping[str, str]) -> Row:
        phone = _phone(values["phone"], self.business.country)
        if phone in self._phones:
            raise _Refused("has the phone of a customer who is in the book already")
        self.once(line, "phone", phone)
        return {
            "customer_id": new_id("cust"),
            "phone": phone,
            "name": values["name"],
            "email": _email(values["email"]),
            "language": values["language"].lower() or self.business.languages[0],
            "notes": values["notes"],
            "created_at": self.now,
            "active": True,
        }


class _Vehicles(_Taking):
    table = vehicles
    key = "vehicle_id"
    columns = _VEHICLE_COLUMNS
    needed = ("owner_phone", "make", "model")

    async def prepare(self) -> None:
        pairs = [
            *await self._column(customers, "phone", "customer_id"),
            *await self._column(customer_phones, "phone", "customer_id"),
        ]
        self._owners: dict[str, str] = dict(map(tuple, pairs))
        stored = await self._column(vehicles, "vin", "registration")
        self._vins = {vin for vin, _ in stored if vin}
        self._registrations = {registration for _, registration in stored if registration}

    def row(self, line: int, values: Mapping[str, str]) -> Row:
        owner = self._owners.get(_phone(values["owner_phone"], self.business.country))
        if owner is None:
            raise _Refused("has an owner_phone that no customer in the book has")
        vin = self._vin(line, values["vin"])
        registration = normalised(values["registration"]) or None
        if registration is not None:
            if registration in self._registrations:
                raise _Refused("has the registration of a vehicle that is in the book already")
            self.once(line, "registration", registration)
        return {
            "vehicle_id": new_id("veh"),
            "customer_id": owner,
            "make": values["make"],
            "model": values["model"],
            "year": _year(values["year"], self.now),
            "registration": registration,
            "vin": vin,
            "color": values["color"].lower() or None,
            "fuel": _one_of("fuel", values["fuel"], _FUELS) if values["fuel"] else None,
            "odometer_km": _whole("odometer_km", values["odometer_km"]),
            "active": True,
        }

    def _vin(self, line: int, text: str) -> str | None:
        if not text:
            return None
        try:
            told = decode(checked(text), self.now.year)
        except BadVin as error:
            raise _Refused(f"has a vin that is none: {error}") from None
        if told.vin in self._vins:
            raise _Refused("has the vin of a vehicle that is in the book already")
        self.once(line, "vin", told.vin)
        if told.check_digit_required and not told.check_digit_right:
            self.warnings.append(LineProblem(line, "has a vin whose check digit is wrong; it was taken as it is"))
        return told.vin


class _Cars(_Taking):
    table = inventory
    key = "stock_id"
    columns = _CAR_COLUMNS
    needed = ("stock_number", "make", "model", "year", "color", "fuel", "transmission", "condition", "price")

    async def prepare(self) -> None:
        rows = await self._column(inventory, "stock_number", "stock_id")
        self._stock: dict[str, str] = dict(map(tuple, rows))

    def row(self, line: int, values: Mapping[str, str]) -> Row:
        number = values["stock_number"].upper()
        self.once(line, "stock_number", number)
        year = _year(values["year"], self.now)
        return {
            "stock_id": self._stock.get(number) or new_id("car"),
            "stock_number": number,
            "make": values["make"],
            "model": values["model"],
            "variant": values["variant"],
            "year": year,
            "color": values["color"].lower(),
            "fuel": _one_of("fuel", values["fuel"], _FUELS),
            "transmission": _one_of("transmission", values["transmission"], _TRANSMISSIONS),
            "condition": _one_of("condition", values["condition"], _CONDITIONS),
            "odometer_km": _whole("odometer_km", values["odometer_km"]),
            "price": _minor(values["price"], self.business.currency),
            "currency": self.business.currency,
            "status": _one_of("status", values["status"], _STATUSES),
            "updated_at": self.now,
        }

    def is_known(self, row: Row) -> bool:
        return row["stock_number"] in self._stock


def _phone(text: str, country: str) -> str:
    phone = phone_or_none(text, country)
    if phone is None:
        raise _Refused(f"has a phone that no number of {country} can be, nor one with + and a country code")
    return phone


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise _Refused(f"has an email that is none: {str(error).rstrip('.').lower()}") from None


def _year(text: str, now: datetime) -> int | None:
    year = _whole("year", text)
    if year is not None and not _FIRST_YEAR <= year <= now.year + 1:
        raise _Refused(f"has the year {year}")
    return year


def _whole(name: str, text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise _Refused(f"has a {name} that is no whole number")
    return int(digits)


def _one_of(name: str, text: str, allowed: Mapping[str, str]) -> str:
    found = allowed.get(text.lower())
    if found is None:
        raise _Refused(f"has the {name} {text!r}; one of {', '.join(dict.fromkeys(allowed.values()))}")
    return found


def _minor(text: str, currency: str) -> int:
    """ "25,990.00" -> 2599000."""
    plain = text.replace(",", "").lstrip("$₹€£ ")
    try:
        amount = Decimal(plain).scaleb(places(currency))
    except InvalidOperation:
        raise _Refused("has a price that is no amount of money") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value() or amount > 10**15:
        raise _Refused("has a price that is no amount of money")
    return int(amount)
