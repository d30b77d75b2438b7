from __future__ import annotations

import pytest

from offhook.contracts.conversation import ConversationState, CustomerRef
from offhook.desks.dealership.agents.booking_lines import (
    ask,
    heard,
    in_sentence,
    offer,
    read_back,
    refusal,
    verify,
)
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.facts import DealershipFacts
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotStatus
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line
from support.scripted_reader import ScriptedReader

TEMPLATES = dealership_desk(ScriptedReader()).templates
WORDS = TEMPLATES.words("en")
FORM = FormState(values={"service": "Oil change", "date": "2026-11-27", "time": "10:00", "name": "Joe Smith"})


def state() -> ConversationState:
    return ConversationState(session_id="s", business_id="b", desk="dealership", channel="twilio")


def said(*lines: Line) -> str:
    return " ".join(TEMPLATES.render("en", line.key, line.values, 0) for line in lines)


@pytest.mark.parametrize(("name", "text"), [("Oil change", "oil change"), ("AC service", "AC service"), ("", "")])
def test_services_in_a_sentence(name: str, text: str) -> None:
    assert in_sentence(name) == text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (SlotAnswer(status="free"), ""),
        (SlotAnswer(status="taken"), "10 AM on Friday, November 27th is already taken."),
        (SlotAnswer(status="closed_day"), "We're closed on Friday, November 27th."),
        (SlotAnswer(status="closed_day", reason="Christmas"), "We're closed on Friday, November 27th: Christmas."),
        (SlotAnswer(status="past"), "Friday, November 27th is already past."),
        (SlotAnswer(status="past", offers=["2026-11-27T11:00"]), "10 AM has already passed today."),
        (SlotAnswer(status="past", just_passed="2026-11-20"), "Friday, November 20th is already past."),
        (SlotAnswer(status="too_soon"), "10 AM is too soon for us to get ready."),
        (SlotAnswer(status="too_far", last_day="2027-01-24"), "We only book up to Sunday, January 24th."),
        (
            SlotAnswer(status="outside_hours", ranges=[("12:00", "18:00")]),
            "On Friday, November 27th we're only open from noon to 6 PM.",
        ),
        (
            SlotAnswer(status="outside_hours", ranges=[("08:00", "10:30")]),
            "From 10 AM on we would not be done before we close at 10:30 AM.",
        ),
        (SlotAnswer(status="off_grid"), "Our appointments start on the quarter hour."),
        (SlotAnswer(status="nonexistent"), "The clocks change on Friday, November 27th, so there is no 10 AM."),
        (SlotAnswer(status="none"), "I have nothing free like that on Friday, November 27th."),
    ],
)
def test_every_refusal_says_why(answer: SlotAnswer, text: str) -> None:
    assert said(*refusal(answer, FORM, WORDS)) == text


@pytest.mark.parametrize("status", SlotStatus.__args__[:4])  # type: ignore[attr-defined]  # a Literal's values
def test_refusals_work_before_a_day_is_known(status: str) -> None:
    assert isinstance(refusal(SlotAnswer(status=status), FormState(), WORDS), list)  # type: ignore[arg-type]


def test_offers_of_one_day_name_it_once() -> None:
    asked, question = offer(["2026-11-27T09:00", "2026-11-27T12:00"], WORDS)
    assert asked == "time"
    assert said(question.line) == "On Friday, November 27th I have 9 AM or noon. Which would you like?"
    assert question.expect.kind == "choice"
    assert question.expect.phrases == ("9 AM", "noon")
    _, question = offer(["2026-11-27T09:00", "2026-11-27T12:00"], WORDS, "2026-11-27")
    assert said(question.line) == "I have 9 AM or noon. Which would you like?"


def test_one_offer_is_a_yes_or_no() -> None:
    asked, question = offer(["2026-11-27T09:00"], WORDS)
    assert (asked, question.expect.kind) == ("datetime", "yes_no")
    assert said(question.line) == "I could do Friday, November 27th at 9 AM. Would that suit you?"


def test_offers_of_several_days_are_said_in_full() -> None:
    asked, question = offer(["2026-11-27T09:00", "2026-11-28T09:00"], WORDS)
    assert asked == "datetime"
    assert "Friday, November 27th at 9 AM or Saturday, November 28th at 9 AM" in said(question.line)


def test_the_read_back_says_all_of_it() -> None:
    question = read_back(FORM, state(), WORDS, again=False)
    assert said(question.line) == (
        "Let me read that back: oil change, on Friday, November 27th at 10 AM, for Joe Smith. Is that right?"
    )
    with_phone = FormState(values={**FORM.values, "phone": "+12025550187"})
    assert "2 0 2, 5 5 5, 0 1 8 7" in said(read_back(with_phone, state(), WORDS, again=True).line)


def test_of_a_name_from_the_caller_id_only_the_first_is_said() -> None:
    known = state()
    known.customer = CustomerRef(customer_id="c", name="Joe Smith")
    assert "for Joe." in said(read_back(FORM, known, WORDS, again=False).line)


def test_what_was_heard_is_said_in_passing() -> None:
    before = FormState(values={"service": "Oil change"})
    lines = heard(before, FORM, WORDS, without_when=False)
    assert said(*lines) == "Okay, Friday, November 27th at 10 AM. Thank you, Joe Smith."
    assert said(*heard(before, FORM, WORDS, without_when=True)) == "Thank you, Joe Smith."
    assert heard(FORM, FORM, WORDS, without_when=False) == []


def test_day_and_time_are_asked_for_together() -> None:
    asked, question = ask("date", FormState(), WORDS, DealershipFacts())
    assert (asked, question.expect.kind) == ("datetime", "datetime")
    asked, question = ask("time", FormState(values={"date": "2026-11-27"}), WORDS, DealershipFacts())
    assert (asked, question.expect.kind) == ("time", "time")
    assert "November 27th" in said(question.line)


def test_making_sure_of_day_and_time_at_once() -> None:
    assert "Friday, November 27th at 10 AM?" in said(verify(("date", "time"), FORM, WORDS).line)
    assert "10 AM?" in said(verify(("time",), FORM, WORDS).line)
