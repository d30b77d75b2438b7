"""Names beside numbers and addresses, and names as they were written."""

from __future__ import annotations

import pytest

from desks.sales.understanding.test_figures import ITEMS, words
from offhook.desks.sales.understanding.beside import as_written, name_beside
from offhook.desks.sales.understanding.words import Marked

GIVEN = frozenset({"manju", "rahul"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("payroll asap Manju 99999 00316", "Manju"),
        ("call 99999 00316 rahul", "Rahul"),
        ("mera number 99999 00316 hai, Rahul", "Rahul"),
        ("Rahul, 99999 00316", "Rahul"),
        ("Zubin Irani manju@example.com", "Zubin Irani"),
        ("my number is 99999 00316", None),
        ("payroll 99999 00316", None),
        ("Rahul wants payroll", None),
    ],
)
def test_a_name_beside_its_contact(text: str, name: str | None) -> None:
    ordinary = frozenset({"my", "number", "is", "mera", "call", "wants"})
    assert name_beside(Marked(text, words(), words().items(ITEMS)), GIVEN, ordinary.__contains__) == name


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("Joseph Dsouza", "i am Joseph D'Souza", "Joseph D'Souza"),
        ("Joseph Dsouza", "joseph d'souza", "Joseph D'Souza"),
        ("Anne Marie Rao", "Anne-Marie Rao", "Anne Marie Rao"),
        ("Ravi Jain", "I'm Ravi Jain", "Ravi Jain"),
    ],
)
def test_a_name_keeps_its_apostrophe(name: str, text: str, written: str) -> None:
    assert as_written(name, text) == written
