"""The shop's customers: made, changed and found by what people call them.

`find` is for writes: one customer for certain, or none. Who is written exactly so comes first, then who is spelled so,
then who has all the words in the name or an alias; as soon as one of these steps brings several, they are a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, select, update

from offhook.desks.shop.ledger import Ledger
from offhook.desks.shop.model import Customer, Refused
from offhook.desks.shop.names import MOST_CHARS, key_of, plain, tidy, words_of
from offhook.desks.shop.rules import opening
from offhook.desks.shop.tables import shop_books, shop_customer_words, shop_customers
from offhook.store.codec import texts, to_text
from offhook.store.prepared import Prepared, adding

CANDIDATES = 8
"""How many of one name are told apart; more are too many to say."""
_COMMON = 200
"""A word of so many names is common."""
_C, _W = shop_customers.c, shop_customer_words.c
_MINE = (_C.business_id == bindparam("business"), _C.active)
_BY_ID = Prepared(
    select(shop_customers).where(_C.business_id == bindparam("business"), _C.customer_id == bindparam("id"))
)
_BY_PHONE = Prepared(select(shop_customers).where(*_MINE, _C.phone == bindparam("phone")).limit(CANDIDATES))
_BY_KEY = Prepared(select(shop_customers).where(*_MINE, _C.name_key == bindparam("key")).limit(CANDIDATES))
_ADD = adding(shop_customers, "active")
_ADD_WORD = Prepared(
    insert(shop_customer_words).values(
        business_id=bindparam("business_id"), word=bindparam("word"), customer_id=bindparam("customer_id")
    )
)
_DROP_WORDS = Prepared(
    delete(shop_customer_words).where(_W.business_id == bindparam("business"), _W.customer_id == bindparam("id"))
)
_CHANGE = Prepared(
    update(shop_customers)
    .where(_C.business_id == bindparam("business"), _C.customer_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in (
        "name", "name_key", "aliases", "phone", "email", "address", "gstin", "state", "credit_limit", "active"
    )})
)  # fmt: skip
NAMES_CHANGED = Prepared(
    update(shop_books)
    .where(shop_books.c.business_id == bindparam("business"))
    .values(names_version=shop_books.c.names_version + 1)
)


_SOME_WITH = Prepared(
    select(_W.customer_id).where(_W.business_id == bindparam("business"), _W.word == bindparam("word")).limit(_COMMON)
)


def _with_words(count: int) -> Prepared:
    """Customers that have all of so many words."""
    more = [shop_customer_words.alias(f"w{n}") for n in range(1, count)]
    query = select(shop_customers).join_from(
        shop_customer_words,
        shop_customers,
        and_(_C.business_id == _W.business_id, _C.customer_id == _W.customer_id),
    )
    query = query.where(_W.business_id == bindparam("business"), _W.word == bindparam("word0"), _C.active)
    for n, other in enumerate(more, 1):
        query = query.where(
            exists().where(
                other.c.business_id == bindparam("business"),
                other.c.word == bindparam(f"word{n}"),
                other.c.customer_id == _W.customer_id,
            )
        )
    return Prepared(query.limit(bindparam("most")))


_WITH_WORDS = {count: _with_words(count) for count in range(1, 5)}


class People(Ledger):
    """Of one business, in one transaction (ledger.py)."""

    def customer(self, customer_id: str) -> Customer:
        """Raises Refused("customer_unknown")."""
        found = self.any_customer(customer_id)
        if not found.active:
            raise Refused("customer_unknown", "no such customer", "customer")
        return found

    def any_customer(self, customer_id: str) -> Customer:
        """Also one who was taken out of the lists. Raises Refused("customer_unknown")."""
        row = self.rows.first(_BY_ID, business=self.business_id, id=customer_id)
        if row is None:
            raise Refused("customer_unknown", "no such customer", "customer")
        return as_customer(row)

    def candidates(self, said: str) -> list[Customer]:
        """Whom `said` may mean: one when it is certain, several when it must be asked; [] for a stranger."""
        wanted = plain(said)
        words = words_of(said)
        if not words:
            return []
        alike = self._customers(_BY_KEY, key=" ".join(words))
        exact = [one for one in alike if plain(one.name) == wanted]
        if exact:
            return exact
        found = _unique([*alike, *self.with_words(words)])
        named = [one for one in found if wanted in {plain(alias) for alias in one.aliases}]
        return named or found

    def with_words(self, words: Sequence[str], most: int = CANDIDATES) -> list[Customer]:
        wanted = list(dict.fromkeys(words))
        if len(wanted) > 1:
            # Driven by the rarest: everybody called Ramesh is looked through only where no word is rarer.
            found = {word: self._customers_with(word) for word in wanted}
            wanted = sorted(wanted, key=found.__getitem__)
            if not found[wanted[0]]:
                return []
        wanted = wanted[: len(_WITH_WORDS)]
        named = {f"word{n}": word for n, word in enumerate(wanted)}
        return self._customers(_WITH_WORDS[len(wanted)], most=most, **named)

    def _customers_with(self, word: str) -> int:
        """How many words of names are it, as far as it matters."""
        return len(self.rows.all(_SOME_WITH, business=self.business_id, word=word))

    def by_phone(self, phone: str) -> list[Customer]:
        return self._customers(_BY_PHONE, phone=phone)

    def find(self, said: str) -> Customer:
        """Raises Refused: "customer_unknown", or "customer_ambiguous" with the names as offers."""
        found = self.candidates(said)
        if len(found) == 1:
            self.meant[said] = (found[0].customer_id, found[0].name)
            return found[0]
        if not found:
            raise Refused("customer_unknown", "no customer of this name", "customer")
        names = tuple(one.name for one in found)
        raise Refused("customer_ambiguous", "several are called so", "customer", names)

    def create_customer(
        self,
        name: str,
        *,
        phone: str | None = None,
        opening_balance: int = 0,
        aliases: Iterable[str] = (),
        credit_limit: int | None = None,
        email: str | None = None,
        address: str = "",
        gstin: str | None = None,
        state: str | None = None,
    ) -> Customer:
        """Raises Refused("customer_exists") for a name that is written alike, so that nobody is in the book twice."""
        name = tidy(name)
        key = key_of(name)
        if not key or len(name) > MOST_CHARS:
            raise Refused("name", "the name cannot be used", "name")
        self.lock()
        if any(plain(one.name) == plain(name) for one in self._customers(_BY_KEY, key=key)):
            raise Refused("customer_exists", "a customer of this name is in the book", "name")
        customer = Customer(
            customer_id=self.origin.ids("cust"), name=name, aliases=tuple(map(tidy, aliases)), phone=phone, email=email,
            address=address, gstin=gstin, state=gstin[:2] if gstin else state, credit_limit=credit_limit, balance=0,
            version=0,
        )  # fmt: skip
        self.rows.run(
            _ADD, business_id=self.business_id, customer_id=customer.customer_id, name=name, name_key=key,
            aliases=to_text(customer.aliases), phone=phone, email=email, address=address, gstin=gstin,
            state=customer.state, credit_limit=credit_limit, language=None, balance=0, version=0,
            created_at=self.origin.now,
        )  # fmt: skip
        self._add_words(customer)
        self.rows.run(NAMES_CHANGED, business=self.business_id)
        if opening_balance:
            self.post(
                "opening", opening(opening_balance), amount=abs(opening_balance), customer_id=customer.customer_id
            )
        return self.customer(customer.customer_id)

    def change_customer(self, customer: Customer) -> None:
        """Store everything of it but the money; `active` False takes it out of the lists."""
        key = key_of(customer.name)
        if not key:
            raise Refused("name", "the name cannot be used", "name")
        self.lock()
        named = (one for one in self._customers(_BY_KEY, key=key) if plain(one.name) == plain(customer.name))
        if customer.active and any(one.customer_id != customer.customer_id for one in named):
            raise Refused("customer_exists", "a customer of this name is in the book", "name")
        self.rows.run(
            _CHANGE, business=self.business_id, id=customer.customer_id, new_name=customer.name, new_name_key=key,
            new_aliases=to_text(customer.aliases), new_phone=customer.phone, new_email=customer.email,
            new_address=customer.address, new_gstin=customer.gstin, new_state=customer.state,
            new_credit_limit=customer.credit_limit, new_active=customer.active,
        )  # fmt: skip
        self.rows.run(_DROP_WORDS, business=self.business_id, id=customer.customer_id)
        self._add_words(customer)
        self.rows.run(NAMES_CHANGED, business=self.business_id)

    def _add_words(self, customer: Customer) -> None:
        words = {word for name in (customer.name, *customer.aliases) for word in words_of(name)}
        self.rows.many(
            _ADD_WORD,
            [
                {"business_id": self.business_id, "word": word, "customer_id": customer.customer_id}
                for word in sorted(words)
            ],
        )

    def _customers(self, statement: Prepared, **parameters: Any) -> list[Customer]:
        return [as_customer(row) for row in self.rows.all(statement, business=self.business_id, **parameters)]


def _unique(found: Iterable[Customer]) -> list[Customer]:
    return list({one.customer_id: one for one in found}.values())[:CANDIDATES]


def as_customer(row: Any) -> Customer:
    return Customer(
        customer_id=row.customer_id, name=row.name, aliases=texts(row.aliases), phone=row.phone, email=row.email,
        address=row.address, gstin=row.gstin, state=row.state, credit_limit=row.credit_limit, balance=row.balance,
        version=row.version, active=row.active,
    )  # fmt: skip
