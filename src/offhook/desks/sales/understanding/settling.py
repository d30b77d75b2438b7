"""What was read of a visitor's sentence, settled into what it means for an enquiry: needs, products, consent, and who
is no buyer. Pure; each takes what was understood so far and gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from offhook.contracts.conversation import SlotValue
from offhook.desks.sales.understanding.figures import Figures
from offhook.desks.sales.understanding.intents import (
    CALL,
    CONSENT,
    DEMO,
    EMPTY,
    LEAD,
    NEXT_ASKED,
    NO_DEMO,
    OBJECTS,
    OURS,
    QUALIFYING,
    QUOTE,
    REFUSE,
)
from offhook.desks.sales.understanding.needs import MOST_NEED
from offhook.desks.sales.understanding.parts import PARTS, told_parts
from offhook.desks.sales.understanding.visitors import OTHER, WHY, no_buyer
from offhook.desks.sales.understanding.words import Marked
from offhook.understanding.model import Command, Problem, Understanding

DENIED = frozenset({"not", "don't", "dont", "no", "never", "nahi", "nahin", "mat", "नहीं", "मत", "won't", "without"})
"""Words behind which something for sale is not wanted."""
_OFFERS = ("offer", "offer_quote")
_FEW = 4
"""Words up to which "total" is a question for the price of everything."""
_TALE = 6
"""Words from which on a statement beside a figure tells a need."""


def nothing(told: Understanding) -> bool:
    """Whether no frame made anything of the words; an attempt on us is something."""
    return not told.commands or (told.commands[0].intent in EMPTY and not told.commands[0].slots.get("reason"))


def slots_of(figures: Figures) -> dict[str, SlotValue]:
    slots: dict[str, SlotValue] = {}
    if figures.qty is not None:
        slots["qty"] = figures.qty
    if figures.budget_min is not None:
        slots["budget_min"] = figures.budget_min
    if figures.budget_max is not None:
        slots["budget_max"] = figures.budget_max
    if figures.first is not None:
        slots["timing_from"] = figures.first.isoformat()
    if figures.last is not None:
        slots["timing_to"] = figures.last.isoformat()
    if figures.later:
        slots["timing"] = "later"
    if figures.declined is not None:
        slots["declined"] = [figures.declined]
    return slots


def only_attitude(figures: Figures) -> bool:
    return replace(figures, later=False, declined=None, spans=(), strong=False) == Figures()


def with_need(told: Understanding, figures: Figures, text: str, asked: str, marked: Marked) -> Understanding:
    """What is wanted, in the visitor's words, where no name of ours is in them."""
    first = told.commands[0] if told.commands else None
    asks = is_question(text, marked)
    if len(marked.items) > 1 and first is not None and first.intent == LEAD and "product" not in first.slots:
        first.slots = {"need": " ".join(text.split())[:MOST_NEED], **first.slots}
        told.problems = [problem for problem in told.problems if problem.slot != "product"]
        return told
    if asks or marked.items or (first is not None and ("product" in first.slots or first.slots.get("reason"))):
        return told
    need: dict[str, SlotValue] = {"need": " ".join(text.split())[:MOST_NEED]}
    if asked == "need" and (first is None or first.intent == "out_of_scope"):
        told.commands = [Command(intent=LEAD, slots=need)]
        told.decision, told.ask, told.confidence = "execute", None, max(told.confidence, 0.5)
    elif first is not None and first.intent in (LEAD, "faq") and _tells(figures, text, asked):
        told.commands = [Command(intent=LEAD, slots={**need, **slots_of(figures)})]
        told.decision, told.ask = "execute", None
    return told


