"""What the shopkeeper asks of the whole book: a day, a week, who owes how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, func, or_, select

from offhook.desks.shop.invoicing import Invoicing
from offhook.desks.shop.model import Customer
from offhook.desks.shop.people import as_customer
from offhook.desks.shop.rules import MONEY
from offhook.desks.shop.tables import ledger_entries, open_items, postings, shop_books, shop_customers
from offhook.store.prepared import Prepared

_BUSINESS: BindParameter[str] = bindparam("business")
_P, _E, _C, _O = postings.c, ledger_entries.c, shop_customers.c, open_items.c
_DAYS: tuple[BindParameter[date], BindParameter[date]] = (bindparam("date_from"), bindparam("date_to"))
_NET = case((_P.kind == "reversal", -_P.amount), else_=_P.amount)
_undone = postings.alias("undone")
_BY_KIND = Prepared(
    select(func.coalesce(_undone.c.kind, _P.kind).label("kind"), func.sum(_NET).label("amount"),
           func.sum(case((_P.kind == "reversal", -1), else_=1)).label("times"))
    .select_from(postings.outerjoin(
        _undone, (_undone.c.business_id == _P.business_id) & (_undone.c.posting_id == _P.reverses)))
    .where(_P.business_id == _BUSINESS, _P.day.between(*_DAYS))
    .group_by(func.coalesce(_undone.c.kind, _P.kind))
)  # fmt: skip
_MONEY_IN = Prepared(
    select(_E.account, func.sum(_E.amount).label("amount"))
    .where(_E.business_id == _BUSINESS, _E.day.between(*_DAYS), or_(*(_E.account == method for method in MONEY)))
    .group_by(_E.account)
)
_OWING = (_C.business_id == _BUSINESS, _C.active, _C.balance >= bindparam("at_least"), _C.balance > 0)
_DUES = Prepared(
    select(shop_customers).where(*_OWING).order_by(_C.balance.desc(), _C.customer_id).limit(bindparam("most"))
)
_DUES_TOTAL = Prepared(
    select(func.coalesce(func.sum(_C.balance), 0).label("total"), func.count().label("times")).where(*_OWING)
)
_OVERDUE = Prepared(
    select(func.coalesce(func.sum(_O.open), 0).label("overdue"), func.min(_O.due_date).label("since")).where(
        _O.business_id == _BUSINESS, _O.customer_id == bindparam("customer"), _O.open > 0,
        _O.due_date < bindparam("today"),
    )
)  # fmt: skip
_VERSIONS = Prepared(select(shop_books.c.seq, shop_books.c.names_version).where(shop_books.c.business_id == _BUSINESS))


@dataclass(frozen=True, slots=True)
class Summary:
    """Paise; of the days from `date_from` to `date_to`, both included. What was undone on these days is taken off."""

    date_from: date
    date_to: date
    sales: int
    """Bills and what was given on credit without one."""
    invoices: int
    credit: int
    payments: int
    refunds: int
    received: dict[str, int]
    """Method -> money in less money out."""
    entries: int


class Summaries(Invoicing):
    def summary(self, date_from: date, date_to: date) -> Summary:
        days = {"business": self.business_id, "date_from": date_from, "date_to": date_to}
        kinds = {row.kind: row for row in self.rows.all(_BY_KIND, **days)}
        money = {row.account: int(row.amount) for row in self.rows.all(_MONEY_IN, **days)}
        amounts = {kind: int(row.amount) for kind, row in kinds.items()}
        counts = {kind: int(row.times) for kind, row in kinds.items()}
        return Summary(
            date_from, date_to, sales=amounts.get("invoice", 0) + amounts.get("credit", 0),
            invoices=counts.get("invoice", 0), credit=amounts.get("credit", 0), payments=amounts.get("payment", 0),
            refunds=amounts.get("refund", 0), received=money, entries=sum(counts.values()),
        )  # fmt: skip

    def dues(self, *, min_amount: int = 0, limit: int = 10) -> list[Customer]:
        """Who owes the most, first."""
        rows = self.rows.all(_DUES, business=self.business_id, at_least=min_amount, most=limit)
        return [as_customer(row) for row in rows]

    def dues_total(self, *, min_amount: int = 0) -> tuple[int, int]:
        """(paise, customers)."""
        row = self.rows.all(_DUES_TOTAL, business=self.business_id, at_least=min_amount)[0]
        return int(row.total), int(row.times)

    def overdue(self, customer: Customer) -> tuple[int, date | None]:
        """(paise past their date, the earliest of these dates)."""
        row: Any = self.rows.all(
            _OVERDUE, business=self.business_id, customer=customer.customer_id, today=self.origin.day
        )[0]
        return int(row.overdue), row.since

    def versions(self) -> tuple[int, int]:
        """(seq of the last posting, version of the names): whoever keeps anything of the book compares them."""
        row = self.rows.first(_VERSIONS, business=self.business_id)
        return (0, 0) if row is None else (int(row.seq), int(row.names_version))
