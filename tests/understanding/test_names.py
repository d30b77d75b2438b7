"""Names: introduced, bare, spelled; and the many things that follow "I am" and are no name."""

from __future__ import annotations

import pytest

from offhook.understanding.model import World
from support.understanding_world import UNDERSTANDER, booking, world


def asked_name(text: str) -> object:
    result = UNDERSTANDER.understand(text, world(), booking("name", service="Oil change"))
    return result.commands[0].slots.get("name") if result.commands else None


def unasked_name(text: str, here: World | None = None) -> object:
    result = UNDERSTANDER.understand(text, here or world())
    return next((command.slots["name"] for command in result.commands if "name" in command.slots), None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("john smith", "John Smith"),
        ("my name is john smith", "John Smith"),
        ("it's priya", "Priya"),
        ("yes it is maria garcia", "Maria Garcia"),
        ("this is bob", "Bob"),
        ("smith s m i t h", "Smith"),
        ("john smyth that is s m y t h", "John Smyth"),
        ("b a u m a n n", "Baumann"),
        ("o'brien", "O'Brien"),
        ("april june", "April June"),
        ("will grant", "Will Grant"),
        ("mister jones", "Jones"),
        ("put it under wei chen please", "Wei Chen"),
        ("mary-jane watson", "Mary Jane Watson"),
        ("nguyen", "Nguyen"),
        ("name's o'brien, sean o'brien", "Sean O'Brien"),
        ("tom baker, 202 555 0177", "Tom Baker"),
        ("first name maya last name lindqvist", "Maya Lindqvist"),
        ("maya. m-a-y-a. last name lindqvist", "Maya Lindqvist"),
        ("my given name is dana and my surname is okafor", "Dana Okafor"),
        ("the last name is okafor", "Okafor"),
        ("naam suresh iyer number 202 555 0157", "Suresh Iyer"),
        ("it's maria, maria lopez, 202 555 0181", "Maria Lopez"),
        ("sure that's karen hill", "Karen Hill"),
        ("that's amanda with a d amanda price", "Amanda Price"),
        ("sara without an h jones", "Sara Jones"),
        ("phillip with two l's phillip ross", "Phillip Ross"),
        ("for doris any day", "Doris"),
        ("hi nadia speaking nadia karim", "Nadia Karim"),
        ("it's under my wife's name laura kent", "Laura Kent"),
        ("book it for my mother alice grant", "Alice Grant"),
        ("jo hill", "Jo Hill"),
        ("my name is Mia Friday", "Mia Friday"),
        ("Ava Noon", "Ava Noon"),
        ("Noah Wait", "Noah Wait"),
        ("Emma please", "Emma"),
        ("karen", "Karen"),
        ("Karen Whitfield, 202-555-0177", "Karen Whitfield"),
        ("my name's Ursula K. Le Guin", "Ursula K Le Guin"),
        ("Bill. Bill Nguyen.", "Bill Nguyen"),
        ("Quentin Blake, same number as always, 2025550178", "Quentin Blake"),
        ("Mary Shelley, 2025550200, and please note I need a ride home", "Mary Shelley"),
    ],
)
def test_names_when_asked(text: str, name: str) -> None:
    assert asked_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "what did you say",
        "why do you ask",
        "can i speak to a human",
        "what are your hours",
        "oil change",
        "cell 202 555 0181",
        "rotation",
        "inspection",
        "tires",
        "ya",
        "dunno",
        "yes but call me first",
        "",
    ],
)
def test_no_name_even_when_asked(text: str) -> None:
    assert asked_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i am looking for an oil change",
        "this is ridiculous",
        "i am furious",
        "it is urgent",
        "this is about my car",
        "i'm calling about my civic",
        "that is too expensive",
        "it is leaking",
        "i am stranded",
        "i need it for tomorrow",
        "this is regarding my appointment",
        "i am not happy",
        "i'm absolutely livid",
        "book it for friday",
    ],
)
def test_no_name_unasked(text: str) -> None:
    assert unasked_name(text) is None


def test_a_known_customers_name_counts_after_a_shy_introduction() -> None:
    known = World(now=world().now, tz="America/Chicago", customers=("Zyx Quux",))
    assert unasked_name("this is quux", known) == "Quux"
    assert unasked_name("this is quux") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("oil change friday 11, for Tom Hart, 2025550141", "Tom Hart"),
        ("I'm Dan Brown, 2025550164, need an oil change", "Dan Brown"),
        ("Name Uma Rao. Phone 2025550164", "Uma Rao"),
        ("this is Tom Hart, phone 2025550141", "Tom Hart"),
        ("Hi, I'm Zac", "Zac"),
        ("I'm Furious", None),
        ("I AM WAITING", None),
        ("hi i'm knackered", None),
    ],
)
def test_names_given_beside_a_number_or_typed_as_names_are(text: str, name: str | None) -> None:
    assert unasked_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("oil change mon 30 nov 8am jane doe 2025550175", "Jane Doe"),
        ("oil change next wednesday 8am, Steve Jobs 2025550181", "Steve Jobs"),
        ("tire rotation friday at 9, 2025550181, Anna Christie", "Anna Christie"),
    ],
)
def test_a_name_beside_the_number_is_whose_it_is(text: str, name: str) -> None:
    assert unasked_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["brake inspection for my wife's Accord Tuesday 9am", "oil change for my civic friday at 9, 2025550181"],
)
def test_what_the_car_is_called_is_nobodys_name(text: str) -> None:
    assert unasked_name(text) is None