def with_stated_need(told: Understanding, need: str | None, *, under_way: bool) -> Understanding:
    """ "Billing software chahiye": what is wanted is kept even where it is in no catalogue."""
    first = told.commands[0] if told.commands else None
    if need is None or (first is not None and ("product" in first.slots or first.slots.get("reason"))):
        return told
    if first is None or first.intent in ("out_of_scope", "confirm"):
        told.commands = [Command(intent=LEAD, slots={"need": need})]
        told.decision, told.ask, told.confidence = "execute", None, max(told.confidence, 0.6)
    elif first.intent in (LEAD, "customer.identify", CALL, DEMO, QUOTE):
        first.slots = {**first.slots, "need": need}
        first.intent = LEAD if first.intent == "customer.identify" else first.intent
    return told


def outside_frames(told: Understanding, marked: Marked, text: str) -> Understanding:
    """ "Do you do training?", "call me", an insult, "what happens next?": told by their words alone."""
    if not nothing(told):
        return told
    small = bool(told.commands) and told.commands[0].intent == "smalltalk"
    command = None
    if small and marked.anywhere("insults") is not None:
        command = Command(intent="handoff", slots={"reason": "complaint"})
    elif marked.anywhere("what_next") is not None:
        command = Command(intent=LEAD, slots={NEXT_ASKED: True})
    elif marked.anywhere("asks_total") is not None and len(marked.words) <= _FEW:
        command = Command(intent="price.quote")
    elif marked.anywhere("call_me") is not None and DENIED.isdisjoint(marked.words):
        command = Command(intent=CALL)
    elif len(marked.items) == 1 and is_question(text, marked):
        command = Command(intent="product.info", slots={"product": marked.items[0]})
    if command is not None:
        told.commands, told.problems, told.ask = [command], [], None
        told.decision = "handoff" if command.intent == "handoff" else "execute"
        told.confidence = max(told.confidence, 0.6)
    return told


def with_consent(told: Understanding, asked: str, marked: Marked, pending: Command) -> Understanding:
    """A yes to being contacted, said before we asked for it: then no more is asked than how."""
    first = told.commands[0] if told.commands else None
    agreed = CONSENT in pending.slots
    parts = first is not None and (
        first.intent == "goodbye" or (first.intent == "smalltalk" and marked.anywhere("thanks") is not None)
    )
    if asked == "confirm" and agreed and parts:
        told.commands, told.decision, told.ask = [Command(intent="confirm")], "execute", None
        return told
    if asked in ("confirm", "change", *_OFFERS) or marked.anywhere("consents") is None:
        return told
    if not nothing(told) and first is not None and first.intent not in ("confirm", LEAD, "customer.identify"):
        return told
    if not DENIED.isdisjoint(marked.words):
        return told
    told.commands = [Command(intent=LEAD, slots={**({} if first is None else first.slots), CONSENT: True})]
    told.decision, told.ask = "execute", None
    return told


def as_answer(told: Understanding, text: str, asked: str, marked: Marked, *, under_way: bool) -> Understanding:
    """An answer that nothing was made of is still one: what was asked is asked once more, then left open."""
    nothing = not told.commands or told.commands == [Command(intent="out_of_scope")]
    if under_way and asked in _OFFERS and nothing and marked.anywhere("send_it") and not marked.anywhere("instead"):
        told.commands, told.decision, told.ask = [Command(intent="confirm")], "execute", None
    expected = under_way and asked in (*QUALIFYING, "name", "when", "contact") and not is_question(text, marked)
    if expected and nothing:
        told.commands, told.decision, told.ask = [Command(intent=LEAD)], "ask", asked
    return told


def with_product(told: Understanding, marked: Marked) -> Understanding:
    """What is for sale and named, where no frame took it ("payroll for 20, Kiran Das, 99999 00014")."""
    first = told.commands[0] if told.commands else None
    takers = (LEAD, QUOTE, DEMO, CALL, "customer.identify")
    takes = first is not None and first.intent in takers and "product" not in first.slots
    if first is not None and takes and len(marked.items) == 1 and all(one.slot != "product" for one in told.problems):
        first.slots = {"product": marked.items[0], **first.slots}
        first.intent = LEAD if first.intent == "customer.identify" else first.intent
    return told


