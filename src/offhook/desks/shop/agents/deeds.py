"""Each command of the book: which tool carries it out, what it needs, how its result and its read-back are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.contracts.desk import AnyTool, Effect
from offhook.desks.shop.agents import told
from offhook.desks.shop.agents.told import Lines, Slots
from offhook.desks.shop.spoken import Spoken
from offhook.desks.shop.toolbox import CONFIRMED
from offhook.desks.shop.tools.bills import cancel_invoice, create_invoice
from offhook.desks.shop.tools.customers import check_balance, create_customer, customer_info, update_customer
from offhook.desks.shop.tools.goods import add_stock, check_stock, low_stock
from offhook.desks.shop.tools.overview import dues_total, list_dues, summary, undo
from offhook.desks.shop.tools.payments import add_credit, record_payment, record_refund
from offhook.desks.shop.tools.reminders import cancel_reminder, list_reminders, remind_all, schedule_reminder
from offhook.desks.shop.tools.send_invoice import send_invoice
from offhook.understanding.model import Command

_POSTED = frozenset(tool.name for tool in (record_payment, record_refund, add_credit, create_invoice, add_stock))


@dataclass(frozen=True, slots=True)
class Deed:
    tool: AnyTool
    told: Callable[[Any, Spoken, Slots], Lines]
    needs: tuple[tuple[str, ...], ...] = ()
    """Slots without which it is not done, in the order they are asked for; of a group one is enough."""

    @property
    def writes(self) -> bool:
        return self.tool.effect is Effect.WRITE

    @property
    def posts(self) -> bool:
        """Whether it makes an entry of the book, which can be taken back."""
        return self.tool.name in _POSTED

    def missing(self, slots: Slots) -> str | None:
        """The slot to ask for."""
        return next((group[0] for group in self.needs if not any(_given(slots, slot) for slot in group)), None)

    def confirmed_always(self, slots: Slots) -> bool:
        return self.tool.name in CONFIRMED or bool(slots.get("settle_all"))

    def arguments(self, slots: Slots) -> dict[str, SlotValue]:
        """What of the slots the tool takes."""
        taken = set(self.tool.arguments.__struct_fields__)
        given = {name: exact(value) for name, value in slots.items() if name in taken and value is not None}
        if "customer_id" in given:
            given.pop("customer", None)
        return given


def _given(slots: Slots, slot: str) -> bool:
    return slots.get(slot) not in (None, "", [])


def exact(value: Any) -> Any:
    """Numbers as they were said: 12.5 is twelve and a half, not its binary neighbour."""
    if isinstance(value, float):
        return str(Decimal(repr(value)))
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, Mapping):
        return {name: exact(one) for name, one in value.items() if one is not None}
    return value


_WHO = ("customer", "customer_id")
DEEDS: Mapping[str, Deed] = {
    "balance.check": Deed(check_balance, told.balance, (_WHO,)),
    "payment.record": Deed(record_payment, told.payment, (_WHO, ("amount", "settle_all"))),
    "payment.refund": Deed(record_refund, told.refund, (_WHO, ("amount",))),
    "credit.add": Deed(add_credit, told.credit, (_WHO, ("amount",))),
    "invoice.create": Deed(create_invoice, told.bill, (_WHO, ("items", "amount"))),
    "invoice.cancel": Deed(cancel_invoice, told.bill_cancelled, (("invoice_no", *_WHO),)),
    "invoice.send": Deed(send_invoice, told.bill_sent, (("customer", "customer_id", "invoice_no"),)),
    "reminder.schedule": Deed(schedule_reminder, told.reminder_set, (_WHO,)),
    "reminder.cancel": Deed(cancel_reminder, told.reminders_cancelled, (_WHO,)),
    "reminder.list": Deed(list_reminders, told.reminders),
    "reminder.bulk": Deed(remind_all, told.all_reminded),
    "stock.check": Deed(check_stock, told.stock, (("product",),)),
    "stock.add": Deed(add_stock, told.stock_added, (("product",), ("qty",))),
    "stock.low": Deed(low_stock, told.stock_low),
    "summary": Deed(summary, told.summary),
    "dues.list": Deed(list_dues, told.dues),
    "dues.total": Deed(dues_total, told.dues_total),
    "customer.create": Deed(create_customer, told.customer_added, (("name",),)),
    "customer.update": Deed(update_customer, told.customer_changed, (_WHO, ("phone", "credit_limit"))),
    "customer.info": Deed(customer_info, told.customer, (_WHO,)),
    "undo": Deed(undo, told.undone),
}


def arguments_of(deed: Deed, slots: Slots) -> msgspec.Struct:
    """Raises msgspec.ValidationError for what the tool could not take."""
    made: msgspec.Struct = msgspec.convert(deed.arguments(slots), deed.tool.arguments)
    return made


def apart(one: Command, other: Command) -> bool:
    """Two questions; or a question beside an entry that is about somebody else."""
    first, second = DEEDS.get(one.intent), DEEDS.get(other.intent)
    if first is None or second is None or (first.writes and second.writes):
        return False
    if not first.writes and not second.writes:
        return True
    customers = {str(command.slots.get("customer", "")) for command in (one, other)}
    return len(customers) == 2 and "" not in customers
