"""Reminders of what customers owe: set and taken back (WRITE), told (READ); bills sent (WRITE)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.model import Customer, Refused, to_paise
from offhook.desks.shop.recurrence import first_moment, is_recurrence, of_a_day
from offhook.desks.shop.reminding import Reminders
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.desks.shop.tools.common import (
    IsoDate,
    OfCustomer,
    Rupees,
    day_of,
    declined,
    origin_of,
    whom,
)
from offhook.store.contact_wishes import ContactWishes
from offhook.store.message_rules import message_rules

Channel = Literal["whatsapp", "sms", "call"]
Daypart = Literal["morning", "afternoon", "evening", "night"]
ClockTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM, 24 hours.")]
MOST_AT_ONCE = 500


class ReminderRequest(OfCustomer, frozen=True, kw_only=True):
    date: IsoDate | None = None
    time: ClockTime | None = None
    daypart: Daypart | None = None
    recurrence: Annotated[str, Meta(description="daily, weekly:<mon…sun> or monthly:<day>.")] | None = None
    channel: Channel | None = None


class ReminderSet(msgspec.Struct, frozen=True, kw_only=True):
    reminder_id: str
    customer_id: str
    customer: str
    at: str
    """ISO, local: of the first occurrence."""
    now: bool
    """It goes out at once (or when the quiet hours are over)."""
    recurrence: str = ""
    owes: bool = True
    """Whether there is anything to be reminded of today; nothing is sent when there is not."""


class RemindersCancelled(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    count: int


class RemindersQuestion(msgspec.Struct, frozen=True, kw_only=True):
    date: IsoDate | None = None


class ReminderTold(msgspec.Struct, frozen=True, kw_only=True):
    customer: str
    at: str
    """ISO, local."""
    recurrence: str


class RemindersTold(msgspec.Struct, frozen=True, kw_only=True):
    reminders: list[ReminderTold]
    """Soonest first."""


class BulkRequest(msgspec.Struct, frozen=True, kw_only=True):
    min_amount: Rupees | None = None


class BulkDone(msgspec.Struct, frozen=True, kw_only=True):
    count: int
    """Customers who are reminded."""
    unreachable: int
    """Who owe as much but have no number, or want no reminders."""
    already: int = 0
    """Who were reminded today, or are about to be; nobody gets it twice because it was said twice."""


async def _customer(ctx: ToolContext, said: OfCustomer) -> Customer | Retry | Failed:
    def found(book: ShopBook) -> Customer:
        return whom(book, said)

    try:
        return await in_book(ctx.uow, origin_of(ctx), found)
    except Refused as refused:
        return declined(refused)


async def _schedule(ctx: ToolContext, request: ReminderRequest) -> ToolOutcome[ReminderSet]:
    if request.recurrence:
        day_said = of_a_day(request.recurrence, ctx.now.date())
        request = msgspec.structs.replace(request, recurrence=day_said)
    if request.recurrence and not is_recurrence(request.recurrence):
        return Retry("recurrence: daily, weekly:<mon…sun> or monthly:<day>", "recurrence")
    customer = await _customer(ctx, request)
    if not isinstance(customer, Customer):
        return customer
    book = Reminders(ctx.uow)
    if customer.phone is None:
        return Failed("no_phone")
    if request.channel == "call" and (await message_rules(ctx.uow)).reminder_by != "call":
        return Failed("no_reminder_calls")
    if await ContactWishes(ctx.uow).opted_out([customer.phone]):
        return Failed("opted_out")
    try:
        day = day_of(request.date)
    except Refused as refused:
        return declined(refused)
    first = first_moment(
        ctx.now, day=day, hhmm=request.time, daypart=request.daypart, recurrence=request.recurrence or ""
    )
    if first is None:
        return Retry("date: that is over already", "date")
    reminder_id = await book.schedule(
        customer.customer_id,
        first,
        recurrence=request.recurrence or "",
        at=f"{first:%H:%M}",
        channel=None if request.channel == "call" else request.channel,
        session_id=ctx.caller.session_id,
        now=ctx.now,
    )
    return Ok(
        ReminderSet(
            reminder_id=reminder_id,
            customer_id=customer.customer_id,
            customer=customer.name,
            at=_local(first, ctx),
            now=first <= ctx.now,
            recurrence=request.recurrence or "",
            owes=customer.balance > 0,
        )
    )


async def _cancel(ctx: ToolContext, request: OfCustomer) -> ToolOutcome[RemindersCancelled]:
    customer = await _customer(ctx, request)
    if not isinstance(customer, Customer):
        return customer
    count = await Reminders(ctx.uow).cancel(customer.customer_id, now=ctx.now)
    return Ok(RemindersCancelled(customer_id=customer.customer_id, customer=customer.name, count=count))


async def _list(ctx: ToolContext, question: RemindersQuestion) -> ToolOutcome[RemindersTold]:
    try:
        day = day_of(question.date)
    except Refused as refused:
        return declined(refused)
    before = None
    if day is not None:
        before = datetime.combine(day + timedelta(days=1), datetime.min.time(), ctx.now.tzinfo)
    waiting = await Reminders(ctx.uow).waiting(before=before)
    told = [
        ReminderTold(customer=one.customer, at=_local(one.next_at, ctx), recurrence=one.recurrence)
        for one in waiting
        if one.next_at is not None and (day is None or one.next_at.astimezone(ctx.now.tzinfo).date() == day)
    ]
    return Ok(RemindersTold(reminders=told))


async def _all(ctx: ToolContext, request: BulkRequest) -> ToolOutcome[BulkDone]:
    def owing(book: ShopBook) -> list[Customer]:
        least = to_paise(request.min_amount, "min_amount") if request.min_amount else 0
        return book.dues(min_amount=least, limit=MOST_AT_ONCE)

    try:
        customers = await in_book(ctx.uow, origin_of(ctx), owing)
    except Refused as refused:
        return declined(refused)
    book = Reminders(ctx.uow)
    reminded = await book.of_day(ctx.now)
    silent = await ContactWishes(ctx.uow).opted_out([one.phone for one in customers if one.phone is not None])
    can = [one for one in customers if one.phone is not None and one.phone not in silent]
    reached = [one for one in can if one.customer_id not in reminded]
    for one in reached:
        await book.schedule(
            one.customer_id,
            ctx.now,
            recurrence="",
            at=f"{ctx.now:%H:%M}",
            channel=None,
            session_id=ctx.caller.session_id,
            now=ctx.now,
        )
    unreachable, already = len(customers) - len(can), len(can) - len(reached)
    return Ok(BulkDone(count=len(reached), unreachable=unreachable, already=already))


def _local(moment: datetime, ctx: ToolContext) -> str:
    return moment.astimezone(ctx.now.tzinfo).replace(tzinfo=None).isoformat(timespec="minutes")


schedule_reminder: Tool[ReminderRequest, ReminderSet] = Tool(
    name="schedule_reminder",
    effect=Effect.WRITE,
    description="Remind a customer of what they owe, at once, later or again and again.",
    arguments=ReminderRequest,
    result=ReminderSet,
    run=_schedule,
    intent="reminder.schedule",
)

cancel_reminder: Tool[OfCustomer, RemindersCancelled] = Tool(
    name="cancel_reminder",
    effect=Effect.WRITE,
    description="Take back the reminders that wait for a customer.",
    arguments=OfCustomer,
    result=RemindersCancelled,
    run=_cancel,
    intent="reminder.cancel",
)

list_reminders: Tool[RemindersQuestion, RemindersTold] = Tool(
    name="list_reminders",
    effect=Effect.READ,
    description="Which reminders are still to be sent.",
    arguments=RemindersQuestion,
    result=RemindersTold,
    run=_list,
    intent="reminder.list",
)

remind_all: Tool[BulkRequest, BulkDone] = Tool(
    name="remind_all",
    effect=Effect.WRITE,
    description="Remind everybody who owes something, or that much.",
    arguments=BulkRequest,
    result=BulkDone,
    run=_all,
    intent="reminder.bulk",
)
