"""The shop's tools, end to end on both databases: what they write and what they decline."""

from __future__ import annotations

from offhook.contracts.desk import Failed, Retry
from offhook.desks.shop.tools.bills import cancel_invoice, create_invoice, list_invoices
from offhook.desks.shop.tools.customers import check_balance, create_customer, find_customers, update_customer
from offhook.desks.shop.tools.goods import add_stock, check_stock
from offhook.desks.shop.tools.overview import dues_total, last_entry, list_dues, summary, undo
from offhook.desks.shop.tools.payments import add_credit, record_payment, record_refund
from support.shop_book import OpenShop


async def test_udhaar_and_payment_make_a_balance(shop: OpenShop) -> None:
    await shop.done(create_customer, name="Zubin Irani", opening_balance=150)
    await shop.done(add_credit, customer="zubin irani", amount=500, due_date="2026-12-05", note="atta")
    paid = await shop.done(record_payment, customer="Zubin", amount="200.50", method="upi")
    assert paid.balance.amount == 449_50
    told = await shop.done(check_balance, customer="Zubin")
    assert (told.balance.amount, told.overdue.amount) == (449_50, 0)
    settled = await shop.done(record_payment, customer="Zubin", settle_all=True)
    assert (settled.amount.amount, settled.balance.amount) == (449_50, 0)
    assert await shop.run(record_payment, customer="Zubin", settle_all=True) == Failed("nothing_owed")


async def test_overpayment_stays_as_credit_and_pays_the_next_bill(shop: OpenShop) -> None:
    await shop.done(create_customer, name="Zubin Irani")
    paid = await shop.done(record_payment, customer="Zubin", amount=300)
    assert paid.balance.amount == -300_00
    billed = await shop.done(create_invoice, customer="Zubin", amount=1000)
    assert (billed.paid.amount, billed.status, billed.balance.amount) == (300_00, "part_paid", 700_00)
    await shop.done(record_payment, customer="Zubin", amount=700, invoice_no=billed.invoice_no)
    told = await shop.done(list_invoices, customer="Zubin")
    assert [(one.status, one.paid.amount) for one in told.invoices] == [("paid", 1000_00)]


async def test_undo_takes_the_last_entry_back_once(shop: OpenShop) -> None:
    await shop.done(create_customer, name="Zubin Irani")
    await shop.done(add_credit, customer="Zubin", amount=500)
    last = await shop.done(last_entry)
    assert (last.kind, last.customer, last.amount.amount) == ("credit", "Zubin Irani", 500_00)
    undone = await shop.done(undo, posting_id=last.posting_id)
    assert undone.balance is not None and undone.balance.amount == 0
    assert await shop.run(undo, posting_id=last.posting_id) == Failed("undone_already")


async def test_bill_of_things_moves_stock_and_cancelling_brings_it_back(shop: OpenShop) -> None:
    await shop.done(create_customer, name="Zubin Irani")
    await shop.write(lambda book: book.create_product("Zeera Special", "kg", price=400_00, stock=5000))
    billed = await shop.done(
        create_invoice, customer="Zubin", items=[{"product": "zeera special", "qty": 250, "unit": "g"}]
    )
    assert billed.total.amount == 100_00
    assert str((await shop.done(check_stock, product="zeera special")).qty) == "4.75"
    cancelled = await shop.done(cancel_invoice, invoice_no=billed.invoice_no)
    assert (cancelled.status, cancelled.balance.amount) == ("cancelled", 0)
    assert str((await shop.done(add_stock, product="zeera special", qty=2)).qty) == "7"


async def test_unclear_requests_write_nothing(shop: OpenShop) -> None:
    for name in ("Zubin Irani", "Zubin Mehta"):
        await shop.done(create_customer, name=name)
    assert await shop.run(record_payment, customer="Zubin", amount=5) == Failed(
        "customer_ambiguous", ("Zubin Irani", "Zubin Mehta")
    )
    assert len((await shop.done(find_customers, customer="Zubin")).customers) == 2
    for arguments in (
        {"customer": "Xavier", "amount": 5},
        {"customer": "Zubin Mehta", "amount": 0},
        {"customer": "Zubin Mehta", "amount": -5},
        {"customer": "Zubin Mehta", "amount": "0.005"},
        {"customer": "Zubin Mehta", "amount": 10**15},
        {"customer": "Zubin Mehta", "amount": 5, "date": "2026-12-31"},
        {"customer": "Zubin Mehta"},
    ):
        assert isinstance(await shop.run(record_payment, **arguments), Retry), arguments
    assert (await shop.done(check_balance, customer="Zubin Mehta")).balance.amount == 0
    assert isinstance(await shop.run(create_customer, name="zubin  mehta"), Retry)


async def test_above_a_limit_is_asked(shop: OpenShop) -> None:
    await shop.done(create_customer, name="Zubin Irani")
    await shop.done(update_customer, customer="Zubin", credit_limit=1000)
    outcome = await shop.run(record_payment, customer="Zubin", amount=25_001)
    assert isinstance(outcome, Retry) and outcome.field == "confirm"
    await shop.done(record_payment, customer="Zubin", amount=25_000)
    await shop.done(record_refund, customer="Zubin", amount=25_000)
    outcome = await shop.run(add_credit, customer="Zubin", amount="1000.01")
    assert isinstance(outcome, Retry) and "credit_limit" in outcome.hint
    done = await shop.done(add_credit, customer="Zubin", amount="1000.01", confirmed=True)
    assert done.balance.amount == 1000_01


async def test_sums_of_the_day(shop: OpenShop) -> None:
    before = await shop.done(dues_total)
    await shop.done(create_customer, name="Zubin Irani")
    await shop.done(add_credit, customer="Zubin", amount=900_000, confirmed=True)
    await shop.done(record_payment, customer="Zubin", amount=200, method="upi")
    await shop.done(record_payment, customer="Zubin", amount=100)
    await shop.done(undo)
    told = await shop.done(summary)
    assert told.sales.amount == 900_000_00 and told.payments.amount == 200_00
    assert told.received["upi"].amount == 200_00 and told.received.get("cash", told.refunds).amount == 0
    assert (await shop.done(dues_total)).total.amount == before.total.amount + 899_800_00
    assert (await shop.done(list_dues, limit=1)).customers[0].customer == "Zubin Irani"
