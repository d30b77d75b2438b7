"""The fourteen rules of the book, over any order of what a shopkeeper may say, on SQLite and on PostgreSQL.

A simple model (balances, stock, what was done) goes along; after each step the book's running figures are compared with
it, and everything in the book is folded again (check.py). OFFHOOK_LEDGER_EXAMPLES makes the search larger.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from offhook.contracts.desk import Effect, Failed, Ok, Retry, ToolOutcome
from offhook.contracts.errors import AppError, CommandReused
from offhook.desks.demo import demo_businesses
from offhook.desks.shop.check import disagreements
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.rules import opening
from offhook.desks.shop.tools.bills import cancel_invoice, create_invoice
from offhook.desks.shop.tools.customers import check_balance, create_customer
from offhook.desks.shop.tools.goods import add_stock
from offhook.desks.shop.tools.overview import undo
from offhook.desks.shop.tools.payments import add_credit, record_payment, record_refund
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.engine import Database, open_database
from support.set_clock import SetClock
from support.shop_book import SHARMA, Declined, OpenShop
from support.stored_rows import stored_rows

T = TypeVar("T")
EXAMPLES = int(os.environ.get("OFFHOOK_LEDGER_EXAMPLES", "12"))
STEPS = 25
NAMES = ("Zubin Irani", "Yamini Nag")
WHO = st.sampled_from(NAMES)
PAISE = st.one_of(st.integers(1, 60_000), st.sampled_from([2_500_000, 2_500_001, 9_000_000]))
QTY = st.integers(1, 4)
GOODS = ("Zeera Special", "Yam Chips")
template: list[Path] = []
"""One migrated book, made when first needed and copied for each run."""


@dataclass
class Done:
    posting_id: str
    name: str | None
    owed: int
    """What it added to the balance."""
    stock: dict[str, int]
    invoice_no: str | None = None
    undone: bool = False


class LedgerMachine(RuleBasedStateMachine):
    make: Callable[[Path], Coroutine[Any, Any, Database]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SetClock()
        self.runner = asyncio.Runner()
        self.database = self.await_(type(self).make(self.folder))
        self.shop = OpenShop(self.database, self.clock)
        self.await_(self._set_up())
        self.balance = dict.fromkeys(NAMES, 0)
        self.stock = dict.fromkeys(GOODS, 50_000)
        self.done: list[Done] = []
        self.entries: dict[tuple[str, int], tuple[object, ...]] = {}

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _set_up(self) -> None:
        for name in NAMES:
            await self.shop.customer(name)
        await self.shop.write(
            lambda book: book.create_product(GOODS[0], "kg", price=400_00, gst_rate=500, stock=50_000)
        )
        await self.shop.write(
            lambda book: book.create_product(GOODS[1], "piece", price=7_77, gst_rate=1800, stock=50_000)
        )

    def run(self, tool: Any, **arguments: object) -> ToolOutcome[Any]:
        return self.await_(self.shop.run(tool, **arguments))

    def wrote(self, name: str | None, owed: int, posting_id: str, stock: dict[str, int] | None = None) -> Done:
        done = Done(posting_id, name, owed, stock or {})
        self.done.append(done)
        self._apply(done, 1)
        return done

    def _apply(self, done: Done, sign: int) -> None:
        if done.name is not None:
            self.balance[done.name] += sign * done.owed
        for product, qty in done.stock.items():
            self.stock[product] += sign * qty

    # -- what may be said -----------------------------------------------------------------------------------------

    @rule(name=WHO, paise=PAISE, confirmed=st.booleans())
    def credit(self, name: str, paise: int, confirmed: bool) -> None:
        outcome = self.run(add_credit, customer=name, amount=f"{paise / 100:.2f}", confirmed=confirmed)
        self._limited(outcome, paise, confirmed)
        if isinstance(outcome, Ok):
            assert outcome.value.balance.amount == self.balance[name] + paise
            self.wrote(name, paise, outcome.value.posting_id)

    @rule(name=WHO, paise=PAISE, confirmed=st.booleans())
    def pay(self, name: str, paise: int, confirmed: bool) -> None:
        outcome = self.run(record_payment, customer=name, amount=f"{paise / 100:.2f}", confirmed=confirmed)
        self._limited(outcome, paise, confirmed)
        if isinstance(outcome, Ok):
            assert outcome.value.balance.amount == self.balance[name] - paise, "overpayment is never clamped"
            self.wrote(name, -paise, outcome.value.posting_id)

    @rule(name=WHO)
    def settle(self, name: str) -> None:
        owed = self.balance[name]
        outcome = self.run(record_payment, customer=name, settle_all=True, confirmed=True)
        if owed <= 0:
            assert outcome == Failed("nothing_owed")
        else:
            assert isinstance(outcome, Ok) and outcome.value.amount.amount == owed
            self.wrote(name, -owed, outcome.value.posting_id)

    @rule(name=WHO, paise=st.integers(1, 60_000))
    def refund(self, name: str, paise: int) -> None:
        outcome = self.run(record_refund, customer=name, amount=f"{paise / 100:.2f}", confirmed=True)
        assert isinstance(outcome, Ok)
        self.wrote(name, paise, outcome.value.posting_id)

    @rule(name=WHO, grams=st.integers(1, 3000), pieces=QTY)
    def bill(self, name: str, grams: int, pieces: int) -> None:
        items = [{"product": GOODS[0], "qty": grams, "unit": "g"}, {"product": GOODS[1], "qty": pieces}]
        outcome = self.run(create_invoice, customer=name, items=items, confirmed=True)
        assert isinstance(outcome, Ok)
        told = outcome.value
        assert len(told.invoice_no) <= 16 and told.total.amount % 100 == 0
        assert told.paid.amount == min(told.total.amount, max(0, -self.balance[name])), "a credit pays at once"
        done = self.wrote(name, told.total.amount, told.posting_id, {GOODS[0]: -grams, GOODS[1]: -pieces * 1000})
        done.invoice_no = told.invoice_no

    @rule(name=WHO, paise=st.integers(1, 60_000), pick=st.integers(0, 100))
    def pay_a_bill(self, name: str, paise: int, pick: int) -> None:
        bills = [one for one in self.done if one.invoice_no and one.name == name]
        if bills:
            bill = bills[pick % len(bills)]
            outcome = self.run(
                record_payment, customer=name, amount=f"{paise / 100:.2f}", invoice_no=bill.invoice_no, confirmed=True
            )
            assert isinstance(outcome, Ok)
            self.wrote(name, -paise, outcome.value.posting_id)

    @rule(product=st.sampled_from(GOODS), qty=QTY)
    def stock_in(self, product: str, qty: int) -> None:
        outcome = self.run(add_stock, product=product, qty=qty)
        assert isinstance(outcome, Ok)
        self.wrote(None, 0, outcome.value.posting_id, {product: qty * 1000})

    @precondition(lambda self: self.done)
    @rule(pick=st.integers(0, 100))
    def undo_one(self, pick: int) -> None:
        done = self.done[-1 - pick % len(self.done)]
        outcome = self.run(undo, posting_id=done.posting_id, confirmed=True)
        if done.undone:
            assert outcome == Failed("undone_already"), "an undo happens once"
        else:
            assert isinstance(outcome, Ok)
            done.undone = True
            self._apply(done, -1)

    @precondition(lambda self: any(one.invoice_no for one in self.done))
    @rule(pick=st.integers(0, 100))
    def cancel_a_bill(self, pick: int) -> None:
        bills = [one for one in self.done if one.invoice_no]
        bill = bills[pick % len(bills)]
        outcome = self.run(cancel_invoice, invoice_no=bill.invoice_no, confirmed=True)
        assert isinstance(outcome, Ok) != bill.undone
        if not bill.undone:
            bill.undone = True
            self._apply(bill, -1)

    @rule(name=WHO, amount=st.sampled_from(["0", "-1", "0.001", "1e30"]))
    def nonsense(self, name: str, amount: str) -> None:
        for tool in (add_credit, record_payment, record_refund):
            assert isinstance(self.run(tool, customer=name, amount=amount, confirmed=True), Retry)
        assert isinstance(self.run(record_payment, customer="Ramesh", amount=5), Failed), "two are called so"
        assert isinstance(self.run(record_payment, customer="Xerxes", amount=5), Retry)
        assert isinstance(self.run(record_payment, customer=name, confirmed=True), Retry)
        assert isinstance(self.run(create_customer, name=name), Retry)

    @precondition(lambda self: len(self.balance) < 5)
    @rule(paise=st.integers(-60_000, 60_000))
    def somebody_new_with_an_opening_balance(self, paise: int) -> None:
        name = f"Nayi Grahak {len(self.balance)}"
        customer = self.await_(self.shop.customer(name, opening_balance=paise))
        self.balance[name] = paise

        def once_more(book: ShopBook) -> None:
            book.post("opening", opening(500), amount=500, customer_id=customer.customer_id)

        if paise:
            with pytest.raises(AppError):
                self.await_(self.shop.write(once_more))

    @rule(name=WHO, paise=st.integers(1, 60_000))
    def half_a_batch(self, name: str, paise: int) -> None:
        """Two entries of which the second cannot be written: neither is."""

        async def both() -> None:
            async with self.shop.units(SHARMA, Effect.WRITE) as uow:
                for customer in (name, "Xerxes"):
                    outcome = await self.shop.in_unit(uow, add_credit, customer=customer, amount=f"{paise / 100:.2f}")
                    if not isinstance(outcome, Ok):
                        raise Declined

        with pytest.raises(Declined):
            self.await_(both())

    @rule(name=WHO, paise=st.integers(1, 60_000))
    def twice_under_one_key(self, name: str, paise: int) -> None:
        async def under_key(payload: str) -> bool:
            async with self.shop.units(SHARMA, Effect.WRITE) as uow:
                if await uow.recall(key, "add_credit", payload) is not None:
                    return False
                outcome = await self.shop.in_unit(uow, add_credit, customer=name, amount=f"{paise / 100:.2f}")
                assert isinstance(outcome, Ok)
                self.wrote(name, paise, outcome.value.posting_id)
                await uow.remember(key, "add_credit", b"done", payload)
                return True

        key = f"key_{len(self.done)}_{self.clock.now().timestamp()}_{paise}"
        self.clock.advance(seconds=1)
        assert self.await_(under_key("same"))
        assert not self.await_(under_key("same"))
        with pytest.raises(CommandReused):
            self.await_(under_key("other"))

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    # -- what must hold -------------------------------------------------------------------------------------------

    def _limited(self, outcome: ToolOutcome[Any], paise: int, confirmed: bool) -> None:
        if paise > 2_500_000 and not confirmed:
            assert isinstance(outcome, Retry) and outcome.field == "confirm", "over the limit asks"
        else:
            assert isinstance(outcome, Ok)

    @invariant()
    def figures_are_the_models(self) -> None:
        for name, owed in self.balance.items():
            outcome = self.run(check_balance, customer=name)
            assert isinstance(outcome, Ok) and outcome.value.balance.amount == owed
        for name, qty in self.stock.items():
            assert self.await_(self.shop.read(lambda book, name=name: book.product(name))).stock == qty

    @invariant()
    def the_book_is_whole(self) -> None:
        assert self.await_(self.shop.read(disagreements)) == []

    @invariant()
    def entries_stay_and_count_once(self) -> None:
        rows = self.await_(stored_rows(self.database, "ledger_entries", business_id=SHARMA, limit=10_000))
        now = {(str(row["posting_id"]), int(row["line"])): tuple(row.values()) for row in rows}
        assert self.entries.items() <= now.items(), "entries never change or vanish"
        self.entries = now
        today = self.shop.now().date()
        first = today - timedelta(days=390)
        by_day = self.await_(self.shop.read(lambda book: _by_day(book, first, (today - first).days + 1)))
        whole = self.await_(self.shop.read(lambda book: book.summary(first, today)))
        assert sum(by_day) == whole.entries, "every entry counts for exactly one local day"

    def teardown(self) -> None:
        self.await_(self.database.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)


def _by_day(book: ShopBook, first: Any, days: int) -> list[int]:
    return [book.summary(first + timedelta(days=n), first + timedelta(days=n)).entries for n in range(days)]


def search(machine: type[LedgerMachine], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_rules_hold_on_sqlite(tmp_path: Path) -> None:
    async def prepared() -> None:
        database = open_database(f"sqlite:///{tmp_path}/template.db")
        await migrate.prepare(database, metadata, demo_businesses(SetClock()))
        async with database.transaction(write=False) as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await database.aclose()

    class OnSqlite(LedgerMachine):
        @staticmethod
        async def make(folder: Path) -> Database:
            shutil.copy(tmp_path / "template.db", folder / "book.db")
            return open_database(f"sqlite:///{folder}/book.db")

    asyncio.run(prepared())
    search(OnSqlite, EXAMPLES)


@pytest.mark.postgres
def test_the_rules_hold_on_postgres(fresh_postgres: Callable[[], str]) -> None:
    class OnPostgres(LedgerMachine):
        @staticmethod
        async def make(folder: Path) -> Database:
            return open_database(fresh_postgres())

    search(OnPostgres, max(2, EXAMPLES // 6))
