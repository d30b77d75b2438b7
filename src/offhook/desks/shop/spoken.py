"""How the shop's values are said: sums, quantities, days, ways to pay. The words are the templates' own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from offhook.contracts.conversation import SlotValue
from offhook.desks.shop.recurrence import DAYS
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.dialogue.templates import Words
from offhook.kit.money import Money
from offhook.kit.phone import national_digits

Render = Callable[[str, Mapping[str, str]], str]
"""(template key, values) -> words."""

_QUANTITIES = {
    "kg": "qty_kg",
    "litre": "qty_litre",
    "packet": "qty_packet",
    "piece": "qty_piece",
    "metre": "qty_metre",
    "box": "qty_box",
    "g": "qty_g",
    "ml": "qty_ml",
    "dozen": "qty_dozen",
}
_PARTS = {Decimal("0.5"): "qty_half", Decimal("1.5"): "qty_one_half", Decimal("2.5"): "qty_two_half"}
"""What has a word of its own: aadha, dedh, dhai."""
_METHODS = {
    "cash": "method_cash",
    "upi": "method_upi",
    "card": "method_card",
    "bank": "method_bank",
    "cheque": "method_cheque",
}
_SMALL = {"kg": "g", "litre": "ml"}


@dataclass(frozen=True, slots=True)
class Spoken:
    words: Words
    render: Render
    today: date

    def sum(self, money: Money) -> str:
        """Without its sign and its currency: "1,25,000", "45.50". Voices read it in words."""
        text = Money(abs(money.amount), money.currency).format()
        return text.lstrip("".join(one for one in text if not one.isdigit() and one not in ",."))

    def day(self, iso: str) -> str:
        day = date.fromisoformat(iso)
        match (day - self.today).days:
            case 0:
                return self.render("day_today", {})
            case 1:
                return self.render("day_tomorrow", {})
            case -1:
                return self.render("day_yesterday", {})
            case _:
                return spoken_date(day, self.words)

    def on(self, iso: str) -> str:
        """The day by its date: "kal" is tomorrow as well."""
        return spoken_date(date.fromisoformat(iso), self.words)

    def moment(self, iso: str) -> str:
        """A day with its time, as the business's clock has them."""
        moment = datetime.fromisoformat(iso)
        time = spoken_time(moment.time(), self.words)
        if abs((moment.date() - self.today).days) <= 1:
            return f"{self.day(iso[:10])} {time}"
        return self.words.at.format(date=self.day(iso[:10]), time=time)

    def often(self, recurrence: str) -> str:
        kind, _, which = recurrence.partition(":")
        if kind == "weekly":
            return self.render("every_week", {"day": self.words.weekdays[DAYS.index(which)]})
        return self.render("every_month", {"day": which}) if kind == "monthly" else self.render("every_day", {})

    def qty(self, qty: Decimal, unit: str) -> str:
        small = _SMALL.get(unit)
        if small is not None and abs(qty) < 1 and qty not in _PARTS and qty != 0:
            qty, unit = qty * 1000, small
        part = _PARTS.get(qty) if unit in ("kg", "litre", "dozen", "metre") else None
        number = self.render(part, {}) if part is not None else f"{qty.normalize():f}"
        return self.render(_QUANTITIES[unit], {"qty": number})

    def phone(self, e164: str) -> str:
        """The national number in groups; voices read it digit by digit."""
        digits = national_digits(e164)
        return f"{digits[:5]} {digits[5:]}" if len(digits) == 10 else digits

    def number(self, rupees: SlotValue) -> str:
        """A sum as understanding gives it."""
        if not isinstance(rupees, int | float | str):
            return ""
        return self.sum(Money(int(Decimal(str(rupees)).scaleb(2)), "INR"))

    def said_qty(self, qty: SlotValue, unit: SlotValue) -> str:
        """A quantity as understanding gives it; the bare number where no unit was said."""
        number = Decimal(str(qty)) if isinstance(qty, int | float | str) else Decimal(1)
        return self.qty(number, str(unit)) if unit in _QUANTITIES else f"{number.normalize():f}"

    def items(self, items: SlotValue) -> str:
        """What is on a bill: "2 kilo sugar and 1 packet tea"."""
        said = [
            f"{self.said_qty(one.get('qty', 1), one.get('unit'))} {one.get('product', '')}"
            for one in (items if isinstance(items, list) else ())
            if isinstance(one, dict)
        ]
        return self.both(said)

    def by(self, method: str | None) -> str:
        """How it was paid, as it stands before the sum; "" where it was not said."""
        return self.render(_METHODS[method], {}) if method in _METHODS else ""

    def both(self, items: Sequence[str]) -> str:
        return spoken_list(list(items), self.words.and_)

    def either(self, items: Sequence[str]) -> str:
        return spoken_list(list(items), self.words.or_)
