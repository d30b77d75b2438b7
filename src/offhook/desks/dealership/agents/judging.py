"""What a booking's wishes are worth in the book: free or why not, what comes nearest; and whose number it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import msgspec

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.turn import Turn
from offhook.desks.dealership.agents.wish import BOOKING, needed, reopened, wish_of
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish, find_slots
from offhook.desks.dealership.tools.phone_owner import OwnerQuestion, phone_owner
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState, ReadAll, asked_to_verify, next_step
from offhook.dialogue.model import Line, Question
from offhook.dialogue.templates import Words

LAST_DAYS = 6
"""Before the last bookable day, from which times are offered to who wants a later one."""


async def judge(work: Work, state: ConversationState, turn: Turn, words: Words) -> Turn:
    form = turn.form
    # Times were on offer and none was taken: what changed meanwhile (the service) asks for new ones.
    offers = turn.wants_offers or (bool(turn.before.offered) and form.get("time") is None)
    wish = wish_of(form, offers=offers, declined=turn.before.offered if turn.denied else ())
    if wish is None and turn.never and form.get("service"):
        wish = SlotWish(service=form.get("service"), time=form.get("time"), daypart=form.get("daypart"), earliest=True)
    if wish is None:
        return turn
    mark = msgspec.json.encode(msgspec.structs.replace(wish, offers=False, declined=[])).decode()
    others_wanted = turn.wants_offers or (bool(turn.before.offered) and not form.offered)
    # Another caller may have been given the time since it was looked at: it is looked at again before it is read back.
    read_back_next = form.read_back is None and next_step(BOOKING, form, needed(state)) == ReadAll()
    if form.checked == mark and not others_wanted and not read_back_next:
        return turn
    outcome = await work.call(find_slots, wish, state)
    match outcome:
        case Ok(answer):
            best = await _next_best(work, state, wish, answer)
            return _judged(replace(turn, form=replace(form, checked=mark)), answer, best, words)
        case Failed(key):
            return replace(turn, lines=(*turn.lines, Line(key)))
        case _:
            return replace(turn, form=reopened(form, "date", "time"), lines=(*turn.lines, Line("failed_slow")))


async def _next_best(work: Work, state: ConversationState, wish: SlotWish, answer: SlotAnswer) -> list[str]:
    """What is offered in place of the wish. Of a day that is over, or too far off, the book names none near it: then
    the soonest times, or the last that can be booked."""
    if answer.offers or answer.status not in ("past", "too_far") or wish.service is None:
        return answer.offers
    last = answer.last_day if answer.status == "too_far" else None
    first = (date.fromisoformat(last) - timedelta(days=LAST_DAYS)).isoformat() if last else None
    best = SlotWish(
        service=wish.service,
        time=wish.time,
        daypart=wish.daypart,
        date_from=first,
        date_to=last,
        earliest=first is None,
    )
    match await work.call(find_slots, best, state):
        case Ok(found):
            return found.offers
        case _:
            return []


def _judged(turn: Turn, answer: SlotAnswer, offers: Sequence[str], words: Words) -> Turn:
    form = turn.form
    if answer.status in ("free", "day_free"):
        return turn
    lines = (*turn.lines, *say.refusal(answer, form, words))
    day = form.get("date")
    if answer.status != "offers":
        keeps_day = day is not None and any(moment[:10] == day for moment in offers)
        keeps_time = answer.status in ("past", "too_far", "closed_day") and (not offers or _offers_time(form, offers))
        lost = [] if keeps_day else ["date", "date_from", "date_to", "earliest"]
        form = replace(reopened(form, *lost, *(() if keeps_time else ("time",))), checked=form.checked)
    if not offers:
        return replace(turn, form=replace(form, offered=()), lines=lines, nothing_free=answer.status == "none")
    if answer.status == "none" or (turn.denied and turn.before.offered):
        lines = (*lines, Line("wait_is_there"))
    day_said = (day or "") if len(lines) > len(turn.lines) else ""
    asked, question = say.offer(offers, words, day_said)
    form = replace(form, offered=tuple(offers))
    return replace(turn, form=form, lines=lines, asked=asked, question=question)


def _offers_time(form: FormState, offers: Sequence[str]) -> bool:
    """Whether the wished time is on offer, on another day: who then says "Monday" wants it on Monday."""
    return any(moment[11:16] == form.get("time") for moment in offers)


async def whose_number(work: Work, state: ConversationState, turn: Turn) -> Turn:
    """A number that the book has under another name is asked about before the booking is put under that customer."""
    phone, name = turn.form.get("phone"), turn.form.get("name")
    new = {slot for slot in ("phone", "name") if turn.form.values.get(slot) != turn.before.values.get(slot)}
    if phone is None or name is None or not new or phone == state.caller_phone:
        return turn
    if not await known_under_another(work, state, phone, name):
        return turn
    question = Question(Line("phone_of_another"), Expectation("yes_no"))
    return replace(turn, asked=asked_to_verify(("phone",)), question=question)


async def known_under_another(work: Work, state: ConversationState, phone: str, name: str) -> bool:
    """Whether the book has the number, and under a name that is not the one said."""
    match await work.call(phone_owner, OwnerQuestion(phone=phone), state):
        case Ok(owner) if owner.name is not None:
            return not _same_person(owner.name, name)
        case _:
            return False


def _same_person(known: str, said: str) -> bool:
    """ "Joe", "joe smith" and "Joe Smith" may be one; "Joe Smith" and "Maria Lopez" are not."""
    one, other = set(known.lower().split()), set(said.lower().split())
    return one <= other or other <= one
