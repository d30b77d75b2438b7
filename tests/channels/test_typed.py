from __future__ import annotations

import pytest

from offhook.channels.typed import clean_text, message_turn_id, text_turn, without_controls
from offhook.contracts.errors import Invalid


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "x" * 11, "bell\x07", "\ud800", "\ue000"])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(text, "text", 10)
    assert refused.value.fields is not None
    assert set(refused.value.fields) == {"text"}


@pytest.mark.parametrize("mark", [*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"])
def test_marks_that_turn_a_text_around_are_taken_out(mark: str) -> None:
    assert text_turn(f"pay {mark}500", "m1", 100).text == "pay 500"


def test_scripts_that_need_joiners_keep_them() -> None:
    assert text_turn("क्\u200dष", "m1", 100).text == "क्\u200dष"


def test_a_text_without_its_controls() -> None:
    assert without_controls("one\x00\x1b[2J two\nthree\t\x7f") == "one[2J two\nthree\t"


def test_the_clients_id_makes_the_turns() -> None:
    assert text_turn("hello", "m1", 100).turn_id == message_turn_id("m1") == "msg:m1"
    assert text_turn("hello", None, 100).turn_id != text_turn("hello", None, 100).turn_id
    for bad in ("", "x" * 129, "a\nb"):
        with pytest.raises(Invalid):
            message_turn_id(bad)
