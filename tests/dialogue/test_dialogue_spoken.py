from __future__ import annotations

from datetime import date, time

import pytest

from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.dialogue.templates import Templates

WORDS = Templates.load([SHARED_TEMPLATES]).words("en")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 27), "Friday, November 27th"),
        (date(2026, 12, 1), "Tuesday, December 1st"),
        (date(2026, 12, 2), "Wednesday, December 2nd"),
        (date(2026, 12, 3), "Thursday, December 3rd"),
        (date(2026, 12, 11), "Friday, December 11th"),
        (date(2026, 12, 12), "Saturday, December 12th"),
        (date(2026, 12, 13), "Sunday, December 13th"),
        (date(2026, 12, 21), "Monday, December 21st"),
        (date(2026, 12, 22), "Tuesday, December 22nd"),
        (date(2026, 12, 30), "Wednesday, December 30th"),
    ],
)
def test_dates(day: date, said: str) -> None:
    assert spoken_date(day, WORDS) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(10, 0), "10 AM"),
        (time(9, 5), "9:05 AM"),
        (time(12, 0), "noon"),
        (time(12, 30), "12:30 PM"),
        (time(16, 30), "4:30 PM"),
        (time(0, 0), "midnight"),
        (time(0, 15), "12:15 AM"),
    ],
)
def test_times(at: time, said: str) -> None:
    assert spoken_time(at, WORDS) == said


@pytest.mark.parametrize(
    ("items", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b, or c")],
)
def test_lists(items: list[str], said: str) -> None:
    assert spoken_list(items, "or") == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (time(10), "सुबह 10 बजे"),
        (time(10, 30), "सुबह साढ़े 10 बजे"),
        (time(13, 30), "दोपहर डेढ़ बजे"),
        (time(14, 30), "दोपहर ढाई बजे"),
        (time(16, 15), "शाम सवा 4 बजे"),
        (time(11, 45), "सुबह पौने 12 बजे"),
        (time(17, 20), "शाम 5 बजकर 20 मिनट"),
        (time(12), "दोपहर 12 बजे"),
    ],
)
def test_hindi_says_the_part_of_the_day_and_the_quarters(moment: time, said: str) -> None:
    assert spoken_time(moment, Templates.load([SHARED_TEMPLATES]).words("hi")) == said
