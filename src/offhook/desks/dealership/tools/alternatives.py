"""What a write that the book refuses answers: why, and the best times instead."""

from __future__ import annotations

from datetime import datetime

from offhook.contracts.desk import Failed, ToolContext
from offhook.desks.dealership.model import BookingRefused, Needs, ServiceType
from offhook.desks.dealership.offers import OFFERS
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import local

NO_ALTERNATIVE = frozenset({"past", "too_far"})
"""Reasons after which another time near the wished one helps nobody."""


async def refused(
    book: DealershipRepository,
    refusal: BookingRefused,
    job: ServiceType | Needs,
    wished: datetime,
    ctx: ToolContext,
) -> Failed:
    """`refused.<reason>` with free times near the wished one."""
    key = f"refused.{refusal.reason}"
    if refusal.reason in NO_ALTERNATIVE:
        return Failed(key)
    near = await book.nearest_free(job, wished, OFFERS, now=ctx.now, session_id=ctx.caller.session_id)
    return Failed(key, tuple(local(slot.starts_at) for slot in near))
