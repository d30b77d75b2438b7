from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, ExpectKind
from offhook.turns.dictation import dictation


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "call me", "running"),
        ("phone", "please call me back on my mobile", "none"),
        ("phone", "i do not have one", "none"),
        ("registration", "up", "running"),
        ("registration", "it's k m nineteen x d r", "complete"),
        ("registration", "k m nineteen x d", "running"),
        ("phone", "isi number pe", "complete"),
        ("phone", "same number i'm calling from", "complete"),
        ("registration", "m h twelve d e one four three", "running"),
        ("registration", "m h twelve d e one four three three", "complete"),
        ("phone", "nine nine", "running"),
        ("phone", "double nine double nine double eight double seven double one", "complete"),
        ("vin", "no idea", "none"),
        ("name", "s m i t h", "running"),
        ("name", "smith s m i t h", "complete"),
        ("email", "a at b dot com", "complete"),
        ("open", "hello", "none"),
    ],
)
def test_dictation(kind: ExpectKind, text: str, expected: str) -> None:
    assert dictation(text, text.split(), Expectation(kind)) == expected
