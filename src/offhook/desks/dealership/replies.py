"""What people answer to a confirmation or a reminder: "cancel" and "no" cancel that appointment, and nothing else does.

Only the whole of a short answer counts: "no problem, see you then" holds a "no", too. It counts for the appointment
that the last message to this number was about, for a few days, as long as the appointment stands. "Stop" is no cancel:
it ends the messages (desks/wishes.py).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import select

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.jobs import ReplyMeaning
from offhook.contracts.messaging import InboundMessage
from offhook.desks.dealership.follow_up import CONFIRMATION, REMINDER, appointment_cancelled
from offhook.desks.dealership.model import ChangeRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.wishes import wish_heard
from offhook.dialogue.tools.opening_hours import call_back_due
from offhook.store.schema import messages
from offhook.store.unit_of_work import sql

_PUNCTUATION = re.compile(r"[.,!?;:।\"“”()…-]+")
ANSWERED_WITHIN = timedelta(days=7)
_CANCEL = frozenset(
    {
        *("no", "nope", "cancel", "cancel it", "cancel please", "please cancel", "please cancel it", "no cancel it"),
        *("cancel my appointment", "cancel the appointment", "cancel my booking", "cancel the booking"),
        *("i cant come", "i can not come", "i cannot come", "cant come", "cant make it", "i cant make it"),
        *("nahi", "nahin", "cancel karo", "cancel kar do", "cancel kar dijiye", "nahi aa paunga", "nahi aa paungi"),
        *("नहीं", "रद्द", "रद्द करो", "रद्द कर दो", "रद्द कीजिए", "कैंसल", "कैंसल करो", "कैंसल कर दो", "नहीं आ पाऊंगा"),
    }
)
_KEEP = frozenset({"yes", "ok", "okay", "confirm", "confirmed", "haan", "ha", "theek hai", "हाँ", "हां", "ठीक है"})


def meaning_of(text: str) -> ReplyMeaning:
    """Of the words alone: cancelled, kept or not_understood."""
    plain = _PUNCTUATION.sub(" ", unicodedata.normalize("NFC", text).casefold().replace("'", "").replace("’", ""))
    plain = " ".join(plain.split())
    if plain in _CANCEL:
        return "cancelled"
    return "kept" if plain in _KEEP else "not_understood"


async def reply_received(uow: UnitOfWork, business: Business, message: InboundMessage, now: datetime) -> ReplyMeaning:
    """See the module; needs a WRITE unit of work."""
    wish = await wish_heard(uow, message, now)
    if wish is not None:
        return wish
    meaning = meaning_of(message.text)
    if meaning != "cancelled":
        return meaning
    appointment_id = await _answered(uow, message.sender, now)
    if appointment_id is None:
        return "not_understood"
    book = DealershipRepository(uow)
    try:
        gone, _ = await book.cancel(appointment_id, now=now, actor=f"reply:{message.channel}")
    except ChangeRefused as refusal:
        if refusal.reason != "cut_off":
            return "not_understood"
        standing = await book.appointment(appointment_id)
        await book.create_task(
            "callback",
            "wrote to cancel, too late to do so",
            now=now,
            customer_name=None if standing is None else standing.customer_name,
            customer_phone=message.sender,
            priority="HIGH",
            details={"appointment_id": appointment_id},
            due_at=await call_back_due(book, now),
        )
        return "too_late"
    await appointment_cancelled(uow, gone, now=now)
    return "cancelled"


async def _answered(uow: UnitOfWork, sender: str, now: datetime) -> str | None:
    """The appointment that the newest message to that address was about."""
    query = (
        select(messages.c.about)
        .where(
            messages.c.business_id == uow.business_id,
            messages.c.recipient == sender,
            messages.c.kind.in_((CONFIRMATION, REMINDER)),
            messages.c.state.in_(("sent", "delivered", "read", "unknown")),
            messages.c.created_at >= now - ANSWERED_WITHIN,
        )
        .order_by(messages.c.created_at.desc(), messages.c.message_id.desc())
        .limit(1)
    )
    about = (await sql(uow).execute(query)).scalar_one_or_none()
    return str(about) if about else None
