from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.dealership.occupancy import Occupancy

FIRST = 1_989_003
UNITS = st.sets(st.integers(FIRST, FIRST + 150))


def test_outside_the_span_nothing_is_free() -> None:
    occupancy = Occupancy(FIRST, FIRST + 9)
    assert occupancy.free("bay", range(FIRST, FIRST + 10))
    assert not occupancy.free("bay", range(FIRST - 1, FIRST + 2))
    assert not occupancy.free("bay", range(FIRST + 8, FIRST + 11))
    assert occupancy.runs("bay", 10) == 1
    assert occupancy.runs("bay", 11) == 0


def test_one_of_each_group_is_picked_and_none_twice() -> None:
    occupancy = Occupancy(FIRST, FIRST + 9)
    units = range(FIRST, FIRST + 4)
    occupancy.occupy("a", range(FIRST + 3, FIRST + 5))
    assert occupancy.pick([["a", "b"], ["x"]], units) == ("b", "x")
    assert occupancy.pick([["b"], ["b", "c"]], units) == ("b", "c")
    assert occupancy.pick([["b"], ["b"]], units) is None
    assert occupancy.pick([["b"], []], units) is None


@given(taken=UNITS, length=st.integers(1, 40))
def test_a_run_is_free_from_its_first_unit_to_its_last(taken: set[int], length: int) -> None:
    occupancy = Occupancy.of(FIRST, FIRST + 150, {"bay": taken})
    runs = occupancy.runs("bay", length)
    for unit in range(FIRST, FIRST + 151):
        span = range(unit, unit + length)
        free = taken.isdisjoint(span) and span.stop <= FIRST + 151
        assert bool(runs >> (unit - FIRST) & 1) == free == occupancy.free("bay", span)


@given(taken=UNITS.filter(bool))
def test_a_list_says_the_same_as_units(taken: set[int]) -> None:
    first, last = min(taken), max(taken) + 3
    listed, plain = Occupancy(first, last), Occupancy.of(first, last, {"bay": taken})
    listed.occupy_listed("bay", ",".join(map(str, taken)))
    assert [listed.runs("bay", n) for n in (1, 2, 5)] == [plain.runs("bay", n) for n in (1, 2, 5)]


@pytest.mark.parametrize("units", [range(FIRST - 5, FIRST), range(FIRST + 10, FIRST + 20), range(FIRST, FIRST)])
def test_what_lies_outside_changes_nothing(units: range) -> None:
    occupancy = Occupancy(FIRST, FIRST + 9)
    occupancy.occupy("bay", units)
    assert occupancy.runs("bay", 1) == (1 << 10) - 1
