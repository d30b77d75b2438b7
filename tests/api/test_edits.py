"""The book changed over HTTP: made, changed, closed; refused field by field; once under a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from offhook.api.http import create_app
from offhook.api.lists import RESOURCES
from offhook.contracts.business import Business
from offhook.desks.dealership.seed import create_dealership
from offhook.desks.registry import BOOK_EDITS
from offhook.store.schema import audit, jobs
from support.api_rig import API_KEY, Rig, open_session

ANNA = {"name": "Anna Berg", "phone": "(202) 555-0188", "email": "Anna@Example.com", "notes": "prefers mornings"}
PRICE = {"amount": 2_599_000, "currency": "USD"}
CAR = {
    "stock_number": "n-77",
    "make": "Toyota",
    "model": "Camry",
    "year": 2025,
    "color": "Red",
    "fuel": "gas",
    "transmission": "auto",
    "condition": "new",
    "price": PRICE,
}
OTHER = Business(business_id="biz_other", name="Other Garage", desk="dealership", timezone="Europe/London")


async def made(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(f"/api/{path}", json=body)
    assert response.status_code == 201, response.text
    row: dict[str, Any] = response.json()
    return row


async def refused(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    error: dict[str, Any] = response.json()["error"]
    return error


async def actions(rig: Rig, subject: str) -> list[str]:
    async with rig.database.transaction(write=False) as connection:
        query = select(audit.c.action).where(audit.c.subject == subject).order_by(audit.c.created_at, audit.c.audit_id)
        return list((await connection.execute(query)).scalars())


async def test_a_customer_is_made_changed_and_deactivated(rig: Rig) -> None:
    async with rig.client() as client:
        anna = await made(client, "customers", ANNA)
        key = anna["customer_id"]
        assert (anna["phone"], anna["email"], anna["active"]) == ("+12025550188", "Anna@example.com", True)
        assert (await client.get(f"/api/customers/{key}")).json() == anna
        changed = await client.patch(f"/api/customers/{key}", json={"notes": "", "email": None})
        assert changed.json() == {**anna, "notes": "", "email": None}
        closed = await client.delete(f"/api/customers/{key}")
        assert closed.json()["active"] is False
        assert (await client.patch(f"/api/customers/{key}", json={"active": True})).json()["active"] is True
    assert await actions(rig, key) == ["customer.create", "customer.change", "customer.close", "customer.change"]


async def test_nobody_is_in_the_book_twice(rig: Rig) -> None:
    async with rig.client() as client:
        anna = await made(client, "customers", ANNA)
        error = await refused(await client.post("/api/customers", json={**ANNA, "name": "Anton"}), 409)
        assert error["code"] == "customer_exists"
        assert set(error["fields"]) == {"phone"}
        other = await made(client, "customers", {"name": "Anton", "phone": "+1 202 555 0189"})
        moved = await client.patch(f"/api/customers/{other['customer_id']}", json={"phone": ANNA["phone"]})
        await refused(moved, 409)
        car = {"customer_id": anna["customer_id"], "make": "Honda", "model": "Civic", "registration": "ab-12 cd"}
        vehicle = await made(client, "vehicles", {**car, "vin": "1HGCM82633A004352"})
        assert (vehicle["registration"], vehicle["fuel"]) == ("AB12CD", None)
        for field, value in (("registration", "AB 12 CD"), ("vin", "1hgcm82633a004352")):
            again = {**car, "customer_id": other["customer_id"], "registration": None, field: value}
            error = await refused(await client.post("/api/vehicles", json=again), 409)
            assert set(error["fields"]) == {field}


async def test_cars_services_faq_users_and_tasks(rig: Rig) -> None:
    async with rig.client() as client:
        car = await made(client, "inventory", CAR)
        assert (car["stock_number"], car["fuel"], car["status"], car["price"]) == ("N-77", "petrol", "available", PRICE)
        await refused(await client.post("/api/inventory", json=CAR), 409)
        assert (await client.delete(f"/api/inventory/{car['stock_id']}")).json()["status"] == "sold"
        wash = {"name": "Deep wash", "duration_min": 45, "aliases": ["Valet", "valet", " "]}
        service = await made(client, "services", {**wash, "price_from": {"amount": 4900, "currency": "USD"}})
        assert service["aliases"] == ["valet"]
        await refused(await client.post("/api/services", json=wash), 409)
        entry = await made(client, "faq", {"question": "Do you sell tyres?", "answer": "Yes.", "keywords": ["tyre"]})
        assert entry["keywords"] == ["tyre"]
        user = await made(client, "users", {"name": "Ravi", "role": "staff", "phone": "202 555 0190", "pin": "8254"})
        assert "pin_hash" not in user
        await refused(await client.post("/api/users", json={"name": "R", "role": "staff", "pin": "8254"}), 409)
        await refused(await client.post("/api/users", json={"name": "R", "role": "staff", "pin": "1234"}), 422)
        renamed = await client.patch(f"/api/users/{user['user_id']}", json={"name": "Ravi K", "pin": "9182"})
        assert renamed.json()["name"] == "Ravi K"
        gone = await client.delete(f"/api/users/{user['user_id']}")
        assert (gone.json()["active"], gone.json()["phone"]) == (False, None)
        task = await made(client, "tasks", {"kind": "callback", "reason": "wants a quote"})
        assert (task["status"], task["priority"]) == ("QUEUED", "NORMAL")


async def test_an_appointment_is_booked_moved_and_cancelled_by_the_engine(rig: Rig) -> None:
    wanted = {"service": "oil change", "starts_at": "2026-12-02T10:00:00", "customer_name": "Anna Berg"}
    async with rig.client() as client:
        first = await made(client, "appointments", {**wanted, "customer_phone": ANNA["phone"]})
        key = first["appointment_id"]
        assert (first["status"], first["created_via"], first["customer_phone"]) == ("booked", "api", "+12025550188")
        taken: httpx.Response | None = None
        for _ in range(12):
            taken = await client.post("/api/appointments", json=wanted)
            if taken.status_code != 201:
                break
        assert taken is not None
        error = await refused(taken, 409)
        assert (error["code"], set(error["fields"])) == ("slot_taken", {"starts_at"})
        moved = await client.patch(f"/api/appointments/{key}", json={"starts_at": "2026-12-02T14:00:00"})
        assert moved.json()["starts_at"] > first["starts_at"]
        noted = await client.patch(f"/api/appointments/{key}", json={"notes": "rear left", "progress": "arrived"})
        assert (noted.json()["notes"], noted.json()["progress"]) == ("rear left", "arrived")
        assert (await client.delete(f"/api/appointments/{key}")).json()["status"] == "cancelled"
        assert (await client.delete(f"/api/appointments/{key}")).json()["status"] == "cancelled"
        await refused(await client.patch(f"/api/appointments/{key}", json={"status": "booked"}), 409)
    done = ["appointment.create", "appointment.reschedule", "appointment.change", "appointment.cancel"]
    assert await actions(rig, key) == done
    async with rig.database.transaction(write=False) as connection:
        states = (await connection.execute(select(jobs.c.kind, jobs.c.state).where(jobs.c.subject == key))).all()
    assert ("dealership.confirmation", "cancelled") in [tuple(row) for row in states]


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        (
            "appointments",
            {"service": "oil change", "starts_at": "9999-12-31T23:59:59", "customer_name": "Anna"},
            "starts_at",
        ),
        ("customers", {"name": "A"}, "phone"),
        ("customers", {"name": "A", "phone": "12"}, "phone"),
        ("customers", {"name": " ", "phone": "2025550177"}, "name"),
        ("customers", {"name": "A\0B", "phone": "2025550177"}, "name"),
        ("customers", {"name": "A", "phone": "2025550177", "email": "a@"}, "email"),
        ("customers", {"name": "A", "phone": "2025550177", "colour": "red"}, "colour"),
        ("customers", {"name": 5, "phone": "2025550177"}, "name"),
        ("vehicles", {"customer_id": "cust_none", "make": "Honda", "model": "Civic"}, "customer_id"),
        ("inventory", {**CAR, "year": 1700}, "year"),
        ("inventory", {**CAR, "fuel": "coal"}, "fuel"),
        ("inventory", {**CAR, "price": {"amount": 5, "currency": "INR"}}, "price"),
        ("inventory", {**CAR, "price": {"amount": -5, "currency": "USD"}}, "price"),
        ("services", {"name": "X", "duration_min": 0}, "duration_min"),
        ("services", {"name": "X", "duration_min": 30, "resource_kind": "hangar"}, "resource_kind"),
        ("faq", {"question": "Q?"}, "answer"),
        ("users", {"name": "A", "role": "boss"}, "role"),
        ("tasks", {"kind": "callback"}, "reason"),
        ("appointments", {"service": "oil change", "customer_name": "A"}, "starts_at"),
        ("appointments", {"service": "oil change", "customer_name": "A", "starts_at": "soon"}, "starts_at"),
        ("appointments", {"service": "oil change", "starts_at": "2026-12-02T10:00:00"}, "customer_name"),
        ("appointments", {"service": "magic", "customer_name": "A", "starts_at": "2026-12-02T10:00:00"}, "service"),
        ("appointments", {"customer_name": "A", "starts_at": "2026-12-02T10:00:00"}, "service"),
        ("appointments", {"service": "oil change", "customer_name": "A", "starts_at": "2020-01-06T10:00"}, "starts_at"),
        ("appointments", {"service": "oil change", "customer_name": "A", "starts_at": "2026-12-02T03:00"}, "starts_at"),
        ("appointments", {"service": "oil change", "customer_name": "A", "starts_at": "2026-12-02T10:07"}, "starts_at"),
    ],
    ids=ascii,
)
async def test_what_cannot_be_used_is_named(rig: Rig, path: str, body: dict[str, Any], named: str) -> None:
    async with rig.client() as client:
        error = await refused(await client.post(f"/api/{path}", json=body), 422)
        assert named in error["fields"]


async def test_a_retry_under_the_same_key_makes_nothing_more(rig: Rig) -> None:
    async with rig.client() as client:
        answers = [
            await client.post("/api/customers", json=ANNA, headers={"Idempotency-Key": "order-1"}) for _ in range(3)
        ]
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        assert len({answer.json()["customer_id"] for answer in answers}) == 1


@pytest.mark.parametrize("path", sorted(path for path in BOOK_EDITS if ":" not in path))
async def test_who_may_not_learns_nothing(rig: Rig, path: str) -> None:
    async with rig.stranger() as client:
        for response in (
            await client.post(f"/api/{path}", content=b"not json"),
            await client.patch(f"/api/{path}/x", content=b"not json"),
        ):
            assert response.status_code == 401
        if path != "tasks":
            assert (await client.delete(f"/api/{path}/x")).status_code == 401
        session = await open_session(rig.client())
        assert (await client.post(f"/api/{path}", json={}, headers=session.bearer)).status_code == 401
        assert (await client.post(f"/api/{path}", json={}, headers={"X-API-Key": API_KEY})).status_code == 422


async def test_another_business_s_rows_are_not_there(rig: Rig) -> None:
    await create_dealership(rig.database, rig.clock, OTHER)
    async with rig.client() as client:
        anna = await made(client, "customers", ANNA)
        there = f"/api/customers/{anna['customer_id']}"
        for response in (
            await client.patch(there, json={"name": "X"}, params={"business": "biz_other"}),
            await client.delete(there, params={"business": "biz_other"}),
            await client.patch("/api/customers/cust_none", json={"name": "X"}),
            await client.patch("/api/appointments/appt_none", json={"notes": "X"}),
        ):
            await refused(response, 404)
        assert (await client.patch(there, json={})).status_code == 422
        assert (await client.patch(there, json={"name": None})).status_code == 422


async def test_talks_are_told_that_the_book_has_changed(rig: Rig) -> None:
    told: list[str] = []
    assert rig.deps.editing is not None
    app = create_app(replace(rig.deps, editing=replace(rig.deps.editing, changed=told.append)))
    async with rig.client(app) as client:
        await refused(await client.post("/api/customers", json={"name": "A"}), 422)
        assert told == []
        await made(client, "customers", ANNA)
    assert told == [(await rig.deps.businesses.default()).business_id]


def test_every_list_of_the_book_can_be_changed_but_what_others_write() -> None:
    assert {resource.path for resource in RESOURCES} - set(BOOK_EDITS) == {
        "businesses",
        "messages",
        "calls",
        "ledger",
        "webhooks",
        "webhook-deliveries",
    }
