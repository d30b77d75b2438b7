"""Lists that come in and go out, and a bill on paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
import pytest

from offhook.contracts.errors import Invalid
from offhook.desks.shop.check import disagreements
from offhook.desks.shop.exports import LISTS
from offhook.desks.shop.invoice_page import page, page_of
from offhook.desks.shop.tools.overview import undo
from offhook.desks.shop.tools.payments import record_payment
from offhook.ops.exporting import send_out
from offhook.ops.importing import bring_in
from offhook.store.csv_lines import read_csv
from offhook.store.engine import Database
from support.set_clock import SetClock
from support.shop_book import SHARMA, OpenShop


@pytest.fixture
def kirana(sqlite_database: Database, clock: SetClock) -> OpenShop:
    return OpenShop(sqlite_database, clock)


async def test_good_customers_come_in_and_bad_lines_are_told(kirana: OpenShop, tmp_path: Path) -> None:
    lines = [
        b"Name,Phone,Opening balance,Aliases,GSTIN,State,Credit limit",
        b"Zubin Irani,9999912345,1200.50,Zubi; Zubin Uncle,27AAPFU0939F1ZV,,5000",
        b"Yamini Nag,,-300,,,8,",
        b"zubin irani,,,,,,",
        "यमुना बाई,,₹50,,,,".encode(),
        b"Caf\xe9 Owner,,,,,,",
        b"=cmd|' /C calc'!A0,,,,,,",
        b"-2+3,,,,,,",
        b"No Number,12345,,,,,",
        b"Bad Money,,lots,,,,",
        b"Fine Money,,0.001,,,,",
        b"Bad Tax,,,,27AAPFU0939F1ZW,,",
        b",9999912346,,,,,",
        b"Too,many,values,in,this,line,here,and,more",
    ]
    path = tmp_path / "customers.csv"
    path.write_bytes(b"\n".join(lines))
    came = await bring_in(kirana.database, kirana.clock, "customers", path, SHARMA)
    assert came.added == 3
    told = {one.line: one.problem for one in came.problems}
    assert sorted(told) == [4, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert "already" in told[4] and "UTF-8" in told[6] and "formula" in told[7] and "formula" in told[8]
    zubin = (await kirana.read(lambda book: book.candidates("zubin uncle")))[0]
    assert (zubin.balance, zubin.phone, zubin.state, zubin.credit_limit) == (1200_50, "+919999912345", "27", 5000_00)
    assert (await kirana.read(lambda book: book.find("yamini"))).balance == -300_00
    assert (await kirana.read(lambda book: book.find("yamuna bai"))).balance == 50_00
    assert await kirana.read(disagreements) == []
    again = await bring_in(kirana.database, kirana.clock, "customers", path, SHARMA)
    assert again.added == 0 and len(again.problems) == 13


async def test_products_come_in_in_the_units_that_they_are_sold_in(kirana: OpenShop, tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    text = """name,unit,price,gst,stock,low,aliases
Zaatar,kilo,900,5,2.5,0.5,zatar
Zucchini,g,,0,2500,,
Zinc Tape,box,10,18,1.5,,
Zeal Pen,dozen,,12,2,,
Yeast,spoon,1,0,,,
Yoghurt Tub,packet,1,101,,,
Sugar,kg,45,5,,,
"""
    path.write_text(text, encoding="utf-16")
    came = await bring_in(kirana.database, kirana.clock, "products", path, None)
    assert came.added == 3
    assert [one.line for one in came.problems] == [4, 6, 7, 8]
    stock = [
        await kirana.read(lambda book, name=name: book.product(name)) for name in ("zatar", "zucchini", "zeal pen")
    ]  # type: ignore[misc]
    assert [(one.unit, one.stock) for one in stock] == [("kg", 2500), ("kg", 2500), ("piece", 24_000)]
    with pytest.raises(Invalid):
        await bring_in(kirana.database, kirana.clock, "vehicles", path, SHARMA)


async def test_what_goes_out_runs_no_formula_and_comes_in_again(kirana: OpenShop, tmp_path: Path) -> None:
    await kirana.customer("Zubin Irani", phone="+919999912345", address="=HYPERLINK(1)", aliases=["+1"])
    for kind in LISTS:
        path = tmp_path / f"{kind}.csv"
        assert await send_out(kirana.database, kirana.clock, kind, path, None) == path.stat().st_size
    read = read_csv(
        (tmp_path / "customers.csv").read_bytes(), needed=("name",), known=("name", "phone", "address"), most=99
    )
    assert not read.problems
    zubin = next(values for _, values in read.lines if values["name"] == "Zubin Irani")
    assert zubin["address"] == "'=HYPERLINK(1)" and zubin["phone"] == "'+919999912345"
    with pytest.raises(Invalid):
        await send_out(kirana.database, kirana.clock, "secrets", tmp_path / "x", None)


async def test_what_was_paid_goes_out_and_tells_what_was_undone(kirana: OpenShop, tmp_path: Path) -> None:
    await kirana.customer("=Zubin")
    kept = await kirana.done(record_payment, customer="=Zubin", amount=500, method="upi")
    gone = await kirana.done(record_payment, customer="=Zubin", amount=70)
    await kirana.done(undo, posting_id=gone.posting_id, confirmed=True)
    path = tmp_path / "payments.csv"
    await send_out(kirana.database, kirana.clock, "payments", path, None)
    known = ("day", "customer", "amount", "method", "undone", "posting_id")
    lines = [values for _, values in read_csv(path.read_bytes(), needed=("day",), known=known, most=9999).lines]
    found = {one["posting_id"]: one for one in lines}
    assert (found[kept.posting_id]["amount"], found[kept.posting_id]["method"]) == ("500.00", "upi")
    assert found[kept.posting_id]["customer"] == "'=Zubin"
    assert (found[kept.posting_id].get("undone", ""), found[gone.posting_id]["undone"]) == ("", "yes")


async def test_a_bill_on_paper_holds_its_particulars_and_no_foreign_markup(kirana: OpenShop) -> None:
    customer = await kirana.customer("<b>Zubin</b> & Sons", gstin="27AAPFU0939F1ZV", address="1 <i>Road</i>")
    surf = await kirana.read(lambda book: book.product("surf"))

    def bill(book) -> str:  # type: ignore[no-untyped-def]
        drafted = book.draft(customer, [surf.sold(2000)], book.shop)
        return book.issue(drafted.invoice_id, book.shop).invoice_id

    invoice_id = await kirana.write(bill)
    business = await kirana.business()
    html = await kirana.read(partial(page_of, business=business, invoice_id=invoice_id))
    for part in (
        "Tax invoice", "S/2627/000001", "25 Nov 2026", "08AAAPD1234K1Z5", "27AAPFU0939F1ZV", "Maharashtra (27)",
        "&lt;b&gt;Zubin&lt;/b&gt; &amp; Sons", "1 &lt;i&gt;Road&lt;/i&gt;", "3402", "2 packet", "IGST", "₹150", "18 %",
    ):  # fmt: skip
        assert part in html, part
    link = "upi://pay?pa=sharma.kirana%40example&amp;pn=Sharma%20Kirana%20Store&amp;am=150.00"
    assert "Pay ₹150 by UPI" in html and link in html
    assert html.count("<svg") == 1 and 'class="qr"' in html and "<script" not in html
    without = await kirana.read(
        lambda book: page(
            business,
            msgspec.structs.replace(book.shop, upi_id=None),
            customer,
            book.invoice(invoice_id),
            book.lines(invoice_id),
        )
    )
    assert "upi" not in without
    assert "<b>" not in html and "<script" not in html and "http" not in html
