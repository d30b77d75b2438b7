"""A booking is laid aside for a question about an appointment and comes back as it was."""

from __future__ import annotations

from msgspec import UNSET

from offhook.contracts.conversation import ConversationState, CustomerRef, Pending
from offhook.desks.dealership.agents.aside import MEMORY_LAID_BY, laid_by, taken_up, waits
from offhook.desks.dealership.agents.changes import STATUS
from offhook.desks.dealership.agents.wish import BOOKING
from offhook.dialogue.forms import MEMORY_FORM
from offhook.dialogue.model import MEMORY_QUESTION, MEMORY_VERIFIED, Delta, Line, apply
from offhook.understanding.model import Command

QUESTION = {"key": "ask_name", "values": {}, "again": "", "kind": "name", "phrases": []}


def booking() -> ConversationState:
    return ConversationState(
        session_id="s1",
        business_id="b1",
        desk="dealership",
        channel="chat",
        pending=Pending(intent=BOOKING.intent, slots={"service": "Oil change"}, asked="name"),
        desk_memory={MEMORY_QUESTION: QUESTION, MEMORY_FORM: {"checked": "x"}},
    )


def asked() -> ConversationState:
    state = booking()
    return apply(state, laid_by(state, Delta(pending=Pending(intent=STATUS, asked="reg_no"))))


def test_what_takes_the_place_of_a_booking_keeps_it() -> None:
    state = asked()
    assert state.pending is not None and state.pending.intent == STATUS
    assert waits(state)


def test_the_booking_comes_back_once_the_question_is_answered() -> None:
    state = asked()
    state = apply(state, laid_by(state, Delta(lines=(Line("no_appointment"),), pending=None)))
    assert state == booking()


def test_it_waits_while_the_question_goes_on() -> None:
    state = asked()
    delta = laid_by(state, Delta(pending=Pending(intent=STATUS, asked="date")))
    assert waits(apply(state, delta))


def test_another_booking_takes_its_place() -> None:
    state = asked()
    delta = laid_by(state, Delta(pending=None, then=(Command(intent=BOOKING.intent),)))
    assert not waits(apply(state, delta))
    assert delta.question is UNSET and delta.pending is None


def test_it_is_taken_up_at_will() -> None:
    assert taken_up(asked()) == booking()
    assert taken_up(booking()) == booking()
    assert MEMORY_LAID_BY not in taken_up(asked()).desk_memory


def test_a_number_that_was_proved_meanwhile_is_not_asked_for() -> None:
    who = CustomerRef(customer_id="c1", name="Maria Lopez", phone="+12025550141")
    delta = Delta(pending=None, customer=who, memory={MEMORY_VERIFIED: "c1"})
    state = asked()
    pending = apply(state, laid_by(state, delta)).pending
    assert pending is not None and pending.slots == {"service": "Oil change", "phone": "+12025550141"}
