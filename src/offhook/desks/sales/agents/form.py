"""What an enquiry holds while it is told, and what is still to be asked. Pure.

Everything may be said in any order. What qualifies (need, how many, when, budget) is asked for once, twice at most, and
may be left open; without a way to reach the visitor, nothing can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.sales.facts import SalesFacts
from offhook.desks.sales.model import Item
from offhook.desks.sales.tools.arguments import LeadRequest, PartRequest
from offhook.desks.sales.understanding.intents import CALL, CONSENT, DEMO, LEAD, NO_DEMO, QUALIFYING, QUOTE, UNIT
from offhook.desks.sales.understanding.parts import PARTS
from offhook.dialogue.forms import Field, Form, FormState
from offhook.kit.emails import email_or_none
from offhook.kit.phone import phone_or_none
from offhook.understanding.follow import DAY_GROUP

LEAD_FORM = Form(
    intent=LEAD,
    tool="save_lead",
    fields=(
        Field("need", "ask_need", "ask_need_again"),
        Field("qty", "ask_qty", "ask_qty_again"),
        Field("timing", "ask_timing", "ask_timing_again", "date"),
        Field("budget", "ask_budget", "ask_budget_again"),
        Field("when", "ask_when", "ask_when_again", "datetime"),
        Field("name", "ask_name", "ask_name_again", "name"),
        Field("contact", "ask_contact", "ask_contact_again", "phone"),
    ),
    read_back="read_back",
)
OFFER = "offer"
"""`Pending.asked` after "shall somebody get in touch?"."""
OFFER_QUOTE = "offer_quote"
"""`Pending.asked` after "shall I work out a quote?"."""
ASKED_TWICE = 2
WANTS = "wants"
"""Form value: what the visitor asked for (LeadRequest.next_step)."""
DECLINED = "declined"
QUOTED = "quoted"
"""Form value: minor units of the quote's total that was told."""
QUOTE_WANTED = "quote_wanted"
"""Form value: a quote was asked for that cannot be told yet."""
MEMORY_KEPT = "kept_lead"
"""desk_memory key: the values of the lead that this session has kept."""
MEMORY_TALKED_OF = "talked_of"
"""desk_memory key: the product that was spoken of last."""
_WISHES = {DEMO: "demo", CALL: "call_back"}
_BUDGET = ("budget_min", "budget_max")
_TIMING = ("timing_from", "timing_to", "timing")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a turn gave, and template keys for what of it cannot be used."""

    values: Mapping[str, SlotValue] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()


def given(slots: Mapping[str, SlotValue], intent: str, form: FormState, facts: SalesFacts, country: str) -> Taken:
    """The turn's slots as values of the form."""
    values: dict[str, SlotValue] = {}
    wrong: list[str] = []
    item = facts.item(slots.get("product"))
    if item is not None:
        values |= {"product": item.name, UNIT: item.unit}
    elif slots.get("need"):
        values["need"] = str(slots["need"])
    if slots.get(PARTS):
        values |= {PARTS: slots[PARTS], "need": ", ".join(str(part["product"]) for part in parts_told(slots))}
    values |= {name: slots[name] for name in ("qty", *_BUDGET, *_TIMING, "name") if slots.get(name) is not None}
    if slots.get("phone"):
        phone = phone_or_none(str(slots["phone"]), country)
        values |= {"phone": phone} if phone else {}
        wrong += [] if phone else ["phone_unreadable"]
    if slots.get("email"):
        email = email_or_none(str(slots["email"]))
        values |= {"email": email} if email else {}
        wrong += [] if email else ["email_unreadable"]
    wish = _WISHES.get(intent) or form.get(WANTS)
    if intent in _WISHES:
        values[WANTS] = wish
    elif intent == QUOTE and wish is None and {"phone", "email"} & values.keys():
        values[WANTS] = "quote"  # who says where to, wants it sent
    values |= _when(slots, wish, form, said=values)
    if slots.get(NO_DEMO) and form.get(WANTS) == "demo":
        # Nobody is questioned for wanting less.
        values |= {WANTS: None, "date": None, "time": None, DECLINED: sorted({*declined_of(form), *QUALIFYING})}
    if slots.get(CONSENT):
        values[CONSENT] = True
    declined = slots.get(DECLINED)
    if isinstance(declined, list):
        values[DECLINED] = sorted({*declined_of(form), *map(str, declined)})
    return Taken(values, tuple(wrong))


def _when(
    slots: Mapping[str, SlotValue], wish: str | None, form: FormState, said: Mapping[str, SlotValue]
) -> dict[str, SlotValue]:
    """Days and times: those of the call or demo that is wished for, else when the visitor wants to begin."""
    if wish in ("demo", "call_back"):
        found: dict[str, SlotValue] = {name: slots[name] for name in ("date", "time") if slots.get(name)}
        return found
    if any(name in said for name in _TIMING):
        return {}
    first, last = slots.get("date_from"), slots.get("date_to")
    if slots.get("date"):
        first = last = slots["date"]
    if not any(slots.get(name) for name in DAY_GROUP):
        return {}
    return {name: day for name, day in (("timing_from", first), ("timing_to", last)) if day}


