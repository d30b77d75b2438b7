"""One of several processes that write to the demo shop's book at once; may be killed at any moment.

    python tests/support/ledger_racer.py URL LOG SEED SESSIONS COMMANDS

Each session gives its commands in order, each under its own key: the same for the same SEED, so that whoever takes over
from a killed process gives all of its commands again. What was acknowledged goes to LOG, a key a line, written at once.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from decimal import Decimal

import msgspec

from offhook.contracts.desk import AnyTool, Caller, Failed, Ok
from offhook.desks.shop.tools.bills import BillItem, BillRequest, create_invoice
from offhook.desks.shop.tools.overview import UndoRequest, undo
from offhook.desks.shop.tools.payments import CreditRequest, PaymentRequest, add_credit, record_payment
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.policy import Policy
from offhook.dialogue.tool_runner import SAY_UNAVAILABLE, ToolRunner, ToolScope
from offhook.store.engine import open_database
from support.set_clock import SetClock
from support.shop_book import OpenShop

NAMES = ("Priya Verma", "Geeta Rani", "Imran Khan", "Kavita Joshi")


class Session:
    def __init__(self, shop: OpenShop, log: int, seed: str) -> None:
        self._shop = shop
        self._log = log
        self._seed = seed
        self._dice = random.Random(seed)  # repeatable on purpose
        self._late = LateWrites()
        self._runner = ToolRunner(policy=Policy(), uow=shop.units, clock=shop.clock, late=self._late)
        self._posted: list[str] = []

    async def give(self, commands: int) -> None:
        for n in range(commands):
            tool, arguments = self._command()
            key = f"{self._seed}_{n}"
            outcome = await self._until_answered(tool, arguments, key)
            if isinstance(outcome, Ok):
                os.write(self._log, f"{key}\n".encode())
                if tool is not undo:
                    self._posted.append(outcome.value.posting_id)

    def _command(self) -> tuple[AnyTool, msgspec.Struct]:
        dice, customer = self._dice, self._dice.choice(NAMES)
        amount = Decimal(dice.randrange(1, 2000))
        match dice.choice(("credit", "pay", "pay", "bill", "bill", "undo")):
            case "credit":
                return add_credit, CreditRequest(customer=customer, amount=amount)
            case "pay":
                return record_payment, PaymentRequest(customer=customer, amount=amount)
            case "undo" if self._posted:
                return undo, UndoRequest(posting_id=self._posted.pop(dice.randrange(len(self._posted))))
            case _:
                items = [
                    BillItem(product=dice.choice(("cheeni", "chawal", "maggi")), qty=Decimal(dice.randrange(1, 5)))
                ]
                return create_invoice, BillRequest(customer=customer, items=items)

    async def _until_answered(self, tool: AnyTool, arguments: msgspec.Struct, key: str) -> object:
        """A database that is busy is asked again, under the same key."""
        while True:
            caller = Caller(self._seed, "chat")
            scope = ToolScope(await self._shop.business(), caller, self._shop.now(), key)
            outcome = await self._runner.run(tool, arguments, scope)
            self._late.told(self._seed)
            if outcome != Failed(SAY_UNAVAILABLE):
                return outcome
            await asyncio.sleep(0.01)


async def race(url: str, log: str, seed: str, sessions: int, commands: int) -> None:
    database = open_database(url, busy_timeout_ms=30_000)
    shop = OpenShop(database, SetClock())
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    await asyncio.gather(*(Session(shop, handle, f"{seed}_{n}").give(commands) for n in range(sessions)))
    await database.aclose()


if __name__ == "__main__":
    url, log, seed, sessions, commands = sys.argv[1:]
    asyncio.run(race(url, log, seed, int(sessions), int(commands)))
