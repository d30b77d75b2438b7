"""What is read back before it is written: the effect in words, with the names and sums that will be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from decimal import Decimal

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.shop.agents.asking import ask, pending
from offhook.desks.shop.agents.checking import above, whom
from offhook.desks.shop.agents.deeds import Deed, arguments_of, exact
from offhook.desks.shop.agents.gate import speaker_for
from offhook.desks.shop.agents.memory import spoken_for
from offhook.desks.shop.agents.told import dated, entry, paid
from offhook.desks.shop.recurrence import DAYPARTS, of_a_day
from offhook.desks.shop.spoken import Spoken
from offhook.desks.shop.tools.bills import BillsQuestion, list_invoices
from offhook.desks.shop.tools.common import OfCustomer
from offhook.desks.shop.tools.customers import check_balance
from offhook.desks.shop.tools.overview import LastQuestion, last_entry
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, digest
from offhook.dialogue.model import Delta, Line, Question
from offhook.dialogue.spoken import spoken_time
from offhook.kit.money import Money
from offhook.understanding.model import Command

_SETTLED = ("settle_all", "amount")
Settled = tuple[Command, Line]
MEMORY_READ_BACK = "ledger_read_back"
"""desk_memory key: {turn_id, digest} of what was read back."""


async def read_back(work: Work, state: ConversationState, command: Command, deed: Deed, over: str = "") -> Delta:
    """Ask for a yes. `over`: the limit that makes it necessary; what goes over the shop's needs the PIN first."""
    if over == "over_limit" or above(work, command):
        speaker, known = await speaker_for(work, state, command, proven=True)
        if speaker is None:
            return known
    spoken = spoken_for(work, state)
    found = await _settled(work, state, command, spoken)
    if isinstance(found, Delta):
        return found
    settled, line = found
    beside = (*dated(spoken, settled.slots), *paid(spoken, settled.slots)) if deed.posts else ()
    proof: dict[str, SlotValue] = {
        "turn_id": work.turn.turn_id,
        "digest": digest(arguments_of(deed, settled.slots)),
    }
    return Delta(
        lines=((Line("over_credit_limit"),) if over == "over_credit_limit" else ()) + beside,
        question=Question(line, Expectation("yes_no")),
        pending=pending(work, settled, ASKED_CONFIRM),
        memory={MEMORY_READ_BACK: proof},
    )


async def _settled(work: Work, state: ConversationState, command: Command, spoken: Spoken) -> Delta | Settled:
    """The command with what will really be written, and the line that says it; or what stands against it."""
    if command.intent == "undo":
        return await _undo(work, state, command, spoken)
    who = await whom(work, state, command, spoken)
    if isinstance(who, Delta):
        return who
    slots: dict[str, SlotValue] = dict(command.slots)
    if who is not None:
        slots |= {"customer": who.customer, "customer_id": who.customer_id}
    named = Command(intent=command.intent, slots=slots)
    if slots.get("settle_all"):
        return await _settle_all(work, state, named, spoken)
    if command.intent == "invoice.cancel":
        return await _cancel(work, state, named, spoken)
    return named, _line(named, spoken)


async def _undo(work: Work, state: ConversationState, command: Command, spoken: Spoken) -> Delta | Settled:
    who = await whom(work, state, command, spoken)
    if isinstance(who, Delta):
        return who
    said = command.slots if who is None else {**command.slots, "customer_id": who.customer_id}
    match await work.call(last_entry, _meant(said), state):
        case Ok(told):
            slots: dict[str, SlotValue] = {"posting_id": told.posting_id}
            said_entry = entry(told, spoken)
            if told.day != work.now.date().isoformat():
                said_entry = spoken.render("entry_dated", {"entry": said_entry, "day": spoken.on(told.day)})
            line = Line("confirm_undo", {"entry": said_entry})
            return Command(intent="undo", slots=slots), line
        case Failed("nothing_to_undo" | "entry_unknown" as reason):
            return Delta(lines=(Line(f"refused_{reason}"),), pending=None, question=None)
        case _:
            return Delta(lines=(Line("failed_unavailable"),))


def _meant(slots: Mapping[str, SlotValue]) -> LastQuestion:
    """The entry that was spoken of."""
    told = {"customer_id": slots.get("customer_id"), "amount": slots.get("amount"), "kind": slots.get("kind")}
    return msgspec.convert({name: exact(value) for name, value in told.items() if value is not None}, LastQuestion)


async def _settle_all(work: Work, state: ConversationState, command: Command, spoken: Spoken) -> Delta | Settled:
    question = OfCustomer(customer_id=str(command.slots.get("customer_id")))
    match await work.call(check_balance, question, state):
        case Ok(told) if told.balance.amount <= 0:
            return Delta(lines=(Line("refused_nothing_owed"),), pending=None, question=None)
        case Ok(told) if _another_sum(command.slots.get("amount"), told.balance):
            # "187 the, sab clear", of another balance: one of both is not what is meant.
            said = Command(intent=command.intent, slots={k: v for k, v in command.slots.items() if k not in _SETTLED})
            return ask(work, said, "amount", because=(Line("settle_differs", {"amount": spoken.sum(told.balance)}),))
        case Ok(told):
            slots = {**command.slots, "amount": _rupees(told.balance)}
            values = {"customer": told.customer, "amount": spoken.sum(told.balance)}
            return Command(intent=command.intent, slots=slots), Line("confirm_settle", values)
        case _:
            return Delta(lines=(Line("failed_unavailable"),))


