"""Taking a turn's words into the booking form: values, picks among offers, yes and no to questions on the way. Pure.

Nothing here looks into the book; what the values are worth there is judged afterwards (agents/booking.py).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.offering import WHEN
from offhook.desks.dealership.agents.problems import phone_in_parts, problems_of, refused, which, with_problems
from offhook.desks.dealership.agents.several_services import besides, one_by_one
from offhook.desks.dealership.agents.turn import Turn
from offhook.desks.dealership.agents.wish import (
    NEXT_SERVICES,
    REMARK,
    from_offers,
    given,
    offer_values,
    reopened,
    taken,
    whole_name,
)
from offhook.desks.dealership.facts import facts_of
from offhook.dialogue.choices import distinguished, named_slot, pick, remark, says
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import (
    ASKED_CHANGE,
    ASKED_CONFIRM,
    FormState,
    forget,
    misheard_again,
    rejecting,
    verified,
    verifying,
)
from offhook.dialogue.model import Line, open_question
from offhook.dialogue.templates import Words
from offhook.understanding.follow import ALL, CHOICE
from offhook.understanding.model import Command

AVAILABILITY = "availability.check"
"""A question after free times opens the form, too: the next thing is to book one."""
SHORTEST_CHANGE = 2
"""Words up to which a day or time that nobody asked for is not believed to be a change of mind."""
_NTH = re.compile(r"\d{1,2}(?:st|nd|rd|th)[.!]?")


def take(work: Work, state: ConversationState, before: FormState, command: Command, words: Words) -> Turn:
    facts = facts_of(work)
    said = given(command.slots, facts, work.business.country)
    problems = problems_of(work, command)
    values = {
        slot: value for slot, value in said.values.items() if slot not in problems or problems[slot].kind == "unsure"
    }
    noted = remark(work.turn.text, words)
    if noted:
        held = before.get(REMARK)
        values[REMARK] = f"{held}. {noted}" if held and noted not in held else noted
    if "urgent" in values and not says(work.turn.text, words.urgent):
        del values["urgent"]  # the soonest there is, which `given` has made of it, is all that was asked for
    if "earliest" in values and "urgent" not in values and before.get("time") and not before.offered:
        del values["earliest"]  # "I'll take the first slot": the one that is held
    form_lines = [Line("noted")] if noted else []
    values = _without_own_month(before, dict(from_offers(before, _day_near(work, before, values, words))))
    question = open_question(state)
    if command.intent == "confirm" and state.customer.name and question and question.line.key == "ask_name_known":
        values["name"] = state.customer.name
    if "name" in values:
        values["name"] = whole_name(str(values["name"]), state)
    chosen = pick(work.turn.text, len(before.offered), words, plainly=True)
    if chosen is not None:
        # "The second one" names an offer, though "second" may be read as a day and "one" as a time.
        values.update(offer_values(before.offered[chosen]))
    elif "date" not in values and "time" not in values and before.offered and command.intent != "deny":
        index = pick(work.turn.text, len(before.offered), words)
        if index is None and command.intent == "confirm" and len(before.offered) == 1:
            index = 0
        if index is not None:
            values.update(offer_values(before.offered[index]))
    form, lines = replace(before, choices=(), choice_of=""), list[Line](form_lines)
    if before.choices and before.choice_of not in values:
        values, more = _chosen(before, command, values, work.turn.text, words)
        lines += more
    values, more = besides(work, before, values, words)
    lines += more
    checking = verifying(form)
    if work.turn.source == "speech" and chosen is None:
        form, values, again = misheard_again(form, values)
        values, strange = _without_strange(form, work.turn.text, values)
        if (again or strange) and not values:
            lines.append(Line("not_heard"))
    if checking and (values or command.intent == "confirm"):
        # Who corrects one of the values lets the others stand.
        form = verified(form, checking, right=True)
    if command.intent == "deny" and not values:
        form, more = _denied(form, checking, work.turn.text, words)
        lines += more
    elif not values and form.asked == ASKED_CHANGE:
        slot = named_slot(work.turn.text, words)
        form = reopened(form, slot) if slot is not None else form
    unsure = frozenset(slot for slot, problem in problems.items() if problem.kind == "unsure")
    if "service" in values and NEXT_SERVICES not in values:
        form = forget(form, NEXT_SERVICES)  # this one is wanted in the place of those
    form = taken(form, values, unsure)
    if "date" in values or "time" in values:
        form = replace(form, offered=())
    parts = "".join(c for c in str(command.slots.get("phone") or "") if c.isdigit()) if "phone" in said.refused else ""
    lines += [Line(key) for slot, key in said.refused.items() if slot != "phone"]
    wants_offers = command.intent == AVAILABILITY and "time" not in values
    turn = Turn(
        before=before,
        form=form,
        lines=tuple(lines),
        denied=command.intent == "deny" and not values,
        wants_offers=wants_offers,
    )
    if parts:
        return phone_in_parts(turn, parts, work.business.country)
    turn = with_problems(turn, problems, words, work.business.country, refused(facts, work.turn.text, words))
    if command.intent == "confirm" and not values:
        before = replace(before, choices=_likeliest(before.choices, state))
        turn = replace(turn, before=before)
    return _still_open(turn, words)


def _day_near(work: Work, before: FormState, values: dict[str, SlotValue], words: Words) -> dict[str, SlotValue]:
    """A day of the month alone, said in the place of one that is held, is the nearest to that: "the 30th", after the
    23rd of December, is no day in November."""
    held, said = before.get("date"), values.get("date")
    tokens = work.turn.text.lower().replace(",", " ").split()
    if held is None or not isinstance(said, str) or not any(_NTH.fullmatch(token) for token in tokens):
        return values
    named = (*words.months, *words.weekdays)
    if any(token.startswith(name[:3].lower()) for token in tokens for name in named):
        return values
    day, near = date.fromisoformat(said), date.fromisoformat(held)
    months = [near + timedelta(days=31 * n) for n in (-1, 0, 1)]
    fitting = [one.replace(day=day.day) for one in months if day.day <= monthrange(one.year, one.month)[1]]
    coming = [one for one in fitting if one >= work.now.date()]
    return {**values, "date": min(coming, key=lambda one: abs(one - near)).isoformat()} if coming else values


def _without_own_month(form: FormState, values: dict[str, SlotValue]) -> dict[str, SlotValue]:
    """`values` but the month of the day that is held ("the 24th" … "December"): it says nothing new."""
    day, first, last = form.get("date"), values.get("date_from"), values.get("date_to")
    if "date" in values or not (day and isinstance(first, str) and isinstance(last, str) and first <= day <= last):
        return values
    year, month = int(day[:4]), int(day[5:7])
    if not (first[:7] == last[:7] == day[:7] and int(last[8:]) == monthrange(year, month)[1]):
        return values
    return {slot: value for slot, value in values.items() if slot not in ("date_from", "date_to")}


def _chosen(
    before: FormState, command: Command, values: dict[str, SlotValue], text: str, words: Words
) -> tuple[dict[str, SlotValue], list[Line]]:
    """`values` with what the words take of those that they were asked to choose from: the second one, or both."""
    if before.choice_of == "service" and command.slots.get(CHOICE) == ALL:
        services, lines = one_by_one(before.choices)
        return {**values, **services}, lines
    index = pick(text, len(before.choices), words, plainly=True)
    if index is None and command.intent == "confirm" and len(before.choices) == 1:
        index = 0
    if index is None and command.intent != "deny":
        index = distinguished(text, before.choices)
    return (values, []) if index is None else ({**values, before.choice_of: before.choices[index]}, [])


def _still_open(turn: Turn, words: Words) -> Turn:
    """What the caller was asked to choose between is asked again before anything else, unless they want none of it;
    the times that are on offer are the same ones."""
    if turn.question is None and _leaves_offers(turn):
        asked, question = say.offer(turn.before.offered, words)
        return replace(turn, form=replace(turn.form, offered=turn.before.offered), asked=asked, question=question)
    slot, choices = turn.before.choice_of, turn.before.choices
    if not choices or turn.question is not None or turn.denied or slot in turn.form.values:
        return turn
    form = replace(turn.form, choices=choices, choice_of=slot)
    return replace(turn, form=form, asked=slot, question=which(slot, choices, words))


def _likeliest(choices: tuple[str, ...], state: ConversationState) -> tuple[str, ...]:
    """The one to ask about alone where a yes came to all of them: what most of the caller's words were about."""
    said = " ".join(one.content.lower() for one in state.messages if one.role == "user").split()
    return tuple(sorted(choices, key=lambda one: -sum(said.count(word) for word in one.lower().split()))[:1])


