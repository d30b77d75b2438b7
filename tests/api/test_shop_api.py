"""The shop's book over HTTP: listed, written by the rules of the talks, taken back, printed."""

from __future__ import annotations

from typing import Any

import httpx

from support.api_rig import Rig

FIVE_HUNDRED = {"amount": 500_00, "currency": "INR"}


async def of_shop(rig: Rig) -> str:
    """Some customer who owes something."""
    async with rig.client() as client:
        return str((await client.get("/api/ledger", params={"kind": "credit"})).json()["items"][0]["customer_id"])


async def listed(client: httpx.AsyncClient, path: str, **params: str) -> list[dict[str, Any]]:
    response = await client.get(f"/api/{path}", params=params)
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()["items"]
    return rows


async def test_products_are_made_changed_and_closed(rig: Rig) -> None:
    body = {
        "name": "Zaatar",
        "unit": "kg",
        "price": {"amount": 900_00, "currency": "INR"},
        "stock": 2.5,
        "gst_rate": 500,
    }
    async with rig.client() as client:
        made = (await client.post("/api/products", json=body)).json()
        assert (made["stock"], made["price"]["amount"], made["active"]) == (2500, 900_00, True)
        key = made["product_id"]
        assert (await client.post("/api/products", json=body)).status_code == 409
        assert (await client.patch(f"/api/products/{key}", json={"stock": 3})).status_code == 422
        changed = (await client.patch(f"/api/products/{key}", json={"aliases": ["zatar"], "low_at": 1})).json()
        assert (changed["aliases"], changed["low_at"]) == (["zatar"], 1000)
        assert (await client.delete(f"/api/products/{key}")).json()["active"] is False
        assert (await client.delete("/api/products/prod_none")).status_code == 404
        assert len(await listed(client, "products", q="zaat")) == 1


