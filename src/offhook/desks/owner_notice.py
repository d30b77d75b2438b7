"""Tells the owner at once of a caller for whom nobody was there, by whatever carries the business's messages."""

from __future__ import annotations

from pathlib import Path

from offhook.contracts.jobs import JobContext, Prepared, Skip
from offhook.contracts.messaging import OutgoingMessage, Recipient
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.store.business_book import BusinessBook
from offhook.store.message_rules import message_rules

_TEMPLATES = Templates.load((SHARED_TEMPLATES, Path(__file__).parent / "messages"))
_REASONS = {
    "complaint": "reason_complaint",
    "breakdown": "reason_breakdown",
    "emergency": "reason_emergency",
    "request": "reason_request",
}


async def owner_notice(ctx: JobContext) -> Prepared:
    rules = await message_rules(ctx.uow)
    if rules.owner_phone is None and rules.owner_email is None:
        return Skip("the owner left no address")
    task = await BusinessBook(ctx.uow).task(ctx.job.payload["task_id"])
    if task.status != "QUEUED":
        return Skip("somebody has taken it")
    language = ctx.business.languages[0] if ctx.business.languages else "en"

    def say(key: str, **values: str) -> str:
        return _TEMPLATES.render(language, key, values, 0)

    who = task.customer_name or say("owner_somebody")
    reason = say(_REASONS[task.reason]) if task.reason in _REASONS else task.reason
    lines = [say("owner_call_back", business=ctx.business.name, who=who, reason=reason)]
    lines.append(say("owner_number", phone=task.customer_phone) if task.customer_phone else say("owner_no_number"))
    said = task.details.get("said")
    if said:
        lines.append(say("owner_said", said=said))
    return OutgoingMessage(
        recipient=Recipient(name=rules.owner_name or "owner", phone=rules.owner_phone, email=rules.owner_email),
        language=language,
        subject=say("owner_subject", business=ctx.business.name, who=who),
        text="\n".join(lines),
    )
