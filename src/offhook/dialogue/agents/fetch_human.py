"""The errand behind a hand-off: ask the staff while the talk goes on, and tell the caller who will call."""

from __future__ import annotations

from offhook.contracts.background import StaffQuestion
from offhook.contracts.desk import Effect
from offhook.dialogue.brains.prompt import MEMORY_SCENARIO
from offhook.dialogue.errands import Errand, ErrandEnd
from offhook.dialogue.model import Line
from offhook.dialogue.tools.request_human import tell_owner
from offhook.store.business_book import BusinessBook

PUTS_THROUGH = frozenset({"twilio", "exotel"})
"""Channels whose calls can be put through to a telephone."""
PUTS_PLACED_THROUGH = frozenset({"twilio"})
"""The same for calls that we placed: Exotel's have no flow behind them."""


async def fetch_human(errand: Errand) -> ErrandEnd:
    """Somebody is free: he has the task, and the caller is told at once. Nobody: the call-back stays in the list, of
    which the owner is told."""
    business_id, task_id = errand.business.business_id, errand.task.task_id
    placed = MEMORY_SCENARIO in errand.state.desk_memory
    carriers = PUTS_PLACED_THROUGH if placed else PUTS_THROUGH
    by_phone = errand.business.transfer_number is not None and errand.state.channel in carriers
    async with errand.units(business_id, Effect.READ) as uow:
        task = await BusinessBook(uow).task(task_id)
    answer = await errand.staff.ask(
        StaffQuestion(
            business=errand.business,
            task_id=task_id,
            reason=task.reason,
            customer_name=task.customer_name,
            customer_phone=task.customer_phone,
            said=task.details.get("said", ""),
            by_phone=by_phone,
        )
    )
    if answer is None or not answer.available:
        async with errand.units(business_id, Effect.WRITE) as uow:
            await tell_owner(uow, task_id, now=errand.now)
        return ErrandEnd(Line("human_none"), "high", {"human_available": False}, "unavailable")
    async with errand.units(business_id, Effect.WRITE) as uow:
        await BusinessBook(uow).assign_task(task_id, answer.name or "", now=errand.now)
    result = {"human_available": True, "human_agent_name": answer.name}
    if by_phone:
        line = Line("human_connects", {"name": answer.name}) if answer.name else Line("human_connects_somebody")
        return ErrandEnd(line, "interrupt", result, "available", transfer=True)
    if not answer.name:
        return ErrandEnd(Line("human_found_somebody"), "interrupt", result, "available")
    return ErrandEnd(Line("human_found", {"name": answer.name}), "interrupt", result, "available")
