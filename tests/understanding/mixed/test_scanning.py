"""Words that mean two things are told apart by their neighbours."""

from __future__ import annotations

import pytest

from offhook.understanding.mixed.items import Item, Scan
from offhook.understanding.mixed.scanning import Scanner, neutral_words
from offhook.understanding.text import read
from support.understanding_world import UNDERSTANDER

VOC = UNDERSTANDER.desk.mixtures[0].vocabulary
LEXICON = UNDERSTANDER.desk.lexicon


def items(text: str) -> tuple[Scan, list[Item]]:
    sentence = read(text, LEXICON)
    scan = Scan(sentence, VOC, [VOC.key(word) for word in sentence.words])
    return scan, Scanner(scan, LEXICON.calendar, past=False).items()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("do baje", ["num", "post"]),
        ("kar do", ["verb", "verb"]),
        ("do din", ["num", "unit"]),
        ("is mangal", ["det", "weekday"]),
        ("mangal ko", ["weekday", "post"]),
        ("gaadi laal", ["word", "word"]),
        ("nahi chahiye", ["no", "verb"]),
    ],
)
def test_kinds_of_words(text: str, kinds: list[str]) -> None:
    assert [item.kind for item in items(text)[1]] == kinds


def test_words_without_meaning_of_their_own_are_kept_for_their_place() -> None:
    scan, found = items("karo")
    assert neutral_words(scan, found[0]) == ["~karo"]
