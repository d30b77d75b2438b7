"""Sends a caller the link by which their talk goes on in a chat. The code is made here, when the message goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from offhook.contracts.jobs import JobContext, Prepared, Skip, Wait
from offhook.contracts.messaging import MessageTemplate, OutgoingMessage, Recipient
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.dialogue.tools.send_link import LINK_GOOD_FOR_MIN
from offhook.store.join_codes import JoinCodes
from offhook.store.schema import calls
from offhook.store.unit_of_work import sql

_TEMPLATES = Templates.load((SHARED_TEMPLATES, Path(__file__).parent / "messages"))
LINK_TEMPLATE = "session_link"
"""Name under which WhatsApp must know the text; values: business, link."""
_CARRIERS = ("twilio", "exotel")
_RECORD_WAIT = timedelta(seconds=3)
"""The call's record is written beside the call: it may not be there yet."""


def session_link(codes: JoinCodes, public_url: str | None) -> Callable[[JobContext], Awaitable[Prepared]]:
    """The handler of the job `session.link`."""

    async def handle(ctx: JobContext) -> Prepared:
        if public_url is None:
            return Skip("OFFHOOK_PUBLIC_URL is not set: there is no address for a link")
        session_id, language = ctx.job.payload["session_id"], ctx.job.payload["language"]
        late = datetime.fromisoformat(ctx.job.payload["asked_at"]) + timedelta(minutes=LINK_GOOD_FOR_MIN)
        if ctx.now > late:
            return Skip("it was asked for too long ago")
        phone = await _number(ctx, session_id)
        if phone is None:
            return Wait(ctx.now + _RECORD_WAIT)
        made = await codes.make_in(ctx.uow, session_id)
        link = f"{public_url}/#join={made.code}"

        def say(link: str) -> str:
            return _TEMPLATES.render(language, "session_link", {"business": ctx.business.name, "link": link}, 0)

        return OutgoingMessage(
            recipient=Recipient(phone=phone),
            language=language,
            subject=_TEMPLATES.render(language, "session_link_subject", {"business": ctx.business.name}, 0),
            text=say(link),
            template=MessageTemplate(name=LINK_TEMPLATE, language=language, values=(ctx.business.name, link)),
            kept=say(f"{public_url}/#join=…"),
        )

    return handle


async def _number(ctx: JobContext, session_id: str) -> str | None:
    """That the carrier gave for the session's newest call."""
    query = (
        select(calls.c.from_number)
        .where(
            calls.c.business_id == ctx.uow.business_id,
            calls.c.session_id == session_id,
            calls.c.channel.in_(_CARRIERS),
            calls.c.direction == "inbound",
        )
        .order_by(calls.c.started_at.desc())
        .limit(1)
    )
    number: str | None = (await sql(ctx.uow).execute(query)).scalar_one_or_none()
    return number
