from __future__ import annotations

import pytest

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.agents.wish import (
    BOOKING,
    from_offers,
    given,
    needed,
    proper_name,
    reopened,
    request_of,
    taken,
    wish_of,
)
from offhook.desks.dealership.facts import DealershipFacts
from offhook.desks.dealership.model import ServiceType
from offhook.dialogue.forms import FormState, ReadBack

FACTS = DealershipFacts(
    services=(
        ServiceType("1", "Oil change", ("change the oil", "oil and filter"), 45, 15, None, None),
        ServiceType("2", "Tire rotation", ("tyre rotation",), 30, 15, None, None),
        ServiceType("3", "AC service", ("ac", "air conditioning service"), 60, 15, None, None),
    )
)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("joe smith", "Joe Smith"),
        ("mary-jane o'neil", "Mary-Jane O'Neil"),
        ("  anna   lee ", "Anna Lee"),
        ("Ronald McDonald", "Ronald McDonald"),
        ("प्रिया", "प्रिया"),
        ("", ""),
    ],
)
def test_names_get_their_capitals(said: str, written: str) -> None:
    assert proper_name(said) == written


def test_what_words_give() -> None:
    found = given(
        {"service": "oil change", "phone": "2025550187", "name": "joe", "date": "", "pickup": True, "color": "red"},
        FACTS,
        "US",
    )
    assert found.values == {"service": "Oil change", "phone": "+12025550187", "name": "Joe", "pickup": True}
    assert found.refused == {}


def test_what_cannot_be_used_is_named() -> None:
    found = given({"service": "haircut", "phone": "12"}, FACTS, "US")
    assert found.values == {}
    assert found.refused == {"service": "service_unknown", "phone": "phone_unreadable"}


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ({"daypart": "morning"}, {"time": "10:00"}, {"time": "10:00"}),
        ({"date_from": "2026-11-30", "date_to": "2026-12-04"}, {"date": "2026-12-01"}, {"date": "2026-12-01"}),
        ({"date": "2026-12-01", "time": "10:00"}, {"daypart": "evening"}, {"date": "2026-12-01", "daypart": "evening"}),
        ({"date": "2026-12-01", "time": "10:00"}, {"earliest": True}, {"earliest": True}),
        ({"date": "2026-12-01", "time": "10:00"}, {"date": "2026-12-02"}, {"date": "2026-12-02", "time": "10:00"}),
        ({"earliest": True}, {"date": "2026-12-02"}, {"date": "2026-12-02"}),
    ],
)
def test_exact_ends_vague_and_vague_reopens_exact(
    before: dict[str, SlotValue], said: dict[str, SlotValue], after: dict[str, SlotValue]
) -> None:
    assert taken(FormState(values=before), said, frozenset()).values == after


OFFERS = ("2026-11-28T09:00", "2026-11-28T09:30", "2026-11-30T09:00")


@pytest.mark.parametrize(
    ("offered", "values", "day"),
    [
        (OFFERS, {"time": "09:30"}, "2026-11-28"),
        (OFFERS, {"time": "09:00"}, None),
        (OFFERS[:2], {"time": "11:00"}, "2026-11-28"),
        (OFFERS, {"time": "11:00"}, None),
        (OFFERS, {"time": "09:30", "date": "2026-12-01"}, "2026-12-01"),
        ((), {"time": "09:30"}, None),
    ],
)
def test_a_bare_time_takes_the_day_of_its_offer(
    offered: tuple[str, ...], values: dict[str, SlotValue], day: str | None
) -> None:
    assert from_offers(FormState(offered=offered), values).get("date") == day


def test_nothing_is_looked_for_without_a_day() -> None:
    assert wish_of(FormState(values={"time": "10:00", "daypart": "morning"})) is None
    wish = wish_of(FormState(values={"service": "Oil change", "date": "2026-11-27", "daypart": "morning"}))
    assert wish is not None
    assert (wish.service, wish.date, wish.time, wish.daypart) == ("Oil change", "2026-11-27", None, "morning")


def test_the_phone_is_needed_only_where_the_call_brings_none() -> None:
    state = ConversationState(session_id="s", business_id="b", desk="dealership", channel="chat")
    assert "phone" in needed(state)
    state.caller_phone = "+12025550187"
    assert "phone" not in needed(state)
    assert set(needed(state)) <= BOOKING.slots


def test_what_is_booked_comes_from_the_form_alone() -> None:
    state = ConversationState(session_id="s", business_id="b", desk="dealership", channel="chat")
    state.caller_phone = "+12025550187"
    form = FormState(
        values={
            "service": "Oil change",
            "date": "2026-11-27",
            "time": "10:00",
            "name": "Joe",
            "vehicle": "Civic",
            "reg_no": "AZ17744",
            "pickup": True,
        }
    )
    request = request_of(form, state)
    assert (request.date, request.time, request.phone) == ("2026-11-27", "10:00", "+12025550187")
    assert (request.notes, request.reg_no) == ("vehicle: Civic; reg_no: AZ17744; pickup: yes", "AZ17744")
    given_phone = FormState(values={**form.values, "phone": "+12025550100"})
    assert request_of(given_phone, state).phone == "+12025550100"


def test_reopening_a_slot_makes_what_was_read_back_void() -> None:
    form = FormState(values={"date": "2026-11-27", "time": "10:00"}, read_back=ReadBack("t", "d"), checked="x")
    again = reopened(form, "time")
    assert again.values == {"date": "2026-11-27"}
    assert again.read_back is None
    assert again.checked == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("do you do oil changes", "Oil change"),
        ("can you change the oil on a civic", "Oil change"),
        ("how long is a tyre rotation", "Tire rotation"),
        ("is the ac service expensive", "AC service"),
        ("a facial", None),
        ("", None),
    ],
)
def test_a_service_named_in_a_sentence(text: str, name: str | None) -> None:
    service = FACTS.named_in(text)
    assert (service.name if service else None) == name