def taken(form: FormState, values: Mapping[str, SlotValue]) -> FormState:
    """The form with the turn's values; a group that is told anew replaces the old one whole."""
    held = dict(form.values)
    for group in (_BUDGET, _TIMING):
        if any(name in values for name in group):
            for name in group:
                held.pop(name, None)
    if "product" in values:
        held.pop("need", None)
        held.pop(PARTS, None)
        if values["product"] != held.get("product"):
            held.pop(QUOTED, None)
    if PARTS in values and values[PARTS] != held.get(PARTS):
        for name in ("product", UNIT, QUOTED):
            held.pop(name, None)
    if "qty" in values and values["qty"] != held.get("qty"):
        held.pop(QUOTED, None)
    if "need" in values and PARTS not in values and ("product" in held or PARTS in held):
        values = {name: value for name, value in values.items() if name != "need"}
    held |= values
    told = {slot for slot in declined_of(form) if known(replace(form, values=held), slot)}
    if told:
        held[DECLINED] = [slot for slot in declined_of(replace(form, values=held)) if slot not in told]
    held = {name: value for name, value in held.items() if value not in (None, "", [])}
    if held == dict(form.values):
        return form
    return replace(form, values=held, read_back=None)


def known(form: FormState, slot: str) -> bool:
    """Whether the form has what the slot's question asks for."""
    values = form.values
    match slot:
        case "need":
            return "product" in values or "need" in values
        case "budget":
            return any(name in values for name in _BUDGET)
        case "timing":
            return any(name in values for name in _TIMING)
        case "contact":
            return "phone" in values or "email" in values
        case "when":
            return "date" in values and "time" in values
        case _:
            return slot in values


def declined_of(form: FormState) -> tuple[str, ...]:
    declined = form.values.get(DECLINED)
    return tuple(map(str, declined)) if isinstance(declined, list) else ()


def declining(form: FormState, slot: str) -> FormState:
    return taken(form, {DECLINED: sorted({*declined_of(form), slot})})


def missing(form: FormState, facts: SalesFacts) -> str | None:
    """The slot to ask for next; None where everything is known or left open."""
    wants = form.get(WANTS)
    asked = [one.slot for one in LEAD_FORM.fields]
    if wants is not None:
        # Who wants a call, a demo or the quote gets that: nobody is questioned on the way.
        asked = ["when", "name", "contact"] if wants in ("demo", "call_back") else ["name", "contact"]
        asked = ["need", *asked] if wants == "demo" else asked
    else:
        asked.remove("when")
        item = facts.item(form.values.get("product"))
        several = parts_of(form, facts)
        if (item is not None and not item.unit) or (several and not uncounted(several)):
            asked.remove("qty")
    declined = declined_of(form)
    if form.values.get(CONSENT):
        asked = ["contact"]
    return next((slot for slot in asked if slot not in declined and not known(form, slot)), None)


def parts_of(form: FormState, facts: SalesFacts) -> list[tuple[Item, int | None]]:
    """What is wanted where it is several things, each with how many of it are; the number of people goes for all that
    is paid by the person."""
    people = form.values.get("qty")
    found: list[tuple[Item, int | None]] = []
    for part in parts_told(form.values):
        item = facts.item(part["product"])
        if item is not None:
            general = people if item.unit == "person" else 1 if not item.unit else None
            qty = part.get("qty", general)
            found.append((item, qty if isinstance(qty, int) else None))
    return found


def uncounted(parts: list[tuple[Item, int | None]]) -> bool:
    """Whether it has to be known for how many people it is."""
    return any(item.unit == "person" and qty is None for item, qty in parts)


def parts_told(values: Mapping[str, SlotValue]) -> list[dict[str, SlotValue]]:
    """What is wanted where it is several things, as it was told (understanding/parts.py)."""
    told = values.get(PARTS)
    return [part for part in told if isinstance(part, dict)] if isinstance(told, list) else []


def request_of(form: FormState) -> LeadRequest:
    """What the tool is asked to write. Raises msgspec.ValidationError where the form holds what no lead has."""
    values = form.values
    fields: dict[str, object] = {name: values[name] for name in LeadRequest.__struct_fields__ if name in values}
    wants = form.get(WANTS)
    if wants is not None:
        fields["next_step"] = wants
    if not known(form, "when"):
        fields.pop("date", None)
        fields.pop("time", None)
    if PARTS in fields:
        fields[PARTS] = msgspec.convert(fields[PARTS], list[PartRequest])
    return LeadRequest(**fields)  # type: ignore[arg-type]  # by the struct's own names; the runner checks the values


def kept_values(state: ConversationState) -> Mapping[str, SlotValue]:
    kept = state.desk_memory.get(MEMORY_KEPT)
    return kept if isinstance(kept, dict) else {}
