"""Invoices: drafted, issued with the next number of their series, paid by allocations, cancelled by reversal.

A number is given in the transaction that issues the invoice, from a row that writers of the book queue on: a
transaction that fails takes its number back, so numbers run 1..n. A cancelled invoice keeps its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, BindParameter, bindparam, insert, select, update

from offhook.contracts.webhooks import DomainEvent
from offhook.desks.shop import rules
from offhook.desks.shop.goods import Goods
from offhook.desks.shop.gst import TaxedLine, Totals, line_price, tax_line, totals
from offhook.desks.shop.model import Customer, Invoice, Item, Posting, Refused, ShopSettings
from offhook.desks.shop.numbering import fiscal_year, invoice_no
from offhook.desks.shop.tables import invoice_lines, invoice_series, invoices
from offhook.kit.money import Money
from offhook.store.prepared import Prepared, adding

MOST_LINES = 200
_BUSINESS: BindParameter[str] = bindparam("business")
_S, _I = invoice_series.c, invoices.c
_SERIES_KEY = (_S.business_id == _BUSINESS, _S.series == bindparam("of"), _S.fiscal_year == bindparam("year"))
_NEXT_NUMBER = Prepared(
    update(invoice_series).where(*_SERIES_KEY).values(last_number=_S.last_number + 1).returning(_S.last_number)
)
_FIRST_NUMBER = Prepared(
    insert(invoice_series).values(
        business_id=_BUSINESS, series=bindparam("of"), fiscal_year=bindparam("year"), last_number=1
    )
)
_ADD = adding(invoices)
_ADD_LINE = adding(invoice_lines)
_BY_ID = Prepared(select(invoices).where(_I.business_id == _BUSINESS, _I.invoice_id == bindparam("invoice")))
_BY_NO = Prepared(
    select(invoices).where(_I.business_id == _BUSINESS, _I.invoice_no == bindparam("no")).order_by(_I.created_at.desc())
)
_BY_NUMBER = Prepared(
    select(invoices)
    .where(_I.business_id == _BUSINESS, _I.number == bindparam("number"))
    .order_by(_I.fiscal_year.desc(), _I.created_at.desc())
    .limit(2)
)
_OF_CUSTOMER = Prepared(
    select(invoices)
    .where(
        _I.business_id == _BUSINESS,
        _I.customer_id == bindparam("customer"),
        _I.status != "draft",
        (_I.total == bindparam("total")) | (bindparam("total", type_=BigInteger) == 0),
    )
    .order_by(_I.created_at.desc(), _I.invoice_id.desc())
    .limit(bindparam("most"))
)
_LINES = Prepared(
    select(invoice_lines)
    .where(invoice_lines.c.business_id == _BUSINESS, invoice_lines.c.invoice_id == bindparam("invoice"))
    .order_by(invoice_lines.c.line)
)
_ISSUE = Prepared(
    update(invoices)
    .where(_I.business_id == _BUSINESS, _I.invoice_id == bindparam("invoice"), _I.status == "draft")
    .values(
        status="issued", series=bindparam("of"), fiscal_year=bindparam("year"), number=bindparam("n"),
        invoice_no=bindparam("no"), posting_id=bindparam("posting"), day=bindparam("today"), issued_at=bindparam("now"),
    )
)  # fmt: skip
_DISCARD = Prepared(
    update(invoices)
    .where(_I.business_id == _BUSINESS, _I.invoice_id == bindparam("invoice"), _I.status == "draft")
    .values(status="cancelled", cancelled_at=bindparam("now"))
)


class Invoicing(Goods):
    def draft(
        self,
        customer: Customer,
        items: Sequence[Item],
        shop: ShopSettings,
        *,
        gst: bool = True,
        on_credit: bool = False,
        due_date: date | None = None,
        said: bool = False,
    ) -> Invoice:
        """An invoice without number and effect; its lines stay as they are. `said`: what it comes to was named, so that
        prices include the tax and nothing is rounded."""
        if not items or len(items) > MOST_LINES:
            raise Refused("items", f"a bill has 1 to {MOST_LINES} lines", "items")
        with_gst = gst and shop.gstin is not None
        across = with_gst and customer.state is not None and customer.state != shop.home_state
        lines = [
            _taxed(item, included=said or shop.prices_include_gst, with_gst=with_gst, across=across) for item in items
        ]
        summed = totals(lines, to_rupees=False)
        if not said and shop.round_to_rupees and summed.total >= 100:
            summed = totals(lines, to_rupees=True)
        if summed.total <= 0:
            raise Refused("amount", "the bill comes to nothing", "amount")
        invoice_id = self.origin.ids("inv")
        self.rows.run(
            _ADD, business_id=self.business_id, invoice_id=invoice_id, customer_id=customer.customer_id,
            customer_name=customer.name, status="draft", series=None, fiscal_year=None, number=None, invoice_no=None,
            posting_id=None, day=self.origin.day, due_date=due_date,
            place_of_supply=(customer.state or shop.home_state) if with_gst else None, with_gst=with_gst,
            on_credit=on_credit, taxable=summed.taxable, cgst=summed.cgst, sgst=summed.sgst, igst=summed.igst,
            round_off=summed.round_off, total=summed.total, paid=0, currency=self.origin.currency,
            session_id=self.origin.session_id, created_at=self.origin.now, issued_at=None, cancelled_at=None,
        )  # fmt: skip
        self.rows.many(
            _ADD_LINE,
            [
                {
                    "business_id": self.business_id, "invoice_id": invoice_id, "line": n,
                    "product_id": item.product_id, "name": item.name, "hsn": item.hsn, "qty": item.qty,
                    "unit": item.unit, "price": item.price, "gst_rate": item.gst_rate if with_gst else 0,
                    "taxable": line.taxable, "cgst": line.cgst, "sgst": line.sgst, "igst": line.igst,
                }
                for n, (item, line) in enumerate(zip(items, lines, strict=True), 1)
            ],
        )  # fmt: skip
        return self.invoice(invoice_id)

    def issue(self, invoice_id: str, shop: ShopSettings, *, day: date | None = None) -> Invoice:
        """Give the draft its number and post it; a credit that the customer has pays it at once. `day`: what it is of,
        in this fiscal year; today if left out. Raises Refused("date") for another."""
        self.lock()
        found = self.invoice(invoice_id)
        if found.status != "draft":
            raise Refused("not_a_draft", "the invoice was issued or cancelled before", "invoice_no")
        year = fiscal_year(self.origin.day)
        if day is not None and fiscal_year(day) != year:
            raise Refused("date", "the numbers of that year are closed", "date")
        key = {"business": self.business_id, "of": shop.series, "year": year}
        given = self.rows.all(_NEXT_NUMBER, **key)
        if not given:
            self.rows.run(_FIRST_NUMBER, **key)
        number = int(given[0].last_number) if given else 1
        summed = Totals(found.taxable, found.cgst, found.sgst, found.igst, found.round_off, found.total)
        # The posting's allocations look for the invoice by its posting, so it is tied to it before it is settled.
        self.post(
            "invoice", rules.invoice(summed), amount=found.total, customer_id=found.customer_id,
            day=day, due_date=found.due_date, invoice_id=invoice_id,
            moves=[(line.product_id, -line.qty) for line in self.lines(invoice_id) if line.product_id],
            before_settling=lambda posting: self._number(invoice_id, posting, shop.series, year, number),
        )  # fmt: skip
        issued = self.invoice(invoice_id)
        told: dict[str, object] = {
            "invoice_id": invoice_id,
            "invoice_no": issued.invoice_no,
            "customer_id": issued.customer_id,
            "total": Money(issued.total, self.origin.currency),
            "due_date": issued.due_date,
        }
        self.happened.append(DomainEvent("invoice.issued", invoice_id, told))
        return issued

    def cancel(self, invoice: Invoice) -> Posting | None:
        """Reverse it (a draft is only marked). Raises Refused("undone_already")."""
        if invoice.status == "draft":
            self.rows.run(_DISCARD, business=self.business_id, invoice=invoice.invoice_id, now=self.origin.now)
            return None
        if invoice.posting_id is None or invoice.status == "cancelled":
            raise Refused("undone_already", "the invoice is cancelled already", "invoice_no")
        return self.undo(invoice.posting_id)

    def invoice(self, invoice_id: str) -> Invoice:
        row = self.rows.first(_BY_ID, business=self.business_id, invoice=invoice_id)
        if row is None:
            raise Refused("invoice_unknown", "there is no such invoice", "invoice_no")
        return _invoice(row)

    def invoice_said(self, said: str, customer: Customer | None = None) -> Invoice:
        """By the whole number, or by what people say of it ("123": the newest of that number).

        Raises Refused: "invoice_unknown", "invoice_of_another"."""
        wanted = said.strip().upper().replace(" ", "")
        rows = self.rows.all(_BY_NO, business=self.business_id, no=wanted)
        if not rows and wanted.isdigit() and len(wanted) <= 9:
            rows = self.rows.all(_BY_NUMBER, business=self.business_id, number=int(wanted))
        if not rows:
            raise Refused("invoice_unknown", "there is no invoice of this number", "invoice_no")
        found = _invoice(rows[0])
        if customer is not None and found.customer_id != customer.customer_id:
            raise Refused("invoice_of_another", "that invoice is somebody else's", "invoice_no")
        return found

    def invoices_of(self, customer: Customer, most: int = 20, *, total: int = 0) -> list[Invoice]:
        """Newest first, without drafts; of this total alone, unless it is 0."""
        rows = self.rows.all(
            _OF_CUSTOMER, business=self.business_id, customer=customer.customer_id, most=most, total=total
        )
        return [_invoice(row) for row in rows]

    def lines(self, invoice_id: str) -> list[Any]:
        return self.rows.all(_LINES, business=self.business_id, invoice=invoice_id)

    def _number(self, invoice_id: str, posting: Posting, series: str, year: str, number: int) -> None:
        self.rows.run(
            _ISSUE, business=self.business_id, invoice=invoice_id, of=series, year=year, n=number,
            no=invoice_no(series, year, number), posting=posting.posting_id, today=posting.day, now=self.origin.now,
        )  # fmt: skip


def _taxed(item: Item, *, included: bool, with_gst: bool, across: bool) -> TaxedLine:
    price = line_price(item.qty, item.price) if item.total is None else item.total
    return tax_line(price, item.gst_rate if with_gst else 0, across_states=across, included=included)


def _invoice(row: Any) -> Invoice:
    return Invoice(
        invoice_id=row.invoice_id, invoice_no=row.invoice_no, customer_id=row.customer_id,
        customer_name=row.customer_name, status=row.status, total=row.total, paid=row.paid, day=row.day,
        due_date=row.due_date, taxable=row.taxable, cgst=row.cgst, sgst=row.sgst, igst=row.igst,
        round_off=row.round_off, with_gst=row.with_gst, place_of_supply=row.place_of_supply,
        posting_id=row.posting_id, created_at=row.created_at,
    )  # fmt: skip
