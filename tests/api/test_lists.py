"""The book as lists: pages without repeats or gaps, search, filters, sorts, tenants; and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from offhook.api.lists import RESOURCES
from offhook.contracts.business import Business
from offhook.contracts.store import CallRecord
from offhook.desks.dealership.seed import create_dealership
from offhook.desks.dealership.seed import seed as fill
from offhook.store.calls import SqlCallLog
from support.api_rig import Rig

OTHER = Business(business_id="biz_other", name="Other Garage", desk="dealership", timezone="Europe/London")


async def book(rig: Rig) -> None:
    business = await rig.deps.businesses.default("dealership")
    await fill(rig.database, rig.clock, business_id=business.business_id, customers=30, vehicles=30, appointments=25)


async def walk(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        response = await client.get(path, params={**params, "cursor": cursor})
        assert response.status_code == 200, response.text
        page = response.json()
        assert len(page["items"]) <= int(params.get("limit", 50))
        rows += page["items"]
        cursor = page["next_cursor"]
    return rows


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_pages_hold_every_row_once_in_order(rig: Rig, resource: Any, limit: int) -> None:
    await book(rig)
    async with rig.client() as client:
        for sort in (name for column in resource.spec.sorts for name in (column, f"-{column}")):
            if limit == 1 and sort != resource.spec.order:
                continue
            rows = await walk(client, f"/api/{resource.path}", limit=limit, sort=sort)
            keys = [row[resource.spec.key] for row in rows]
            values = [row[sort.removeprefix("-")] for row in rows]
            assert len(set(keys)) == len(keys)
            assert values == sorted(values, reverse=sort.startswith("-"))
            whole = await walk(client, f"/api/{resource.path}", limit=200)
            assert {row[resource.spec.key] for row in whole} == set(keys)


@pytest.mark.parametrize("resource", [r for r in RESOURCES if r.single], ids=lambda resource: resource.path)
async def test_each_row_of_a_list_is_served_under_its_id(rig: Rig, resource: Any) -> None:
    await book(rig)
    async with rig.client() as client:
        rows = (await client.get(f"/api/{resource.path}", params={"limit": 2})).json()["items"]
        for row in rows:
            assert (await client.get(f"/api/{resource.path}/{row[resource.spec.key]}")).json() == row


async def test_money_times_and_json_have_their_documented_shapes(rig: Rig) -> None:
    await book(rig)
    async with rig.client() as client:
        service = (await client.get("/api/services", params={"q": "oil"})).json()["items"][0]
        appointment = (await client.get("/api/appointments")).json()["items"][0]
        faq = (await client.get("/api/faq")).json()["items"][0]
        business = (await client.get("/api/businesses")).json()["items"][0]
    assert set(service["price_from"]) == {"amount", "currency"}
    assert isinstance(service["price_from"]["amount"], int)
    assert isinstance(service["aliases"], list)
    assert appointment["starts_at"].endswith("+00:00")
    assert isinstance(faq["keywords"], list)
    assert isinstance(business["languages"], list)
    assert "settings" not in business


async def test_search_and_filters(rig: Rig) -> None:
    await book(rig)
    async with rig.client() as client:
        everyone = await walk(client, "/api/customers")
        one = everyone[3]
        found = await walk(client, "/api/customers", q=one["name"].upper())
        assert one in found
        assert len(found) < len(everyone)
        assert await walk(client, "/api/customers", phone=one["phone"]) == [one]
        assert await walk(client, "/api/customers", q="%") == []
        assert await walk(client, "/api/customers", q="_____") == []
        booked = await walk(client, "/api/appointments", status="booked")
        assert booked
        assert {row["status"] for row in booked} == {"booked"}
        assert len(booked) < len(await walk(client, "/api/appointments"))


async def test_a_business_sees_its_own_rows_alone(rig: Rig) -> None:
    await book(rig)
    await create_dealership(rig.database, rig.clock, OTHER)
    async with rig.client() as client:
        ours = (await client.get("/api/customers")).json()["items"]
        assert ours
        assert (await client.get("/api/customers", params={"business": "biz_other"})).json()["items"] == []
        key = ours[0]["customer_id"]
        assert (await client.get(f"/api/customers/{key}", params={"business": "biz_other"})).status_code == 404
        assert len((await client.get("/api/businesses")).json()["items"]) == 4


async def test_calls_of_all_businesses_newest_first_without_their_turns(rig: Rig) -> None:
    log = SqlCallLog(rig.database, rig.clock)
    dealer, shop = [await rig.deps.businesses.default(desk) for desk in ("dealership", "shop")]
    for n, business in enumerate((dealer, shop, dealer)):
        log.put(
            CallRecord(
                call_id=f"call_{n}",
                business_id=business.business_id,
                call_sid=f"CA{n}",
                session_id=None,
                channel="twilio",
                from_number=f"+1202555010{n}",
                started_at=(rig.clock.now() + timedelta(minutes=n)).isoformat(),
            )
        )
    await log.flush()
    async with rig.client() as client:
        rows = await walk(client, "/api/calls", limit=2)
        assert [row["call_id"] for row in rows] == ["call_2", "call_1", "call_0"]
        assert "record" not in rows[0]
        of_shop = await walk(client, "/api/calls", business=shop.business_id)
        assert [row["call_id"] for row in of_shop] == ["call_1"]
        assert [row["call_id"] for row in await walk(client, "/api/calls", q="0100")] == ["call_0"]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"limit": "9" * 50}, "limit"),
        ({"sort": "phone"}, "sort"),
        ({"sort": "--name"}, "sort"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"cursor": "WyJuYW1lIiwxLCJhIl0"}, "cursor"),  # ["name", 1, "a"]
        ({"cursor": "WyJwaG9uZSIsIiIsImEiXQ"}, "cursor"),  # ["phone", "", "a"]
        ({"cursor": "WyJuYW1lIiwiXHUwMDAwIiwiYSJd"}, "cursor"),  # ["name", "\0", "a"]
        ({"sort": "created_at", "cursor": "WyJjcmVhdGVkX2F0IiwieCIsImEiXQ"}, "cursor"),  # ["created_at", "x", "a"]
        ({"q": "a\0"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"notes": "x"}, "notes"),
        ({"phone": "\0"}, "phone"),
    ],
    ids=ascii,
)
async def test_a_parameter_that_cannot_be_used_is_named(rig: Rig, params: dict[str, str], named: str) -> None:
    async with rig.client() as client:
        response = await client.get("/api/customers", params=params)
    assert response.status_code == 422, response.text
    assert named in response.json()["error"]["fields"]


@pytest.mark.parametrize(
    ("path", "field", "known"),
    [
        ("appointments", "status", "booked, cancelled, completed, no_show"),
        ("leads", "status", "open, won, lost, closed"),
        ("inventory", "condition", "new, used"),
        ("tasks", "priority", "LOW, NORMAL, HIGH"),
    ],
)
async def test_a_value_that_no_row_can_have_is_refused_with_those_that_they_can(
    rig: Rig, path: str, field: str, known: str
) -> None:
    async with rig.client() as client:
        answer = await client.get(f"/api/{path}", params={field: "nosuch"})
        assert (answer.status_code, answer.json()["error"]["fields"]) == (422, {field: f"one of {known}"})
        assert (await client.get(f"/api/{path}", params={field: known.split(", ")[-1]})).status_code == 200
