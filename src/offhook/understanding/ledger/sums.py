"""Numbers in a sentence by what they count: money, things, the number of a bill, the days of a date.

A number is money by a word or a sign beside it (rupaye, Rs, ₹, /-), by a word for a hundred or more in it, or because
nothing else claims it. A unit behind it makes it a quantity, and so does a product.
"""

from __future__ import annotations

from offhook.understanding.ledger.counts import Count, count_at
from offhook.understanding.ledger.spans import Amount, Quantity, Scan
from offhook.understanding.phrases import Found

SIGNS = frozenset({"₹", "rs", "inr", "रु", "रू"})
_CLOCK = frozenset({"weekdays", "months", "dayparts", "units", "short_units"})
_CLOCK_POSTS = ("baje", "past_hour", "to_hour", "day_number")
_CLOCK_BEFORE = frozenset({"=at", "=by", "=before", "=after", "=on", "=the"})
_CLOCK_AFTER = frozenset(
    {"am", "pm", "o'clock", "oclock", ":", "/", "th", "st", "nd", "rd", "%", "percent", "baje", "tareekh", "past"}
    | {"hour", "hours", "minute", "minutes", "mins", "min", "hrs", "noon"}
)
_MINUTES = frozenset({"half", "quarter", "five", "ten", "twenty", "twenty-five"})
_ONE = frozenset({"a", "an", "one", "ek", "एक"})
_PAISE = "paise"
_NUMBERED = frozenset({"number", "no", "nambar", "num", "नंबर", "नम्बर", "#"})
_OF_IT = frozenset({"ka", "ki", "ke", "wala", "wale", "wali"})
_LONGEST_NUMBER = 5
_HALF_PAISA = 100


def find_invoice_number(scan: Scan, bills: list[Found], *, old: bool = False) -> None:
    """ "bill number 12", "invoice INV/26-27/0012": what stands behind a bill as its number.

    `old`: the sentence is about a bill that is there, so that bare digits are its number ("invoice 57 cancel").
    """
    for bill in bills:
        at, marked = bill.end, False
        while scan.word(at) in _NUMBERED or (marked and scan.word(at) in (".", ":", "-")):
            at, marked = at + 1, True
        end = at
        while end < len(scan) and not scan.taken[end] and (end == at or scan.sentence.glued[end]):
            end += 1
        text = scan.sentence.said(at, end).strip(".,") if end > at else ""
        digits = any(char.isdecimal() for char in text)
        if not marked and end == at + 2 and scan.word(at).isdecimal() and scan.word(at + 1).isalpha():
            continue  # "bill 2kg sugar"
        if digits and (marked or old or len(text) > len(text.lstrip("0123456789.,")) or not text.isdecimal()):
            priced = (
                scan.word(end) in SIGNS or scan.key(end) in scan.language.voc.money or scan.word(end) in ("ka", "ki")
            )
            if not marked and not (old and not priced) and not any(char.isalpha() for char in text):
                continue
            scan.invoice_no = (bill.end, end, text.upper())
            scan.take(bill.end, end)
            return
        if marked and (count := _count(scan, at)) is not None:
            scan.invoice_no = (bill.end, count.end, f"{count.value:g}")
            scan.take(bill.end, count.end)
            return
        if not marked and _numbered_before(scan, bill.start):
            return


def _numbered_before(scan: Scan, bill: int) -> bool:
    """ "234 number ka bill", "do sau number wala bill": the number stands before it."""
    at = bill - 1
    if scan.latin(at) in _OF_IT:
        at -= 1
    if at < 1 or scan.word(at) not in _NUMBERED - {"#"}:
        return False
    for start in range(max(0, at - _LONGEST_NUMBER), at):
        count = _count(scan, start)
        if count is not None and count.end == at and scan.free(start, at):
            scan.invoice_no = (start, at + 1, f"{count.value:g}")
            scan.take(start, at + 1)
            return True
    return False


