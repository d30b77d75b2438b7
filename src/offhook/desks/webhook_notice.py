"""Tells the owner of an endpoint that was switched off, by whatever carries the business's messages."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from offhook.contracts.jobs import JobContext, Prepared, Skip
from offhook.contracts.messaging import OutgoingMessage, Recipient
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.store.message_rules import message_rules
from offhook.store.webhooks import Webhooks

_TEMPLATES = Templates.load((SHARED_TEMPLATES, Path(__file__).parent / "messages"))


async def webhook_notice(ctx: JobContext) -> Prepared:
    rules = await message_rules(ctx.uow)
    if rules.owner_phone is None and rules.owner_email is None:
        return Skip("the owner left no address")
    webhook = await Webhooks(ctx.uow).get(ctx.job.payload["webhook_id"])
    if webhook.active:
        return Skip("it was switched on again")
    language = ctx.business.languages[0] if ctx.business.languages else "en"
    values = {
        "business": ctx.business.name,
        "host": urlsplit(webhook.url).hostname or "",
        "reason": webhook.disabled_reason,
    }
    return OutgoingMessage(
        recipient=Recipient(name=rules.owner_name or "owner", phone=rules.owner_phone, email=rules.owner_email),
        language=language,
        subject=_TEMPLATES.render(language, "webhook_subject", {"business": ctx.business.name}, 0),
        text=_TEMPLATES.render(language, "webhook_off", values, 0),
    )
