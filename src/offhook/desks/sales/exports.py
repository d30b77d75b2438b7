"""The sales desk's leads for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from offhook.desks.sales.model import Lead
from offhook.kit.money import places
from offhook.store.csv_lines import write_csv

COLUMNS = (
    *("lead_id", "status", "score", "next_step", "next_at", "name", "phone", "email", "product", "need", "qty"),
    *(
        "budget_min",
        "budget_max",
        "currency",
        "timing_from",
        "timing_to",
        "timing",
        "quote_total",
        "channel",
        "updated_at",
    ),
)


def leads_csv(leads: Sequence[Lead], zone: ZoneInfo) -> bytes:
    """Money in whole units, moments in the business's zone."""
    return write_csv(COLUMNS, (_row(lead, zone) for lead in leads))


def _row(lead: Lead, zone: ZoneInfo) -> tuple[object, ...]:
    def money(minor: int | None) -> Decimal | None:
        return None if minor is None else Decimal(minor).scaleb(-places(lead.currency))

    next_at = None if lead.next_at is None else f"{lead.next_at.astimezone(zone):%Y-%m-%d %H:%M}"
    quoted = None if lead.quote is None else money(lead.quote.total.amount)
    return (
        *(lead.lead_id, lead.status, lead.score, lead.next_step, next_at, lead.name, lead.phone, lead.email),
        *(lead.product, lead.need, lead.qty, money(lead.budget_min), money(lead.budget_max), lead.currency),
        *(lead.timing_from, lead.timing_to, lead.timing, quoted, lead.channel),
        f"{lead.updated_at.astimezone(zone):%Y-%m-%d %H:%M}",
    )
