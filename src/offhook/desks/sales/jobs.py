"""The sales desk's jobs, as they are when due: each looks at the lead again and decides what is sent, if anything is.

A lead that is over gets nothing; who has written "stop", or taken the consent back, is not written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from offhook.contracts.jobs import JobContext, JobKind, Prepared, Skip, Wait
from offhook.contracts.messaging import MessageTemplate, OutgoingMessage, Recipient
from offhook.desks.sales.follow_up import (
    OWNER_DUE,
    OWNER_NEW,
    VISITOR_DEMO,
    VISITOR_NURTURE,
    VISITOR_QUOTE,
    moment_of,
)
from offhook.desks.sales.model import Lead, Quote
from offhook.desks.sales.repository import SalesBook
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.spoken import spoken_date, spoken_time
from offhook.dialogue.templates import Templates
from offhook.store.contact_wishes import ContactWishes
from offhook.store.message_rules import after_quiet, message_rules, stamp

MESSAGES_FOLDER = Path(__file__).parent / "messages"
WHATSAPP_TEMPLATES = {"quote": "sales_quote", "demo": "sales_demo", "nurture": "sales_nurture"}
"""Names under which WhatsApp must know the texts; values in the order of `_VALUES`."""
_VALUES = {
    "quote": ("who", "business", "product", "total"),
    "demo": ("who", "when", "business"),
    "nurture": ("who", "what", "business"),
}
_STEPS = {
    "call_back": "step_call_back",
    "demo": "step_demo",
    "quote": "step_quote",
    "hand_over": "step_hand_over",
    "nurture": "step_nurture",
}


@cache
def message_templates() -> Templates:
    return Templates.load((SHARED_TEMPLATES, MESSAGES_FOLDER))


class _Letter:
    """Words about one lead, in one language."""

    def __init__(self, ctx: JobContext, lead: Lead, language: str) -> None:
        self._ctx = ctx
        self.lead = lead
        self.language = language

    def text(self, key: str, **values: str) -> str:
        return message_templates().render(self.language, key, values, 0)

    @property
    def who(self) -> str:
        return self.lead.name or self.text("somebody")

    @property
    def what(self) -> str:
        lead = self.lead
        named = lead.product or lead.need or self.text("nothing_named")
        return named if lead.qty is None else f"{named}, {lead.qty}"

    @property
    def when(self) -> str:
        moment = moment_of(self.lead, self._ctx.now)
        if moment is None:
            return ""
        words = message_templates().words(self.language)
        clock = spoken_time(moment.time().replace(second=0, microsecond=0), words)
        return words.at.format(date=spoken_date(moment.date(), words), time=clock)

    @property
    def step(self) -> str:
        step = self.text(_STEPS[self.lead.next_step])
        return self.text("when", step=step, when=self.when) if self.lead.next_at is not None else step


async def owner_new(ctx: JobContext) -> Prepared:
    return await _to_owner(ctx, "new_lead", "new_subject")


async def owner_due(ctx: JobContext) -> Prepared:
    return await _to_owner(ctx, "due_lead", "due_subject")


async def visitor_quote(ctx: JobContext) -> Prepared:
    lead = await _open(ctx)
    if isinstance(lead, Skip) or lead.quote is None:
        return lead if isinstance(lead, Skip) else Skip("the lead has no quote any more")
    letter = _Letter(ctx, lead, lead.language)
    return await _to_visitor(ctx, letter, "quote", _quoted(lead.quote))


async def visitor_demo(ctx: JobContext) -> Prepared:
    lead = await _open(ctx)
    if isinstance(lead, Skip):
        return lead
    if lead.next_step != "demo" or lead.next_at is None or lead.next_at <= ctx.now:
        return Skip("there is no demo to come")
    letter = _Letter(ctx, lead, lead.language)
    return await _to_visitor(ctx, letter, "demo", {"when": letter.when})


async def visitor_nurture(ctx: JobContext) -> Prepared:
    lead = await _open(ctx)
    if isinstance(lead, Skip):
        return lead
    if lead.next_step != "nurture":
        return Skip("the lead has another next step")
    allowed = after_quiet(ctx.now, await message_rules(ctx.uow), ZoneInfo(ctx.business.timezone))
    if allowed > ctx.now:
        return Wait(allowed)
    letter = _Letter(ctx, lead, lead.language)
    return await _to_visitor(ctx, letter, "nurture", {"what": letter.what})


async def _open(ctx: JobContext) -> Lead | Skip:
    lead = await SalesBook(ctx.uow).lead(ctx.job.payload["lead_id"])
    if lead is None or lead.status != "open":
        return Skip("the lead is not open any more")
    return lead


async def _to_owner(ctx: JobContext, key: str, subject: str) -> Prepared:
    lead = await _open(ctx)
    if isinstance(lead, Skip):
        return lead
    moment = moment_of(lead, ctx.now)
    if ctx.job.kind == OWNER_DUE and (moment is None or stamp(moment) != ctx.job.payload["due"]):
        return Skip("another time was agreed")
    rules = await message_rules(ctx.uow)
    if rules.owner_phone is None and rules.owner_email is None:
        return Skip("the owner left no address")
    letter = _Letter(ctx, lead, ctx.business.languages[0] if ctx.business.languages else "en")
    values = {"business": ctx.business.name, "who": letter.who, "score": str(lead.score), "step": letter.step}
    lines = [letter.text(key, **values, what=letter.text("what", what=letter.what))]
    contact = ", ".join(way for way in (lead.phone, lead.email) if way)
    lines.append(letter.text("reach", contact=contact))
    return OutgoingMessage(
        recipient=Recipient(name=rules.owner_name or "owner", phone=rules.owner_phone, email=rules.owner_email),
        language=letter.language,
        subject=letter.text(subject, **values),
        text=" ".join(lines),
    )


async def _to_visitor(ctx: JobContext, letter: _Letter, key: str, values: dict[str, str]) -> Prepared:
    lead = letter.lead
    if lead.consent_at is None or lead.opted_out_at is not None:
        return Skip("the visitor does not want to be written to")
    wishes = ContactWishes(ctx.uow)
    if lead.phone is not None and lead.phone in await wishes.opted_out([lead.phone]):
        return Skip("the visitor does not want to be written to")
    told = {"business": ctx.business.name, "who": letter.who, **values}
    untaxed = key == "quote" and not values["tax_name"]
    free = lead.phone is not None and await wishes.wrote_lately(lead.phone, ctx.now)
    approved = tuple(told[name] for name in _VALUES[key])
    return OutgoingMessage(
        recipient=Recipient(name=letter.who, phone=lead.phone, email=lead.email),
        language=letter.language,
        subject=letter.text(f"{key}_subject", business=ctx.business.name),
        text=letter.text("quote_untaxed" if untaxed else key, **told),
        template=None
        if free
        else MessageTemplate(name=WHATSAPP_TEMPLATES[key], language=letter.language, values=approved),
    )


def _quoted(quote: Quote) -> dict[str, str]:
    return {
        "product": quote.product,
        "qty": str(quote.qty),
        "each": quote.each.format(),
        "net": quote.net.format(),
        "tax_name": quote.tax_name,
        "tax": quote.tax.format(),
        "total": quote.total.format(),
    }


SALES_JOBS: Mapping[str, JobKind] = {
    OWNER_NEW: JobKind(owner_new),
    OWNER_DUE: JobKind(owner_due),
    VISITOR_QUOTE: JobKind(visitor_quote),
    VISITOR_DEMO: JobKind(visitor_demo),
    VISITOR_NURTURE: JobKind(visitor_nurture),
}
