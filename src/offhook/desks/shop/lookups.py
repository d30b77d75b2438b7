"""Who is meant and what they owe, answered from memory where nothing has changed since.

Each look reads the book's versions in its own transaction, one row by its key: what is remembered counts only if they
say so, whichever process wrote meanwhile. A change of any customer or product voids all remembered searches. A new
posting voids the balance of its customer alone: the postings since the last look are asked for their customers.

A command that writes leaves the balance that it made behind, under its posting's id (`leave`). Nobody is told it before
that very posting is found committed, as the newest of its customer; then it is remembered like any other. Whom it found
by name is remembered where the names that it saw are ones that were committed before. Whom each whole name means is
known ahead, as of the version with which the names for understanding were read (`know_ahead`, facts.py).

A balance is told for 30 seconds as it is remembered. One that is older is held against the customer's own row first,
which every posting to them changes: what they owe is then true still, and how much of it is overdue need not be worked
out again.

Only for READ transactions: a transaction that writes sees rows that may never be committed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from offhook.desks.shop.model import Customer, Refused
from offhook.desks.shop.names import plain
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tables import postings
from offhook.store.caches import Cache, Caches
from offhook.store.prepared import Prepared

SEARCHES, BALANCES = "customer", "balance"
_SEARCH_MS, _BALANCE_MS = 5 * 60_000.0, 30_000.0
_BALANCE_STAYS_MS = 12 * 3_600_000.0
"""Without being asked for; overdue is a matter of the day in any case."""
_SEARCHES_KEPT, _BALANCES_KEPT = 4096, 8192
_BEHIND = 1000
"""Postings that are caught up with one by one; after more all balances are forgotten."""
_LEFT_KEPT, _LEFT_AT_ONCE = 1024, 8
_SHOPS_AHEAD = 64
"""Shops whose whole names are known ahead; as many as have their names kept for understanding."""
_CHANGED = Prepared(
    select(postings.c.customer_id, postings.c.posting_id)
    .where(
        postings.c.business_id == bindparam("business"),
        postings.c.seq > bindparam("after"),
        postings.c.seq <= bindparam("until"),
        postings.c.customer_id.is_not(None),
    )
    .order_by(postings.c.seq)
)


@dataclass(frozen=True, slots=True)
class Owes:
    """A customer with what they owe."""

    customer: Customer
    overdue: int
    """Paise past their date."""
    since: date | None


@dataclass(frozen=True, slots=True)
class Left:
    """What a transaction that may not be committed yet makes of a customer."""

    posting_id: str
    names: int
    day: date
    owes: Owes


class Seen:
    """How far each business's postings were looked at; balances that are remembered are true up to there."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seq: dict[str, int] = {}
        self.epoch: dict[str, int] = {}
        """Grows when all balances of a business are forgotten."""
        self.names: dict[str, int] = {}
        """The newest version of a business's names that was found committed."""
        self.left: OrderedDict[tuple[str, str], Left] = OrderedDict()


def leave(book: ShopBook, caches: Caches) -> None:
    """Of a transaction that wrote: what its customers owe then."""
    if not book.written or len(book.written) > _LEFT_AT_ONCE:
        return
    seen = caches.keep("shop.seen", Seen)
    _, names = book.versions()
    now_ms = book.origin.now.timestamp() * 1000.0
    if seen.names.get(book.business_id) == names:
        searches = _searches(caches)
        for said, customer in book.meant.items():
            searches.put((book.business_id, names, plain(said)), (customer,), now_ms)
    for customer_id, posting_id in book.written.items():
        left = Left(posting_id, names, book.origin.day, _owes(book, customer_id))
        with seen.lock:
            seen.left[book.business_id, customer_id] = left
            while len(seen.left) > _LEFT_KEPT:
                seen.left.popitem(last=False)


class WholeNames:
    """Whom each whole name of a business means, as of a version of its names; the business unused longest goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[int, dict[str, tuple[str, str]]]] = OrderedDict()

    def know(self, business_id: str, names: int, people: dict[str, tuple[str, str]]) -> None:
        with self._lock:
            self._known[business_id] = (names, people)
            self._known.move_to_end(business_id)
            if len(self._known) > _SHOPS_AHEAD:
                self._known.popitem(last=False)

    def meant(self, business_id: str, names: int, said: str) -> tuple[str, str] | None:
        version, people = self._known.get(business_id, (-1, {}))
        return people.get(said) if version == names else None


def know_ahead(caches: Caches, business_id: str, names: int, customers: Iterable[tuple[str, str]]) -> None:
    """Know whom each whole name means, before anybody asks. `customers`: (id, name) of all that are active, read with
    the version `names` of the book's names: what People.candidates finds for a name that somebody has."""
    known: dict[str, tuple[str, str]] = {}
    twice: set[str] = set()
    for customer_id, name in customers:
        said = plain(name)
        if said in known:
            twice.add(said)
        known[said] = (customer_id, name)
    for said in twice:
        del known[said]
    _ahead(caches).know(business_id, names, known)


