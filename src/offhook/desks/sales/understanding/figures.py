"""How many and how much: the numbers of an enquiry by what stands around them. Pure.

A number is a quantity where people or things are counted, or a group is told of ("a team of 20"); it is a budget where
money is spoken of and not a price for each. A number that could be either is left alone: it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from offhook.desks.sales.understanding.timing import find_timing
from offhook.desks.sales.understanding.words import ITEM, FigureWords, Marked, Span
from offhook.understanding.ledger.counts import Count

MOST_QTY = 100_000
_LEAST_BUDGET = 100
"""A bare smaller number in answer to "what budget?" may be thousands as well: asked again."""
_SCALES = (10_000_000, 100_000, 1_000)
_NAMED = {
    "no_budget": "budget",
    "budget": "budget",
    "name_word": "name",
    "contact_word": "contact",
    "when_word": "timing",
}
"""Phrases that name a slot, the surest first."""
_DENIES = frozenset({"not", "nahi", "nahin", "नहीं"})
_TIMES = ("day_unit", "week_unit", "month_unit", "quarter_unit", "year_unit")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one sentence tells, and the tokens that tell it."""

    qty: int | None = None
    budget_min: int | None = None
    """Whole units of the business's currency."""
    budget_max: int | None = None
    first: date | None = None
    last: date | None = None
    later: bool = False
    declined: str | None = None
    """The slot that the speaker will not, or cannot, tell of."""
    unclear: str | None = None
    """The slot for which two values were told ("20-25 people")."""
    strong: bool = False
    """Whether it speaks of an enquiry by itself: a counted team, a named budget."""
    spans: tuple[Span, ...] = ()

    @property
    def told(self) -> bool:
        values = (self.qty, self.budget_min, self.budget_max, self.first, self.last, self.declined, self.unclear)
        return self.later or any(value is not None for value in values)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One number, or two with "to" between them."""

    low: float
    high: float
    start: int
    end: int
    scaled: bool
    shy: bool

    @property
    def single(self) -> bool:
        return self.low == self.high


def find_figures(
    marked: Marked,
    words: FigureWords,
    today: date,
    asked: str,
    held_qty: int | None = None,
    *,
    by_day: bool = False,
) -> Figures:
    """`asked`: the slot that our question was for ("" for none); `held_qty`: the number that was told before; `by_day`:
    what is wanted is sold by the day."""
    figures = Figures()
    timing = find_timing(marked, words, today, asked=asked == "timing")
    if timing is not None:
        figures = replace(figures, first=timing.first, last=timing.last, later=timing.later, spans=timing.spans)
    for numbers in _grouped(marked):
        if any(span.start < numbers.end and numbers.start < span.end for span in figures.spans):
            continue
        figures = _with_numbers(figures, numbers, marked, asked, by_day=by_day)
    if held_qty is not None and figures.qty is None and asked in ("offer", "offer_quote", "confirm", "change"):
        figures = _put_right(figures, marked, held_qty)
    return _with_refusal(figures, marked, asked)


def _put_right(figures: Figures, marked: Marked, held: int) -> Figures:
    """ "Sorry, 54 not 45": another number in the place of the one that is held."""
    if marked.contacts or marked.anywhere("contact_word") is not None:
        return figures
    if marked.anywhere("budget") is not None or figures.budget_max is not None or figures.budget_min is not None:
        return figures
    free = [one for one in marked.counts if not any(span.start <= one.start < span.end for span in figures.spans)]
    plain = [one for one in free if not one.scaled and not one.shy and one.value == int(one.value)]
    if len(plain) != len(free) or any(marked.starts(unit, one.end) is not None for unit in _TIMES for one in plain):
        return figures
    others = [one for one in plain if one.value != held]
    corrects = marked.anywhere("instead") is not None
    if len(others) != 1 or not corrects or not 1 <= others[0].value <= MOST_QTY or len(plain) > 2:
        return figures
    spans = tuple(Span(one.start, one.end) for one in plain)
    said = marked.anywhere("instead")
    assert said is not None
    return replace(figures, qty=int(others[0].value), spans=(*figures.spans, *spans, said))


def _with_numbers(figures: Figures, numbers: _Numbers, marked: Marked, asked: str, *, by_day: bool) -> Figures:
    if len(marked.items) > 1 and marked.starts(ITEM, numbers.end) is not None:
        return figures  # so many of that thing, beside another (parts.py)
    days = (asked == "qty" or by_day) and marked.starts("day_unit", numbers.end) is not None
    if not days and any(marked.starts(unit, numbers.end) is not None for unit in _TIMES):
        return figures
    counted = None if figures.qty is not None and numbers.scaled else _counted(numbers, marked, asked)
    if counted is not None:
        span, strong = counted
        spans = (*figures.spans, span)
        if not numbers.single:
            return replace(figures, unclear="qty", spans=spans, strong=figures.strong or strong)
        if numbers.low != int(numbers.low) or not 1 <= numbers.low <= MOST_QTY:
            return figures
        return replace(figures, qty=int(numbers.low), spans=spans, strong=figures.strong or strong)
    money = _money(numbers, marked, asked)
    if money is None:
        return figures
    span, least, most, strong = money
    return replace(
        figures,
        budget_min=None if least is None else round(least),
        budget_max=None if most is None else round(most),
        spans=(*figures.spans, span),
        strong=figures.strong or strong,
    )


def _with_refusal(figures: Figures, marked: Marked, asked: str) -> Figures:
    none = marked.anywhere("no_budget")
    refusal = none or marked.anywhere("decline")
    if refusal is None:
        return figures
    named = next((slot for name, slot in _NAMED.items() if marked.anywhere(name) is not None), None)
    slot = named if named is not None and (none is not None or asked) else asked
    held = {
        "qty": figures.qty is not None,
        "budget": figures.budget_max is not None or figures.budget_min is not None,
        "timing": figures.first is not None or figures.last is not None or figures.later,
    }
    if not slot or held.get(slot):
        return figures
    return replace(figures, declined=slot, spans=(*figures.spans, refusal), strong=figures.strong or none is not None)


# -- how many ---------------------------------------------------------------------------------------------------------


def _counted(numbers: _Numbers, marked: Marked, asked: str) -> tuple[Span, bool] | None:
    """(the tokens, whether people or a group were named)."""
    start, end = numbers.start, numbers.end
    if numbers.scaled and numbers.low >= MOST_QTY:
        return None
    item = marked.starts(ITEM, end)
    noun = None if item is not None else _noun(marked, end)
    before = marked.ends("many_before", start)
    begins = min(start, before) if before is not None else start
    begins = _with_about(marked, begins)
    if noun is not None:
        ours = before is not None or marked.anywhere("ours") is not None or asked == "qty"
        return Span(begins, noun), ours
    if item is not None:
        return Span(begins, end), True
    after = marked.starts("many_after", end)
    if after is not None:
        return Span(begins, after), True
    first = numbers.start == 0 and asked == "qty"
    money = _in_rupees(numbers, marked) or marked.anywhere("budget") is not None
    if (numbers.shy and not first) or money or (numbers.scaled and asked != "qty"):
        return None
    if before is not None and _ends_clause(marked, end):
        return Span(begins, end), True
    if _word(marked, start - 1) == "for" and marked.anywhere(ITEM) is not None and _ends_clause(marked, end):
        return Span(begins, end), False
    if _words(marked, end, 2) in (("ke", "liye"), ("के", "लिए")) and (asked or marked.anywhere(ITEM) is not None):
        return Span(begins, end + 2), False
    alone = first or _ends_clause(marked, end) or marked.starts("day_unit", end) is not None
    return (Span(begins, end), False) if asked == "qty" and alone else None


def _noun(marked: Marked, end: int) -> int | None:
    """Where the counted noun behind a number ends; one word may stand between ("20 new employees")."""
    for at in (end, end + 1):
        found = marked.starts("people", at) or marked.starts("things", at)
        if found is not None and (at == end or (_word(marked, end).isalpha() and not _links(marked, end))):
            return found
    return None


def _links(marked: Marked, at: int) -> bool:
    return any(marked.starts(name, at) is not None for name in ("range", "rupees", ITEM, "each", "at_most_after"))


# -- how much ---------------------------------------------------------------------------------------------------------


def _money(numbers: _Numbers, marked: Marked, asked: str) -> tuple[Span, float | None, float | None, bool] | None:
    """(the tokens, least, most, whether a budget was named)."""
    start, end = numbers.start, numbers.end
    named = marked.anywhere("budget")
    is_money = _is_money(numbers, marked)
    if not (is_money or named is not None or (asked == "budget" and numbers.high >= _LEAST_BUDGET)):
        return None
    if numbers.shy or numbers.high < _LEAST_BUDGET or numbers.low <= 0:
        return None
    if any(marked.starts(name, end) is not None for name in (ITEM, "people", "things")):
        return None
    rupees = marked.ends("rupees", start)
    first = rupees if rupees is not None else start
    behind = marked.starts("rupees", end)
    last = behind if behind is not None else end
    if marked.starts("each", last) is not None or (marked.ends("each", first) is not None):
        return None
    least: float | None = numbers.low
    most: float | None = numbers.high
    last = marked.starts("monthly", last) or last
    upper, upper_behind = marked.ends("at_most", first), marked.starts("at_most_after", last)
    lower, lower_behind = marked.ends("at_least", first), marked.starts("at_least_after", last)
    if upper is not None or upper_behind is not None:
        least = None if numbers.single else least
    elif (lower is not None or lower_behind is not None) and numbers.single:
        most = None
    first = min((first, *(one for one in (upper, lower, marked.ends("between", first)) if one is not None)))
    last = max((last, *(one for one in (upper_behind, lower_behind) if one is not None)))
    last = marked.starts("monthly", last) or last
    first = _with_about(marked, first)
    if named is not None and named.end <= first and first - named.end <= 2:
        first = named.start
    elif named is not None and last <= named.start and named.start - last <= 2:
        last = named.end
    return Span(first, last), least, most, named is not None


def _is_money(numbers: _Numbers, marked: Marked) -> bool:
    return numbers.scaled or _in_rupees(numbers, marked)


def _in_rupees(numbers: _Numbers, marked: Marked) -> bool:
    return marked.ends("rupees", numbers.start) is not None or marked.starts("rupees", numbers.end) is not None


# -- pieces -----------------------------------------------------------------------------------------------------------


def _grouped(marked: Marked) -> list[_Numbers]:
    """The sentence's numbers; two that are the ends of a range are one. "40 to 50 thousand" are both thousands."""
    grouped: list[_Numbers] = []
    counts = marked.counts
    at = 0
    while at < len(counts):
        one = counts[at]
        other = counts[at + 1] if at + 1 < len(counts) else None
        if other is not None and marked.starts("range", one.end) == other.start and _ranged(marked, one, other):
            low, high = _alike(one.value, other.value, one.scaled)
            if low < high:
                grouped.append(_Numbers(low, high, one.start, other.end, other.scaled, one.shy))
                at += 2
                continue
        if other is not None and other.start == one.end + 1 and (word := marked.words[one.end]) in _DENIES:
            # "60 not 50 thousand", "50 nahi 60 hazaar": one of them is put in the other's place.
            right = other.value if word != "not" else _scaled_like(one.value, other.value)
            grouped.append(_Numbers(right, right, one.start, other.end, one.scaled or other.scaled, shy=False))
            at += 2
            continue
        grouped.append(_Numbers(one.value, one.value, one.start, one.end, one.scaled, one.shy))
        at += 1
    return grouped


def _ranged(marked: Marked, one: Count, other: Count) -> bool:
    """ "X and Y" is a range only behind "between"."""
    joiner = marked.words[one.end]
    return joiner not in ("and", "aur") or marked.ends("between", one.start) is not None


def _alike(low: float, high: float, scaled: bool) -> tuple[float, float]:
    if not scaled and (more := _scaled_like(low, high)) <= high:
        return more, high
    return low, high


def _scaled_like(value: float, other: float) -> float:
    """ "60", said beside "50 thousand": thousands as well."""
    scale = next((scale for scale in _SCALES if other >= scale), 1)
    return value * scale if value < scale else value


def _with_about(marked: Marked, start: int) -> int:
    about = marked.exactly_ends("about", start)
    return start if about is None else about


def _word(marked: Marked, at: int) -> str:
    return marked.words[at] if 0 <= at < len(marked.words) else ""


def _words(marked: Marked, at: int, many: int) -> tuple[str, ...]:
    return tuple(marked.words[at : at + many])


def _ends_clause(marked: Marked, end: int) -> bool:
    """Whether nothing follows that the number could belong to."""
    word = _word(marked, end)
    if not word or not word[0].isalpha() or marked.sentence.pauses(end):
        return True
    return marked.starts("closes", end) is not None
