"""Holidays, special hours, bays and technicians, changed over HTTP after a business was set up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from offhook.store.schema import audit
from support.api_rig import Rig

EVE = {"day": "2026-12-24", "ranges": [{"opens": "09:00:00", "closes": "12:00:00"}], "reason": "Christmas Eve"}


async def before(rig: Rig, action: str) -> list[Any]:
    async with rig.database.transaction(write=False) as connection:
        query = select(audit.c.details).where(audit.c.action == action).order_by(audit.c.created_at)
        return [json.loads(row)["before"] for row in (await connection.execute(query)).scalars()]


async def test_a_day_is_closed_opened_and_usual_again(rig: Rig) -> None:
    async with rig.client() as client:
        closed = await client.post("/api/special-hours", json={"day": "2026-12-24", "reason": "Christmas Eve"})
        assert (closed.status_code, closed.json()["closed"]) == (201, True)
        assert (await client.post("/api/special-hours", json=EVE)).status_code == 201
        asked = {"from": "2026-12-01", "to": "2026-12-31"}
        (day,) = [
            one
            for one in (await client.get("/api/special-hours", params=asked)).json()["items"]
            if one["day"] == "2026-12-24"
        ]
        assert day["ranges"] == [{"opens": "09:00", "closes": "12:00"}]
        assert (await client.delete("/api/special-hours/2026-12-24")).status_code == 200
        assert (await client.delete("/api/special-hours/2026-12-24")).status_code == 404
    was = await before(rig, "special_hours.put")
    assert [one and one["closed"] for one in was] == [None, True]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"day": "2026-13-01"}, "day"),
        ({}, "day"),
        ({**EVE, "ranges": [{"opens": "12:00:00", "closes": "09:00:00"}]}, "ranges"),
        ({**EVE, "colour": "red"}, "colour"),
    ],
)
async def test_what_is_no_day_is_named(rig: Rig, body: dict[str, Any], named: str) -> None:
    async with rig.client() as client:
        refused = await client.post("/api/special-hours", json=body)
        assert (refused.status_code, named in refused.json()["error"]["fields"]) == (422, True), refused.text
        assert (await client.get("/api/special-hours", params={"from": "soon"})).status_code == 422
    async with rig.stranger() as client:
        assert (await client.get("/api/special-hours")).status_code == 401
        assert (await client.post("/api/special-hours", json=EVE)).status_code == 401
        assert (await client.delete("/api/special-hours/2026-12-24")).status_code == 401


async def test_bays_and_technicians_come_and_go(rig: Rig) -> None:
    async with rig.client() as client:
        made = await client.post("/api/resources", json={"name": "Bay 99", "kind": "bay"})
        assert made.status_code == 201, made.text
        key = made.json()["resource_id"]
        assert (await client.post("/api/resources", json={"name": "Bay 99", "kind": "bay"})).status_code == 409
        assert (await client.post("/api/resources", json={"name": "X", "kind": "Bay!"})).status_code == 422
        off = await client.delete(f"/api/resources/{key}")
        assert (off.status_code, off.json()["active"]) == (200, False)
        on = await client.patch(f"/api/resources/{key}", json={"active": True, "name": "Bay 100"})
        assert (on.json()["active"], on.json()["name"]) == (True, "Bay 100")
        bays = (await client.get("/api/resources", params={"kind": "bay"})).json()["items"]
        assert "Bay 100" in [one["name"] for one in bays]
    assert await before(rig, "resource.change") == [{"name": "Bay 99", "active": False}]


async def test_the_audit_knows_what_a_business_was_before(rig: Rig) -> None:
    async with rig.client() as client:
        business = (await client.get("/api/businesses")).json()["items"][0]
        there = f"/api/businesses/{business['business_id']}"
        changed = await client.patch(there, json={"persona": "Asha", "name": business["name"]})
        assert changed.status_code == 200, changed.text
    assert await before(rig, "business.change") == [{"persona": business["persona"]}]