async def test_a_payment_is_written_once_and_undone_once(rig: Rig) -> None:
    customer_id = await of_shop(rig)
    body = {"customer_id": customer_id, "amount": FIVE_HUNDRED, "method": "upi", "note": "at the counter"}
    async with rig.client() as client:
        answers = [await client.post("/api/payments", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
        assert {answer.json()["posting_id"] for answer in answers} == {answers[0].json()["posting_id"]}
        other = await client.post("/api/payments", json={**body, "note": "x"}, headers={"Idempotency-Key": "k-1"})
        assert other.status_code == 409
        assert len(await listed(client, "payments", method="upi", customer_id=customer_id, q="counter")) == 1
        key = answers[0].json()["posting_id"]
        assert (await client.patch(f"/api/payments/{key}", json={"note": "y"})).status_code == 409
        assert (await client.delete(f"/api/payments/{key}")).status_code == 200
        assert (await client.delete(f"/api/payments/{key}")).status_code == 409
        reversals = await listed(client, "ledger", reverses=key)
        assert [row["kind"] for row in reversals] == ["reversal"]
        for wrong in (
            {**body, "amount": {"amount": 0, "currency": "INR"}},
            {**body, "amount": {"amount": 5, "currency": "USD"}},
            {**body, "customer_id": "cust_none"},
            {**body, "day": "2126-01-01"},
            {**body, "day": "2026-02-31"},
            {"amount": FIVE_HUNDRED},
        ):
            assert (await client.post("/api/payments", json=wrong)).status_code == 422, wrong


async def test_a_bill_is_made_printed_and_cancelled(rig: Rig) -> None:
    customer_id = await of_shop(rig)
    body = {"customer_id": customer_id, "items": [{"product": "cheeni", "qty": 2}, {"product": "surf", "qty": 1}]}
    async with rig.client() as client:
        made = (await client.post("/api/invoices", json=body)).json()
        assert made["invoice_no"].startswith("S/") and made["total"]["amount"] == 165_00
        page = await client.get(f"/api/invoices/{made['invoice_id']}/page")
        assert page.headers["content-type"].startswith("text/html") and made["invoice_no"] in page.text
        assert (await client.get("/api/invoices/inv_none/page")).status_code == 404
        cancelled = (await client.delete(f"/api/invoices/{made['invoice_id']}")).json()
        assert (cancelled["status"], cancelled["invoice_no"]) == ("cancelled", made["invoice_no"])
        assert (await client.delete(f"/api/invoices/{made['invoice_id']}")).status_code == 409
        for items in ([], [{"product": "moon dust"}], [{"product": "cheeni", "qty": 0}], [{"product": "dal"}]):
            assert (await client.post("/api/invoices", json={**body, "items": items})).status_code in (409, 422)
    async with rig.stranger() as client:
        assert (await client.get(f"/api/invoices/{made['invoice_id']}/page")).status_code == 401


async def test_customers_are_the_shops_own_where_a_shop_is_named(rig: Rig) -> None:
    shop = {"business": (await rig.deps.businesses.default("shop")).business_id}
    owes = {"amount": 100_00, "currency": "INR"}
    body = {"name": "Zubin Irani", "phone": "99999 12345", "gstin": "27AAPFU0939F1ZV", "opening_balance": owes}
    async with rig.client() as client:
        assert {row["name"] for row in await listed(client, "customers", **shop, q="ramesh")} == {
            "Ramesh Kumar",
            "Ramesh Yadav",
        }
        made = (await client.post("/api/customers", json=body, params=shop)).json()
        assert (made["phone"], made["state"], made["balance"]) == ("+919999912345", "27", owes)
        key = f"/api/customers/{made['customer_id']}"
        assert (await client.post("/api/customers", json=body, params=shop)).status_code == 409
        changed = await client.patch(key, json={"aliases": ["Zubi"], "credit_limit": owes}, params=shop)
        assert (changed.json()["aliases"], changed.json()["credit_limit"]) == (["Zubi"], owes)
        for wrong in ({"gstin": "27AAPFU0939F1ZW"}, {"phone": "12"}, {"state": "77"}, {"opening_balance": owes}):
            assert (await client.patch(key, json=wrong, params=shop)).status_code == 422, wrong
        assert (await client.patch(key, json={"name": "Priya Verma"}, params=shop)).status_code == 409
        assert (await client.delete(key, params=shop)).json()["active"] is False
        assert (await client.get(key)).status_code == 404, "it is no customer of the dealership"
        assert (await client.patch("/api/customers/cust_none", json={"name": "X"}, params=shop)).status_code == 404


async def test_reminders_are_set_listed_and_taken_back_once(rig: Rig) -> None:
    customer_id = await of_shop(rig)
    async with rig.client() as client:
        body = {"customer_id": customer_id, "at": "18:00", "recurrence": "weekly:mon", "channel": "sms"}
        made = (await client.post("/api/reminders", json=body)).json()
        assert (made["status"], made["at"], made["recurrence"]) == ("waiting", "18:00", "weekly:mon")
        key = made["reminder_id"]
        assert [row["reminder_id"] for row in await listed(client, "reminders", status="waiting")] == [key]
        assert (await client.get(f"/api/reminders/{key}")).json()["customer_id"] == customer_id
        assert (await client.patch(f"/api/reminders/{key}", json={"at": "19:00"})).status_code == 409
        assert (await client.delete(f"/api/reminders/{key}")).json()["status"] == "cancelled"
        assert (await client.delete(f"/api/reminders/{key}")).status_code == 409
        assert (await client.delete("/api/reminders/rem_none")).status_code == 404
        assert await listed(client, "reminders", status="waiting") == []
        for wrong in (
            {**body, "customer_id": "cust_none"},
            {**body, "recurrence": "hourly"},
            {**body, "at": "25:00"},
            {"customer_id": customer_id, "day": "2026-02-31"},
            {"customer_id": customer_id, "day": "2020-01-01"},
            {"at": "18:00"},
        ):
            assert (await client.post("/api/reminders", json=wrong)).status_code == 422, wrong
    async with rig.stranger() as client:
        assert (await client.get("/api/reminders")).status_code == 401
