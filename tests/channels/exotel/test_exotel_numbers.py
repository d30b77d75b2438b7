from __future__ import annotations

import pytest

from offhook.channels.exotel.numbers import exotel_number, unquoted


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("09999900001", "+919999900001"),
        ("9999900001", "+919999900001"),
        ("919999900001", "+919999900001"),
        (" 919999900001", "+919999900001"),
        ("+919999900001", "+919999900001"),
        ("08041122233", "+918041122233"),
        ("+12025550142", "+12025550142"),
        ('"09999900001"', "+919999900001"),
        ("", None),
        (None, None),
        ("anonymous", None),
        ("sip:agent@desk.example", None),
        ("<script>", None),
        ("0" * 80, None),
    ],
)
def test_numbers_become_e164(given: str | None, read: str | None) -> None:
    assert exotel_number(given) == read


def test_quotes_are_taken_off() -> None:
    assert [unquoted(text) for text in ('"1"', " 1 ", '""', "")] == ["1", "1", "", ""]
