"""Parts of a sentence that carry wishes of their own, and those that hang on one another."""

from __future__ import annotations

from datetime import date

import pytest

from offhook.understanding.model import Command, Context
from support.understanding_world import UNDERSTANDER, india, world


@pytest.mark.parametrize(
    ("text", "service", "day", "time"),
    [
        (
            "How much is a state inspection, and can I get one on Tuesday at 2?",
            "State inspection",
            "2026-12-01",
            "14:00",
        ),
        (
            "what do you charge for an oil change and could i have one on friday at ten",
            "Oil change",
            "2026-11-27",
            "10:00",
        ),
        (
            "what does a wheel alignment cost and can you fit me in friday at 3",
            "Wheel alignment",
            "2026-11-27",
            "15:00",
        ),
    ],
)
def test_the_price_is_told_and_the_work_booked(text: str, service: str, day: str, time: str) -> None:
    result = UNDERSTANDER.understand(text, world())
    priced = Command(intent="price.quote", slots={"service": service})
    booked = Command(intent="service.book", slots={"service": service, "date": day, "time": time})
    assert (result.decision, result.commands) == ("execute", [priced, booked])


@pytest.mark.parametrize(
    "text",
    [
        "what does a wheel alignment cost and are you free friday at 3",
        "what does a wheel alignment cost and are you open on friday",
        "how much is an oil change and how long does it take",
        "what is the price of an oil change and should i do it on monday",
    ],
)
def test_a_price_beside_a_question_books_nothing(text: str) -> None:
    result = UNDERSTANDER.understand(text, world())
    assert "service.book" not in {command.intent for command in result.commands}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("my mother in law flies in on friday so i want the car washed the day before at ten", date(2026, 11, 26)),
        ("we leave on the 12th so oil change two days before at nine", date(2026, 12, 10)),
        ("oil change the day before christmas at ten", date(2026, 12, 24)),
    ],
)
def test_a_day_before_another_one_counts_from_it(text: str, day: date) -> None:
    (command,) = UNDERSTANDER.understand(text, world()).commands
    assert command.slots["date"] == day.isoformat()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("full service kal nau baje, naam likho Baldev Singh Gill", "Baldev Singh Gill"),
        ("oil change parso das baje, naam likhiye Amit Verma", "Amit Verma"),
        ("naam likh lo Farida Khan", "Farida Khan"),
    ],
)
def test_a_name_to_be_written_down_is_taken(text: str, name: str) -> None:
    (command,) = UNDERSTANDER.understand(text, india()).commands
    assert command.slots["name"] == name


def test_a_name_that_was_announced_and_not_read_makes_a_question() -> None:
    result = UNDERSTANDER.understand("full service kal nau baje, naam likh lijiye Sunita Devi ka", india())
    assert result.decision != "execute" or result.commands[0].slots.get("name") == "Sunita Devi"


@pytest.mark.parametrize(
    "text",
    ["phir se boliye, awaaz kat gayi thi", "awaaz kat rahi hai dobara bolo", "aapki awaaz toot rahi hai"],
)
def test_a_bad_line_is_no_noise_of_the_car(text: str) -> None:
    pending = Command(intent="service.book", slots={"service": "Full service", "date": "2026-12-03", "time": "10:00"})
    result = UNDERSTANDER.understand(text, india(), Context(pending=pending, asked="confirm"))
    assert result.commands == [Command(intent="repeat")]


def test_two_is_a_number_behind_a_pause() -> None:
    appointment = Context(pending=None)
    one = UNDERSTANDER.understand("meeting lambi chalegi, do ghante baad kar do", india(), appointment)
    two = UNDERSTANDER.understand("do ghante baad kar do", india(), appointment)
    assert one.commands == two.commands


def test_what_is_asked_again_is_said_again_whatever_the_noise_was() -> None:
    pending = Command(intent="service.book", slots={"service": "Wheel alignment", "date": "2026-11-30"})
    waiting = Context(pending=pending, asked="time")
    result = UNDERSTANDER.understand("say that again please the bus was going by", world(), waiting)
    assert result.commands == [Command(intent="repeat")]
