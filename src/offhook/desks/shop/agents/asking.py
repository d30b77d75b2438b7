"""The shop's short questions: for what is missing, for which of several was meant, and for a yes."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.conversation import Pending, SlotValue
from offhook.contracts.speech import Expectation
from offhook.desks.shop.spoken import Spoken
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line, Question
from offhook.understanding.ledger.values_said import CANDIDATES
from offhook.understanding.model import Command

UNKNOWN_CUSTOMER = "unknown_customer"
"""`Pending.asked`: shall a customer of this name be added?"""

_QUESTIONS = {
    "customer": Question(Line("ask_customer"), Expectation("name")),
    "amount": Question(Line("ask_amount")),
    "items": Question(Line("ask_items")),
    "invoice_no": Question(Line("ask_invoice_no")),
    "product": Question(Line("ask_product")),
    "qty": Question(Line("ask_qty")),
    "unit": Question(Line("ask_unit")),
    "price": Question(Line("ask_price")),
    "name": Question(Line("ask_new_name"), Expectation("name")),
    "phone": Question(Line("ask_new_phone"), Expectation("phone")),
    "credit_limit": Question(Line("ask_limit")),
    "field": Question(Line("ask_about")),
    "date": Question(Line("ask_day"), Expectation("date")),
    "time": Question(Line("ask_hour"), Expectation("time")),
}
_UNCLEAR = Question(Line("ask_again_whole"))


def ask(work: Work, command: Command, slot: str, *, because: tuple[Line, ...] = ()) -> Delta:
    """Ask for one slot; nothing is written before the answer."""
    question = _QUESTIONS.get(slot, _UNCLEAR)
    return Delta(lines=because, question=question, pending=pending(work, command, slot))


def ask_which(work: Work, command: Command, slot: str, names: Sequence[str], spoken: Spoken) -> Delta:
    key = "which_customer" if slot == "customer" else "which_product"
    question = Question(Line(key, {"names": spoken.either(names)}), Expectation("choice", tuple(names)))
    slots: dict[str, SlotValue] = {**command.slots, CANDIDATES[slot]: list(names)}
    return Delta(question=question, pending=pending(work, Command(intent=command.intent, slots=slots), slot))


def ask_to_add(work: Work, command: Command) -> Delta:
    """ "He is not on the list; shall I add him?" """
    name = str(command.slots.get("customer", ""))
    question = Question(Line("unknown_customer", {"name": name}), Expectation("yes_no"))
    return Delta(question=question, pending=pending(work, command, UNKNOWN_CUSTOMER))


def pending(work: Work, command: Command, asked: str) -> Pending:
    since = work.now.isoformat(timespec="seconds")
    return Pending(intent=command.intent, slots=dict(command.slots), asked=asked, since=since, attempts=1)
