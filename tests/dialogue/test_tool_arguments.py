"""What models write for arguments, under the tool's own names."""

from __future__ import annotations

import pytest

from offhook.desks.dealership.tools.book_appointment import book_appointment
from offhook.dialogue.tool_arguments import SAME, NotArguments, read_arguments, renamed


@pytest.mark.parametrize(
    "arguments",
    [
        '{"service": "Oil change", "name": "Ann", "phone": "202 555 0101"}',
        '{"serviceType": "Oil change", "customerName": "Ann", "phone_number": "202 555 0101"}',
        '{"service_name": "Oil change", "customer": "Ann", "Mobile-Number": "202 555 0101", "color": "red"}',
    ],
)
def test_one_thing_under_many_names(arguments: str) -> None:
    assert read_arguments(book_appointment, arguments) == {
        "service": "Oil change",
        "name": "Ann",
        "phone": "202 555 0101",
    }


def test_a_tools_own_names_are_never_taken_for_others() -> None:
    assert renamed({"customer": "Ann", "name": "Bob"}, {"customer", "name"}) == {"customer": "Ann", "name": "Bob"}
    assert renamed({"value": 5, "amount": 7}, {"amount"}) == {"amount": 7}
    assert renamed({"value": 5, "total": 7}, {"amount"}) == {}, "two names, two values: neither"
    assert renamed({"value": 5, "total": 5}, {"amount"}) == {"amount": 5}


def test_nothing_is_left_out_and_strangers_dropped() -> None:
    assert renamed({"date": None, "time": "", "weather": "fine"}, {"date", "time"}) == {}


@pytest.mark.parametrize("arguments", ["{", "[1]", '"x"', "null", "{'a': 1}", "\x00", "NaN"])
def test_what_is_no_object_is_refused_with_a_hint(arguments: str) -> None:
    with pytest.raises(NotArguments, match="JSON"):
        read_arguments(book_appointment, arguments)


def test_no_arguments_at_all_are_an_empty_object() -> None:
    assert read_arguments(book_appointment, "") == {}


def test_no_name_stands_in_two_rows() -> None:
    names = [name for row in SAME for name in row]
    assert len(set(names)) == len(names)