class Sums:
    """Finds the numbers of one sentence."""

    def __init__(self, scan: Scan, values: list[Found]) -> None:
        self._scan = scan
        self._units: dict[int, tuple[str, int]] = {}
        self._limits: set[int] = set()
        for found in values:
            slot, _, value = found.name.partition("=")
            if value == "ml" and scan.latin(found.start) == "maal":
                continue
            if slot == "unit" and (found.start not in self._units or self._units[found.start][1] < found.end):
                self._units[found.start] = (value, found.end)
        self._goods = {goods.start: goods for goods in scan.goods}

    def read(self) -> list[Count]:
        """Fill amounts and quantities that are sure; the numbers left over, which dates may claim, are returned."""
        scan, left = self._scan, []
        i = 0
        while i < len(scan):
            count = None if scan.taken[i] else _count(scan, i)
            if count is None or not self._stands(count):
                i = self._unit_alone(i) if count is None else i + 1
                continue
            if not (self._litres(count) or self._money(count) or self._quantity(count)):
                left.append(count)
            i = max(count.end, i + 1)
        return left

    def settle(self, left: list[Count], covered: list[bool]) -> None:
        """Numbers that no date claimed: quantities before a product, else money."""
        scan = self._scan
        for count in left:
            if any(covered[count.start : count.end]) or any(scan.taken[count.start : count.end]):
                continue
            if scan.word(count.end) in ("%", "percent"):
                continue
            goods = self._goods.get(count.end)
            if goods is not None and not count.scaled and count.value < 1000:
                scan.quantities.append(Quantity(count.start, count.end, count.value))
            elif self._is_money(count):
                scan.amounts.append(Amount(count.start, count.end, self._signed(count)))
            else:
                continue
            scan.take(count.start, count.end)
        for one in scan.goods if scan.quantities else ():
            if one.start and scan.word(one.start - 1) in ("a", "an") and not scan.taken[one.start - 1]:
                scan.quantities.append(Quantity(one.start - 1, one.start, 1))  # "a Harpic and two Boost"
                scan.take(one.start - 1, one.start)
        scan.amounts.sort(key=lambda one: one.start)
        scan.quantities.sort(key=lambda one: one.start)

    # -- what a number is -----------------------------------------------------------------------------------------

    def _stands(self, count: Count) -> bool:
        """Whether a word that is also something else is a number here."""
        if not count.shy:
            return not (count.lone_scale and self._scan.words[count.start] in ("l", "k"))
        scan, end = self._scan, count.end
        if end in self._units or end in self._goods or self._is_money_word(end):
            return True
        if scan.word(end) in scan.language.everyday.lexicon.calendar.months:
            return True
        counts = scan.language.counts
        if scan.key(end) in counts.words and not scan.taken[end]:
            return scan.words[end].isdecimal() is False and scan.keys[end] in counts.scales
        entry = scan.language.voc.at(scan.keys, end, len(scan)) if end < len(scan) else None
        if entry is not None and entry[0].kind in ("units", "short_units", "months"):
            return True
        return entry is not None and entry[0].kind == "post" and entry[0].value in _CLOCK_POSTS

    def _is_money_word(self, i: int) -> bool:
        scan = self._scan
        if not 0 <= i < len(scan) or scan.taken[i]:
            return False
        return scan.words[i] in SIGNS or scan.words[i] in ("rupees", "bucks") or scan.keys[i] in scan.language.voc.money

    def _litres(self, count: Count) -> bool:
        """ "2L tel": litres of what is sold, no lakhs."""
        scan, unit = self._scan, count.end - 1
        if count.end not in self._goods or scan.words[unit] != "l" or not count.scaled:
            return False
        typed = scan.sentence.said(count.start, unit)
        if not typed.replace(".", "", 1).isdecimal():
            return False
        scan.quantities.append(Quantity(count.start, count.end, float(typed), "litre"))
        scan.take(count.start, count.end)
        return True

    def _money(self, count: Count) -> bool:
        scan = self._scan
        start, end, marked = count.start, count.end, count.scaled
        before = start - 2 if scan.word(start - 1) == "." else start - 1
        if scan.word(before) in SIGNS and before >= 0:
            start, marked = before, True
        if self._is_money_word(end) and end not in self._units:
            end, marked = end + 1, True
            if scan.word(end - 1) == "rs" and scan.word(end) == ".":
                end += 1
        elif scan.word(end) == "/" and scan.word(end + 1) == "-":
            end, marked = end + 2, True
        elif end in self._units or scan.word(end) in ("%", "percent"):
            return False
        if not marked:
            return False
        value = self._signed(count)
        end, value = self._with_paise(end, value)
        scan.amounts.append(Amount(start, end, value, marked=True, lone=count.lone_scale))
        scan.take(start, end)
        return True

    def _with_paise(self, end: int, value: float) -> tuple[int, float]:
        scan = self._scan
        count = _count(scan, end) if end < len(scan) and not scan.taken[end] else None
        if (
            count is not None
            and count.value < _HALF_PAISA
            and scan.latin(count.end - 1 + 1 if count.end < len(scan) else count.end - 1) in (_PAISE, "paisa")
        ):
            return count.end + 1, value + count.value / 100
        return end, value

    def _signed(self, count: Count) -> float:
        scan = self._scan
        at = count.start - 1
        while scan.word(at) in SIGNS or (scan.word(at) == "." and scan.word(at - 1) in SIGNS):
            at -= 1
        before = scan.word(at)
        minus = before in ("minus", "-", "माइनस", "rin", "negative") and not scan.taken[at]
        if before == "-" and at >= 1 and scan.sentence.glued[at]:
            minus = False
        return -count.value if minus else count.value

    def _quantity(self, count: Count) -> bool:
        scan = self._scan
        unit = self._units.get(count.end)
        if unit is None:
            return False
        name, end = unit
        value = self._signed(count)
        start = count.start
        if name == "pav":
            value, name = value / 4, "kg"
        elif scan.language.counts.fractions.get(scan.keys[count.start]) == 1:
            name = name or "kg"
        scan.quantities.append(_quantity(start, end, value, name))
        scan.take(start, end)
        return True

    def _unit_alone(self, i: int) -> int:
        """ "pav kilo", "pav bhar": a quarter, without a number before it."""
        scan = self._scan
        unit = self._units.get(i)
        if unit is None or scan.taken[i]:
            return i + 1
        name, end = unit
        if scan.word(i - 1) in _ONE and scan.word(i - 2) == "half" and scan.free(i - 2, i) and name != "pav":
            scan.quantities.append(_quantity(i - 2, end, 0.5, name))
            scan.take(i - 2, end)
            return end
        if scan.word(i - 1) in _ONE and not scan.taken[i - 1]:
            scan.quantities.append(_quantity(i - 1, end, 1, "kg" if name == "pav" else name))
            if name == "pav":
                scan.quantities[-1].value = 0.25
            scan.take(i - 1, end)
            return end
        if name == "pav":
            following = self._units.get(end)
            stop = following[1] if following is not None and following[0] in ("kg", "litre") else end
            unit_name = following[0] if following is not None and following[0] in ("kg", "litre") else "kg"
            scan.quantities.append(Quantity(i, stop, 0.25, unit_name))
            scan.take(i, stop)
            return stop
        return end

    def _is_money(self, count: Count) -> bool:
        return not count.shy

    def clocked(self, count: Count) -> bool:
        """Whether words of a time stand beside a number that nothing claimed: a date may have it."""
        scan, at = self._scan, count.end
        entry = scan.language.voc.at(scan.keys, at, len(scan)) if at < len(scan) and not scan.taken[at] else None
        if entry is not None and entry[0].kind in _CLOCK:
            return True
        if entry is not None and entry[0].kind == "post" and entry[0].value in _CLOCK_POSTS:
            return True
        calendar = scan.language.everyday.lexicon.calendar
        if scan.word(at) in calendar.months or scan.word(at) in calendar.weekdays or scan.word(at) in calendar.units:
            return True
        numbers = scan.language.everyday.lexicon.numbers
        if scan.word(at) in numbers.ordinals and numbers.ordinals[scan.word(at)] < 10 and count.value in (20, 30):
            return True
        if scan.word(count.start - 1) == "twenty" and scan.word(count.start - 2) in calendar.months:
            return True  # "january twenty twenty seven"
        if scan.word(at) == "at" and scan.word(at + 1) in calendar.dayparts:
            return True
        if scan.word(at) == "quarters" and scan.word(at + 1) == "of":
            return True
        if scan.word(at) in _CLOCK_AFTER or scan.word(count.start - 1) in (":", "/"):
            return True
        if count.scaled or count.value > 59:
            return False
        if scan.word(count.start - 1) in ("past", "to", "after") and scan.word(count.start - 2) in _MINUTES:
            return True
        ago = [scan.word(count.start - n) for n in (1, 2, 3)]
        if ago[0] in ("and", "a") and not {"hour", "hours"}.isdisjoint(ago):
            return True  # "an hour and a half"
        if scan.word(at) == "in" and scan.word(at + 1) == "the" and scan.word(at + 2) in calendar.dayparts:
            return True
        if (
            scan.word(at) == "and"
            and scan.word(at + 1) in ("a", "half", "quarter")
            and scan.word(at + 3) in _CLOCK_AFTER
        ):
            return True  # "two and a half hours"
        if scan.word(at) in ("an", "a") and scan.word(at + 1) in ("hour", "minute"):
            return True
        if count.value > 31:
            return False
        before = scan.language.voc.at(scan.keys, count.start - 1, count.start) if count.start else None
        if scan.word(count.start - 1) in calendar.months:
            return True
        if before is not None and before[0].kind in ("dayparts", "months", "weekdays"):
            return count.value <= 12 or before[0].kind == "months"
        if scan.word(at) in ("-", "se", "to") or scan.word(count.start - 1) in ("-", "to"):
            return True
        return scan.key(count.start - 1) in _CLOCK_BEFORE or scan.word(count.start - 1) in ("aur", "se")


def _quantity(start: int, end: int, value: float, name: str) -> Quantity:
    if name == "dozen":
        return Quantity(start, end, value * 12, "piece", dozen=True)
    return Quantity(start, end, value, name)


def _count(scan: Scan, i: int) -> Count | None:
    if not 0 <= i < len(scan):
        return None
    count = count_at(scan.language.counts, scan.sentence, scan.keys, i)
    if count is None:
        return None
    return count if scan.free(count.start, count.end) else _until_taken(scan, i)


def _until_taken(scan: Scan, i: int) -> Count | None:
    end = next((n for n in range(i, len(scan)) if scan.taken[n]), len(scan))
    return count_at(scan.language.counts, scan.sentence, scan.keys[:end], i) if end > i else None
