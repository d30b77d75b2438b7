"""The work that a complaint calls for where it names none."""

from __future__ import annotations

import pytest

from support.understanding_world import UNDERSTANDER, booking, workshop, world


def _service(text: str) -> object:
    return next((one.slots.get("service") for one in UNDERSTANDER.understand(text, world()).commands), None)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("the steering keeps tugging to the right would thursday at ten be possible to sort that", "Wheel alignment"),
        (
            "every time i touch the brakes there's a shriek from the back can you see to it on friday",
            "Brake inspection",
        ),
        ("the car smells of wet dog inside please give it a good clean on monday", "Car wash and detailing"),
        ("it will not crank in the morning i want somebody to look at it tomorrow", "Battery replacement"),
    ],
)
def test_a_complaint_calls_for_its_work(text: str, service: str) -> None:
    assert _service(text) == service


@pytest.mark.parametrize(
    "text",
    [
        "i simply want the car seen to on friday at eleven",
        "book a fire inspection on friday at ten",
        "book a battery replacement and a tire rotation on friday at ten",
        "i'd like a towbar fitted on friday at ten",
        "can i bring my corolla in on monday",
        "booking please",
        "a slot on friday at eleven please",
    ],
)
def test_what_calls_for_no_work_or_names_another_is_asked_about(text: str) -> None:
    assert _service(text) is None


def test_a_word_that_may_be_two_services_is_still_asked_about() -> None:
    understood = UNDERSTANDER.understand("brake", world(), booking("service", date="2026-11-27", time="10:00"))
    assert (understood.decision, understood.ask) == ("ask", "service")


def test_work_that_the_tenant_does_not_do_is_not_guessed() -> None:
    understood = UNDERSTANDER.understand("it slips out of third gear when i climb hills can you fix it", workshop())
    assert all("service" not in command.slots for command in understood.commands)
