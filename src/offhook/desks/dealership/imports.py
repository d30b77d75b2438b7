"""Customers, vehicles and cars for sale from CSV files: good lines in, the others told with line and reason.

Nobody is merged or overwritten: a phone, VIN or registration that the book has already is a problem of its line. Cars
for sale are known by their stock number, and a line about one that is in stock already brings it up to date.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Table, insert, select, update

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.fields import (
    CONDITIONS,
    FUELS,
    STATUSES,
    TRANSMISSIONS,
    BadField,
    email_of,
    minor_of,
    one_of,
    phone_of,
    vin_of,
    whole,
    year_of,
)
from offhook.desks.dealership.tables import customer_phones, customers, inventory, vehicles
from offhook.kit.ids import new_id
from offhook.kit.registration import normalised
from offhook.store.csv_lines import Imported, LineProblem, read_csv
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
Row = dict[str, Any]


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
            except BadField as bad:
                problems.append(LineProblem(line, f"has {bad}"))
                continue
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
        phone = phone_of(values["phone"], self.business.country)
        if phone in self._phones:
            raise _Refused("has the phone of a customer who is in the book already")
        self.once(line, "phone", phone)
        return {
            "customer_id": new_id("cust"),
            "phone": phone,
            "name": values["name"],
            "email": email_of(values["email"]),
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
        owner = self._owners.get(phone_of(values["owner_phone"], self.business.country))
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
            "year": year_of(whole("year", values["year"]), self.now),
            "registration": registration,
            "vin": vin,
            "color": values["color"].lower() or None,
            "fuel": one_of("fuel", values["fuel"], FUELS) if values["fuel"] else None,
            "odometer_km": whole("odometer_km", values["odometer_km"]),
            "active": True,
        }

    def _vin(self, line: int, text: str) -> str | None:
        if not text:
            return None
        told = vin_of(text, self.now)
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
        year = year_of(whole("year", values["year"]), self.now)
        return {
            "stock_id": self._stock.get(number) or new_id("car"),
            "stock_number": number,
            "make": values["make"],
            "model": values["model"],
            "variant": values["variant"],
            "year": year,
            "color": values["color"].lower(),
            "fuel": one_of("fuel", values["fuel"], FUELS),
            "transmission": one_of("transmission", values["transmission"], TRANSMISSIONS),
            "condition": one_of("condition", values["condition"], CONDITIONS),
            "odometer_km": whole("odometer_km", values["odometer_km"]),
            "price": minor_of(values["price"], self.business.currency),
            "currency": self.business.currency,
            "status": one_of("status", values["status"], STATUSES),
            "updated_at": self.now,
        }

    def is_known(self, row: Row) -> bool:
        return row["stock_number"] in self._stock
