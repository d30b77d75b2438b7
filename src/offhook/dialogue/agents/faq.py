"""Answers questions from the business's own book: opening hours, address, FAQ. Shared by all desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.dialogue.choices import says
from offhook.dialogue.desk import Work
from offhook.dialogue.faq_choice import ENTRY, ask_which
from offhook.dialogue.faq_search import FaqAnswer, entries_named
from offhook.dialogue.model import Delta, Line, Question, last_turn
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.dialogue.templates import Words
from offhook.dialogue.tools.opening_hours import DayHoursAnswer, HoursQuestion, opening_hours
from offhook.kit.phone import NotAPhoneNumber, spoken_groups
from offhook.understanding.model import Command

_FEW = 5
"""Entries of a topic of which the one that fits best is told; of more, the question's own words must lead to one."""
MEMORY_HOURS = "hours_told"
"""desk_memory key: the turn that told of the opening hours last."""
_SHORT = 5
_MIDNIGHT = "00:00"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANYTHING_ELSE = Question(Line("anything_else"))
OFFER_HUMAN = Question(Line("offer_human"), Expectation("yes_no"), again="offer_human_again")
FAQ_OFFER = Question(Line("faq_unknown_offer"), Expectation("yes_no"), again="offer_human_again")


async def faq(work: Work, state: ConversationState, command: Command) -> Delta:
    """`faq(topic, day)`: the answer, and "anything else?" where nothing is under way."""
    if ENTRY in command.slots:
        return _entry(work, state, str(command.slots[ENTRY]))
    topic = str(command.slots.get("topic") or "")
    if topic == "hours":
        return await _hours(work, state, command)
    if topic in ("location", "address"):
        return answered(state, _address(work))
    if topic == "phone" and work.business.phone:
        return answered(state, _phone(work.business.phone))
    return _search(work, state, topic)


def answered(state: ConversationState, *lines: Line) -> Delta:
    """The lines, and "anything else?" unless a command waits for its answer (which is then asked for again)."""
    if state.pending is not None:
        return Delta(lines=lines)
    return Delta(lines=lines, question=ANYTHING_ELSE)


def _entry(work: Work, state: ConversationState, faq_id: str) -> Delta:
    """The entry that the caller chose; none where none of those was meant."""
    entry = next((one for one in work.facts.faq.entries if one.faq_id == faq_id), None)
    return answered(state, Line("faq_answer", {"answer": entry.answer})) if entry is not None else _unknown(state)


def _unknown(state: ConversationState) -> Delta:
    if state.pending is not None:
        return Delta(lines=(Line("faq_unknown"),))
    return Delta(lines=(Line("faq_unknown"),), question=FAQ_OFFER)


def _search(work: Work, state: ConversationState, topic: str) -> Delta:
    index = work.facts.faq
    found = index.answer(work.turn.text)
    named = entries_named(index.entries, topic) if topic else []
    torn = any(one not in named for one in found.candidates)
    if found.best is None and not torn and 0 < len(named) <= _FEW:
        # Unsure by its words alone; but the topic is known, little is filed under it, and nothing else comes near.
        found = FaqAnswer(index.best_of(named, work.turn.text))
    if found.best is not None:
        return answered(state, Line("faq_answer", {"answer": found.best.answer}))
    if found.candidates:
        return ask_which(work, state, found.candidates)
    if not work.facts.available:
        return answered(state, Line("failed_slow"))
    return _unknown(state)


def _address(work: Work) -> Line:
    address = work.business.address
    return Line("address", {"address": address}) if address else Line("address_unknown")


def _phone(e164: str) -> Line:
    try:
        return Line("phone_number", {"phone": spoken_groups(e164)})
    except NotAPhoneNumber:
        return Line("faq_unknown")


# -- opening hours ----------------------------------------------------------------------------------------------------


async def _hours(work: Work, state: ConversationState, command: Command) -> Delta:
    today, words = work.now.date(), work.words(state.language)
    day = _asked_day(command, today)
    asks_now = day in (None, today) and says(work.turn.text, words.now)
    of_week = day is None or day == today
    outcome = await work.call(opening_hours, HoursQuestion(day=None if of_week else day), state)
    match outcome:
        case Ok(value):
            if of_week and (day or asks_now):
                lines = [_today_line(value.days, work.now, words, asks_now=asks_now)]
            else:
                lines = _week_lines(value.days, words) if of_week else [_day_line(value.days[0], today, words)]
            return replace(answered(state, *lines), memory={MEMORY_HOURS: work.turn.turn_id})
        case Failed(say):
            return answered(state, Line(say))
        case _:
            return answered(state, Line("hours_unknown"))


