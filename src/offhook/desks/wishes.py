""" "Stop" and "start": what people write who want no messages of a business any more, or want them again.

Every desk obeys them alike, for every channel to that number. Carriers and the law ask for these words.
"""

from __future__ import annotations

import re
from datetime import datetime

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.jobs import ReplyMeaning
from offhook.contracts.messaging import InboundMessage
from offhook.store.contact_wishes import ContactWishes

_WORD = re.compile("[a-z']+|[\u0900-\u0963\u0966-\u097f]+")
_NOT = frozenset({"don't", "dont", "not", "mat", "nahi", "मत", "नहीं"})
_STOP = frozenset({"stop", "stopall", "unsubscribe", "band", "bandh", "rok", "बंद", "रोको", "रोकिए"})
_START = frozenset({"start", "unstop", "subscribe", "chalu", "shuru", "शुरू", "चालू"})


async def wish_heard(uow: UnitOfWork, message: InboundMessage, now: datetime) -> ReplyMeaning | None:
    """Note that a person wrote, and what they wish if they say so; None for any other message.

    Needs a WRITE unit of work.
    """
    if message.channel == "email":
        return None
    stop = stops(message.text)
    await ContactWishes(uow).heard_from(message.sender, at=message.written_at or now, stop=stop)
    return None if stop is None else "stopped" if stop else "started"


async def only_wishes(uow: UnitOfWork, business: Business, message: InboundMessage, now: datetime) -> ReplyMeaning:
    """For desks whose messages ask nothing: "stop" and "start" are obeyed; all else only opens the day in which plain
    text is carried to the person."""
    return await wish_heard(uow, message, now) or "not_understood"


def stops(text: str) -> bool | None:
    """Whether these words end messages (True) or let them go on (False); None: neither."""
    words = set(_WORD.findall(text.lower().replace("’", "'"))[:3])
    if words & _NOT:
        return None
    return True if words & _STOP else False if words & _START else None
