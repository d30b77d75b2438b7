"""What the sales desk says of products, quotes and enquiries: values made ready for the templates. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from offhook.contracts.conversation import SlotValue
from offhook.desks.sales.agents.form import parts_told
from offhook.desks.sales.facts import SalesFacts
from offhook.desks.sales.model import LATER, Item, Quote
from offhook.desks.sales.quoting import together
from offhook.dialogue.agents.escalation import groups
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState
from offhook.dialogue.languages import TEXT_CHANNELS
from offhook.dialogue.model import Line
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.dialogue.templates import Words
from offhook.kit.money import Money, places

_UNITS = {
    "person": ("unit_person", "units_person"),
    "piece": ("unit_piece", "units_piece"),
    "day": ("unit_day", "units_day"),
}
"""Unit -> keys of its words for one and for several; other units are said as the book has them."""


class Say:
    """Wordings of one turn in the session's language."""

    def __init__(self, work: Work, language: str, channel: str) -> None:
        self._work = work
        self._language = language
        self._typed = channel in TEXT_CHANNELS
        self.words: Words = work.words(language)

    def text(self, key: str, **values: str) -> str:
        return self._work.desk.templates.render(self._language, key, values, 0)

    def money(self, amount: Money) -> str:
        return amount.format() if self._typed else amount.spoken()

    def sum(self, whole: SlotValue) -> str:
        currency = self._work.business.currency
        return self.money(Money(int(str(whole)) * 10 ** places(currency), currency))

    def phone(self, e164: str) -> str:
        spoken = groups(e164)
        return " ".join(part.replace(" ", "") for part in spoken.split(", ")) if self._typed else spoken

    def listed(self, parts: list[str]) -> str:
        return spoken_list(parts, self.words.and_)

    # -- products -----------------------------------------------------------------------------------------------------

    def price(self, item: Item) -> str:
        if item.price_from is None:
            return self.text("price_on_request")
        amount = self.money(item.price_from)
        if item.price_to is not None and item.exact is None:
            amount = self.text("price_between", low=amount, high=self.money(item.price_to))
        return self._per(amount, item.unit, item.period)

    def _per(self, amount: str, unit: str, period: str) -> str:
        if unit:
            amount = self.text("price_per_unit", amount=amount, unit=self.unit(unit, 1))
        return self.text("price_per_period", amount=amount, period=self.period(period)) if period else amount

    def unit(self, unit: str, many: int) -> str:
        known = _UNITS.get(unit)
        return unit if known is None else self.text(known[0] if many == 1 else known[1])

    def period(self, period: str) -> str:
        return self.text("period_month") if period == "month" else self.text("period_year")

    def quote(self, quote: Quote) -> list[Line]:
        total = self.money(quote.total)
        values = {
            "product": quote.product,
            "qty": str(quote.qty),
            "each": self._per(self.money(quote.each), quote.unit, quote.period),
            "net": self.money(quote.net),
            "total": self.text("price_per_period", amount=total, period=self.period(quote.period))
            if quote.period
            else total,
        }
        if not quote.tax_name:
            return [Line("quote_told", values)]
        taxed = {"tax": self.money(quote.tax), "tax_name": quote.tax_name, "rate": _percent(quote.tax_rate)}
        return [Line("quote_told_taxed", {**values, **taxed})]

    def total(self, quotes: Sequence[Quote]) -> Line:
        """What several quotes come to; what is paid by the month apart from what is paid once."""
        whole, periods = together(quotes), list(dict.fromkeys(quote.period for quote in quotes))
        if len(periods) == 1:
            total = self.money(whole.total)
            said = self.text("price_per_period", amount=total, period=self.period(periods[0])) if periods[0] else total
            return Line("quote_sum", {"net": self.money(whole.net), "total": said})
        sums: list[str] = []
        for period in periods:
            amount = self.money(together([quote for quote in quotes if quote.period == period]).total)
            per = self.text("price_per_period", amount=amount, period=self.period(period)) if period else ""
            sums.append(per or self.text("price_once", amount=amount))
        return Line("quote_sum_apart", {"sums": self.listed(sums)})

    # -- an enquiry ---------------------------------------------------------------------------------------------------

    def enquiry(self, form: FormState, facts: SalesFacts) -> str:
        """ "Payroll for 20 people, in December, with a budget of about ₹50,000"."""
        values = form.values
        parts = [self._what(values, facts)]
        if (when := self.timing(values)) is not None:
            parts.append(when)
        if (budget := self.budget(values)) is not None:
            parts.append(budget)
        return ", ".join(part for part in parts if part) or self.text("sum_nothing")

    def _what(self, values: Mapping[str, SlotValue], facts: SalesFacts) -> str:
        item = facts.item(values.get("product"))
        named = item.name if item is not None else f"“{values['need']}”" if "need" in values else ""
        qty = values.get("qty")
        if several := parts_told(values):
            named = self.listed([_part(part) for part in several])
            items = [facts.item(part["product"]) for part in several if "qty" not in part]
            if not any(one is not None and one.unit == "person" for one in items):
                qty = None
        if qty is None:
            return named
        unit = item.unit if item is not None and item.unit else "person"
        counted = f"{qty} {self.unit(unit, int(str(qty)))}"
        if not named:
            return self.text("sum_for", counted=counted)
        key = "sum_named_for" if unit == "person" else "sum_named_of"
        return self.text(key, named=named, counted=counted)

    def budget(self, values: Mapping[str, SlotValue]) -> str | None:
        low, high = values.get("budget_min"), values.get("budget_max")
        if low is None and high is None:
            return None
        if low is None:
            return self.text("sum_budget_most", high=self.sum(high))
        if high is None:
            return self.text("sum_budget_least", low=self.sum(low))
        if low == high:
            return self.text("sum_budget_about", amount=self.sum(low))
        return self.text("sum_budget_between", low=self.sum(low), high=self.sum(high))

    def timing(self, values: Mapping[str, SlotValue]) -> str | None:
        if values.get("timing") == LATER:
            return self.text("sum_later")
        first, last = (_day(values.get(name)) for name in ("timing_from", "timing_to"))
        today = self._work.now.date()
        if first is None and last is None:
            return None
        if first is not None and last is None:
            return self.text("sum_from", day=self._date(first))
        assert last is not None
        if first is None or (first <= today < last):
            return self.text("sum_until", day=self._date(last))
        if first == last:
            return self.text("sum_now") if first <= today else self.text("sum_on", day=self._date(first))
        return self.text("sum_span", first=self._date(first), last=self._date(last))

    def contact(self, form: FormState) -> str:
        parts = [str(form.values["name"])] if "name" in form.values else []
        if "phone" in form.values:
            parts.append(self.phone(str(form.values["phone"])))
        if "email" in form.values:
            parts.append(str(form.values["email"]))
        return ", ".join(parts)

    def moment(self, form: FormState) -> str:
        day, clock = _day(form.values.get("date")), form.get("time")
        assert day is not None and clock is not None
        return self.words.at.format(
            date=spoken_date(day, self.words), time=spoken_time(time.fromisoformat(clock), self.words)
        )

    def day(self, form: FormState) -> str | None:
        """The day of the form's moment; None where it has none."""
        day = _day(form.values.get("date"))
        return None if day is None else spoken_date(day, self.words)

    def _date(self, day: date) -> str:
        said = spoken_date(day, self.words)
        return said if day.year == self._work.now.year else f"{said} {day.year}"


def _part(part: Mapping[str, SlotValue]) -> str:
    return f"{part['qty']} × {part['product']}" if "qty" in part else str(part["product"])


def _day(value: SlotValue) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _percent(rate: int) -> str:
    whole, part = divmod(rate, 100)
    return f"{whole}.{part:02d}".rstrip("0") if part else str(whole)
