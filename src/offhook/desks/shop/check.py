"""Whether the book is whole: everything that is kept beside what happened, folded from it again.

Each line of the answer is a rule that does not hold, with the row that it does not hold for; a whole book has none. It
reads everything: for tests, for `offhook doctor`, and for whoever doubts a figure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, select

from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.rules import CUSTOMER, status_of
from offhook.desks.shop.tables import (
    invoice_lines,
    invoice_series,
    invoices,
    ledger_allocations,
    ledger_entries,
    open_items,
    postings,
    products,
    shop_books,
    shop_customers,
    stock_moves,
)
from offhook.store.prepared import Prepared

_BUSINESS: BindParameter[str] = bindparam("business")


def _all_of(table: Table) -> Prepared:
    return Prepared(select(table).where(table.c.business_id == _BUSINESS))


_ALL = {
    table.name: _all_of(table)
    for table in (
        invoice_lines, invoice_series, invoices, ledger_allocations, ledger_entries, open_items, postings, products,
        shop_books, shop_customers, stock_moves,
    )
}  # fmt: skip


def disagreements(book: ShopBook) -> list[str]:
    """In a transaction that sees one moment of the book."""
    rows = {name: book.rows.all(statement, business=book.business_id) for name, statement in _ALL.items()}
    posted = {row.posting_id: row for row in rows["postings"]}
    return [
        *_entries(rows, posted),
        *_balances(rows, posted),
        *_open(rows, posted),
        *_invoices(rows, posted),
        *_numbers(rows),
        *_stock(rows, posted),
        *_order(rows, posted),
    ]


Rows = dict[str, list[Any]]
Posted = dict[str, Any]


def _entries(rows: Rows, posted: Posted) -> list[str]:
    sums: Counter[str] = Counter()
    wrong = []
    for row in rows["ledger_entries"]:
        sums[row.posting_id] += row.amount
        if row.day != posted[row.posting_id].day:
            wrong.append(f"entry of {row.posting_id} counts for another day than its posting")
    wrong += [f"{posting_id} does not sum to zero" for posting_id, amount in sums.items() if amount]
    wrong += [
        f"{row.posting_id} has no entries" for row in rows["postings"] if row.amount and row.posting_id not in sums
    ]
    return wrong


def _balances(rows: Rows, posted: Posted) -> list[str]:
    folded: Counter[str] = Counter()
    wrong = []
    of_customers = [row for row in rows["ledger_entries"] if row.account == CUSTOMER]
    for row in sorted(of_customers, key=lambda row: posted[row.posting_id].seq):
        folded[row.customer_id] += row.amount
        if row.balance != folded[row.customer_id]:
            wrong.append(f"{row.posting_id} left another balance behind than the fold")
    wrong += [
        f"balance of {row.customer_id} is {row.balance}, its entries make {folded[row.customer_id]}"
        for row in rows["shop_customers"]
        if row.balance != folded[row.customer_id]
    ]
    openings = Counter(row.customer_id for row in rows["postings"] if row.kind == "opening")
    return wrong + [f"{customer} has {count} openings" for customer, count in openings.items() if count > 1]


def _open(rows: Rows, posted: Posted) -> list[str]:
    left: Counter[str] = Counter()
    owner: dict[str, str] = {}
    for row in rows["ledger_entries"]:
        if row.account == CUSTOMER:
            left[row.posting_id] += row.amount
            owner[row.posting_id] = row.customer_id
    for row in rows["ledger_allocations"]:
        left[row.debit_id] -= row.amount
        left[row.credit_id] += row.amount
    kept = {row.posting_id: row for row in rows["open_items"]}
    wrong = [
        f"open of {posting_id} is {kept[posting_id].open if posting_id in kept else 0}, its allocations leave {amount}"
        for posting_id, amount in left.items()
        if amount != (kept[posting_id].open if posting_id in kept else 0)
    ]
    sides: defaultdict[str, set[bool]] = defaultdict(set)
    for row in kept.values():
        sides[row.customer_id].add(row.open > 0)
        if row.customer_id != owner.get(row.posting_id) or row.seq != posted[row.posting_id].seq:
            wrong.append(f"open item {row.posting_id} is not its posting's")
    return wrong + [f"{customer} owes and is owed at once" for customer, both in sides.items() if len(both) > 1]


def _invoices(rows: Rows, posted: Posted) -> list[str]:
    paid: Counter[str] = Counter()
    for row in rows["ledger_allocations"]:
        if posted[row.credit_id].kind != "reversal":
            paid[row.debit_id] += row.amount
    undone = {row.reverses for row in rows["postings"] if row.reverses}
    lines: Counter[str] = Counter()
    for row in rows["invoice_lines"]:
        lines[row.invoice_id] += row.taxable + row.cgst + row.sgst + row.igst
    wrong = []
    for row in rows["invoices"]:
        if row.total != lines[row.invoice_id] + row.round_off:
            wrong.append(f"{row.invoice_id} does not come to its lines")
        if row.posting_id is None:
            if row.number is not None or row.status not in ("draft", "cancelled"):
                wrong.append(f"{row.invoice_id} is {row.status} without a posting")
            continue
        cancelled = row.posting_id in undone
        status = "cancelled" if cancelled else status_of(row.total, paid[row.posting_id])
        if (row.status, row.paid) != (status, 0 if cancelled else paid[row.posting_id]):
            wrong.append(f"{row.invoice_id} is {row.status}, its entries say {status}")
        if posted[row.posting_id].amount != row.total:
            wrong.append(f"{row.invoice_id} was posted with another sum")
    return wrong


def _numbers(rows: Rows) -> list[str]:
    given: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows["invoices"]:
        if row.number is not None:
            given[row.series, row.fiscal_year].append(row.number)
    wrong = [
        f"numbers of {series} are not 1 to {len(numbers)}"
        for series, numbers in given.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]
    last = {(row.series, row.fiscal_year): row.last_number for row in rows["invoice_series"]}
    return wrong + [f"{series} counts otherwise" for series, n in last.items() if n != len(given[series])]


def _stock(rows: Rows, posted: Posted) -> list[str]:
    folded: Counter[str] = Counter()
    for row in rows["stock_moves"]:
        folded[row.product_id] += row.qty
    return [
        f"stock of {row.product_id} is {row.stock}, its moves make {folded[row.product_id]}"
        for row in rows["products"]
        if row.stock != folded[row.product_id]
    ]


def _order(rows: Rows, posted: Posted) -> list[str]:
    seqs = sorted(row.seq for row in rows["postings"])
    wrong = [] if seqs == list(range(1, len(seqs) + 1)) else ["postings are not numbered 1 to n"]
    if seqs and rows["shop_books"][0].seq != seqs[-1]:
        wrong.append("the book counts otherwise than its postings")
    for row in rows["postings"]:
        if row.reverses is not None and posted[row.reverses].kind == "reversal":
            wrong.append(f"{row.posting_id} undoes an undo")
    return wrong