def _ahead(caches: Caches) -> WholeNames:
    return caches.keep("shop.whole_names", WholeNames)


def _searches(caches: Caches) -> Cache[tuple[str, int, str], tuple[tuple[str, str], ...]]:
    return caches.of(SEARCHES, _SEARCHES_KEPT, _SEARCH_MS)


def _owes(book: ShopBook, customer_id: str) -> Owes:
    customer = book.any_customer(customer_id)
    overdue, since = book.overdue(customer) if customer.balance > 0 else (0, None)
    return Owes(customer, overdue, since)


class Lookups:
    """For one READ transaction."""

    def __init__(self, book: ShopBook, caches: Caches) -> None:
        self._book = book
        self._now_ms = book.origin.now.timestamp() * 1000.0
        self._caches = caches
        self._searches = _searches(caches)
        self._balances = caches.of(BALANCES, _BALANCES_KEPT, _BALANCE_MS, _BALANCE_STAYS_MS)
        self._seen = caches.keep("shop.seen", Seen)
        self._seq, self._names = book.versions()
        with self._seen.lock:
            business = book.business_id
            self._seen.names[business] = max(self._names, self._seen.names.get(business, 0))
        self._epoch = self._catch_up()

    def whom(self, customer: str | None, customer_id: str | None) -> str:
        """The customer's id. Raises Refused like People.find; an id is not looked at."""
        if customer_id is not None:
            return customer_id
        if customer is None:
            raise Refused("customer_missing", "say which customer", "customer")
        found = self.candidates(customer)
        if len(found) == 1:
            return found[0][0]
        if not found:
            raise Refused("customer_unknown", "no customer of this name", "customer")
        raise Refused("customer_ambiguous", "several are called so", "customer", tuple(name for _, name in found))

    def candidates(self, said: str) -> tuple[tuple[str, str], ...]:
        """(id, name) of whom it may mean, as People.candidates."""
        key = (self._book.business_id, self._names, plain(said))
        known = _ahead(self._caches).meant(*key)
        if known is not None:
            self._caches.count(SEARCHES, hit=True)
            return (known,)
        kept: tuple[tuple[str, str], ...] | None = self._searches.get(key, self._now_ms)
        if kept is None:
            kept = tuple((one.customer_id, one.name) for one in self._book.candidates(said))
            self._searches.put(key, kept, self._now_ms)
        return kept

    def owes(self, customer_id: str) -> Owes:
        """Raises Refused("customer_unknown")."""
        key = self._key(customer_id)
        kept: Owes | None = self._balances.get(key, self._now_ms, self._still)
        if kept is not None:
            return kept
        self._book.customer(customer_id)
        read = _owes(self._book, customer_id)
        with self._seen.lock:
            # Somebody who looked later may have dropped this balance already; then this one is too old to be kept.
            if self._seen.seq[self._book.business_id] == self._seq:
                self._balances.put(key, read, self._now_ms)
        return read

    def _still(self, kept: Owes) -> bool:
        return self._book.any_customer(kept.customer.customer_id) == kept.customer

    def _key(self, customer_id: str) -> tuple[object, ...]:
        """Overdue is a matter of the day, names and limits of the names' version."""
        return (self._book.business_id, customer_id, self._book.origin.day, self._names, self._epoch)

    def _catch_up(self) -> int:
        """Forget the balances that postings since the last look have changed. The lock is never held while the database
        is asked: on PostgreSQL others of this thread run then."""
        business, seen = self._book.business_id, self._seen
        with seen.lock:
            known, epoch = seen.seq.get(business), seen.epoch.get(business, 0)
        if known is not None and self._seq <= known:
            return epoch
        following = known is not None and self._seq - known <= _BEHIND
        changed = self._book.rows.all(_CHANGED, business=business, after=known, until=self._seq) if following else []
        with seen.lock:
            self._epoch = seen.epoch.get(business, 0)
            if not following:
                seen.epoch[business] = self._epoch = self._epoch + 1
            for customer_id, posting_id in {row.customer_id: row.posting_id for row in changed}.items():
                self._changed(customer_id, posting_id)
            seen.seq[business] = max(self._seq, seen.seq.get(business, 0))
            return self._epoch

    def _changed(self, customer_id: str, newest: str) -> None:
        """Its newest posting is that one: take what it left behind, if it is that one's, in place of what is kept."""
        left = self._seen.left.pop((self._book.business_id, customer_id), None)
        mine = left is not None and (left.posting_id, left.names, left.day) == (
            newest,
            self._names,
            self._book.origin.day,
        )
        if mine and left is not None and left.owes.customer.active:
            self._balances.put(self._key(customer_id), left.owes, self._now_ms)
        else:
            self._balances.drop(self._key(customer_id))
