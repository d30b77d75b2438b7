"""What the shop sells: made, found, and how much of it there is. Stock changes by postings (ledger.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, select, update

from offhook.desks.shop.model import Posting, Product, Refused
from offhook.desks.shop.names import MOST_CHARS, key_of, plain, tidy, words_of
from offhook.desks.shop.people import CANDIDATES, NAMES_CHANGED, People
from offhook.desks.shop.tables import product_words, products
from offhook.desks.shop.units import SOLD_IN
from offhook.store.codec import texts, to_text
from offhook.store.prepared import Prepared, adding

_P, _W = products.c, product_words.c
_MINE = (_P.business_id == bindparam("business"), _P.active)
_BY_ID = Prepared(select(products).where(_P.business_id == bindparam("business"), _P.product_id == bindparam("id")))
_BY_KEY = Prepared(select(products).where(*_MINE, _P.name_key == bindparam("key")))
_OF_KEY = Prepared(select(products).where(_P.business_id == bindparam("business"), _P.name_key == bindparam("key")))
_LOW = Prepared(select(products).where(*_MINE, _P.low_at.is_not(None), _P.stock <= _P.low_at).order_by(_P.name))
_ADD = adding(products, "active")
_CHANGE = Prepared(
    update(products)
    .where(_P.business_id == bindparam("business"), _P.product_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in (
        "name", "name_key", "aliases", "price", "gst_rate", "hsn", "low_at", "active"
    )})
)  # fmt: skip
_DROP_WORDS = Prepared(
    delete(product_words).where(_W.business_id == bindparam("business"), _W.product_id == bindparam("id"))
)
_ADD_WORD = Prepared(
    insert(product_words).values(
        business_id=bindparam("business_id"), word=bindparam("word"), product_id=bindparam("product_id")
    )
)


def _with_words(count: int) -> Prepared:
    """Products that have all of so many words."""
    query = select(products).join_from(
        product_words, products, and_(_P.business_id == _W.business_id, _P.product_id == _W.product_id)
    )
    query = query.where(_W.business_id == bindparam("business"), _W.word == bindparam("word0"), _P.active)
    for n in range(1, count):
        other = product_words.alias(f"w{n}")
        query = query.where(
            exists().where(
                other.c.business_id == bindparam("business"),
                other.c.word == bindparam(f"word{n}"),
                other.c.product_id == _W.product_id,
            )
        )
    return Prepared(query.limit(CANDIDATES))


_WITH_WORDS = {count: _with_words(count) for count in range(1, 5)}


class Goods(People):
    def product(self, said: str) -> Product:
        """As People.find. Raises Refused: "product_unknown", "product_ambiguous"."""
        words = words_of(said)
        alike = self._products(_BY_KEY, key=" ".join(words)) if words else []
        if not alike and words:
            wanted = list(dict.fromkeys(words))[: len(_WITH_WORDS)]
            alike = self._products(_WITH_WORDS[len(wanted)], **{f"word{n}": word for n, word in enumerate(wanted)})
            named = [one for one in alike if plain(said) in {plain(alias) for alias in one.aliases}]
            alike = named or alike
        if len(alike) == 1:
            return alike[0]
        if not alike:
            raise Refused("product_unknown", "no product of this name", "product")
        names = tuple(one.name for one in alike)
        raise Refused("product_ambiguous", "several are called so", "product", names)

    def product_by_id(self, product_id: str) -> Product:
        found = self.any_product(product_id)
        if not found.active:
            raise Refused("product_unknown", "no such product", "product")
        return found

    def any_product(self, product_id: str) -> Product:
        """Also one that was taken out of the lists. Raises Refused("posting_unknown")."""
        found = self._products(_BY_ID, id=product_id)
        if not found:
            raise Refused("posting_unknown", "no such product")
        return found[0]

    def low(self) -> list[Product]:
        """Watched products that are low, by name."""
        return self._products(_LOW)

    def create_product(
        self,
        name: str,
        unit: str,
        *,
        price: int | None = None,
        gst_rate: int = 0,
        hsn: str = "",
        aliases: Iterable[str] = (),
        stock: int = 0,
        low_at: int | None = None,
    ) -> Product:
        """`stock`: thousandths of the unit that are there. Raises Refused("product_exists")."""
        name = tidy(name)
        key = key_of(name)
        if not key or len(name) > MOST_CHARS:
            raise Refused("name", "the name cannot be used", "name")
        if unit not in SOLD_IN:
            raise Refused("unit", f"the unit is one of {', '.join(SOLD_IN)}", "unit")
        self.lock()
        if self._products(_OF_KEY, key=key):
            raise Refused("product_exists", "a product of this name is in the book", "name")
        product_id = self.origin.ids("prod")
        known = tuple(map(tidy, aliases))
        self.rows.run(
            _ADD, business_id=self.business_id, product_id=product_id, name=name, name_key=key,
            aliases=to_text(known), unit=unit, price=price, currency=self.origin.currency, gst_rate=gst_rate, hsn=hsn,
            stock=0, low_at=low_at, created_at=self.origin.now,
        )  # fmt: skip
        self._add_product_words(product_id, (name, *known))
        self.rows.run(NAMES_CHANGED, business=self.business_id)
        if stock:
            self.post("stock", (), amount=0, moves=[(product_id, stock)])
        return self.product_by_id(product_id)

    def change_product(self, product: Product) -> None:
        """Store everything of it but unit and stock; `active` False takes it out of the lists."""
        name = tidy(product.name)
        key = key_of(name)
        if not key or len(name) > MOST_CHARS:
            raise Refused("name", "the name cannot be used", "name")
        self.lock()
        if any(one.product_id != product.product_id for one in self._products(_OF_KEY, key=key)):
            raise Refused("product_exists", "a product of this name is in the book", "name")
        self.rows.run(
            _CHANGE, business=self.business_id, id=product.product_id, new_name=name, new_name_key=key,
            new_aliases=to_text(product.aliases), new_price=product.price, new_gst_rate=product.gst_rate,
            new_hsn=product.hsn, new_low_at=product.low_at, new_active=product.active,
        )  # fmt: skip
        self.rows.run(_DROP_WORDS, business=self.business_id, id=product.product_id)
        self._add_product_words(product.product_id, (name, *product.aliases))
        self.rows.run(NAMES_CHANGED, business=self.business_id)

    def _add_product_words(self, product_id: str, names: Iterable[str]) -> None:
        words = {word for one in names for word in words_of(one)}
        self.rows.many(
            _ADD_WORD,
            [{"business_id": self.business_id, "word": word, "product_id": product_id} for word in sorted(words)],
        )

    def add_stock(self, product: Product, qty: int) -> Posting:
        return self.post("stock", (), amount=0, moves=[(product.product_id, qty)])

    def _products(self, statement: Prepared, **parameters: Any) -> list[Product]:
        return [_product(row) for row in self.rows.all(statement, business=self.business_id, **parameters)]


def _product(row: Any) -> Product:
    return Product(
        product_id=row.product_id, name=row.name, aliases=texts(row.aliases), unit=row.unit, price=row.price,
        gst_rate=row.gst_rate, hsn=row.hsn, stock=row.stock, low_at=row.low_at, active=row.active,
    )  # fmt: skip
