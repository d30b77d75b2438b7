"""Webhooks and leads over HTTP: by staff alone, secrets told once, and what is written is what is listed."""

from __future__ import annotations

from typing import Any

import httpx

from support.api_rig import Rig

URL = "https://crm.example.com/hooks"


async def made(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/webhooks", json={"url": URL, **body})
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_an_endpoint_tells_its_secret_once(rig: Rig) -> None:
    async with rig.client() as client:
        webhook = await made(client, events=["lead.created"], description="CRM")
        assert webhook["secret"].startswith("whsec_")
        key = webhook["webhook_id"]
        (listed,) = (await client.get("/api/webhooks")).json()["items"]
        assert "secret" not in listed
        assert (listed["url"], listed["events"]) == (URL, ["lead.created"])
        assert "secret" not in (await client.get(f"/api/webhooks/{key}")).json()
        assert (await client.post("/api/webhooks", json={"url": URL})).status_code == 409
        rotated = (await client.post(f"/api/webhooks/{key}/secret")).json()
        assert rotated["secret"] not in ("", webhook["secret"])
        changed = (await client.patch(f"/api/webhooks/{key}", json={"events": []})).json()
        assert changed["events"] == []
        assert "secret" not in changed
        assert (await client.delete(f"/api/webhooks/{key}")).json()["active"] is False
        assert (await client.post(f"/api/webhooks/{key}/test")).status_code == 409
        assert (await client.delete("/api/webhooks/hook_none")).status_code == 404


async def test_what_is_no_endpoint_is_refused_by_field(rig: Rig) -> None:
    async with rig.client() as client:
        for body, field in (
            ({"url": "http://crm.example.com/"}, "url"),
            ({"url": URL, "events": ["lead.gone"]}, "events"),
            ({"url": URL, "secret": "short"}, "secret"),
            ({}, "url"),
            ({"url": URL, "nothing": 1}, "nothing"),
        ):
            answer = await client.post("/api/webhooks", json=body)
            assert answer.status_code == 422, body
            assert field in answer.json()["error"]["fields"]


async def test_a_test_event_is_seen_among_the_deliveries(rig: Rig) -> None:
    async with rig.client() as client:
        key = (await made(client, events=["lead.created"]))["webhook_id"]
        tested = await client.post(f"/api/webhooks/{key}/test")
        assert tested.status_code == 202
        (row,) = (await client.get("/api/webhook-deliveries", params={"subject": key})).json()["items"]
        assert (row["payload"]["event_id"], row["state"]) == (tested.json()["event_id"], "queued")


async def test_leads_are_written_listed_and_closed(rig: Rig) -> None:
    body = {
        "name": "Priya Nair",
        "phone": "99999 00011",
        "product": "Payroll",
        "qty": 20,
        "budget_max": {"amount": 50_000_00, "currency": "INR"},
        "next_step": "call_back",
        "next_at": "2030-11-27T16:00:00+05:30",
    }
    async with rig.client() as client:
        lead = (await client.post("/api/leads", json=body)).json()
        assert (lead["phone"], lead["score"] > 50, lead["status"]) == ("+919999900011", True, "open")
        assert lead["budget_max"] == {"amount": 50_000_00, "currency": "INR"}
        key = lead["lead_id"]
        for wrong, field in (
            ({"phone": "12"}, "phone"),
            ({"email": "nobody"}, "email"),
            ({"product": "Boats"}, "product"),
            ({"budget_max": {"amount": 5, "currency": "USD"}}, "budget_max"),
            ({"next_at": "2030-11-27T16:00:00"}, "next_at"),
        ):
            answer = await client.patch(f"/api/leads/{key}", json=wrong)
            assert answer.status_code == 422, wrong
            assert field in answer.json()["error"]["fields"]
        assert (await client.patch(f"/api/leads/{key}", json={"phone": None})).status_code == 409
        won = (await client.patch(f"/api/leads/{key}", json={"status": "won", "notes": "signed"})).json()
        assert (won["status"], won["notes"]) == ("won", "signed")
        found = (await client.get("/api/leads", params={"q": "priya", "status": "won"})).json()["items"]
        assert [one["lead_id"] for one in found] == [key]
        assert (await client.delete(f"/api/leads/{key}")).json()["status"] == "closed"
        assert (await client.post("/api/leads", json={"name": "Nobody"})).status_code == 422


async def test_what_is_for_sale_is_changed(rig: Rig) -> None:
    async with rig.client() as client:
        businesses = (await client.get("/api/businesses", params={"desk": "sales"})).json()["items"]
        of_sales = {"business": businesses[0]["business_id"]}
        price = {"amount": 1_000_00, "currency": "INR"}
        body = {"name": "Rostering", "price_from": price, "unit": "person", "aliases": ["rota"]}
        item = (await client.post("/api/products", params=of_sales, json=body)).json()
        assert (item["price_from"], item["aliases"]) == (price, ["rota"])
        assert (await client.post("/api/products", params=of_sales, json=body)).status_code == 409
        found = (await client.get("/api/products", params={**of_sales, "q": "rota"})).json()["items"]
        assert [one["name"] for one in found] == ["Rostering"]
        closed = await client.delete(f"/api/products/{item['item_id']}", params=of_sales)
        assert closed.json()["active"] is False
