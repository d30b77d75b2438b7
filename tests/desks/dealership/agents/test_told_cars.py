"""Which of the cars that were told of a wish for a drive means."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from offhook.contracts.conversation import ConversationState, Message
from offhook.desks.dealership.agents.told_cars import going_on, meant, remembered
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.tools.search_inventory import CarForSale
from offhook.kit.money import Money
from support.scripted_reader import ScriptedReader

WORDS = dealership_desk(ScriptedReader({})).templates.words("en")


def car(number: str, model: str, condition: Literal["new", "used"] = "used") -> CarForSale:
    return CarForSale(
        stock_id=f"stock_{number}",
        stock_number=number,
        name=f"2019 Honda {model}",
        model=model,
        color="white",
        fuel="petrol",
        transmission="automatic",
        condition=condition,
        price=Money(1_500_000, "USD"),
    )


def state(*cars: CarForSale) -> ConversationState:
    blank = ConversationState(session_id="sess_1", business_id="biz_1", desk="dealership", channel="chat")
    return msgspec.structs.replace(blank, desk_memory=dict(remembered(cars, {}, "turn_1")))


@pytest.mark.parametrize(
    ("cars", "model", "text", "number"),
    [
        ([car("A1", "Civic")], None, "can i drive it", "A1"),
        ([car("A1", "Civic"), car("B1", "Focus")], None, "can i drive the cheapest one", "A1"),
        ([car("A1", "Civic"), car("B1", "Focus")], None, "can i drive the second one", "B1"),
        ([car("A1", "Civic"), car("B1", "Focus")], "focus", "the focus", "B1"),
        ([car("A1", "Civic"), car("B1", "Focus")], None, "can i drive it", None),
        ([car("A1", "Civic")], "Accord", "the accord", None),
        ([car("A1", "Civic", "new")], None, "can i drive it", None),
        ([], None, "can i drive it", None),
    ],
)
def test_the_car_that_is_meant(cars: list[CarForSale], model: str | None, text: str, number: str | None) -> None:
    assert meant(state(*cars), model, text, WORDS).get("stock_number") == number


def test_any_new_car_of_the_model_will_do() -> None:
    assert meant(state(car("A1", "Civic", "new")), None, "can i drive it", WORDS) == {"model": "Civic"}


def test_cars_of_one_model_are_that_model() -> None:
    assert meant(state(car("A1", "Civic"), car("A2", "Civic")), None, "can i drive one", WORDS) == {"model": "Civic"}


def test_a_short_question_goes_on_about_the_same_cars() -> None:
    told = dict(remembered([car("A1", "Civic")], {"model": "Civic"}, "turn_1"))
    said = Message(role="assistant", content="We have one.", at="2026-11-26T10:00:00+00:00", turn_id="turn_1")
    here = msgspec.structs.replace(state(), desk_memory=told, messages=[said])
    assert going_on(here, {"color": "red"}, "in red", WORDS) == {"model": "Civic", "color": "red"}
    assert going_on(here, {"model": "Focus"}, "and a focus", WORDS) == {"model": "Focus"}
    assert going_on(here, {}, "show me all the used cars that you have", WORDS) == {}
    assert going_on(here, {}, "and do you by any chance have it in red", WORDS) == {"model": "Civic"}
    later = msgspec.structs.replace(said, turn_id="turn_2")
    assert going_on(msgspec.structs.replace(here, messages=[said, later]), {}, "what colors", WORDS) == {}
    assert going_on(state(), {}, "do you have it in red", WORDS, driven="Focus") == {"model": "Focus"}
    assert going_on(state(), {}, "what do you have in red", WORDS, driven="Focus") == {}
