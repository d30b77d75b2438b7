"""The people and cars in the dealership's book, as far as talks need them: found by number, made when new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, insert, select

from offhook.desks.dealership.model import Customer, Vehicle
from offhook.desks.dealership.tables import customer_phones, customers, vehicles
from offhook.kit.ids import new_id
from offhook.store.business_book import BusinessBook

_BUSINESS: BindParameter[str] = bindparam("business")
_CUSTOMER = select(customers).where(customers.c.business_id == _BUSINESS, customers.c.active)
_OF_FURTHER_PHONE = select(customer_phones.c.customer_id).where(
    customer_phones.c.business_id == _BUSINESS, customer_phones.c.phone == bindparam("phone")
)


class CustomerBook(BusinessBook):
    async def customer(self, customer_id: str) -> Customer | None:
        row = (
            await self._sql.execute(_CUSTOMER.where(customers.c.customer_id == customer_id), self._key)
        ).one_or_none()
        return None if row is None else _customer(row)

    async def customer_by_phone(self, phone: str) -> Customer | None:
        """By the number in use or a further one; `phone` in E.164."""
        row = (await self._sql.execute(_CUSTOMER.where(customers.c.phone == phone), self._key)).one_or_none()
        if row is None:
            further = _CUSTOMER.where(customers.c.customer_id == _OF_FURTHER_PHONE.scalar_subquery())
            row = (await self._sql.execute(further, {**self._key, "phone": phone})).one_or_none()
        return None if row is None else _customer(row)

    async def phones(self, customer_id: str) -> list[str]:
        """Every number of a customer, E.164; the first is the one in use."""
        customer = await self.customer(customer_id)
        more = await self._sql.execute(
            select(customer_phones.c.phone).where(
                customer_phones.c.business_id == self.business_id, customer_phones.c.customer_id == customer_id
            )
        )
        return [*([customer.phone] if customer is not None else []), *(row[0] for row in more)]

    async def upsert_customer(
        self, phone: str, name: str, *, now: datetime, language: str = "en", email: str | None = None
    ) -> Customer:
        """The customer with this phone, made when there is none. What is stored is kept: another name on the same phone
        may be another person, and people are never merged silently."""
        known = await self.customer_by_phone(phone)
        if known is not None:
            return known
        customer = Customer(customer_id=new_id("cust"), phone=phone, name=name, email=email, language=language)
        await self._sql.execute(
            insert(customers),
            {
                "business_id": self.business_id,
                "customer_id": customer.customer_id,
                "phone": phone,
                "name": name,
                "email": email,
                "language": language,
                "notes": "",
                "created_at": now,
            },
        )
        return customer

    async def vehicles(self, customer_id: str) -> list[Vehicle]:
        rows = await self._sql.execute(
            select(vehicles)
            .where(vehicles.c.business_id == self.business_id, vehicles.c.customer_id == customer_id, vehicles.c.active)
            .order_by(vehicles.c.vehicle_id)
        )
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
            for row in rows
        ]


def _customer(row: Row[Any]) -> Customer:
    return Customer(
        customer_id=row.customer_id,
        phone=row.phone,
        name=row.name,
        email=row.email,
        language=row.language,
        notes=row.notes,
    )
