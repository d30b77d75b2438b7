"""An appointment that is held, told from one that is wanted."""

from __future__ import annotations

import pytest

from offhook.understanding.mixed.items import Scan
from offhook.understanding.mixed.own import held_appointments, names_old_appointment
from offhook.understanding.text import read
from support.understanding_world import UNDERSTANDER


def _scan(text: str) -> Scan:
    voc = UNDERSTANDER.desk.mixtures[0].vocabulary
    sentence = read(text, UNDERSTANDER.desk.lexicon)
    return Scan(sentence, voc, [voc.key(word) for word in sentence.words])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("kal ki appointment parso kar do", True),
        ("shukravar wali booking 10 baje kar dijiye", True),
        ("कल की अपॉइंटमेंट परसों कर दो", True),
        ("kal ki appointment chahiye", False),
        ("appointment kal kar do", False),
    ],
)
def test_one_that_is_named_by_its_day_is_held(text: str, held: bool) -> None:
    assert bool(held_appointments(_scan(text))) is held


@pytest.mark.parametrize(
    ("text", "old"), [("appointment kal kar do", True), ("ek appointment kal kar do", False), ("kal aana hai", False)]
)
def test_one_that_is_not_asked_for_anew_is_old(text: str, old: bool) -> None:
    assert names_old_appointment(_scan(text)) is old
