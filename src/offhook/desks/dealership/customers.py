"""The people and cars in the dealership's book, as far as talks need them: found by number, made when new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from offhook.desks.dealership.model import Customer, Vehicle
from offhook.desks.dealership.tables import customer_phones, customers, vehicles
from offhook.kit.ids import new_id
from offhook.store.business_book import BusinessBook
from offhook.store.prepared import Prepared, Rows, adding

_BUSINESS: BindParameter[str] = bindparam("business")
_CUSTOMER = select(customers).where(customers.c.business_id == _BUSINESS, customers.c.active)
_OF_FURTHER_PHONE = select(customer_phones.c.customer_id).where(
    customer_phones.c.business_id == _BUSINESS, customer_phones.c.phone == bindparam("phone")
)
_BY_ID = Prepared(_CUSTOMER.where(customers.c.customer_id == bindparam("customer")))
_BY_PHONE = Prepared(_CUSTOMER.where(customers.c.phone == bindparam("phone")))
_BY_FURTHER_PHONE = Prepared(_CUSTOMER.where(customers.c.customer_id == _OF_FURTHER_PHONE.scalar_subquery()))
_FURTHER_PHONES = Prepared(
    select(customer_phones.c.phone).where(
        customer_phones.c.business_id == _BUSINESS, customer_phones.c.customer_id == bindparam("customer")
    )
)
_ADD = adding(customers, "active")
_VEHICLES = Prepared(
    select(vehicles)
    .where(vehicles.c.business_id == _BUSINESS, vehicles.c.customer_id == bindparam("customer"), vehicles.c.active)
    .order_by(vehicles.c.vehicle_id)
)


class CustomerBook(BusinessBook):
    async def customer(self, customer_id: str) -> Customer | None:
        found = await self._all(_BY_ID, customer=customer_id)
        return _customer(found[0]) if found else None

    async def customer_by_phone(self, phone: str) -> Customer | None:
        """By the number in use or a further one; `phone` in E.164."""
        return await self._visit(lambda rows: self._customer_by_phone_in(rows, phone))

    async def phones(self, customer_id: str) -> list[str]:
        """Every number of a customer, E.164; the first is the one in use."""
        customer = await self.customer(customer_id)
        more = await self._all(_FURTHER_PHONES, customer=customer_id)
        return [*([customer.phone] if customer is not None else []), *(row[0] for row in more)]

    async def upsert_customer(
        self, phone: str, name: str, *, now: datetime, language: str = "en", email: str | None = None
    ) -> Customer:
        """The customer with this phone, made when there is none. What is stored is kept: another name on the same phone
        may be another person, and people are never merged silently."""
        return await self._visit(lambda rows: self._customer_for_in(rows, phone, name, now, language, email))

    async def vehicles(self, customer_id: str) -> list[Vehicle]:
        return [
            Vehicle(
                vehicle_id=row.vehicle_id,
                customer_id=row.customer_id,
                make=row.make,
                model=row.model,
                year=row.year,
                registration=row.registration,
                vin=row.vin,
            )
            for row in await self._all(_VEHICLES, customer=customer_id)
        ]

    # -- for the classes built on it; these run in the database's thread ----------------------------------------------

    def _customer_by_phone_in(self, rows: Rows, phone: str) -> Customer | None:
        found = rows.first(_BY_PHONE, **self._key, phone=phone)
        if found is None:
            found = rows.first(_BY_FURTHER_PHONE, **self._key, phone=phone)
        return None if found is None else _customer(found)

    def _customer_for_in(
        self, rows: Rows, phone: str, name: str, now: datetime, language: str, email: str | None
    ) -> Customer:
        known = self._customer_by_phone_in(rows, phone)
        if known is not None:
            return known
        customer = Customer(customer_id=new_id("cust"), phone=phone, name=name, email=email, language=language)
        rows.run(
            _ADD,
            business_id=self.business_id,
            customer_id=customer.customer_id,
            phone=phone,
            name=name,
            email=email,
            language=language,
            notes="",
            created_at=now,
        )
        return customer


def _customer(row: Any) -> Customer:
    return Customer(
        customer_id=row.customer_id,
        phone=row.phone,
        name=row.name,
        email=row.email,
        language=row.language,
        notes=row.notes,
    )