async def _cancel(work: Work, state: ConversationState, command: Command, spoken: Spoken) -> Delta | Settled:
    number = command.slots.get("invoice_no")
    customer_id = command.slots.get("customer_id")
    if customer_id is None:
        return command, Line("confirm_cancel_number", {"number": str(number)})
    given = {"customer_id": customer_id, "amount": command.slots.get("amount"), "limit": 50}
    question = msgspec.convert({name: exact(one) for name, one in given.items() if one is not None}, BillsQuestion)
    match await work.call(list_invoices, question, state):
        case Ok(told):
            standing = [one for one in told.invoices if one.status != "cancelled" and one.invoice_no]
            meant = [one for one in standing if one.invoice_no == number] if number else standing
            if not meant and not number:
                return Delta(lines=(Line("refused_invoice_unknown"),), pending=None, question=None)
            slots = {**command.slots, "invoice_no": meant[0].invoice_no if meant else number}
            values = {"customer": told.customer, "number": str(slots["invoice_no"])}
            if not meant:  # by its last digits, or a very old one
                return Command(intent=command.intent, slots=slots), Line("confirm_cancel", values)
            said = {**values, "amount": spoken.sum(meant[0].total), "items": spoken.both(meant[0].goods)}
            return Command(intent=command.intent, slots=slots), Line("confirm_cancel_bill", said)
        case _:
            return Delta(lines=(Line("failed_unavailable"),))


def _another_sum(said: SlotValue, balance: Money) -> bool:
    return isinstance(said, int | float | str) and Decimal(str(said)).scaleb(2) != balance.amount


def _rupees(money: Money) -> int | str:
    whole, paise = divmod(money.amount, 100)
    return f"{whole}.{paise:02d}" if paise else whole


def _line(command: Command, spoken: Spoken) -> Line:
    slots = command.slots
    customer = str(slots.get("customer") or slots.get("name") or "")
    amount = slots.get("amount")
    values = {"customer": customer, "amount": spoken.number(amount)}
    match command.intent:
        case "payment.record":
            how = spoken.by(str(slots["method"])) if slots.get("method") else ""
            return Line("confirm_payment_by", {**values, "how": how}) if how else Line("confirm_payment", values)
        case "payment.refund":
            return Line("confirm_refund", values)
        case "credit.add":
            return Line("confirm_credit", values)
        case "invoice.create" if slots.get("items") and amount is not None:
            return Line("confirm_bill_for", {**values, "items": spoken.items(slots["items"])})
        case "invoice.create" if slots.get("items"):
            return Line("confirm_bill", {"customer": customer, "items": spoken.items(slots["items"])})
        case "invoice.create":
            return Line("confirm_bill_sum", values)
        case "customer.update" if slots.get("credit_limit") is not None:
            return Line("confirm_limit", {"customer": customer, "amount": spoken.number(slots["credit_limit"])})
        case "customer.update":
            return Line("confirm_phone", {"customer": customer, "phone": str(slots.get("phone", ""))})
        case "customer.create" if slots.get("opening_balance"):
            owed = spoken.number(slots["opening_balance"])
            return Line("confirm_new_customer_owing", {"customer": customer, "amount": owed})
        case "customer.create":
            return Line("confirm_new_customer", {"customer": customer})
        case "reminder.bulk" if slots.get("min_amount"):
            return Line("confirm_bulk_from", {"amount": spoken.number(slots["min_amount"])})
        case "reminder.bulk":
            return Line("confirm_bulk")
        case "reminder.schedule" if not any(slots.get(slot) for slot in ("date", "time", "daypart", "recurrence")):
            return Line("confirm_remind_now", {"customer": customer})
        case "reminder.schedule":
            return Line("confirm_remind", {"customer": customer, "when": _when(slots, spoken)})
        case "reminder.cancel" | "invoice.send":
            return Line("confirm_for", {"customer": customer})
        case "stock.add":
            qty = spoken.said_qty(slots.get("qty"), slots.get("unit"))
            return Line("confirm_stock", {"product": str(slots.get("product", "")), "qty": qty})
        case _:
            return Line("confirm_this")


def _when(slots: Mapping[str, SlotValue], spoken: Spoken) -> str:
    """When a reminder is to go out, as far as it was said: "har hafte 9 AM"."""
    said: list[str] = []
    if slots.get("recurrence"):
        said.append(spoken.often(of_a_day(str(slots["recurrence"]), spoken.today)))
    elif slots.get("date"):
        said.append(spoken.day(str(slots["date"])))
    if slots.get("time"):
        said.append(spoken_time(time.fromisoformat(str(slots["time"])), spoken.words))
    elif slots.get("daypart"):
        said.append(spoken_time(time.fromisoformat(DAYPARTS[str(slots["daypart"])]), spoken.words))
    return " ".join(said)
