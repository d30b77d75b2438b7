"""Businesses made and changed over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from support.api_rig import Rig

NEW = {
    "name": "Pune Motors",
    "desk": "dealership",
    "timezone": "Asia/Kolkata",
    "country": "IN",
    "currency": "INR",
    "languages": ["en", "hi"],
    "phone": "+91 99999 00111",
    "hours": [{"weekday": 0, "opens": "09:00:00", "closes": "18:00:00"}],
}


async def test_a_business_is_made_and_changed(rig: Rig) -> None:
    async with rig.client() as client:
        made = await client.post("/api/businesses", json=NEW)
        assert made.status_code == 201, made.text
        row = made.json()
        assert (row["phone"], row["languages"], row["currency"]) == ("+919999900111", ["en", "hi"], "INR")
        assert (await client.post("/api/businesses", json=NEW)).status_code == 409
        wash = {"name": "Wash", "duration_min": 30}
        service = await client.post("/api/services", json=wash, params={"business": row["business_id"]})
        assert service.status_code == 201, service.text
        there = f"/api/businesses/{row['business_id']}"
        changed = await client.patch(there, json={"persona": "Asha", "address": "MG Road 1", "hours": []})
        assert changed.status_code == 200, changed.text
        assert (changed.json()["persona"], changed.json()["name"]) == ("Asha", "Pune Motors")
        business = await rig.deps.businesses.get(row["business_id"])
        assert (business.address, business.hours) == ("MG Road 1", ())
        for given, kept in (("99999 43210", "+919999943210"), ("", None)):
            changed = await client.patch(there, json={"transfer_number": given})
            assert changed.status_code == 200, changed.text
            assert (await rig.deps.businesses.get(row["business_id"])).transfer_number == kept


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"phone": "12"}, "phone"),
        ({"desk": "bank"}, "desk"),
        ({"languages": []}, "languages"),
        ({"languages": ["en", "fr"]}, "languages"),
        ({"hours": [{"weekday": 0, "opens": "18:00:00", "closes": "09:00:00"}]}, "hours"),
        ({"name": " "}, "name"),
        ({"business_id": "mine"}, "business_id"),
    ],
)
async def test_what_cannot_be_used_is_named(rig: Rig, change: dict[str, Any], named: str) -> None:
    async with rig.client() as client:
        response = await client.post("/api/businesses", json={**NEW, **change})
    assert response.status_code == 422, response.text
    assert named in response.json()["error"]["fields"]


async def test_only_staff_and_only_what_is_there(rig: Rig) -> None:
    async with rig.stranger() as client:
        assert (await client.post("/api/businesses", json=NEW)).status_code == 401
        assert (await client.patch("/api/businesses/biz_x", json={"name": "X"})).status_code == 401
    async with rig.client() as client:
        assert (await client.patch("/api/businesses/biz_x", json={"name": "X"})).status_code == 404
        assert (await client.post("/api/businesses", json={"name": "X"})).json()["error"]["fields"].keys() == {
            "desk",
            "timezone",
        }
