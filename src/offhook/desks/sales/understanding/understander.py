"""Understanding a visitor of the sales desk: the figures of an enquiry first, then what the rest of the words want.

What the figures take (how many, how much, when) is blanked out before the desk's frames read the sentence, so that "20"
is read once, and never as an hour. Both answers become one: a lead that is told of, a question with a lead beside it,
or the question alone. Figures that could belong to anything ("I paid 50 thousand for a bike") count only where
something for sale is named with them, or an enquiry is under way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.desks.sales.understanding.beside import as_written, name_beside
from offhook.desks.sales.understanding.figures import Figures, find_figures
from offhook.desks.sales.understanding.intents import CALL, DEMO, EMPTY, LEAD, OURS, QUOTE, REFUSE, UNIT
from offhook.desks.sales.understanding.needs import stated_need
from offhook.desks.sales.understanding.settling import (
    DENIED,
    as_answer,
    is_question,
    named_ours,
    nothing,
    of_no_buyer,
    only_attitude,
    outside_frames,
    renamed,
    slots_of,
    with_consent,
    with_need,
    with_parts,
    with_product,
    with_stated_need,
    without_demo,
)
from offhook.desks.sales.understanding.words import ITEM, FigureWords, Marked, load_figure_words
from offhook.understanding.desk import DeskLanguage, load_desk_language
from offhook.understanding.frames import OTHER_TRADE
from offhook.understanding.model import Command, Context, Problem, Understanding, World
from offhook.understanding.phrases import stem
from offhook.understanding.understander import Understander

_ASKED = {"need": "service", "product": "service", "timing": "date", "contact": "phone", "offer": "confirm"}
_NUMBER = re.compile(r"\s*\+?\d[\d\s-]{5,}\d")
_INTRO = re.compile(r"^(?:hi|hello|and)?\s*(?:my name is|mera naam|i am|i'm|this is|main|name)\s+", re.IGNORECASE)
_SEGMENT = re.compile(r"[,;]\s*|\.\s+|\s+-\s+")


class SalesUnderstander:
    """Implements Understands. Not thread-safe; cheap to have one per worker."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the desk's language. Raises FileNotFoundError or ValueError naming what is wrong."""
        language: DeskLanguage = load_desk_language(folder)
        self._inner = Understander(language)
        self._words: FigureWords = load_figure_words(folder, language)
        voc = language.mixtures[0].vocabulary
        self._given = language.names.given
        self._ordinary = language.real_words | language.known_words | language.lexicon.function_words
        self._indian = frozenset(name.lower() for name in voc.spellings.values())
        self._items: tuple[object, object] = (None, None)

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding:
        began = perf_counter()
        context = context or Context()
        asked = context.asked or ""
        world = msgspec.structs.replace(world, services={**world.services, **world.products}, products={})
        marked = Marked(text, self._words, self._book(world.services))
        pending = context.pending
        under_way = pending is not None and pending.intent == LEAD
        held = pending.slots.get("qty") if pending is not None and under_way else None
        held_qty = held if isinstance(held, int) else None
        by_day = pending is not None and under_way and pending.slots.get(UNIT) == "day"
        figures = find_figures(marked, self._words, world.now.date(), asked, held_qty, by_day=by_day)
        apart = figures.strong and not self._of_another_trade(marked)
        if not (under_way or apart or marked.items):
            figures = Figures()
        rest = marked.without(list(figures.spans)) if figures.told else text
        told = self._read(rest, world, context, explain)
        told_of = figures.strong or bool(marked.items)
        tells = told_of and not is_question(text, marked) and DENIED.isdisjoint(rest.lower().split())
        if tells and not under_way and nothing(told):
            # What is told beside the figures is read as an answer would be: name, number, address, day.
            light = msgspec.structs.replace(context, pending=Command(intent=LEAD), asked=None)
            again = self._read(rest, world, light, explain)
            told = again if again.commands and again.commands[0].intent == LEAD else told
        told = self._by_mail(told, marked, world, context, explain)
        told = self._as_call(told, marked, figures, context, world, explain)
        told = self._past_names(told, marked, rest, context, world, explain)
        told = self._joined(told, figures, text, rest, context, world, explain)
        if figures.told and told.language == "en":
            told.language = self._language(marked, asked)
        told = with_need(told, figures, text, asked, marked)
        if not marked.items and not is_question(text, marked) and not self._of_another_trade(marked):
            told = with_stated_need(told, stated_need(text), under_way=under_way)
        told = with_product(told, marked)
        told = with_parts(told, marked, pending.slots if pending is not None and under_way else {})
        told = self._with_name(told, rest, marked, context)
        nameless = pending is not None and under_way and "name" not in pending.slots
        if nameless and nothing(told) and self._is_name(text, marked):
            # Who answers another question with their name is heard, too.
            name = " ".join(word.capitalize() for word in text.split())
            told.commands, told.decision, told.ask = [Command(intent=LEAD, slots={"name": name})], "execute", None
        told = as_answer(told, text, asked, marked, under_way=under_way)
        told = outside_frames(told, marked, text)
        if pending is not None and under_way:
            told = with_consent(told, asked, marked, pending)
        told = of_no_buyer(told, marked)
        told = without_demo(told, marked)
        for command in told.commands:
            if isinstance(command.slots.get("name"), str):
                command.slots["name"] = as_written(str(command.slots["name"]), text)
        told.elapsed_ms = round((perf_counter() - began) * 1000.0, 3)
        return told

    # -- the rest of the sentence -------------------------------------------------------------------------------------

    def _read(self, text: str, world: World, context: Context, explain: bool) -> Understanding:
        pending = context.pending
        if pending is not None:
            pending = Command(intent=pending.intent, slots=renamed(pending.slots, "product", "service"))
        inner = msgspec.structs.replace(context, pending=pending, asked=_ASKED.get(context.asked or "", context.asked))
        told = self._inner.understand(text, world, inner, explain)
        if any(command.intent in OURS for command in told.commands):
            told.commands = [one for one in told.commands if one.intent != "out_of_scope" or one.slots]
        for command in told.commands:
            command.slots = renamed(command.slots, "service", "product")
        told.problems = [named_ours(problem) for problem in told.problems]
        told.ask = "product" if told.ask == "service" else told.ask
        return told

    def _of_another_trade(self, marked: Marked) -> bool:
        """ "A pizza for six people": told of something that is known to be no business of ours."""
        words = marked.words
        found = self._inner.desk.concepts.find(words, [stem(word) for word in words], [False] * len(words))
        return any(one.name == OTHER_TRADE for one in found)

    def _language(self, marked: Marked, asked: str) -> str:
        """Of the whole sentence, whose telling words the figures may have taken ("50 hazaar")."""
        if not self._inner.desk.mixtures[0].speaks(marked.sentence, asked or None):
            return "en"
        native = any(self._words.voc.alphabet.native(word) for word in marked.words)
        return "hi" if native else "hi-Latn"

    def _by_mail(
        self, told: Understanding, marked: Marked, world: World, context: Context, explain: bool
    ) -> Understanding:
        """ "No calls please, mail me at …": the address is given to be written to."""
        first = told.commands[0] if told.commands else None
        if first is None or first.intent != REFUSE or not marked.contacts:
            return told
        span = marked.contacts[0]
        said = marked.sentence.said(span.start, span.end)
        if "@" not in said or marked.anywhere("forget_me") is not None:
            return told
        light = msgspec.structs.replace(context, pending=Command(intent=LEAD), asked="contact")
        return self._read(said, world, light, explain)

    def _as_call(
        self,
        told: Understanding,
        marked: Marked,
        figures: Figures,
        context: Context,
        world: World,
        explain: bool,
    ) -> Understanding:
        """ "Call me back on 99999 00311", "somebody call me tomorrow at 4": a call with its number and moment, where
        elsewhere a person is fetched."""
        fetched = (one for one in told.commands if one.intent == "handoff")
        first = next(fetched, told.commands[0] if told.commands else None)
        said = marked.anywhere("call_me")
        asked_for = first is not None and (first.intent, first.slots.get("reason")) == ("handoff", "request")
        begun = context.pending is not None and context.pending.intent == LEAD
        identified = first is not None and first.intent == "customer.identify" and not begun
        bare = nothing(told) and bool(marked.contacts) and not begun
        if said is None or not (asked_for or identified or bare) or not DENIED.isdisjoint(marked.words):
            return told
        slots: dict[str, SlotValue] = {}
        again = told
        for answers in ("when", *(["contact"] if marked.contacts else [])):
            light = msgspec.structs.replace(context, pending=Command(intent=LEAD), asked=answers)
            again = self._read(marked.without([*figures.spans, said]), world, light, explain)
            slots |= again.commands[0].slots if again.commands and again.commands[0].intent in OURS else {}
        own = {} if first is None or asked_for else first.slots
        told.commands = [Command(intent=CALL, slots={**slots, **own})]
        told.problems, told.decision, told.ask = again.problems, "execute", None
        return told

    def _past_names(
        self, told: Understanding, marked: Marked, rest: str, context: Context, world: World, explain: bool
    ) -> Understanding:
        """What is wanted with something for sale, where its name means another trade's thing elsewhere ("call me about
        training"): the sentence is read again without it."""
        if not marked.items or not (nothing(told) or told.commands[0].intent == LEAD):
            return told
        names = [marked.sentence.said(span.start, span.end) for span in marked.every(ITEM)]
        without = rest
        for name in sorted(names, key=len, reverse=True):
            without = without.replace(name, " ")
        again = self._read(" ".join(without.split()), world, context, explain)
        first = again.commands[0] if again.commands else None
        wanted = (CALL, DEMO, QUOTE, "price.quote", "product.info")
        if first is None or first.intent not in wanted or (first.intent == "product.info" and not nothing(told)):
            return told
        first.slots = {"product": marked.items[0], **first.slots} if len(marked.items) == 1 else first.slots
        return again

    def _joined(
        self,
        told: Understanding,
        figures: Figures,
        text: str,
        rest: str,
        context: Context,
        world: World,
        explain: bool,
    ) -> Understanding:
        if not figures.told:
            return told
        slots = slots_of(figures)
        first = told.commands[0] if told.commands else None
        if first is not None and (first.intent in ("handoff", "goodbye", REFUSE) or first.slots.get("reason")):
            return self._read(text, world, context, explain) if first.intent != REFUSE else told
        asked = context.asked or ""
        answers = asked == "confirm"
        problems = [*told.problems]
        if figures.unclear:
            problems.append(Problem(slot=figures.unclear, kind="ambiguous", said=text[:80]))
        if first is None or first.intent in EMPTY or (first.intent in ("confirm", "deny") and (answers or slots)):
            if answers and set(slots) <= {"declined"} and first is not None:
                return told
            if first is not None and first.intent == "deny" and asked == "offer" and only_attitude(figures):
                return told
            intent = "correct" if answers else LEAD
            commands = [Command(intent=intent, slots=slots)]
        elif first.intent == "price.quote" and "qty" in slots:
            commands = [Command(intent=QUOTE, slots={**first.slots, **slots}), *told.commands[1:]]
        elif first.intent in OURS:
            intent = LEAD if first.intent == "customer.identify" else first.intent
            commands = [Command(intent=intent, slots={**first.slots, **slots}), *told.commands[1:]]
        else:
            commands = [*told.commands, Command(intent=LEAD, slots=slots)]
        decision = "ask" if figures.unclear else told.decision
        if first is None or first.intent in EMPTY:
            decision = "ask" if figures.unclear else "execute"
        told.commands, told.problems = commands, problems
        told.decision, told.ask = decision, figures.unclear or (told.ask if decision == "ask" else None)
        told.confidence = max(told.confidence, 0.7)
        return told

    def _with_name(self, told: Understanding, rest: str, marked: Marked, context: Context) -> Understanding:
        """ "payroll for 20, Kiran Das, 99999 00014": a name that stands by itself beside the contact it belongs to."""
        command = told.commands[0] if told.commands else None
        if command is None or command.intent not in OURS or "name" in command.slots:
            return told
        if not ({"phone", "email"} & command.slots.keys()):
            return told
        for segment in _SEGMENT.split(rest):
            name = _INTRO.sub("", _NUMBER.sub("", segment).strip()).removesuffix(" hai").removesuffix(" hoon")
            if self._is_name(name, marked):
                command.slots["name"] = " ".join(word.capitalize() for word in name.split())
                return told
        beside = name_beside(marked, self._given | self._indian, self._is_ordinary)
        if beside is not None:
            command.slots["name"] = beside
        return told

    def _is_ordinary(self, word: str) -> bool:
        key = self._words.voc.key(word)
        return word in self._ordinary or self._words.voc.at([key], 0, 1) is not None

    def _is_name(self, segment: str, marked: Marked) -> bool:
        words = segment.split()
        if not 1 <= len(words) <= 3 or not all(word.isalpha() for word in words):
            return False
        plain = [word.lower() for word in words]
        if any(word in self._words.lexicon.function_words for word in plain):
            return False
        titled = all(word[0].isupper() for word in words) and len(words) > 1
        return (titled or plain[0] in self._given) and not self._names_item(segment, marked)

    def _names_item(self, segment: str, marked: Marked) -> bool:
        span = marked.anywhere(ITEM)
        return span is not None and marked.sentence.said(span.start, span.end).lower() in segment.lower()

    def _book(self, services: Mapping[str, tuple[str, ...]]):  # type: ignore[no-untyped-def]
        key = tuple(services.items())
        if self._items[0] != key:
            self._items = (key, self._words.items(services))
        return self._items[1]
