"""The waiting list: for which service, when, for whom; read back, written once after a yes.

Callers ask for it, or it is offered to those who find nothing: times that they refused twice, days without room. A wish
that is free is booked in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership import offers
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.drives import is_driving
from offhook.desks.dealership.agents.offering import WHEN
from offhook.desks.dealership.agents.wish import BOOKING, MEMORY_TALKED_OF, given
from offhook.desks.dealership.facts import facts_of
from offhook.desks.dealership.tools.find_slots import SlotWish, find_slots
from offhook.desks.dealership.tools.join_waitlist import OnWaitlist, WaitRequest, join_waitlist
from offhook.dialogue.agents.faq import ANYTHING_ELSE
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, MEMORY_FORM, FormState, ReadBack, digest, load
from offhook.dialogue.model import Delta, Line, Question
from offhook.understanding.model import Command

WAIT = join_waitlist.intent
MEMORY_READ_BACK = "wait_read_back"
"""desk_memory key: what was read back, when: {turn_id, digest}."""
OFFERED = "offered_by_us"
"""Slot: it was our idea; a no goes back to the booking."""
LOOKED = "looked"
"""Slot: the book was asked, and what is free there is not wanted."""
OPEN_ENDED_DAYS = 14
"""How long one waits who named no day, the first one included."""

Slots = dict[str, SlotValue]

_FORGET: Mapping[str, SlotValue] = {MEMORY_READ_BACK: None}
_KEPT = ("service", "name", "phone", *WHEN)


def is_waiting(state: ConversationState) -> bool:
    return state.pending is not None and state.pending.intent == WAIT


def is_for_the_list(state: ConversationState, command: Command) -> bool:
    """Whether the command asks for the list, or answers what was asked on the way to it."""
    if command.intent == WAIT or not is_waiting(state):
        return command.intent == WAIT
    assert state.pending is not None
    # "Oil change, on Monday" is no wish of its own where service and day were asked for.
    return command.intent != BOOKING.intent or state.pending.asked in ("service", "datetime")


def offer_to_wait(form: FormState) -> Command:
    """The command that offers the list to a caller whose booking finds no time."""
    return Command(intent=WAIT, slots={**_of_form(form), OFFERED: True})


async def waiting(work: Work, state: ConversationState, command: Command) -> Delta:
    if not work.facts.available:
        return Delta(lines=(Line("failed_unavailable"),))
    pending = state.pending if is_waiting(state) else None
    if is_driving(state):
        return Delta(lines=(Line("wait_services_only"), Line("human_is_there")), resume=True)
    if pending is None:
        return await _go_on(work, state, _begun(work, state, command))
    slots = dict(pending.slots)
    if command.intent == "deny" and not command.slots:
        return _dropped(slots)
    if command.intent == "confirm" and not command.slots:
        if pending.asked == ASKED_CONFIRM:
            return await _commit(work, state, slots)
        if pending.asked == "name" and state.customer.name:
            slots["name"] = state.customer.name
        slots.pop(OFFERED, None)
    said = _said(work, command)
    if any(said.get(name) for name in WHEN):
        slots = {name: value for name, value in slots.items() if name not in (*WHEN, LOOKED)}
    return await _go_on(work, state, {**slots, **said})


def _begun(work: Work, state: ConversationState, command: Command) -> Slots:
    """What is known already: of the booking that is under way, and what was just said."""
    if command.slots.get(OFFERED):
        return {**_said(work, command), OFFERED: True, LOOKED: True}
    form = load(BOOKING, state)
    slots: Slots = _of_form(form) if form is not None else {}
    talked_of = state.desk_memory.get(MEMORY_TALKED_OF)
    if isinstance(talked_of, str):
        slots.setdefault("service", talked_of)
    said = _said(work, command)
    if any(said.get(name) for name in WHEN):
        slots = {name: value for name, value in slots.items() if name not in (*WHEN, LOOKED)}
    return {**slots, **said}


def _of_form(form: FormState) -> Slots:
    slots: Slots = {name: value for name in _KEPT if (value := form.values.get(name))}
    if form.checked:
        # A day that cannot be had is taken out of the form; what was looked for last is still known.
        wish = msgspec.json.decode(form.checked, type=SlotWish)
        when = {name: value for name in WHEN if (value := getattr(wish, name))}
        slots = {**{name: value for name, value in slots.items() if name not in WHEN}, **when}
        if form.offered or not (form.get("date") and form.get("time")):
            slots[LOOKED] = True
    return slots


def _said(work: Work, command: Command) -> Slots:
    said = given(command.slots, facts_of(work), work.business.country).values
    return {name: said[name] for name in _KEPT if said.get(name)}


async def _go_on(work: Work, state: ConversationState, slots: Slots) -> Delta:
    facts = facts_of(work)
    if not slots.get("service"):
        return _ask(work, slots, "service", Question(Line("ask_service"), Expectation("service", tuple(facts.names))))
    if not any(slots.get(name) for name in WHEN):
        return _ask(work, slots, "datetime", Question(Line("wait_when"), Expectation("datetime"), "ask_datetime_again"))
    if not slots.get(LOOKED):
        judged = await _judged(work, state, slots)
        if judged is not None:
            return judged
        slots = {**slots, LOOKED: True}
    words = work.words(state.language)
    values = {"service": say.in_sentence(str(slots["service"])), "when": _when(work, state, slots)}
    name = slots.get("name") or state.booking_slots.customer_name
    if not name and slots.get(OFFERED):
        return _ask(work, slots, "wanted", Question(Line("wait_offer", values), Expectation("yes_no")))
    if not name:
        known = (state.customer.name or "").split(" ")[0]
        if known:
            return _ask(work, slots, "name", Question(Line("ask_name_known", {"name": known}), Expectation("yes_no")))
        return _ask(work, slots, "name", Question(Line("ask_name"), Expectation("name"), "ask_name_again"))
    phone = slots.get("phone") or state.caller_phone
    if not phone:
        return _ask(work, slots, "phone", Question(Line("ask_phone"), Expectation("phone"), "ask_phone_again"))
    slots = {**slots, "name": name, "phone": phone}
    values["name"] = str(name).split()[0] if name == state.customer.name else str(name)
    if phone != state.caller_phone:
        values["phone"] = say.value_text("phone", FormState(values={"phone": phone}), words)
    key = "wait_read_back_phone" if "phone" in values else "wait_read_back"
    asked = _ask(work, slots, ASKED_CONFIRM, Question(Line(key, values), Expectation("yes_no")))
    proof: Slots = {"turn_id": work.turn.turn_id, "digest": digest(_request(work, slots))}
    return Delta(question=asked.question, pending=asked.pending, memory={**asked.memory, MEMORY_READ_BACK: proof})


async def _judged(work: Work, state: ConversationState, slots: Slots) -> Delta | None:
    """What is better than to wait, or why it is no use; None where waiting is all that is left."""
    wish = msgspec.convert({name: slots[name] for name in ("service", *WHEN) if slots.get(name)}, SlotWish)
    match await work.call(find_slots, wish, state):
        case Ok(answer) if answer.status in ("free", "day_free", "offers"):
            # There is room: it is booked rather than waited for.
            kept = {name: value for name, value in slots.items() if name in _KEPT}
            book = Command(intent=BOOKING.intent, slots=kept)
            return Delta(lines=(Line("wait_there_is_room"),), pending=None, memory=_FORGET, then=(book,))
        case Ok(answer) if answer.status in ("none", "taken", "too_soon"):
            return None
        case Ok(answer):
            when = {name: value for name in ("date", "time") if (value := getattr(wish, name))}
            lines = tuple(say.refusal(answer, FormState(values=when), work.words(state.language)))
            left = {name: value for name, value in slots.items() if name not in WHEN}
            asked = _ask(work, left, "datetime", Question(Line("wait_when"), Expectation("datetime")))
            return Delta(lines=lines, question=asked.question, pending=asked.pending, memory=asked.memory)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)
        case _:
            return Delta(lines=(Line("failed_slow"),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)


async def _commit(work: Work, state: ConversationState, slots: Slots) -> Delta:
    proof = state.desk_memory.get(MEMORY_READ_BACK)
    if not isinstance(proof, dict):
        return await _go_on(work, state, slots)
    read_back = ReadBack(str(proof.get("turn_id")), str(proof.get("digest")))
    match await work.call(join_waitlist, _request(work, slots), state, read_back):
        case Ok(waits):
            return _joined(work, state, slots, waits)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)
        case _:
            return await _go_on(work, state, slots)


def _joined(work: Work, state: ConversationState, slots: Slots, waits: OnWaitlist) -> Delta:
    values = {"service": say.in_sentence(waits.service), "when": _when(work, state, slots)}
    return Delta(lines=(Line("wait_joined", values),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)


def _dropped(slots: Slots) -> Delta:
    if not slots.get(OFFERED):
        return Delta(lines=(Line("wait_dropped"),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)
    again = Command(intent=BOOKING.intent, slots={k: v for k, v in slots.items() if k in ("service", "name", "phone")})
    return Delta(lines=(Line("confirm_nothing"),), pending=None, memory=_FORGET, then=(again,))


def _request(work: Work, slots: Slots) -> WaitRequest:
    """What will be written. Made from the slots and the day alone, so that the read-back and the write agree."""
    wish = msgspec.convert({name: slots[name] for name in WHEN if slots.get(name)}, SlotWish)
    today = work.now.date()
    first = wish.date or wish.date_from or today.isoformat()
    last = wish.date or wish.date_to or (date.fromisoformat(first) + timedelta(days=OPEN_ENDED_DAYS - 1)).isoformat()
    begins, ends = _between(wish)
    return WaitRequest(
        service=str(slots["service"]),
        date_from=min(first, last),
        date_to=max(first, last),
        time_from=begins,
        time_to=ends,
        name=str(slots["name"]),
        phone=str(slots["phone"]),
    )


def _between(wish: SlotWish) -> tuple[str | None, str | None]:
    """The first and the last start of a day that suit, HH:MM; None where any does."""

    def read(hhmm: str | None) -> time | None:
        return time.fromisoformat(hhmm) if hhmm else None

    window = offers.window(
        at=read(wish.time), daypart=wish.daypart, time_from=read(wish.time_from), time_to=read(wish.time_to)
    )
    if not window.narrow:
        return None, None
    last_min = window.latest.hour * 60 + window.latest.minute - (0 if window.includes_latest else 1)
    return f"{window.earliest:%H:%M}", f"{last_min // 60:02d}:{last_min % 60:02d}"


def _when(work: Work, state: ConversationState, slots: Slots) -> str:
    """The wish in words: "Friday, November 27th at 10 AM", "Friday, November 27th before noon"."""
    words = work.words(state.language)
    request = _request(work, {"name": "-", "phone": "+12025550100", **slots})
    day = say.day_text(request.date_from, words)
    if request.date_to and request.date_to != request.date_from:
        day = words.span.format(first=day, last=say.day_text(request.date_to, words))
    begins, ends = request.time_from, request.time_to
    if begins is None or ends is None:
        return day
    if begins == ends:
        return words.at.format(date=day, time=say.time_text(begins, words))
    open_end = ends >= "23:45"
    key = "wait_from" if open_end else "wait_before" if begins == "00:00" else "wait_between"
    values = {"day": day, "first": say.time_text(begins, words), "last": say.time_text(_rounded(ends), words)}
    return work.desk.templates.render(state.language, key, values, 0)


def _rounded(hhmm: str) -> str:
    """11:59 is said as 12: the part of the day ends there."""
    hour, minute = map(int, hhmm.split(":"))
    return f"{(hour + 1) % 24:02d}:00" if minute == 59 else hhmm


def _ask(work: Work, slots: Slots, asked: str, question: Question) -> Delta:
    pending = Pending(intent=WAIT, slots=slots, asked=asked, attempts=1, since=work.now.isoformat(timespec="seconds"))
    return Delta(question=question, pending=pending, memory={MEMORY_FORM: None})