def _leaves_offers(turn: Turn) -> bool:
    """Whether times are on offer and neither taken nor refused: a yes to several, a name."""
    before, form = turn.before, turn.form
    if not before.offered or not form.offered or turn.denied or turn.wants_offers:
        return False
    return all(form.values.get(slot) == before.values.get(slot) for slot in ("service", *WHEN))


def _without_strange(form: FormState, text: str, values: dict[str, SlotValue]) -> tuple[dict[str, SlotValue], bool]:
    """(values to be taken, whether others were heard): "two o'clock" in answer to "what name?" is a name misheard.

    Who wants another day or time says so in more words ("make it two o'clock"), and is taken at them.
    """
    if form.asked not in ("name", "phone") or len(text.split()) > SHORTEST_CHANGE:
        return values, False
    left = {slot: value for slot, value in values.items() if slot not in ("date", "time") or slot not in form.values}
    return left, len(left) < len(values)


def _denied(form: FormState, checking: tuple[str, ...], text: str, words: Words) -> tuple[FormState, list[Line]]:
    if checking:
        return verified(form, checking, right=False), []
    slot = named_slot(text, words)
    if slot is not None and form.asked in (ASKED_CONFIRM, ASKED_CHANGE):
        return reopened(rejecting(form, (slot,)), slot), []
    if form.asked == ASKED_CONFIRM:
        return replace(form, asked=ASKED_CHANGE), []
    if form.offered:
        return replace(form, offered=()), []
    return form, []
