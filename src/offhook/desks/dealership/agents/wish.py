"""What a caller's words give to the booking form. Pure: slots of a command in, values of the form out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.facts import DealershipFacts
from offhook.desks.dealership.fields import email_or_none
from offhook.desks.dealership.tools.book_appointment import BookingRequest
from offhook.desks.dealership.tools.find_slots import SlotWish
from offhook.dialogue.forms import Field, Form, FormState, fill, forget
from offhook.kit.phone import phone_or_none

BOOKING = Form(
    intent="service.book",
    tool="book_appointment",
    fields=(
        Field("service", "ask_service", "ask_service_again", "service"),
        Field("date", "ask_date", "ask_date_again", "date"),
        Field("time", "ask_time", "ask_time_again", "time"),
        Field("name", "ask_name", "ask_name_again", "name"),
        Field("phone", "ask_phone", "ask_phone_again", "phone"),
    ),
    read_back="read_back",
)
MEMORY_TALKED_OF = "service"
"""desk_memory key: the service that was last spoken of ("and how long does it take?")."""
NEXT_SERVICES = "next_services"
"""Form value: what the caller wants as well. An appointment is for one service; these follow, one by one."""
NEW_SERVICES = "new_services"
"""Slot of a change: the work that was named to be done in the place of what is booked."""
REPLACED = "replaced"
"""Form value: the appointment that the booking takes the place of: {appointment_id, service}."""
AGREED = "agreed"
"""Slot of a cancellation: the turn whose read-back said it, too, and was answered with a yes."""
SAME_DAY = "same_day"
"""Value of one of the NEXT_SERVICES: it was added to the booking before it, without a day of its own."""
EMAIL = "email"
"""Form value: where the confirmation goes as well. Taken when it is said, never asked for."""
_DAY_RANGE = ("date_from", "date_to", "earliest", "days")
_TIME_RANGE = ("daypart", "time_from", "time_to")
REMARK = "remark"
"""Form value: what the caller wants passed on, as it was said."""
_NOTED = ("vehicle", "year", "reg_no", "pickup", "urgent", REMARK)
_TAKEN_OVER = frozenset({*BOOKING.slots, *_DAY_RANGE, *_TIME_RANGE, *_NOTED, EMAIL, NEXT_SERVICES, REPLACED})


@dataclass(frozen=True, slots=True)
class Given:
    """What the words gave: values to fill in, and the slots whose words could not be used, with the reason."""

    values: Mapping[str, SlotValue]
    refused: Mapping[str, str]
    """slot -> template key of why."""


def given(slots: Mapping[str, SlotValue], facts: DealershipFacts, country: str) -> Given:
    """Values as the form keeps them: service by its name in the book, name in capitals, phone in E.164."""
    values = {slot: value for slot, value in slots.items() if slot in _TAKEN_OVER and value not in (None, "", [])}
    refused: dict[str, str] = {}
    if values.get("urgent") and not {"date", "date_from", "date_to"} & values.keys():
        values["earliest"] = True
    if "service" in values:
        service = facts.service(str(values["service"]))
        if service is None:
            del values["service"]
            refused["service"] = "service_unknown"
        else:
            values["service"] = service.name
    if "phone" in values:
        phone = phone_or_none(str(values["phone"]), country)
        if phone is None:
            del values["phone"]
            refused["phone"] = "phone_unreadable"
        else:
            values["phone"] = phone
    if EMAIL in values:
        email = email_or_none(str(values.pop(EMAIL)))
        values |= {EMAIL: email} if email is not None else {}
    if "name" in values:
        values["name"] = proper_name(str(values["name"]))
    return Given(values, refused)


def proper_name(name: str) -> str:
    """ "priya o'neil" -> "Priya O'Neil"; names that are written with capitals already stay as they are."""
    words = " ".join(name.split())
    if words != words.lower():
        return words
    return "".join(letter.upper() if i == 0 or words[i - 1] in " -'" else letter for i, letter in enumerate(words))


def whole_name(said: str, state: ConversationState) -> str:
    """The name as the book has it, where a part of it was said by who calls with that customer's number."""
    known = state.customer.name or ""
    return known if set(said.lower().split()) < set(known.lower().split()) else said


def taken(form: FormState, values: Mapping[str, SlotValue], unsure: frozenset[str]) -> FormState:
    """Fill in. An exact day or time ends a vaguer wish for one; a vaguer one said later reopens the exact one."""
    filled = fill(form, values, unsure)
    if "date" in values:
        filled = forget(filled, *_DAY_RANGE)
    elif any(slot in values for slot in _DAY_RANGE):
        filled = forget(filled, *(("date",) if "time" in values else ("date", "time")))
    if "time" in values:
        filled = forget(filled, *_TIME_RANGE)
    elif any(slot in values for slot in _TIME_RANGE):
        filled = forget(filled, "time")
    return filled


def from_offers(form: FormState, values: Mapping[str, SlotValue]) -> Mapping[str, SlotValue]:
    """A bare time that is one of those just offered means that offer, with its day."""
    if "time" not in values or "date" in values:
        return values
    days = {moment[:10] for moment in form.offered if moment[11:16] == values["time"]}
    if not days:
        all_days = {moment[:10] for moment in form.offered}
        days = all_days if form.get("date") is None else set()
    return {**values, "date": days.pop()} if len(days) == 1 else values


def offer_values(moment: str) -> dict[str, SlotValue]:
    return {"date": moment[:10], "time": moment[11:16]}


def wish_of(form: FormState, *, offers: bool = False, declined: Sequence[str] = ()) -> SlotWish | None:
    """What to look for in the book; None while no day or range of days was wished for.

    `offers`: free times of the day are wanted even though no part of it was named; not the `declined` ones.
    """
    dated = form.get("date") is not None
    ranged = any(form.values.get(slot) for slot in _DAY_RANGE)
    if not dated and not ranged:
        return None
    return SlotWish(
        service=form.get("service"),
        date=form.get("date"),
        time=form.get("time"),
        daypart=form.get("daypart"),
        time_from=form.get("time_from"),
        time_to=form.get("time_to"),
        date_from=form.get("date_from"),
        date_to=form.get("date_to"),
        days=form.get("days"),
        earliest=bool(form.values.get("earliest")),
        offers=offers,
        declined=list(declined),
    )


def reopened(form: FormState, *slots: str) -> FormState:
    """The slots must be given anew; a read-back that was made is void."""
    return replace(forget(form, *slots), read_back=None, checked="")


def needed(state: ConversationState) -> tuple[str, ...]:
    """Slots that must be filled; the phone only where the channel did not bring the caller's."""
    slots = ("service", "date", "time", "name")
    return slots if state.caller_phone is not None else (*slots, "phone")


def request_of(form: FormState, state: ConversationState) -> BookingRequest:
    """What will be booked. Made from the form alone, so that the read-back and the write agree."""
    return BookingRequest(
        service=form.get("service") or "",
        date=form.get("date") or "",
        time=form.get("time") or "",
        name=form.get("name") or "",
        phone=form.get("phone") or state.caller_phone,
        email=form.get(EMAIL),
        notes=_notes(form),
        reg_no=form.get("reg_no"),
        vehicle=(form.get("vehicle") or "")[:80] or None,
    )


def _notes(form: FormState) -> str:
    noted = [(slot, form.values.get(slot)) for slot in _NOTED]
    return "; ".join(f"{slot}: {'yes' if value is True else value}" for slot, value in noted if value)
