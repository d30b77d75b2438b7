from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database
from offhook.store.faq_csv import MAX_TEXT, read_faq_csv, replace_faq
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

BUSINESS = "biz_01KDV00000000000000000000A"


def test_lines_become_entries() -> None:
    found = read_faq_csv(
        b"\xef\xbb\xbfQuestion,Answer,Keywords,Category\r\n"
        b'"Do you open on Sundays?","No, on weekdays only.",Sunday; Weekend,hours\r\n'
        b"\r\n"
        b"Is there parking?,Yes.\r\n"
    )
    assert found.problems == ()
    assert [(entry.category, entry.question, entry.answer, entry.keywords) for entry in found.entries] == [
        ("hours", "Do you open on Sundays?", "No, on weekdays only.", ("sunday", "weekend")),
        ("general", "Is there parking?", "Yes.", ()),
    ]


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, "empty"),
        (b"\n\nfrage,antwort\n", 3, "question and answer not found"),
        (b"question,answer,question\n", 1, "twice"),
        (b"question,answer\nWhy?,Because.\nWhy?,So.\n", 3, "same question as line 2"),
        (b"question,answer\nWhy?,\n", 2, "no answer"),
        (b"question,answer\n,Because.\n", 2, "no question"),
        (b"question,answer\nWhy?,Yes, because.\n", 2, "in quotes"),
        (b"question,answer\nWhy?," + b"x" * (MAX_TEXT + 1) + b"\n", 2, "longer than"),
        (b"question,answer\nWhy?,Be\x07cause.\n", 2, "control characters"),
        (b"question,answer\nWhy?,\xff\xfe\n", 2, "not UTF-8"),
        (b'question,answer\n"a\nb",c\nWhy?,\n', 4, "no answer"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(content: bytes, line: int, problem: str) -> None:
    found = read_faq_csv(content).problems
    assert [(each.line, problem in each.problem) for each in found] == [(line, True)]


def test_good_lines_are_kept_beside_bad_ones() -> None:
    found = read_faq_csv(b"question,answer\nA?,a\nB?,\nC?,c\n")
    assert [entry.question for entry in found.entries] == ["A?", "C?"]
    assert [each.line for each in found.problems] == [3]


@given(st.binary(max_size=300) | st.text(alphabet='question,answer"\n\r;x \x00', max_size=120).map(str.encode))
def test_nothing_breaks_the_reader(content: bytes) -> None:
    found = read_faq_csv(content)
    assert found.entries or found.problems or b"question" in content.lower()


async def test_the_faq_is_replaced_as_a_whole(database: Database, clock: SetClock) -> None:
    entries = read_faq_csv(b"question,answer\nA?,a\nB?,b\n").entries
    await replace_faq(database, BUSINESS, entries)
    async with unit_of_work_factory(database, clock)(BUSINESS, Effect.READ) as uow:
        assert await BusinessBook(uow).faq() == list(entries)
    with pytest.raises(Conflict):
        await replace_faq(database, "biz_unknown", entries)
