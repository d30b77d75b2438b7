"""What settles what: the open items of a customer, and the allocations between what is owed and what was paid.

Open items and an invoice's paid sum and status are what the allocations say; a posting is written before it is settled
(ledger.py), and both in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import BindParameter, bindparam, case, delete, func, select, update

from offhook.desks.shop.allocation import Allocation, OpenItem, settle, taken_back
from offhook.desks.shop.model import Posting
from offhook.desks.shop.tables import invoices, ledger_allocations, open_items, postings
from offhook.store.prepared import Prepared, Rows, adding

_BUSINESS: BindParameter[str] = bindparam("business")
_CHUNK = 64
"""Open items looked at in one go; a payment rarely settles more."""
_ADD_ALLOCATION = adding(ledger_allocations)
_ADD_ITEM = adding(open_items)
_O = open_items.c
_ITEMS = (
    select(_O.posting_id, _O.seq, _O.open)
    .where(_O.business_id == _BUSINESS, _O.customer_id == bindparam("customer"), _O.seq > bindparam("after"))
    .order_by(_O.seq)
    .limit(_CHUNK)
)
_DEBITS, _CREDITS = Prepared(_ITEMS.where(_O.open > 0)), Prepared(_ITEMS.where(_O.open < 0))
_ITEM = Prepared(
    select(_O.posting_id, _O.seq, _O.open).where(
        _O.business_id == _BUSINESS, _O.customer_id == bindparam("customer"), _O.posting_id == bindparam("posting")
    )
)
_SET_OPEN = Prepared(
    update(open_items)
    .where(_O.business_id == _BUSINESS, _O.posting_id == bindparam("posting"))
    .values(open=bindparam("left"))
)
_CLOSE = Prepared(delete(open_items).where(_O.business_id == _BUSINESS, _O.posting_id == bindparam("posting")))
_PAID = Prepared(
    update(invoices)
    .where(
        invoices.c.business_id == _BUSINESS,
        invoices.c.posting_id == bindparam("posting"),
        invoices.c.status != "cancelled",
    )
    .values(
        paid=invoices.c.paid + bindparam("more"),
        status=case(
            (invoices.c.paid + bindparam("more") >= invoices.c.total, "paid"),
            (invoices.c.paid + bindparam("more") > 0, "part_paid"),
            else_="issued",
        ),
    )
)
_A = ledger_allocations.c
_ALLOCATED = Prepared(
    select(_A.credit_id, _A.debit_id, func.sum(_A.amount).label("amount"))
    .where(_A.business_id == _BUSINESS, (_A.credit_id == bindparam("posting")) | (_A.debit_id == bindparam("posting")))
    .group_by(_A.credit_id, _A.debit_id)
)
_ITEM_FACTS = Prepared(
    select(postings.c.seq, postings.c.day, postings.c.due_date, postings.c.customer_id).where(
        postings.c.business_id == _BUSINESS, postings.c.posting_id == bindparam("posting")
    )
)


class Settlement:
    """Of one business, in one transaction."""

    def __init__(self, rows: Rows, business_id: str, ids: Callable[[str], str]) -> None:
        self.rows = rows
        self.business_id = business_id
        self.ids = ids

    def settle(
        self, customer_id: str, item: OpenItem, posting: Posting, due_date: date | None, pays_first: str | None
    ) -> None:
        """Against the open items of the other side: oldest first, or `pays_first` and then oldest first."""
        others = self._first(customer_id, pays_first) + self._open(
            customer_id, _DEBITS if item.open < 0 else _CREDITS, enough=abs(item.open)
        )
        settled = settle({one.posting_id: one for one in [item, *others]}.values(), first=pays_first)
        left = settled.open.pop(item.posting_id, item.open)
        self._allocate(posting.posting_id, settled.allocations, settled.open)
        if left:
            self._reopen(item.posting_id, customer_id, posting.seq, left, posting.day, due_date)

    def take_back(self, customer_id: str, posting_id: str, undone: Posting, back: int) -> None:
        """Take back what the posting settled, set it against its reversal, and settle anew what that set free."""
        found = self.rows.all(_ALLOCATED, business=self.business_id, posting=posting_id)
        back_again = taken_back([Allocation(one.credit_id, one.debit_id, int(one.amount)) for one in found])
        freed: dict[str, int] = {}
        for one in back_again:
            other, sign = (one.debit_id, -1) if one.credit_id == posting_id else (one.credit_id, 1)
            freed[other] = freed.get(other, 0) + sign * one.amount
        pair = (undone.posting_id, posting_id) if back < 0 else (posting_id, undone.posting_id)
        self._allocate(undone.posting_id, back_again, {posting_id: 0}, paying=True)
        self._allocate(undone.posting_id, (Allocation(*pair, abs(back)),), {}, paying=False)
        for other, more in freed.items():
            known = self.rows.first(_ITEM, business=self.business_id, customer=customer_id, posting=other)
            if known is not None:
                self.rows.run(_SET_OPEN, business=self.business_id, posting=other, left=int(known.open) + more)
            else:
                facts = self.rows.first(_ITEM_FACTS, business=self.business_id, posting=other)
                assert facts is not None
                self._reopen(other, customer_id, facts.seq, more, facts.day, facts.due_date)
        credits = self._open(customer_id, _CREDITS)
        if credits:
            debits = self._open(customer_id, _DEBITS, enough=-sum(one.open for one in credits))
            settled = settle([*debits, *credits])
            self._allocate(undone.posting_id, settled.allocations, settled.open)

    def _first(self, customer_id: str, posting_id: str | None) -> list[OpenItem]:
        if posting_id is None:
            return []
        row = self.rows.first(_ITEM, business=self.business_id, customer=customer_id, posting=posting_id)
        return [] if row is None else [OpenItem(row.posting_id, row.seq, int(row.open))]

    def _open(self, customer_id: str, statement: Prepared, enough: int | None = None) -> list[OpenItem]:
        """Open items of one side, oldest first, as many as make up `enough`."""
        found: list[OpenItem] = []
        after, total = 0, 0
        while True:
            rows = self.rows.all(statement, business=self.business_id, customer=customer_id, after=after)
            found += [OpenItem(row.posting_id, row.seq, int(row.open)) for row in rows]
            total += sum(abs(int(row.open)) for row in rows)
            if len(rows) < _CHUNK or (enough is not None and total >= enough):
                return found
            after = rows[-1].seq

    def _allocate(
        self, cause: str, allocations: Sequence[Allocation], now_open: dict[str, int], *, paying: bool = True
    ) -> None:
        """Write them, with what is open of the postings afterwards; `paying` says that invoices are paid by them."""
        self.rows.many(
            _ADD_ALLOCATION,
            [
                {
                    "business_id": self.business_id, "allocation_id": self.ids("alloc"), "posting_id": cause,
                    "credit_id": one.credit_id, "debit_id": one.debit_id, "amount": one.amount,
                }
                for one in allocations
            ],
        )  # fmt: skip
        for posting_id, left in now_open.items():
            if left:
                self.rows.run(_SET_OPEN, business=self.business_id, posting=posting_id, left=left)
            else:
                self.rows.run(_CLOSE, business=self.business_id, posting=posting_id)
        if paying:
            for one in allocations:
                self.rows.run(_PAID, business=self.business_id, posting=one.debit_id, more=one.amount)

    def _reopen(self, posting_id: str, customer_id: str, seq: int, left: int, day: date, due_date: date | None) -> None:
        self.rows.run(
            _ADD_ITEM, business_id=self.business_id, posting_id=posting_id, customer_id=customer_id, seq=seq,
            open=left, day=day, due_date=due_date,
        )  # fmt: skip
