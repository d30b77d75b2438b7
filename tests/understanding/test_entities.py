"""Services and models against a tenant's names."""

from __future__ import annotations

import pytest

from offhook.understanding.entities import Entity, EntityIndex, qualified, unlisted_families, with_families
from offhook.understanding.phrases import stem

_GENERIC = frozenset(stem(word) for word in ("service", "inspection", "replacement", "change", "full"))
_NAMES = {
    "Oil change": ("lube",),
    "Brake inspection": (),
    "Brake pad replacement": ("new brake pads",),
    "Full service": ("general service",),
    "Wheel alignment & balancing": (),
}


def find(text: str) -> list[Entity]:
    words = text.split()
    return EntityIndex(_NAMES, _GENERIC).find([stem(word) for word in words], [False] * len(words))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("i need an oil change", "Oil change"),
        ("change my engine oil", "Oil change"),
        ("oil changing", "Oil change"),
        ("a lube please", "Oil change"),
        ("brake pads replaced", "Brake pad replacement"),
        ("inspect the brakes", "Brake inspection"),
        ("align the wheels and balance them", "Wheel alignment & balancing"),
        ("alignment", "Wheel alignment & balancing"),
    ],
)
def test_a_name_in_any_order_and_inflection(text: str, name: str) -> None:
    assert [entity.name for entity in find(text)] == [name]


def test_a_word_of_two_names_is_no_answer() -> None:
    (entity,) = find("it is about the brakes")
    assert entity.name is None
    assert set(entity.candidates) == {"Brake inspection", "Brake pad replacement"}


@pytest.mark.parametrize(
    "text",
    ["change the tires", "a service", "inspection", "nothing at all", "oil in the far away other place where change"],
)
def test_generic_words_name_nothing(text: str) -> None:
    assert [entity for entity in find(text) if not entity.partial] == []


def test_families_widen_the_service_they_belong_to_and_no_other() -> None:
    families = {"oil change": ("drain the sump",), "tire rotation": ("swap my tires",)}
    widened = with_families(_NAMES, families)
    assert "drain the sump" in widened["Oil change"]
    assert all("swap my tires" not in phrases for phrases in widened.values())


@pytest.mark.parametrize("said", ["rav 4", "the rav four in red", "a rav"])
def test_names_with_numbers_in_them(said: str) -> None:
    index = EntityIndex({"RAV4": (), "CX-5": (), "F-150": (), "Civic": ()}, frozenset())
    stems = [stem(word) for word in said.split()]
    assert [entity.name for entity in index.find(stems, [False] * len(stems))] == ["RAV4"]


def test_a_number_or_a_letter_alone_names_nothing() -> None:
    index = EntityIndex({"RAV4": (), "F-150": ()}, frozenset())
    assert index.find(["at", "4", "or", "f"], [False] * 4) == []


def test_a_part_tells_a_vague_word_apart() -> None:
    words = ["book", "a", "brake", "service"]
    found = [Entity(2, 3, None, ("Brake inspection",), partial=True), Entity(3, 4, "Full service", vague=True)]
    assert qualified(found, words) == found[:1]
    assert qualified(found[1:], words) == found[1:]


def test_families_that_are_not_listed_name_work_on_a_part() -> None:
    families = {"oil change": ["lube"], "full service": ["maintenance"], "clutch": ["clutch plate", "clutch noise"]}
    left = unlisted_families({"Oil change": ()}, families, _GENERIC, frozenset([stem("noise")]))
    assert left == {"clutch": ["clutch plate"]}
