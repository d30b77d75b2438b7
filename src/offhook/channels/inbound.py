"""What people write back, by whatever carrier: to the desk of the business that wrote to them.

Carriers deliver a message twice and in any order: one of a known reference is taken once (the mark is committed with
what it changes). A "stop" holds for every business that writes to the person from that number, all else for the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.errors import Conflict, NotFound
from offhook.contracts.jobs import ReplyHandler, ReplyMeaning
from offhook.contracts.messaging import InboundMessage
from offhook.store.message_reports import MessageFinder

_COMMAND = "message.received"


class InboundMessages:
    def __init__(
        self,
        businesses: BusinessDirectory,
        units: UnitOfWorkFactory,
        finder: MessageFinder,
        replies: Mapping[str, ReplyHandler],
        clock: Clock,
    ) -> None:
        """`replies`: desk -> who reads what people answer."""
        self._businesses = businesses
        self._units = units
        self._finder = finder
        self._replies = replies
        self._clock = clock

    async def take(self, message: InboundMessage, *, to_number: str | None = None) -> bool:
        """Give it to whom it concerns; False when that is nobody. `to_number`: where it was sent, for people to whom
        nobody wrote yet."""
        concerned = [
            business for one in await self._finder.wrote_to(message.sender) if (business := await self._get(one))
        ]
        if not concerned and to_number is not None:
            called = await self._businesses.by_number(to_number)
            concerned = [] if called is None else [called]
        if not concerned:
            return False
        meaning = await self._given(message, concerned[0])
        if meaning in ("stopped", "started"):
            for other in concerned[1:]:
                await self._given(message, other)
        return meaning is not None

    async def _given(self, message: InboundMessage, business: Business) -> ReplyMeaning | None:
        """What it came to, the same when it comes again."""
        handler = self._replies.get(business.desk)
        if handler is None:
            return None
        turn_id = f"in:{message.channel}:{message.reference}" if message.reference else ""
        now = self._clock.now().astimezone(ZoneInfo(business.timezone))
        try:
            async with self._units(business.business_id, Effect.WRITE) as uow:
                known = await uow.recall(turn_id, _COMMAND) if turn_id else None
                if known is not None:
                    return known.decode()  # type: ignore[return-value]  # stored below
                meaning = await handler(uow, business, message, now)
                if turn_id:
                    await uow.remember(turn_id, _COMMAND, meaning.encode())
                return meaning
        except Conflict as twin:
            if twin.code != "duplicate_command":
                raise
            return await self._given(message, business)

    async def _get(self, business_id: str) -> Business | None:
        try:
            return await self._businesses.get(business_id)
        except NotFound:
            return None
