"""What the booking form says: pure functions from form and book to lines and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from offhook.contracts.conversation import BookingSlots, ConversationState, SlotValue
from offhook.contracts.speech import Expectation, ExpectKind
from offhook.desks.dealership.agents.wish import BOOKING, EMAIL, REPLACED
from offhook.desks.dealership.facts import DealershipFacts
from offhook.desks.dealership.tools.find_slots import SlotAnswer
from offhook.dialogue.agents.escalation import groups
from offhook.dialogue.agents.faq import spoken_ranges
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line, Question
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.dialogue.templates import Words

SERVICES_NAMED = 4
"""How many services are named when a caller asks what there is to choose from."""


def day_text(iso: str, words: Words) -> str:
    return spoken_date(date.fromisoformat(iso), words)


def time_text(hhmm: str, words: Words) -> str:
    return spoken_time(time.fromisoformat(hhmm), words)


def moment_text(iso: str, words: Words) -> str:
    moment = datetime.fromisoformat(iso)
    return words.at.format(date=spoken_date(moment.date(), words), time=spoken_time(moment.time(), words))


def in_sentence(service: str) -> str:
    """ "Oil change" -> "oil change", "AC service" stays."""
    head = service.split(" ")[0]
    return service if head.isupper() else service[:1].lower() + service[1:]


# -- questions --------------------------------------------------------------------------------------------------------


def ask(
    slot: str, form: FormState, words: Words, facts: DealershipFacts, *, known: str = "", day_said: bool = False
) -> tuple[str, Question]:
    """(what is asked, the question) for a missing slot; day and time together where both are missing.

    `known`: the caller's first name, if it may be offered. `day_said`: the reply names the day already.
    """
    if slot in ("date", "time") and "date" not in form.values and "time" not in form.values:
        if any(of.startswith(("date", "time")) for of, _ in form.rejected):
            # Both at once were misheard: one after the other is easier to hear.
            return "date", Question(Line("ask_date_alone"), Expectation("date"), "ask_date_alone")
        return "datetime", Question(Line("ask_datetime"), Expectation("datetime"), "ask_datetime_again")
    field = BOOKING.field(slot)
    values: dict[str, str] = {}
    phrases: tuple[str, ...] = ()
    if slot == "name" and known:
        return slot, Question(Line("ask_name_known", {"name": known}), Expectation("yes_no"))
    if slot == "time" and day_said:
        day = {"day": day_text(form.get("date") or "", words)}
        return slot, Question(Line("ask_time_then", day), Expectation("time"), field.ask_again)
    if slot == "time":
        values = {"day": day_text(form.get("date") or "", words)}
    elif slot == "date":
        values = {"time": time_text(form.get("time") or "", words)}
    elif slot == "service":
        phrases = tuple(facts.names)
    return slot, Question(Line(field.ask, values), Expectation(field.expect, phrases), field.ask_again)


def offer(moments: Sequence[str], words: Words, day_said: str = "") -> tuple[str, Question]:
    """(what is asked, the question) that offers free times: of one day by their times, else in full.

    `day_said`: the ISO day that the reply names already.
    """
    days = {moment[:10] for moment in moments}
    times = [time_text(moment[11:16], words) for moment in moments]
    if len(moments) == 1:
        said = moment_text(moments[0], words)
        return "datetime", Question(Line("offer_one", {"moment": said}), Expectation("yes_no", (said,)))
    if len(days) == 1:
        values = {"day": day_text(moments[0][:10], words), "times": spoken_list(times, words.or_)}
        key = "offer_times_then" if moments[0][:10] == day_said else "offer_times"
        return "time", Question(Line(key, values), Expectation("choice", tuple(times)), "offer_times")
    said_all = [moment_text(moment, words) for moment in moments]
    values = {"moments": spoken_list(said_all, words.or_)}
    return "datetime", Question(Line("offer_moments", values), Expectation("choice", tuple(said_all)))


def verify(slots: Sequence[str], form: FormState, words: Words) -> Question:
    if "date" in slots and "time" in slots:
        said = moment_text(f"{form.get('date')}T{form.get('time')}", words)
    else:
        said = value_text(slots[0], form, words)
    return Question(Line("verify", {"value": said}), Expectation("yes_no", (said,)))


def which(candidates: Sequence[str], kind: ExpectKind, words: Words) -> Question:
    said = tuple(candidates)
    return Question(Line("which", {"choices": spoken_list(said, words.or_)}), Expectation(kind, said))


def read_back(form: FormState, state: ConversationState, words: Words, *, again: bool) -> Question:
    key = "read_back_again" if again else "read_back"
    values = {
        "service": in_sentence(form.get("service") or ""),
        "when": moment_text(f"{form.get('date')}T{form.get('time')}", words),
        "name": known_name(form, state),
    }
    phone = form.get("phone")
    if phone is not None:
        values["phone"] = groups(phone)
        return Question(Line(f"{key}_phone", values), Expectation("yes_no"), "read_back_again_phone")
    return Question(Line(key, values), Expectation("yes_no"), "read_back_again")


def replaces(form: FormState) -> list[Line]:
    """What is cancelled for the booking: part of its read-back."""
    replaced = form.values.get(REPLACED)
    if not isinstance(replaced, dict):
        return []
    before = in_sentence(str(replaced["service"]))
    return [Line("replaces", {"service": in_sentence(form.get("service") or ""), "before": before})]


def known_name(form: FormState, state: ConversationState) -> str:
    """The name as it may be said: of one that only the caller id brought, the first name alone."""
    name = form.get("name") or ""
    return name.split()[0] if name and name == state.customer.name else name


# -- statements -------------------------------------------------------------------------------------------------------


def booked_values(form: FormState, words: Words) -> dict[str, str]:
    when = moment_text(f"{form.get('date')}T{form.get('time')}", words)
    return {"service": in_sentence(form.get("service") or ""), "when": when}


def value_text(slot: str, form: FormState, words: Words) -> str:
    value = form.get(slot) or ""
    if slot == "date":
        return day_text(value, words)
    if slot == "time":
        return time_text(value, words)
    if slot == "phone":
        return groups(value)
    return in_sentence(value) if slot == "service" else value


def heard(before: FormState, form: FormState, words: Words, *, without_when: bool) -> list[Line]:
    """What was just taken in, said back in passing, so that a mistake shows at once.

    `without_when`: the reply names day and time anyway.
    """
    new = {slot for slot in BOOKING.slots if slot in form.values and form.values[slot] != before.values.get(slot)}
    if without_when:
        new -= {"date", "time"}
    parts: list[str] = []
    if "service" in new and not before.get("service"):
        parts.append(value_text("service", form, words))
    if new & {"date", "time"} and {"date", "time"} <= form.values.keys():
        parts.append(moment_text(f"{form.get('date')}T{form.get('time')}", words))
    elif "date" in new:
        parts.append(value_text("date", form, words))
    elif "time" in new:
        parts.append(value_text("time", form, words))
    lines = [*instead(before, form), *([Line("heard", {"what": ", ".join(parts)})] if parts else [])]
    if "name" in new:
        lines.append(Line("heard_name", {"name": value_text("name", form, words)}))
    if "phone" in new:
        lines.append(Line("heard_phone", {"phone": value_text("phone", form, words)}))
    return [*lines, *(heard_email(form.values) if form.get(EMAIL) != before.get(EMAIL) else ())]


def instead(before: FormState, form: FormState) -> tuple[Line, ...]:
    """Which work takes the place of which: nobody is to believe that both are wanted."""
    old, new = before.get("service"), form.get("service")
    if old is None or new is None or old == new:
        return ()
    return (Line("heard_instead", {"service": in_sentence(new), "before": in_sentence(old)}),)


def heard_email(values: Mapping[str, SlotValue]) -> tuple[Line, ...]:
    """The e-mail address that is held, said back; before a read-back, which has no place for it, as well."""
    email = values.get(EMAIL)
    return (Line("heard_email", {"email": str(email)}),) if email else ()


def refusal(answer: SlotAnswer, form: FormState, words: Words) -> list[Line]:
    """Why the wished day or time cannot be had."""
    day = day_text(form.get("date") or "", words) if form.get("date") else ""
    at = time_text(form.get("time") or "", words) if form.get("time") else ""
    match answer.status:
        case "free" | "day_free" | "offers":
            return []
        case "none":
            return [Line("none_free_day", {"day": day})] if day else [Line("none_free")]
        case "past":
            if answer.offers:
                return [Line("past_time", {"time": at})]
            return [Line("past_day", {"day": day_text(answer.just_passed, words) if answer.just_passed else day})]
        case "too_soon":
            return [Line("too_soon", {"time": at})]
        case "too_far":
            return [Line("too_far", {"last_day": day_text(answer.last_day or "", words)})]
        case "closed_day":
            if answer.reason:
                return [Line("closed_for", {"day": day, "reason": answer.reason})]
            return [Line("closed_day", {"day": day})]
        case "outside_hours":
            return [_outside(answer, form, day, at, words)]
        case "nonexistent":
            return [Line("no_such_time", {"time": at, "day": day})]
        case "off_grid":
            return [Line("off_grid")]
        case "taken":
            return [Line("taken", {"day": day, "time": at})]


def _outside(answer: SlotAnswer, form: FormState, day: str, at: str, words: Words) -> Line:
    wished = form.get("time") or ""
    inside = any(opens <= wished < closes for opens, closes in answer.ranges)
    if inside:
        closes = time_text(answer.ranges[-1][1], words)
        return Line("too_late", {"time": at, "closes": closes})
    return Line("outside_hours", {"day": day, "ranges": spoken_ranges(answer.ranges, words)})


def slots_shown(form: FormState, state: ConversationState) -> BookingSlots:
    """The form as clients see it."""
    return BookingSlots(
        appointment_type="service",
        service_type=form.get("service"),
        preferred_date=form.get("date"),
        preferred_time=form.get("time"),
        customer_name=form.get("name"),
        customer_phone=form.get("phone") or state.caller_phone,
        customer_email=form.get(EMAIL) or state.booking_slots.customer_email,
    )
