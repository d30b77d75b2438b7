"""What is said when the book has done it, or knows it: one function for each tool's result. Pure.

The effect is spoken, not the bookkeeping: who owes what now, what was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping

from offhook.contracts.conversation import SlotValue
from offhook.desks.shop.spoken import Spoken
from offhook.desks.shop.tools.bills import Billed
from offhook.desks.shop.tools.customers import BalanceTold, CustomerTold
from offhook.desks.shop.tools.goods import LowTold, StockTold
from offhook.desks.shop.tools.overview import DuesTold, EntryTold, SummaryTold
from offhook.desks.shop.tools.payments import Posted
from offhook.desks.shop.tools.reminders import BulkDone, RemindersCancelled, ReminderSet, RemindersTold
from offhook.desks.shop.tools.send_invoice import InvoiceSent
from offhook.dialogue.model import Line
from offhook.kit.money import Money

Lines = tuple[Line, ...]
Slots = Mapping[str, SlotValue]

LISTED = 5
"""Names of a list that are said aloud."""


def balance(told: BalanceTold, spoken: Spoken, slots: Slots) -> Lines:
    line = _standing(told.customer, told.balance, spoken)
    if told.overdue.amount > 0 and told.overdue_since is not None:
        since = spoken.day(told.overdue_since)
        return (line, Line("overdue", {"amount": spoken.sum(told.overdue), "day": since}))
    return (line,)


def _standing(customer: str, money: Money, spoken: Spoken) -> Line:
    if money.amount == 0:
        return Line("balance_even", {"customer": customer})
    key = "balance_owes" if money.amount > 0 else "balance_credit"
    return Line(key, {"customer": customer, "amount": spoken.sum(money)})


def _now(money: Money, spoken: Spoken) -> Line:
    if money.amount == 0:
        return Line("now_even")
    if money.amount > 0:
        return Line("now_owes", {"amount": spoken.sum(money)})
    return Line("now_credit", {"amount": spoken.sum(money)})


def payment(told: Posted, spoken: Spoken, slots: Slots) -> Lines:
    how = spoken.by(str(slots["method"])) if slots.get("method") else ""
    values = {"customer": told.customer, "amount": spoken.sum(told.amount)}
    line = Line("payment_taken_by", {**values, "how": how}) if how else Line("payment_taken", values)
    return (line, *dated(spoken, slots), _now(told.balance, spoken))


def paid(spoken: Spoken, slots: Slots) -> Lines:
    """That a bill is paid at once."""
    return (Line("paid_at_once", {"how": spoken.by(str(slots["paid_by"]))}),) if slots.get("paid_by") else ()


def dated(spoken: Spoken, slots: Slots) -> Lines:
    """The day that an entry is of, where that is not today."""
    day = slots.get("date")
    if not isinstance(day, str) or day == spoken.today.isoformat():
        return ()
    return (Line("dated", {"day": spoken.on(day)}),)


def refund(told: Posted, spoken: Spoken, slots: Slots) -> Lines:
    values = {"customer": told.customer, "amount": spoken.sum(told.amount)}
    return (Line("refund_given", values), *dated(spoken, slots), _now(told.balance, spoken))


def credit(told: Posted, spoken: Spoken, slots: Slots) -> Lines:
    values = {"customer": told.customer, "amount": spoken.sum(told.amount)}
    due = slots.get("due_date")
    line = Line("credit_given", values)
    if isinstance(due, str):
        line = Line("credit_given_until", {**values, "day": spoken.day(due)})
    return (line, *dated(spoken, slots), _now(told.balance, spoken))


def bill(told: Billed, spoken: Spoken, slots: Slots) -> Lines:
    values = {"customer": told.customer, "amount": spoken.sum(told.total), "number": told.invoice_no}
    return (Line("invoice_made", values), *paid(spoken, slots), *dated(spoken, slots), _now(told.balance, spoken))


def bill_cancelled(told: Billed, spoken: Spoken, slots: Slots) -> Lines:
    values = {"customer": told.customer, "number": told.invoice_no}
    return (Line("invoice_cancelled", values), _now(told.balance, spoken))


def stock(told: StockTold, spoken: Spoken, slots: Slots) -> Lines:
    if told.qty <= 0:
        return (Line("stock_none", {"product": told.product}),)
    line = Line("stock_is", {"product": told.product, "qty": spoken.qty(told.qty, told.unit)})
    return (line, Line("stock_is_low")) if told.low else (line,)


def stock_added(told: StockTold, spoken: Spoken, slots: Slots) -> Lines:
    return (Line("stock_added", {"product": told.product, "qty": spoken.qty(told.qty, told.unit)}),)


def stock_low(told: LowTold, spoken: Spoken, slots: Slots) -> Lines:
    if not told.products:
        return (Line("stock_all_well"),)
    listed = [
        Line("stock_low_item", {"product": one.product, "qty": spoken.qty(one.qty, one.unit)})
        for one in told.products[:LISTED]
    ]
    items = spoken.both([spoken.render(one.key, one.values) for one in listed])
    more = len(told.products) - len(listed)
    lines = (Line("stock_low", {"items": items}),)
    return (*lines, Line("and_more", {"count": str(more)})) if more else lines


def summary(told: SummaryTold, spoken: Spoken, slots: Slots) -> Lines:
    day = spoken.day(told.date_from)
    when = day if told.date_from == told.date_to else spoken.words.span.format(first=day, last=spoken.day(told.date_to))
    if told.entries == 0:
        return (Line("summary_empty", {"when": when}),)
    values = {
        "when": when,
        "sales": spoken.sum(told.sales),
        "payments": spoken.sum(told.payments),
        "credit": spoken.sum(told.credit),
    }
    return (Line("summary", values),)


def dues(told: DuesTold, spoken: Spoken, slots: Slots) -> Lines:
    if not told.count:
        return (Line("dues_none"),)
    listed = [
        Line("dues_item", {"customer": one.customer, "amount": spoken.sum(one.balance)}) for one in told.customers
    ]
    items = spoken.both([spoken.render(one.key, one.values) for one in listed])
    values = {"count": str(told.count), "amount": spoken.sum(told.total), "items": items}
    return (Line("dues_list", values),)


def dues_total(told: DuesTold, spoken: Spoken, slots: Slots) -> Lines:
    if not told.count:
        return (Line("dues_none"),)
    return (Line("dues_total", {"count": str(told.count), "amount": spoken.sum(told.total)}),)


def customer_added(told: CustomerTold, spoken: Spoken, slots: Slots) -> Lines:
    added = Line("customer_added", {"customer": told.customer})
    return (added, _standing(told.customer, told.balance, spoken)) if told.balance.amount else (added,)


def customer_changed(told: CustomerTold, spoken: Spoken, slots: Slots) -> Lines:
    lines: list[Line] = []
    if slots.get("phone") and told.phone:
        lines.append(Line("customer_phone", {"customer": told.customer, "phone": spoken.phone(told.phone)}))
    if slots.get("credit_limit") is not None and told.credit_limit is not None:
        lines.append(Line("customer_limit", {"customer": told.customer, "amount": spoken.sum(told.credit_limit)}))
    return (Line("customer_changed"), *lines)


def customer(told: CustomerTold, spoken: Spoken, slots: Slots) -> Lines:
    who = {"customer": told.customer}
    match slots.get("field"):
        case "phone":
            return (_or_unknown("customer_phone", who, "phone", spoken.phone(told.phone) if told.phone else ""),)
        case "email":
            return (_or_unknown("customer_email", who, "email", told.email or ""),)
        case "address":
            return (_or_unknown("customer_address", who, "address", told.address),)
        case "credit_limit":
            limit = told.credit_limit
            return (_or_unknown("customer_limit", who, "amount", spoken.sum(limit) if limit is not None else ""),)
        case _:
            phone = Line("customer_phone", {**who, "phone": spoken.phone(told.phone)}) if told.phone else None
            standing = _standing(told.customer, told.balance, spoken)
            return (standing,) if phone is None or slots.get("field") == "balance" else (standing, phone)


def _or_unknown(key: str, who: Mapping[str, str], name: str, value: str) -> Line:
    return Line(key, {**who, name: value}) if value else Line("customer_field_unknown", who)


def bill_sent(told: InvoiceSent, spoken: Spoken, slots: Slots) -> Lines:
    return (Line("invoice_sent", {"customer": told.customer, "number": told.invoice_no}),)


def reminder_set(told: ReminderSet, spoken: Spoken, slots: Slots) -> Lines:
    who = {"customer": told.customer}
    if told.now and not told.recurrence:
        line = Line("reminder_now", who)
    elif told.recurrence:
        line = Line("reminder_repeats", {**who, "often": spoken.often(told.recurrence), "when": spoken.moment(told.at)})
    else:
        line = Line("reminder_set", {**who, "when": spoken.moment(told.at)})
    return (line,) if told.owes else (line, Line("reminder_nothing_due", who))


def reminders_cancelled(told: RemindersCancelled, spoken: Spoken, slots: Slots) -> Lines:
    return (Line("reminder_cancelled" if told.count else "reminder_none", {"customer": told.customer}),)


def reminders(told: RemindersTold, spoken: Spoken, slots: Slots) -> Lines:
    if not told.reminders:
        return (Line("reminders_none"),)
    said = [
        spoken.render("reminder_item", {"customer": one.customer, "when": spoken.moment(one.at)})
        for one in told.reminders[:LISTED]
    ]
    more = len(told.reminders) - len(said)
    line = Line("reminders_list", {"items": spoken.both(said)})
    return (line, Line("and_more", {"count": str(more)})) if more else (line,)


def all_reminded(told: BulkDone, spoken: Spoken, slots: Slots) -> Lines:
    lines: Lines = (Line("reminded_all", {"count": str(told.count)}),) if told.count else ()
    if told.already:
        lines = (*lines, Line("reminded_already", {"count": str(told.already)}))
    if not lines:
        return (Line("reminded_nobody"),)
    return (*lines, Line("not_reminded", {"count": str(told.unreachable)})) if told.unreachable else lines


def undone(told: EntryTold, spoken: Spoken, slots: Slots) -> Lines:
    lines = (Line("undone", {"entry": entry(told, spoken)}),)
    return lines if told.balance is None else (*lines, _now(told.balance, spoken))


_ENTRIES = {
    "payment": "entry_payment",
    "refund": "entry_refund",
    "credit": "entry_credit",
    "invoice": "entry_invoice",
    "opening": "entry_opening",
}


def entry(told: EntryTold, spoken: Spoken) -> str:
    """What was written, in words: "Suresh's payment of 500 rupees"."""
    key = _ENTRIES.get(told.kind)
    if key is None or told.customer is None:
        return spoken.render("entry_stock", {})
    return spoken.render(key, {"customer": told.customer, "amount": spoken.sum(told.amount)})
