"""Hinglish sentences put into words of the base language, and known from English ones."""

from __future__ import annotations

import pytest

from offhook.understanding.text import NEUTRAL, read
from support.understanding_world import UNDERSTANDER

MIXTURE = UNDERSTANDER.desk.mixtures[0]
LEXICON = UNDERSTANDER.desk.lexicon


def glossed(text: str, asked: str | None = None) -> str:
    words = MIXTURE.gloss(read(text, LEXICON), asked).sentence.words
    return " ".join(word for word in words if not word.startswith(NEUTRAL))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kal saadhe das baje", "tomorrow half past 10"),
        ("parso paune do baje", "day after tomorrow quarter to 2"),
        ("kal aaya tha", "yesterday"),
        ("agle mangal ko shaam 5 baje", "next tuesday evening 5 oclock"),
        ("10 se 12 ke beech", "between 10 oclock and 12 oclock"),
        ("do din baad", "in 2 days"),
        ("agle mahine ki 5 tareekh ko", "the 5 th of next month"),
        ("pandrah august ko", "15 august"),
        ("4 baje se pehle", "before 4 oclock"),
        ("das baj kar tees minute", "10 : 30"),
        ("mangal nahi budh", "instead of tuesday , wednesday"),
        ("aadha ghanta pehle", "30 minutes ago"),
        ("mera slot aadha ghanta pehle kar do", "my slot 30 minutes earlier"),
        ("mahine ke aakhir mein", "end of this month"),
        ("5 lakh tak", "under 500000"),
        ("साढ़े तीन बजे", "half past 3"),
    ],
)
def test_times_and_amounts_are_put_the_english_way(text: str, words: str) -> None:
    assert glossed(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "kal aana hai",
        "haan ji",
        "gaadi ready hai kya",
        "AC check kara do",
        "गाड़ी लानी है",
        "parso",
        "gadi servise krwani h",
    ],
)
def test_hinglish_is_known(text: str) -> None:
    assert MIXTURE.speaks(read(text, LEXICON))


@pytest.mark.parametrize(
    "text",
    [
        "my name is karan mehra",
        "i want to book an oil change",
        "in five days time",
        "hey there",
        "is KA01AB1234 ready",
        "me too",
        "same time the next day",
    ],
)
def test_english_stays_english(text: str) -> None:
    assert not MIXTURE.speaks(read(text, LEXICON))


def test_every_word_knows_its_place_in_the_text() -> None:
    text = "mujhe कल saadhe das baje aana hai"
    sentence = MIXTURE.gloss(read(text, LEXICON), None).sentence
    at = sentence.words.index("half")
    assert sentence.said(at, at + 3) == "saadhe das baje"
    assert sentence.said(sentence.words.index("tomorrow"), sentence.words.index("tomorrow") + 1) == "कल"


def test_what_is_still_to_be_done_looks_ahead() -> None:
    assert glossed("battery weak ho gayi hai nayi lagwani hai parso").endswith("day after tomorrow")
