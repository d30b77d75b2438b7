from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.store.csv_lines import read_csv


def read(content: bytes, most: int = 10) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    found = read_csv(content, needed=("a",), known=("a", "b"), most=most)
    return [(line, dict(values)) for line, values in found.lines], [(one.line, one.problem) for one in found.problems]


def test_columns_in_any_order_and_unknown_ones() -> None:
    lines, problems = read(b"\xef\xbb\xbfB,c,A\r\n 2 , x,  one   word \r\n")
    assert lines == [(2, {"a": "one word", "b": "2"})]
    assert problems == []


@pytest.mark.parametrize("start", ["=1+1", "@SUM(1)", "\tx"])
def test_formulas_are_left_out(start: str) -> None:
    lines, problems = read(f'a,b\nok,"{start}"\n'.encode())
    assert lines == []
    assert problems[0][0] == 2
    assert "formula" in problems[0][1]


def test_too_many_lines() -> None:
    lines, problems = read(b"a\n" + b"x\n" * 5, most=3)
    assert len(lines) == 3
    assert problems == [(5, "and all after it: more than 3 lines")]


@given(st.binary(max_size=200))
def test_nothing_breaks_it(content: bytes) -> None:
    lines, problems = read(content)
    assert all(values["a"] for _, values in lines)
    assert all(line >= 1 and text for line, text in problems)
