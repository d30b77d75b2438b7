"""Hindi lines in the letters of whoever writes Hindi in Latin ones."""

from __future__ import annotations

import pytest

from offhook.dialogue.latin import in_latin_letters, latin_words


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("आपका phone number क्या है?", "Aapka phone number kya hai?"),
        ("ठीक है, {what}।", "Theek hai, {what}."),
        ("नमस्ते। बताइए, क्या मदद करें?", "Namaste. Bataiye, kya madad karein?"),
        ("Booking किस नाम से करें?", "Booking kis naam se karein?"),
    ],
)
def test_lines_are_transliterated(line: str, typed: str) -> None:
    assert in_latin_letters(line) == typed


def test_what_is_not_hindi_stays_as_it_is() -> None:
    assert latin_words("Oil change, 10:30") == "Oil change, 10:30"
    assert latin_words("शुक्रवार, 27 नवंबर") == "shukravaar, 27 November"
