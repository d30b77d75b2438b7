"""Registrations and VINs, typed in any grouping and dictated."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offhook.understanding.codes import find_codes
from offhook.understanding.text import read
from support.number_words import LEXICON, in_words


def codes(text: str, asked: str | None = None) -> list[tuple[str, str]]:
    return [(code.kind, code.value) for code in find_codes(read(text, LEXICON), LEXICON.numbers, asked)]


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("KA 01 AB 1234", "KA01AB1234"),
        ("my car is ka01ab1234", "KA01AB1234"),
        ("MH-12-DE-1433 is the number", "MH12DE1433"),
        ("dl 3c ab 1234", "DL3CAB1234"),
        ("22 BH 1234 AA", "22BH1234AA"),
        ("k a zero five m n four three two one", "KA05MN4321"),
        ("registration 7ABC123", "7ABC123"),
        ("my license plate is 8 x y z 5 5 5", "8XYZ555"),
    ],
)
def test_registrations(text: str, plate: str) -> None:
    assert codes(text) == [("reg_no", plate)]


@pytest.mark.parametrize(
    "text",
    [
        "ten a m",
        "12/5/2026",
        "a b c",
        "model 3",
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715", "MA3EWDE1S00123456", "JH4KA7561PC008269"]
)
def test_vins_typed(vin: str) -> None:
    expected = [] if vin.isdecimal() else [("vin", vin)]
    assert codes(f"the vin is {vin.lower()}") in (expected, [("bad_vin", vin)] if vin.isdecimal() else expected)
    grouped = f"vin {vin[:4]} {vin[4:9]} {vin[9:]}"
    assert not expected or codes(grouped) == expected


@pytest.mark.parametrize(
    "text", ["my vin is 1HGCM82633I004352", "vin 1HGCM82633A00435", "vin number 1HGCM82633A0043521"]
)
def test_a_malformed_vin_is_told_apart(text: str) -> None:
    assert [kind for kind, _ in codes(text)] == ["bad_vin"]


letters = st.sampled_from("ABCDEFGHJKLMNPRSTUVWXYZ")


@given(st.lists(st.one_of(letters, st.sampled_from("0123456789")), min_size=17, max_size=17))
@example(list("AAAAAAAAAA0RU00AA"))
def test_any_vin_dictated_reads_back(characters: list[str]) -> None:
    vin = "".join(characters)
    if vin.isdecimal() or vin.isalpha():
        return
    spoken = " ".join(in_words(int(c)) if c.isdecimal() else c.lower() for c in vin)
    assert codes(f"the vin is {spoken}") == [("vin", vin)]