def asks_hours_again(state: ConversationState, command: Command, text: str) -> bool:
    """Whether a day alone, right after the hours of another one ("and on Saturday?"), asks for its hours."""
    told = state.desk_memory.get(MEMORY_HOURS)
    return (
        told is not None
        and told == last_turn(state)
        and command.slots.keys() == {"date"}
        and len(text.split()) <= _SHORT
    )


def _asked_day(command: Command, today: date) -> date | None:
    """The day that was asked about; a weekday means its next occurrence, today included."""
    said = str(command.slots.get("day") or command.slots.get("date") or "").lower()
    if said in ("today", "tomorrow"):
        return today + timedelta(days=said == "tomorrow")
    if said in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(said) - today.weekday()) % 7)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _today_line(days: Sequence[DayHoursAnswer], now: datetime, words: Words, *, asks_now: bool) -> Line:
    """Today's hours; once they are over, or where this very moment is asked about, whether and when it is open."""
    at, today = f"{now:%H:%M}", days[0]
    if any(opens <= at and (at < closes or closes == _MIDNIGHT) for opens, closes in today.ranges):
        key = "hours_open_now" if asks_now else "hours_today"
        return Line(key, {"ranges": spoken_ranges(today.ranges, words)})
    over = today.ranges and today.ranges[-1][1] <= at
    coming = ((one.day, opens) for one in days for opens, _ in one.ranges if one.day > today.day or opens > at)
    opening = next(coming, None)
    if (over or asks_now) and opening is not None:
        return Line(
            "hours_closed_now",
            {"opens": words.at.format(date=spoken_date(opening[0], words), time=_clock(opening[1], words))},
        )
    return _day_line(today, today.day, words)


def _day_line(hours: DayHoursAnswer, today: date, words: Words) -> Line:
    day = spoken_date(hours.day, words)
    if not hours.ranges:
        if hours.reason:
            return Line("hours_day_closed_for", {"day": day, "reason": hours.reason})
        return Line("hours_today_closed") if hours.day == today else Line("hours_day_closed", {"day": day})
    ranges = spoken_ranges(hours.ranges, words)
    if hours.day == today:
        return Line("hours_today", {"ranges": ranges})
    return Line("hours_day", {"day": day, "ranges": ranges})


def spoken_ranges(ranges: list[tuple[str, str]], words: Words) -> str:
    """[("08:00", "18:00")] -> "8 AM to 6 PM"."""
    spans = [words.span.format(first=_clock(opens, words), last=_clock(closes, words)) for opens, closes in ranges]
    return spoken_list(spans, words.and_)


def _clock(text: str, words: Words) -> str:
    return spoken_time(time.fromisoformat(text), words)


def _week_lines(days: list[DayHoursAnswer], words: Words) -> list[Line]:
    """Days with the same hours in a row are said together: "Monday to Friday from 8 AM to 6 PM"."""
    ordered = sorted(days, key=lambda one: one.day.weekday())
    groups: list[tuple[list[DayHoursAnswer], list[tuple[str, str]]]] = []
    for day in ordered:
        if groups and groups[-1][1] == day.ranges:
            groups[-1][0].append(day)
        else:
            groups.append(([day], day.ranges))
    opened = [
        words.open_from.format(days=_through([d.day for d in members], words), ranges=spoken_ranges(ranges, words))
        for members, ranges in groups
        if ranges
    ]
    closed = [_through([d.day for d in members], words) for members, ranges in groups if not ranges]
    lines = [Line("hours_week", {"week": spoken_list(opened, words.and_)})] if opened else []
    if closed:
        lines.append(Line("closed_days", {"days": spoken_list(closed, words.and_)}))
    return lines or [Line("hours_unknown")]


def _through(days: list[date], words: Words) -> str:
    names = [words.weekdays[day.weekday()] for day in days]
    if len(names) < 3:
        return spoken_list(names, words.and_)
    return words.span.format(first=names[0], last=names[-1])
