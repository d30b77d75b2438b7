"""How many, how much and when, in English, Hindi and Hinglish."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from offhook.desks.sales.desk import LANGUAGE_FOLDER
from offhook.desks.sales.understanding.figures import Figures, find_figures
from offhook.desks.sales.understanding.words import FigureWords, Marked, load_figure_words
from offhook.understanding.desk import load_desk_language

TODAY = date(2026, 11, 25)
ITEMS = {"Payroll": ("salary software",), "Face Terminal": ("terminal", "machine")}


@cache
def words() -> FigureWords:
    return load_figure_words(LANGUAGE_FOLDER, load_desk_language(LANGUAGE_FOLDER))


def read(text: str, asked: str = "") -> Figures:
    return find_figures(Marked(text, words(), words().items(ITEMS)), words(), TODAY, asked)


@pytest.mark.parametrize(
    ("text", "qty"),
    [
        ("for a team of 20", 20),
        ("we are about 35 people", 35),
        ("20 logon ke liye", 20),
        ("hum bees log hain", 20),
        ("120 new employees", 120),
        ("3 face terminals", 3),
        ("do machine chahiye", 2),
        ("payroll for 18", 18),
        ("ek sau bees karmchari", 120),
        ("बीस लोगों के लिए", 20),
        ("there are 8 of us", 8),
    ],
)
def test_how_many(text: str, qty: int) -> None:
    assert read(text).qty == qty


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("budget around 50 hazaar", 50_000, 50_000),
        ("our budget is 1.5 lakh", 150_000, 150_000),
        ("budget dedh lakh tak", None, 150_000),
        ("under 30k budget", None, 30_000),
        ("budget between 40 and 50 thousand", 40_000, 50_000),
        ("40 se 50 hazaar ka budget", 40_000, 50_000),
        ("we can spend ₹1,25,000 at most", None, 125_000),
        ("at least 2 lakh budget", 200_000, None),
        ("pachas hazaar rupaye", 50_000, 50_000),
        ("budget of 20000", 20_000, 20_000),
    ],
)
def test_how_much(text: str, least: int | None, most: int | None) -> None:
    figures = read(text)
    assert (figures.budget_min, figures.budget_max) == (least, most)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("agle hafte", date(2026, 11, 30), date(2026, 12, 6)),
        ("within two weeks", date(2026, 11, 25), date(2026, 12, 9)),
        ("in 3 months", date(2027, 2, 25), date(2027, 2, 25)),
        ("2 mahine baad", date(2027, 1, 25), None),
        ("January tak", date(2026, 11, 25), date(2027, 1, 31)),
        ("sometime in february", date(2027, 2, 1), date(2027, 2, 28)),
        ("this quarter", date(2026, 11, 25), date(2026, 12, 31)),
        ("jaldi chahiye", TODAY, TODAY),
        ("as soon as possible", TODAY, TODAY),
        ("agle saal", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_when(text: str, first: date, last: date | None) -> None:
    figures = read(text)
    assert (figures.first, figures.last) == (first, last)


def test_nobody_is_in_a_hurry() -> None:
    assert read("no hurry").later
    assert read("koi jaldi nahi").later


@pytest.mark.parametrize(
    ("text", "asked", "slot"),
    [
        ("I'd rather not say", "budget", "budget"),
        ("no budget yet", "", "budget"),
        ("budget abhi nahi hai", "timing", "budget"),
        ("pata nahi", "timing", "timing"),
        ("skip", "qty", "qty"),
        ("naam nahi bataunga", "budget", "name"),
    ],
)
def test_what_is_refused(text: str, asked: str, slot: str) -> None:
    assert read(text, asked).declined == slot


@pytest.mark.parametrize(
    "text",
    [
        "payroll for 50 rupees per person",
        "call me at 4 pm",
        "my number is 99999 00011",
        "my sister turned 20 last month",
        "what happened 3 weeks ago",
        "between us, that is 20 percent too much",
        "do it",
    ],
)
def test_other_numbers_are_no_figures(text: str) -> None:
    figures = read(text)
    assert (figures.qty, figures.budget_min, figures.budget_max, figures.first) == (None, None, None, None)


def test_two_numbers_are_asked_about() -> None:
    assert read("20 to 25 people").unclear == "qty"


def test_answers_need_no_noun() -> None:
    assert read("12", "qty").qty == 12
    assert read("25000", "budget").budget_max == 25_000
    assert read("30", "budget").budget_max is None, "thousands may be meant"


def test_a_comma_ends_a_number() -> None:
    figures = read("between 40 and 50 thousand, 30 users")
    assert (figures.budget_max, figures.qty) == (50_000, 30)
