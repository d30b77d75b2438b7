"""What is looked at before an entry is written: is it clear, who is meant, does it need a yes, what is against it."""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Ok
from offhook.desks.shop.agents.asking import UNKNOWN_CUSTOMER, ask, ask_to_add, ask_which
from offhook.desks.shop.agents.deeds import DEEDS
from offhook.desks.shop.facts import shop_facts
from offhook.desks.shop.spoken import Spoken
from offhook.desks.shop.tools.customers import CustomerTold, FindQuestion, find_customers
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line
from offhook.understanding.ledger.values_said import CANDIDATES
from offhook.understanding.model import Command

SURE = 0.85
"""Confidence of a recogniser from which on an entry is written without a read-back."""
MEMORY_CAREFUL = "careful"
"""desk_memory key while something is asked about a command that must be read back whatever the answer is."""
OVER = ("over_limit", "over_credit_limit")
"""Refusals that a read-back and a yes overcome."""
_REFUSALS = {
    "amount": "refused_amount",
    "date": "refused_date",
    "quantity": "refused_quantity",
    "price_missing": "refused_price_missing",
    "amount_differs": "refused_amount_differs",
    "nothing_owed": "refused_nothing_owed",
    "nothing_to_undo": "refused_nothing_to_undo",
    "undone_already": "refused_undone_already",
    "invoice_unknown": "refused_invoice_unknown",
    "invoice_of_another": "refused_invoice_unknown",
    "customer_exists": "refused_customer_exists",
    "phone": "refused_phone",
    "no_phone": "refused_no_phone",
    "opted_out": "refused_opted_out",
    "no_reminder_calls": "refused_reminder_calls",
}
"""Why the book does not do it -> its words; what is merely missing is asked for without any."""


def doubtful(work: Work, command: Command) -> str | None:
    """The slot that understanding is not sure of; entries of a sentence that is not clear are not written."""
    reading = work.reading
    if reading is None or reading.decision != "ask" or not reading.ask:
        return None
    if len(reading.commands) == 1:
        return reading.ask
    if reading.ask == UNKNOWN_CUSTOMER:
        name = command.slots.get("customer")
        return reading.ask if isinstance(name, str) and name not in shop_facts(work).names.customers else None
    return reading.ask if CANDIDATES.get(reading.ask, "") in command.slots else None


def of_several(work: Work) -> bool:
    """Whether something of a sentence with several commands is not clear."""
    reading = work.reading
    return reading is not None and reading.decision == "ask" and len(reading.commands) > 1


def to_confirm(work: Work, state: ConversationState, command: Command) -> bool:
    """Whether it is read back before it is written: the rules ask for it now or asked for it when it was said, a model
    wants it, or it was only heard."""
    said_so = state.desk_memory.get(MEMORY_CAREFUL) is True
    return said_so or careful(work) or DEEDS[command.intent].confirmed_always(command.slots)


def careful(work: Work, *, also_asked: bool = False) -> bool:
    """Whether what was said in this turn is not to be written as it stands. `also_asked`: nor what was unclear."""
    reading = work.reading
    decision = reading.decision if reading is not None else ""
    asked = decision == "ask" and (also_asked or (reading is not None and reading.unclear))
    doubted = decision == "confirm" or asked
    return doubted or work.by_model or not _heard_surely(work)


def _heard_surely(work: Work) -> bool:
    """Over a telephone line "char sau" and "saat sau" are near: what a recogniser is not sure of moves no money."""
    if work.turn.source != "speech":
        return True
    return work.turn.confidence is not None and work.turn.confidence >= SURE


def above(work: Work, command: Command) -> bool:
    """Whether it goes over the business's limit, as far as it was said."""
    amount = command.slots.get("amount")
    return isinstance(amount, int | float) and amount > shop_facts(work).limit


async def whom(work: Work, state: ConversationState, command: Command, spoken: Spoken) -> CustomerTold | Delta | None:
    """The customer who is meant, or the question for whom; None for a command that is about nobody."""
    name = command.slots.get("customer")
    if not isinstance(name, str):
        return None
    match await work.call(find_customers, FindQuestion(customer=name), state):
        case Ok(found) if len(found.customers) == 1:
            return found.customers[0]
        case Ok(found) if found.customers:
            return ask_which(work, command, "customer", [one.customer for one in found.customers], spoken)
        case Ok(_):
            return ask_to_add(work, command)
        case _:
            return Delta(lines=(Line("failed_unavailable"),))


def question_for(command: Command, slot: str, work: Work, spoken: Spoken) -> Delta:
    """The question for a slot: which of several, shall a stranger be added, or plainly what it is."""
    names = command.slots.get(CANDIDATES.get(slot, ""))
    if isinstance(names, list) and names:
        return ask_which(work, command, slot, [str(name) for name in names], spoken)
    if slot == UNKNOWN_CUSTOMER:
        return ask_to_add(work, command) if DEEDS[command.intent].writes else not_found(command, "customer")
    if slot == "product" and command.slots.get("product"):
        return not_found(command, "product")
    return ask(work, command, slot)


def not_found(command: Command, kind: str) -> Delta:
    name = str(command.slots.get(kind, ""))
    found = Line("customer_not_found", {"name": name})
    line = found if kind == "customer" else Line("product_not_found", {"name": name})
    return Delta(lines=(line,), pending=None, question=None)


def because(work: Work, reason: str) -> tuple[Line, ...]:
    """Why the book does not do it, in words; failures of ours have the dialogue's own."""
    name = reason.partition(":")[0]
    if name in _REFUSALS:
        return (Line(_REFUSALS[name]),)
    return (Line(name if name in work.desk.templates.known() else "refused_value"),)
