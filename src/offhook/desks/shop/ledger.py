"""Postings: the one way by which money and stock change.

A posting, its entries, what it settles and the running figures beside them are written in one transaction. Running
figures (a customer's balance, open items, an invoice's paid sum and status, a product's stock) are changed by what the
rows of the posting say and by nothing else, so they stay the fold of all rows; check.py folds them again.

Writers of one book queue on its row of `shop_books` (on SQLite the whole file has one writer): a limit that was looked
at, a name that was resolved and a number that was given are still true when the posting is written.

Everything here runs in the thread of a connection (store/prepared.py) and knows no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Text, bindparam, select, text, update

from offhook.contracts.webhooks import DomainEvent
from offhook.desks.shop.allocation import OpenItem
from offhook.desks.shop.model import MOST_PAISE, Method, Origin, Posting, PostingKind, Refused
from offhook.desks.shop.rules import CUSTOMER, Line, owed, reversal
from offhook.desks.shop.settlement import Settlement
from offhook.desks.shop.tables import (
    invoices,
    ledger_entries,
    postings,
    products,
    shop_books,
    shop_customers,
    stock_moves,
)
from offhook.kit.money import Money
from offhook.store.prepared import Prepared, Rows, adding

_BUSINESS: BindParameter[str] = bindparam("business")

_LOCK = Prepared(select(shop_books.c.seq).where(shop_books.c.business_id == _BUSINESS).with_for_update())
_OPEN_BOOK = Prepared(
    text("INSERT INTO shop_books (business_id, seq, names_version) VALUES (:business, 0, 0) ON CONFLICT DO NOTHING")
)
_NEXT = Prepared(
    update(shop_books)
    .where(shop_books.c.business_id == _BUSINESS)
    .values(seq=shop_books.c.seq + 1)
    .returning(shop_books.c.seq)
)
_OWE = Prepared(
    update(shop_customers)
    .where(shop_customers.c.business_id == _BUSINESS, shop_customers.c.customer_id == bindparam("customer"))
    .values(balance=shop_customers.c.balance + bindparam("more"), version=bindparam("seq"))
    .returning(shop_customers.c.balance)
)
_ADD_POSTING = adding(postings)
_ADD_ENTRY = adding(ledger_entries)
_ADD_MOVE = adding(stock_moves)
_CANCELLED = Prepared(
    update(invoices)
    .where(invoices.c.business_id == _BUSINESS, invoices.c.invoice_id == bindparam("invoice"))
    .values(status="cancelled", paid=0, cancelled_at=bindparam("now"))
)
_MOVE = Prepared(
    update(products)
    .where(products.c.business_id == _BUSINESS, products.c.product_id == bindparam("product"))
    .values(stock=products.c.stock + bindparam("more"))
    .returning(products.c.stock)
)
_POSTING = Prepared(
    select(postings).where(postings.c.business_id == _BUSINESS, postings.c.posting_id == bindparam("posting"))
)
_REVERSAL_OF = Prepared(
    select(postings.c.posting_id).where(
        postings.c.business_id == _BUSINESS, postings.c.reverses == bindparam("posting")
    )
)
_ENTRIES = Prepared(
    select(ledger_entries.c.account, ledger_entries.c.amount)
    .where(ledger_entries.c.business_id == _BUSINESS, ledger_entries.c.posting_id == bindparam("posting"))
    .order_by(ledger_entries.c.line)
)
_MOVES = Prepared(
    select(stock_moves.c.product_id, stock_moves.c.qty)
    .where(stock_moves.c.business_id == _BUSINESS, stock_moves.c.posting_id == bindparam("posting"))
    .order_by(stock_moves.c.line)
)
_LAST = (
    select(postings.c.posting_id)
    .where(postings.c.business_id == _BUSINESS, postings.c.kind != "reversal")
    .order_by(postings.c.seq.desc())
    .limit(1)
)


def _not_undone() -> Any:
    undone = postings.alias("undone")
    return ~(
        select(undone.c.posting_id)
        .where(undone.c.business_id == postings.c.business_id, undone.c.reverses == postings.c.posting_id)
        .exists()
    )


_LAST_HERE = Prepared(_LAST.where(postings.c.session_id == bindparam("session"), _not_undone()))
_LAST_OF_ALL = Prepared(_LAST.where(_not_undone()))
_LAST_SUCH = Prepared(
    _LAST.where(
        _not_undone(),
        (postings.c.customer_id == bindparam("customer")) | (bindparam("customer", type_=Text) == ""),
        (postings.c.amount == bindparam("amount")) | (bindparam("amount", type_=BigInteger) == 0),
        (postings.c.kind == bindparam("kind")) | (bindparam("kind", type_=Text) == ""),
    )
)


class Ledger:
    """Of one business, in one transaction. Raises Refused for what the book does not do; nothing of it may stay then:
    whoever opened the transaction leaves it by an exception."""

    def __init__(self, rows: Rows, business_id: str, origin: Origin) -> None:
        self.rows = rows
        self.business_id = business_id
        self.origin = origin
        self._settlement = Settlement(rows, business_id, origin.ids)
        self.written: dict[str, str] = {}
        """Customer -> the newest posting that this transaction made to them."""
        self.meant: dict[str, tuple[str, str]] = {}
        """What was said -> (id, name) of the customer whom it was found to mean."""
        self.happened: list[DomainEvent] = []
        """What this transaction did that is told to the outside."""

    def lock(self) -> None:
        """From here on to the end of the transaction nobody else writes to this book."""
        if self.rows.first(_LOCK, business=self.business_id) is None:
            self.rows.run(_OPEN_BOOK, business=self.business_id)
            self.rows.first(_LOCK, business=self.business_id)

    def post(
        self,
        kind: PostingKind,
        lines: Sequence[Line],
        *,
        amount: int,
        customer_id: str | None = None,
        method: Method | None = None,
        day: date | None = None,
        due_date: date | None = None,
        note: str = "",
        invoice_id: str | None = None,
        pays_first: str | None = None,
        moves: Iterable[tuple[str, int]] = (),
        before_settling: Callable[[Posting], None] = lambda posting: None,
    ) -> Posting:
        """Write it and settle what it settles. `pays_first`: the posting of the bill that a payment is for; `moves`:
        (product, thousandths), in positive."""
        self.lock()
        posting = self._write(
            kind, lines, amount=amount, customer_id=customer_id, method=method, day=day, due_date=due_date, note=note,
            invoice_id=invoice_id, reverses=None, moves=moves,
        )  # fmt: skip
        before_settling(posting)
        if customer_id is not None and (more := owed(lines)):
            item = OpenItem(posting.posting_id, posting.seq, more)
            self._settlement.settle(customer_id, item, posting, due_date, pays_first)
        if kind == "payment":
            told: dict[str, object] = {
                "payment_id": posting.posting_id,
                "customer_id": customer_id,
                "amount": Money(amount, self.origin.currency),
                "method": method,
                "day": posting.day,
            }
            self.happened.append(DomainEvent("payment.recorded", posting.posting_id, told))
        return posting

    def undo(self, posting_id: str) -> Posting:
        """Post the reversal. Raises Refused: "posting_unknown", "undone_already", "not_undone" (a reversal)."""
        self.lock()
        row = self.rows.first(_POSTING, business=self.business_id, posting=posting_id)
        if row is None:
            raise Refused("posting_unknown", "there is no such entry")
        if row.kind == "reversal":
            raise Refused("not_undone", "an undo is not undone; say again what you want")
        if self.rows.first(_REVERSAL_OF, business=self.business_id, posting=posting_id) is not None:
            raise Refused("undone_already", "it was undone already")
        entries = self.rows.all(_ENTRIES, business=self.business_id, posting=posting_id)
        moves = self.rows.all(_MOVES, business=self.business_id, posting=posting_id)
        lines = reversal([Line(entry.account, entry.amount) for entry in entries])
        undone = self._write(
            "reversal", lines, amount=row.amount, customer_id=row.customer_id, method=row.method, day=None,
            due_date=None, note="", invoice_id=row.invoice_id, reverses=posting_id,
            moves=[(move.product_id, -move.qty) for move in moves],
        )  # fmt: skip
        if row.customer_id is not None and (back := owed(lines)):
            self._settlement.take_back(row.customer_id, posting_id, undone, back)
        if row.kind == "invoice":
            self.rows.run(_CANCELLED, business=self.business_id, invoice=row.invoice_id, now=self.origin.now)
        return undone

    def last_posting(self, *, anywhere: bool = False) -> str | None:
        """What "undo" means: the newest entry of this session that is not undone, or of the whole book."""
        found = None
        if self.origin.session_id is not None:
            found = self.rows.first(_LAST_HERE, business=self.business_id, session=self.origin.session_id)
        if found is None and anywhere:
            found = self.rows.first(_LAST_OF_ALL, business=self.business_id)
        return None if found is None else str(found.posting_id)

    def last_such(self, customer_id: str | None, amount: int, kind: PostingKind | None) -> str | None:
        """The newest entry of the book that is not undone, of this customer, sum and kind as far as they are given (a
        sum of 0 is none)."""
        found = self.rows.first(
            _LAST_SUCH, business=self.business_id, customer=customer_id or "", amount=amount, kind=kind or ""
        )
        return None if found is None else str(found.posting_id)

    def posting(self, posting_id: str) -> Any | None:
        return self.rows.first(_POSTING, business=self.business_id, posting=posting_id)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _write(
        self,
        kind: PostingKind,
        lines: Sequence[Line],
        *,
        amount: int,
        customer_id: str | None,
        method: Method | None,
        day: date | None,
        due_date: date | None,
        note: str,
        invoice_id: str | None,
        reverses: str | None,
        moves: Iterable[tuple[str, int]],
    ) -> Posting:
        if sum(line.amount for line in lines) != 0:
            raise Refused("unbalanced", "the lines do not sum to zero")
        if amount > MOST_PAISE:
            raise Refused("amount", "the amount is absurd", "amount")
        origin = self.origin
        day = day or origin.day
        if day > origin.day:
            raise Refused("date", "the day has not come yet", "date")
        seq = int(self.rows.all(_NEXT, business=self.business_id)[0].seq)
        posting_id = self.origin.ids("post")
        balance = None
        if customer_id is not None:
            changed = self.rows.all(_OWE, business=self.business_id, customer=customer_id, more=owed(lines), seq=seq)
            if not changed:
                raise Refused("customer_unknown", "no such customer", "customer")
            balance = int(changed[0].balance)
            self.written[customer_id] = posting_id
        mine = {"business_id": self.business_id, "posting_id": posting_id}
        self.rows.run(
            _ADD_POSTING, **mine, seq=seq, kind=kind, customer_id=customer_id, amount=amount, currency=origin.currency,
            method=method, day=day, due_date=due_date, note=note, invoice_id=invoice_id, reverses=reverses,
            opening_of=customer_id if kind == "opening" else None, turn_id=origin.turn_id,
            session_id=origin.session_id, via=origin.via, recorded_at=origin.now,
        )  # fmt: skip
        self.rows.many(
            _ADD_ENTRY,
            [
                {
                    **mine, "line": n, "account": line.account, "amount": line.amount, "day": day,
                    "customer_id": customer_id if line.account == CUSTOMER else None,
                    "balance": balance if line.account == CUSTOMER else None,
                }
                for n, line in enumerate(lines)
            ],
        )  # fmt: skip
        self._move(mine, moves, day)
        return Posting(posting_id, seq, kind, customer_id, amount, day, balance, invoice_id)

    def _move(self, mine: dict[str, str], moves: Iterable[tuple[str, int]], day: date) -> None:
        wanted = [(product, qty) for product, qty in moves if qty]
        self.rows.many(
            _ADD_MOVE,
            [{**mine, "line": n, "product_id": one[0], "qty": one[1], "day": day} for n, one in enumerate(wanted)],
        )
        for product, qty in wanted:
            if not self.rows.all(_MOVE, business=self.business_id, product=product, more=qty):
                raise Refused("product_unknown", "no such product", "product")
