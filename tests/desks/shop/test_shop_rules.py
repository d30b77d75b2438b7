"""The pure rules: GST, numbers of bills, quantities, allocation, double entry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.shop import rules
from offhook.desks.shop.allocation import Allocation, OpenItem, settle, taken_back
from offhook.desks.shop.gst import half_up, is_gstin, line_price, tax_line, totals
from offhook.desks.shop.model import Refused, to_paise
from offhook.desks.shop.numbering import fiscal_year, invoice_no
from offhook.desks.shop.units import BadQuantity, as_number, thousandths

RATES = st.sampled_from([0, 25, 300, 500, 1200, 1800, 2800, 4000])


@pytest.mark.parametrize("gstin", ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "09AAACH7409R1ZZ", "07AAGFF2194N1Z1"])
def test_gstins_are_checked(gstin: str) -> None:
    assert is_gstin(gstin)
    for wrong in (gstin[:-1] + ("A" if gstin[-1] != "A" else "B"), "99" + gstin[2:], gstin.lower(), gstin + "1", ""):
        assert not is_gstin(wrong)


@pytest.mark.parametrize(
    ("price", "rate", "across", "included", "told"),
    [
        (100_00, 1800, False, False, (100_00, 9_00, 9_00, 0)),
        (118_00, 1800, False, True, (100_00, 9_00, 9_00, 0)),
        (100_00, 1800, True, False, (100_00, 0, 0, 18_00)),
        (118_00, 1800, True, True, (100_00, 0, 0, 18_00)),
        (10_00, 500, False, True, (9_52, 24, 24, 0)),
        (1_01, 500, False, False, (1_01, 3, 3, 0)),  # 2.525 paise each, rounded half up
        (1, 1800, False, False, (1, 0, 0, 0)),
        (45_00, 0, False, True, (45_00, 0, 0, 0)),
    ],
)
def test_tax_of_a_line(price: int, rate: int, across: bool, included: bool, told: tuple[int, ...]) -> None:
    line = tax_line(price, rate, across_states=across, included=included)
    assert (line.taxable, line.cgst, line.sgst, line.igst) == told


@given(st.integers(1, 10**9), RATES, st.booleans(), st.booleans())
def test_taxes_are_equal_halves_or_one_whole_and_within_a_paisa(
    price: int, rate: int, across: bool, included: bool
) -> None:
    line = tax_line(price, rate, across_states=across, included=included)
    assert (line.cgst == line.sgst and not line.igst) or (across and not line.cgst and not line.sgst)
    assert line.amount == price if included else line.taxable == price
    exact = Decimal(line.taxable) * rate / 10_000
    assert abs(line.cgst + line.sgst + line.igst - exact) <= Decimal("1.5")


@given(st.lists(st.tuples(st.integers(100, 10**7), RATES), min_size=1, max_size=8))
def test_a_bill_comes_to_whole_rupees_and_its_parts(items: list[tuple[int, int]]) -> None:
    lines = [tax_line(price, rate, across_states=False, included=False) for price, rate in items]
    summed = totals(lines, to_rupees=True)
    assert summed.total % 100 == 0 and -50 <= summed.round_off <= 50
    assert summed.taxable + summed.cgst + summed.sgst + summed.igst + summed.round_off == summed.total
    assert sum(line.amount for line in rules.invoice(summed)) == 0


def test_half_is_rounded_away_from_zero() -> None:
    assert [half_up(n, 2) for n in (1, 3, -1, -3, 4)] == [1, 2, -1, -2, 2]
    assert line_price(333, 100_00) == 33_30


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 3, 31), "2526"), (date(2026, 4, 1), "2627"), (date(2026, 12, 31), "2627"), (date(2100, 1, 1), "9900")],
)
def test_years_run_from_april(day: date, year: str) -> None:
    assert fiscal_year(day) == year


def test_numbers_fit_in_sixteen_characters() -> None:
    assert invoice_no("A", "2627", 123) == "A/2627/000123"
    assert len(invoice_no("SHOP", "2627", 999_999)) == 16
    with pytest.raises(ValueError):
        invoice_no("SHOP", "2627", 1_000_000)


@pytest.mark.parametrize(
    ("qty", "said", "sold", "expected"),
    [
        ("2", None, "kg", 2000),
        ("250", "g", "kg", 250),
        ("1.5", "kg", "kg", 1500),
        ("500", "ml", "litre", 500),
        ("1", "dozen", "piece", 12_000),
        ("0.5", "dozen", "piece", 6000),
        ("2.25", "metre", "metre", 2250),
    ],
)
def test_units_go_into_one_another(qty: str, said: str | None, sold: str, expected: int) -> None:
    assert thousandths(Decimal(qty), said, sold) == expected


@pytest.mark.parametrize(
    ("qty", "said", "sold", "field"),
    [
        ("0", None, "kg", "qty"),
        ("-1", None, "kg", "qty"),
        ("1", "packet", "kg", "unit"),
        ("1", "kg", "packet", "unit"),
        ("0.5", None, "piece", "qty"),
        ("0.0001", None, "kg", "qty"),
        ("0.5", "g", "kg", "qty"),
        ("1e12", None, "kg", "qty"),
        ("NaN", None, "kg", "qty"),
        ("Infinity", None, "kg", "qty"),
    ],
)
def test_what_cannot_be_had_is_refused(qty: str, said: str | None, sold: str, field: str) -> None:
    with pytest.raises(BadQuantity) as refused:
        thousandths(Decimal(qty), said, sold)
    assert refused.value.field == field


def test_thousandths_are_written_as_people_do() -> None:
    assert [str(as_number(n)) for n in (2500, 12_000, 250, 0, -1500)] == ["2.5", "12", "0.25", "0", "-1.5"]


@pytest.mark.parametrize("rupees", ["0", "-1", "0.001", "NaN", "Infinity", "1e15"])
def test_what_is_no_sum_of_money_is_refused(rupees: str) -> None:
    with pytest.raises(Refused):
        to_paise(Decimal(rupees))


def test_the_oldest_debt_is_paid_first_and_a_bill_before_it_where_named() -> None:
    debits = [OpenItem("d1", 1, 300), OpenItem("d2", 2, 500)]
    paid = settle([*debits, OpenItem("c", 9, -600)])
    assert paid.allocations == (Allocation("c", "d1", 300), Allocation("c", "d2", 300))
    assert paid.open == {"d1": 0, "d2": 200, "c": 0}
    named = settle([*debits, OpenItem("c", 9, -600)], first="d2")
    assert named.allocations == (Allocation("c", "d2", 500), Allocation("c", "d1", 100))


@given(st.lists(st.integers(-500, 500).filter(bool), max_size=12))
def test_settling_moves_nothing_and_leaves_one_side(amounts: list[int]) -> None:
    items = [OpenItem(f"p{n}", n, amount) for n, amount in enumerate(amounts)]
    settled = settle(items)
    left = {item.posting_id: settled.open.get(item.posting_id, item.open) for item in items}
    assert sum(left.values()) == sum(amounts)
    assert not (any(one > 0 for one in left.values()) and any(one < 0 for one in left.values()))
    assert all(one.amount > 0 for one in settled.allocations)
    back = taken_back(settled.allocations)
    assert sum(one.amount for one in back) == -sum(one.amount for one in settled.allocations)
