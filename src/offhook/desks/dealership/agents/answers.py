"""Prices, durations and the list of services, from the dealership's book; the rest as every desk answers it."""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents.booking_lines import in_sentence, which
from offhook.desks.dealership.agents.problems import problems_of
from offhook.desks.dealership.agents.showroom import INVENTORY
from offhook.desks.dealership.agents.told_cars import just_told
from offhook.desks.dealership.agents.wish import BOOKING, MEMORY_TALKED_OF
from offhook.desks.dealership.facts import DealershipFacts, facts_of
from offhook.desks.dealership.model import ServiceType
from offhook.dialogue.agents.faq import answered, faq
from offhook.dialogue.choices import gives_up, says
from offhook.dialogue.context import MEMORY_APPOINTMENT
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line, Question
from offhook.understanding.model import Command

SERVICES_TOLD = 6
INCLUDES = "includes"
"""Topic: what a service holds."""


async def price_quote(work: Work, state: ConversationState, command: Command) -> Delta:
    """`price.quote(service)`; without one, of the service that is being booked or was just spoken of."""
    facts = facts_of(work)
    if not facts.available:
        return answered(state, Line("failed_slow"))
    if state.pending is not None and not command.slots and gives_up(work.turn.text, work.words(state.language)):
        return Delta(then=(Command(intent="deny"),))  # "too expensive, forget it"
    problem = problems_of(work, command).get("service")
    if problem is not None and problem.kind == "ambiguous" and state.pending is None:
        said = [in_sentence(name) for name in problem.candidates[:SERVICES_TOLD]]
        asked = which(said, "service", work.words(state.language))
        return Delta(question=asked, memory={MEMORY_TALKED_OF: None})
    cars = _priced_cars(state, command, facts, work.turn.text) if problem is None else None
    if cars is not None:
        return Delta(then=(cars,))
    # What was spoken of before is not meant where other work was named.
    service = None if problem is not None else _service(facts, state, command)
    held = _service(facts, state, Command(intent=command.intent)) if state.pending is not None else None
    if problem is not None and held is not None and held.name in problem.candidates:
        service = held  # "how much are four tires", of the tires that are being booked
    service = service or facts.named_in(work.turn.text)
    if service is None:
        unknown = command.slots.get("service") or (problem is not None and problem.kind == "unknown")
        lines = (Line("service_unknown"),) if unknown else ()
        if state.pending is not None:
            return Delta(lines=(*lines, _list_line(work, facts, state)))
        return Delta(lines=lines, question=Question(Line("price_which"), Expectation("service", tuple(facts.names))))
    return _about(answered(state, price_line(service)), service)


async def questions(work: Work, state: ConversationState, command: Command) -> Delta:
    """`faq(topic)`: what depends on the services first, else the shared answers."""
    facts = facts_of(work)
    topic = command.slots.get("topic")
    named = facts.named_in(work.turn.text)
    service = named or _service(facts, state, command)
    further = _further(state, work, named) if topic == "duration" else None
    if further is not None:
        return Delta(then=(further,))
    if topic == "duration" and service is not None:
        line = Line(
            "duration", {"service": capital(service.name), "time": _duration(work, state, service.duration_min)}
        )
        return _about(answered(state, line), service)
    if topic == "duration" and work.facts.faq.answer(work.turn.text).best is None:
        return Delta(lines=(Line("duration_which"),))
    if topic == INCLUDES and service is not None and service.description:
        values = {"service": capital(service.name), "description": service.description}
        return _about(answered(state, Line("service_includes", values)), service)
    if topic == "services" and named is not None:
        return _about(answered(state, Line("service_yes", {"service": in_sentence(named.name)})), named)
    if topic == "services":
        return answered(state, _list_line(work, facts, state))
    return await faq(work, state, command)


def _books(state: ConversationState) -> bool:
    return state.pending is not None and state.pending.intent == BOOKING.intent


def _priced_cars(state: ConversationState, command: Command, facts: DealershipFacts, text: str) -> Command | None:
    """The price of a car for sale, by its model or as the one that was just told of; work has a price of its own."""
    if command.slots.get("service") or facts.named_in(text) is not None or _books(state):
        return None
    model = facts.model_in(text)
    if model is None and not just_told(state):
        return None
    return Command(intent=INVENTORY, slots={"model": model} if model is not None else {})


def _further(state: ConversationState, work: Work, named: ServiceType | None) -> Command | None:
    """One more visit, for the day that was just booked: "my other car as well, oil change the same day"."""
    booked, words = state.desk_memory.get(MEMORY_APPOINTMENT), work.words(state.language)
    more = (
        says(work.turn.text, words.another) or says(work.turn.text, words.also) or says(work.turn.text, words.also_last)
    )
    if state.pending is not None or not isinstance(booked, dict) or not more:
        return None
    slots: dict[str, SlotValue] = {"date": str(booked.get("starts_at"))[:10]}
    return Command(intent=BOOKING.intent, slots={**slots, **({"service": named.name} if named is not None else {})})


def price_line(service: ServiceType) -> Line:
    if service.price_from is None:
        return Line("price_on_request", {"service": in_sentence(service.name)})
    low = service.price_from.spoken()
    if service.price_to is None or service.price_to == service.price_from:
        return Line("price_fixed", {"service": in_sentence(service.name), "price": low})
    values = {"service": in_sentence(service.name), "low": low, "high": service.price_to.spoken()}
    return Line("price_range", values)


def _duration(work: Work, state: ConversationState, minutes: int) -> str:
    """45 -> "45 minutes", 90 -> "90 minutes", 180 -> "3 hours", 150 -> "2 and a half hours"."""
    hours, left = divmod(minutes, 60)
    if (minutes < 120 and minutes != 60) or left not in (0, 30):
        key, count = "minutes", minutes
    else:
        key, count = ("half_hours" if left else "one_hour" if hours == 1 else "hours"), hours
    return work.desk.templates.render(state.language, key, {"count": str(count)}, 0)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _service(facts: DealershipFacts, state: ConversationState, command: Command) -> ServiceType | None:
    said = command.slots.get("service")
    if said:
        return facts.service(str(said))
    pending = state.pending.slots.get("service") if state.pending is not None else None
    remembered = pending or state.desk_memory.get(MEMORY_TALKED_OF)
    return facts.service(str(remembered)) if remembered else None


def _about(delta: Delta, service: ServiceType) -> Delta:
    return Delta(lines=delta.lines, question=delta.question, memory={MEMORY_TALKED_OF: service.name})


def _list_line(work: Work, facts: DealershipFacts, state: ConversationState) -> Line:
    names = [in_sentence(service.name) for service in facts.services[:SERVICES_TOLD]]
    return Line("services_list", {"services": ", ".join(names)})