def with_parts(told: Understanding, marked: Marked, held: Mapping[str, SlotValue]) -> Understanding:
    """Several things at once: an enquiry or a quote is for all of them."""
    first = told.commands[0] if told.commands else None
    lead = first is not None and first.intent in (LEAD, QUOTE, CALL, "price.quote", "customer.identify")
    beside = first is not None and first.intent == "faq" and marked.anywhere("wants") is not None
    parts = told_parts(marked, DENIED, held)
    if not parts or not (lead or beside or (nothing(told) and marked.anywhere("wants") is not None)):
        return told
    taken = [one for one in told.commands if one.intent in OURS or one.intent == "price.quote"]
    slots: dict[str, SlotValue] = {}
    for command in taken:
        slots |= command.slots
    for name in ("product", "need"):
        slots.pop(name, None)
    counts = [part["qty"] for part in parts if "qty" in part]
    if "qty" not in slots and len(counts) == 1:
        slots["qty"] = counts[0]
    wished = next((one.intent for one in taken if one.intent in (QUOTE, "price.quote", CALL, DEMO)), LEAD)
    told.commands = [Command(intent=QUOTE if wished == "price.quote" else wished, slots={**slots, PARTS: parts})]
    told.problems = [one for one in told.problems if one.slot != "product"]
    told.decision, told.ask = ("ask", told.ask) if told.problems and told.ask != "product" else ("execute", None)
    return told


def without_demo(told: Understanding, marked: Marked) -> Understanding:
    """Who wants the demo no longer wants the rest as before."""
    first = told.commands[0] if told.commands else None
    unread = first is None or nothing(told) or first.intent in (DEMO, LEAD, "deny", "correct")
    if unread and marked.anywhere("no_demo") is not None:
        told.commands, told.problems = [Command(intent=LEAD, slots={NO_DEMO: True})], []
        told.decision, told.ask = "execute", None
    return told


def of_no_buyer(told: Understanding, marked: Marked) -> Understanding:
    """What somebody says who buys nothing is no enquiry; a complaint stays one, and so does a refusal."""
    first = told.commands[0] if told.commands else None
    if first is not None and (first.intent == REFUSE or first.slots.get("reason") not in (None, "request")):
        return told
    why = no_buyer(marked)
    if why is None:
        objects = nothing(told) or (first is not None and first.intent in ("faq", "price.quote", "deny", LEAD))
        unknown = first is None or not ({"product", "qty", PARTS} & first.slots.keys())
        if objects and unknown and marked.anywhere("objects_price") is not None:
            told.commands, told.problems, told.decision, told.ask = [Command(intent=OBJECTS)], [], "execute", None
        return told
    kept: dict[str, SlotValue] = {}
    if first is not None:
        kept = {name: value for name, value in first.slots.items() if name in ("phone", "name")}
    told.commands, told.problems = [Command(intent=OTHER, slots={WHY: why, **kept})], []
    told.decision, told.ask, told.confidence = "execute", None, max(told.confidence, 0.7)
    return told


def _tells(figures: Figures, text: str, asked: str) -> bool:
    """Whether it is a tale of how things are, told with a number: whatever its words are like, it asks for nothing."""
    counted = figures.strong and figures.qty is not None
    return counted and asked in ("", "need") and len(text.split()) >= _TALE


def is_question(text: str, marked: Marked) -> bool:
    """Whether it is a question: in English by its first word, in Hindi by any."""
    return "?" in text or marked.starts("asks_first", 0) is not None or marked.anywhere("asks") is not None


def renamed(slots: Mapping[str, SlotValue], old: str, new: str) -> dict[str, SlotValue]:
    return {new if name == old else name: value for name, value in slots.items()}


def named_ours(problem: Problem) -> Problem:
    if problem.slot != "service":
        return problem
    return Problem(slot="product", kind=problem.kind, said=problem.said, candidates=problem.candidates)
