"""Every tool of the shop's book, listed once."""

from __future__ import annotations

from offhook.contracts.desk import AnyTool, Effect
from offhook.desks.shop.tools.batch import batch_of
from offhook.desks.shop.tools.bills import cancel_invoice, create_invoice, list_invoices
from offhook.desks.shop.tools.customers import (
    check_balance,
    create_customer,
    customer_info,
    find_customers,
    update_customer,
)
from offhook.desks.shop.tools.goods import add_stock, check_stock, low_stock
from offhook.desks.shop.tools.overview import dues_total, last_entry, list_dues, summary, undo
from offhook.desks.shop.tools.payments import add_credit, record_payment, record_refund
from offhook.desks.shop.tools.reminders import cancel_reminder, list_reminders, remind_all, schedule_reminder
from offhook.desks.shop.tools.send_invoice import send_invoice

LEDGER_TOOLS: tuple[AnyTool, ...] = (
    check_balance,
    record_payment,
    record_refund,
    add_credit,
    create_invoice,
    cancel_invoice,
    list_invoices,
    check_stock,
    add_stock,
    low_stock,
    summary,
    list_dues,
    dues_total,
    create_customer,
    update_customer,
    customer_info,
    find_customers,
    last_entry,
    undo,
    schedule_reminder,
    cancel_reminder,
    list_reminders,
    remind_all,
    send_invoice,
)
BATCH_TOOL = batch_of({tool.name: tool for tool in LEDGER_TOOLS if tool.effect is Effect.WRITE})
CONFIRMED = frozenset({record_refund.name, cancel_invoice.name, update_customer.name, undo.name, remind_all.name})
"""Never without a read-back; what is above a limit asks for one besides (tools/common.py)."""
