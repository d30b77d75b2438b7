"""Days put together the way the base language names them: "5 tareekh" is the 5th, "mahine ke pehle somvar" the first
Monday of the month, "agle hafte budhvaar" next week Wednesday.
"""

from __future__ import annotations

from offhook.understanding.mixed.items import Item, merged
from offhook.understanding.mixed.row import Made, Row

_NTHS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NTH = {**{name: str(n) for n, name in enumerate(_NTHS, 1)}, "fifteenth": "15", "twentieth": "20"}
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ON = frozenset({"ko", "ku"})
"""Behind a bare number these make it the day of a month; an hour has "baje" or "pe"."""


class DayWords(Row):
    """The two steps for days: first those that are counted, then those that are named."""

    def _dated(self, i: int) -> Made | None:
        """ "agle mahine ki 5 tareekh", "december ki 5", "5 december", "5 tareekh", "mahine ke aakhir mein"."""
        found = self._part_of(i) or self._in_month(i) or self._in_year(i) or self._by_number(i)
        if found is not None:
            return found
        ordinal = self._ordinal_day(i)
        if ordinal:
            return [merged(self._items, i, i + 2, "day", ["the", ordinal, "th"])], i + 2
        if self._is(i, "day_number") and self._whole(i + 1, 1, 31):
            return [merged(self._items, i, i + 2, "day", ["the", str(int(self._items[i + 1].value)), "th"])], i + 2
        return None

    def _in_month(self, i: int) -> Made | None:
        """ "agle mahine ki 5 tareekh", "december ki 5", "mahine ki aakhri tareekh"."""
        month, at = self._month(i)
        if not month:
            return None
        after = self._over(at, "of", "at", "in_part")
        numbered = self._is(after, "day_number") or self._is(after + 1, "day_number")
        day = after + 1 if self._is(after, "day_number") else after
        named = month[-1] != "month"
        ordinal = self._ordinal_day(day)
        if ordinal:
            of_month = [] if month == ["this", "month"] and self._kind(i) == "unit" else ["of", *month]
            return [merged(self._items, i, day + 2, "day", ["the", ordinal, "th", *of_month])], day + 2
        if last := self._last_day(day, month):
            return [merged(self._items, i, day + 2, "day", last)], day + 2
        if not self._whole(day, 1, 31) or not (numbered or (named and not self._is(day + 1, "baje"))):
            return None
        end = day + 2 if self._is(day + 1, "day_number") else day + 1
        number = str(int(self._items[day].value))
        words = [month[-1], number] if named and len(month) == 1 else ["the", number, "th", "of", *month]
        if month == ["this", "month"] and self._kind(i) == "unit":
            words = ["the", number, "th"]  # the day that comes next
        return [merged(self._items, i, end, "day", words)], end

    def _in_year(self, i: int) -> Made | None:
        """ "saal ke aakhri din"."""
        year, at = self._year(i)
        last = self._over(at, "of")
        words = self._last_day(last, year) if year else []
        return ([merged(self._items, i, last + 2, "day", words)], last + 2) if words else None

    def _by_number(self, i: int) -> Made | None:
        """ "5 tareekh", "5 ko", "5 december 2027"."""
        if not self._whole(i, 1, 99):
            return None
        number = str(int(self._items[i].value))
        if self._is(i + 1, "day_number"):
            name, stop = self._month(self._over(i + 2, "of"))
            if name:
                return [merged(self._items, i, stop, "day", ["the", number, "th", "of", *name])], stop
            return [merged(self._items, i, i + 2, "day", ["the", number, "th"])], i + 2
        if self._kind(i + 1) == "post" and self._items[i + 1].key in _ON and self._whole(i, 1, 31):
            return [merged(self._items, i, i + 2, "day", ["the", number, "th"])], i + 2
        at = self._over(i + 1, "of")
        if self._kind(at) != "month":
            return None
        words = [number, *self._items[at].words]
        dated = self._whole(at + 1, 2000, 2100)
        if dated:
            words.append(str(int(self._items[at + 1].value)))
        return [merged(self._items, i, at + 1 + dated, "day", words)], at + 1 + dated

    def _ordinal_day(self, i: int) -> str:
        """ "pehli tareekh" -> "1", else nothing."""
        if self._kind(i) != "ordinals" or not self._is(i + 1, "day_number"):
            return ""
        return _NTH.get(self._items[i].words[0], "")

    def _last_day(self, i: int, month: list[str]) -> list[str]:
        """ "mahine ki aakhri tareekh", "saal ke aakhri din" -> "the last day of the month"."""
        last = (
            self._kind(i) == "ordinals"
            and self._items[i].words == ["last"]
            and (self._is(i + 1, "day_number") or (self._kind(i + 1) == "unit" and self._items[i + 1].words == ["day"]))
        )
        return ["the", "last", "day", "of", *month] if last else []

    def _month(self, i: int) -> tuple[list[str], int]:
        """ "december", "agle mahine" -> the base words and the end; no words where there is no month."""
        if self._kind(i) == "month":
            return self._items[i].words, i + 1
        if self._kind(i) == "det" and self._kind(i + 1) == "month":
            return [*self._items[i].words, *self._items[i + 1].words], i + 2
        if self._kind(i) == "det" and self._kind(i + 1) == "unit" and self._items[i + 1].words[0] == "month":
            return [*self._items[i].words, "month"], i + 2
        if self._kind(i) == "unit" and self._items[i].words[0] == "month":
            return ["this", "month"], i + 1
        if self._kind(i) == "ordinals" and self._kind(i + 1) == "unit" and self._items[i + 1].words[0] == "month":
            # "aathve mahine": "pehle" and "doosre" say more than one thing.
            which = _NTH.get(self._items[i].words[0], "")
            return ([_MONTHS[int(which) - 1]], i + 2) if which and 3 <= int(which) <= 12 else ([], i)
        return [], i

    def _year(self, i: int) -> tuple[list[str], int]:
        """ "saal", "agle saal" -> the base words and the end; no words where there is no year."""
        at = i + 1 if self._kind(i) == "det" else i
        if self._kind(at) != "unit" or self._items[at].words != ["year"]:
            return [], i
        return [*self._items[i].words, "year"] if at > i else ["the", "year"], at + 1

    def _part_of(self, i: int) -> Made | None:
        """ "mahine ke aakhir mein", "agle hafte ke shuru mein", "agle mahine ke pehle hafte"."""
        at = i + 1 if self._kind(i) == "det" else i
        if self._kind(at) not in ("unit", "month") or self._items[at].words[0] in ("day", "year", "weekend"):
            return None
        whole = [*(self._items[i].words if at > i else []), *self._items[at].words]
        if at == i and self._kind(at) == "unit":
            whole = ["this", *whole]
        after = self._over(at + 1, "of", "in_part")
        if self._kind(after) == "parts" and (after > at + 1 or self._is(after + 1, "in_part")):
            end = self._over(after + 1, "in_part")
            by = ["by", "the"] if any(self._is(n, "until") for n in range(after + 1, end)) else []
            return [merged(self._items, i, end, "day", [*by, *self._items[after].words, "of", *whole])], end
        first = self._is(after, "before") or self._kind(after) == "ordinals"
        if first and self._kind(after + 1) == "unit" and self._items[after + 1].words[0] == "week":
            which = self._items[after].words if self._kind(after) == "ordinals" else ["first"]
            if whole[-1] == "month" or self._kind(at) == "month":
                return [merged(self._items, i, after + 2, "day", [*which, "week", "of", *whole])], after + 2
        if first and self._kind(after + 1) == "weekday":
            which = self._items[after].words if self._kind(after) == "ordinals" else ["first"]
            if self._kind(at) == "month" or whole[-1] == "month":
                if whole == ["this", "month"] and at == i:
                    whole = ["the", "month"]  # the one that comes next
                words = ["the", *which, *self._items[after + 1].words, "of", *whole]
                return [merged(self._items, i, after + 2, "day", words)], after + 2
        return None

    def _named_day(self, i: int) -> Made | None:
        """What names a day by itself, or with a word that points it out."""
        kind = self._kind(i)
        if kind == "det":
            return self._pointed_out(i)
        if kind in ("weekday", "month"):
            item = self._items[i]
            return [Item("day", item.words, item.start, item.end)], i + 1
        if kind == "unit" and self._items[i].words[0] in ("weekend", "day"):
            weekend = self._items[i].words[0] == "weekend"
            item = self._items[i]
            return [Item("day" if weekend else "small", item.words if weekend else [], item.start, item.end)], i + 1
        return None

    def _pointed_out(self, i: int) -> Made:
        """ "agle mangal", "is hafte", "agle hafte budhvaar"."""
        item, following = self._items[i], self._kind(i + 1)
        if item.words == ["coming"]:
            item.words = ["next"] if following in ("unit", "month", "day", "length") else []
        if following == "weekday" or (following == "part" and item.words == ["this"]):
            words = [*item.words, *self._items[i + 1].words]
            kind = "day" if following == "weekday" else "part"
            return [merged(self._items, i, i + 2, kind, words)], i + 2
        ahead = self._items[i + 1].words if following in ("day", "length") else []
        if ahead and (ahead[0] == "in" or following == "length"):
            within = ["in", "the"] if ahead[0] == "in" and ahead[1].isdecimal() else []
            words = [*within, *item.words, *(ahead[1:] if ahead[0] == "in" else ahead)]
            return [merged(self._items, i, i + 2, "day", words)], i + 2
        if following == "unit" and self._items[i + 1].words == ["year"]:
            at = self._over(i + 2, "of", "at")
            if self._kind(at) == "month":
                words = [*self._items[at].words, *item.words, "year"]
                return [merged(self._items, i, at + 1, "day", words)], at + 1
        if following in ("unit", "month"):
            words, end = [*item.words, *self._items[i + 1].words], i + 2
            at = self._over(end, "of", "at")
            if self._items[i + 1].words[0] == "week" and self._kind(at) == "weekday":
                words, end = [*words, *self._items[at].words], at + 1
            return [merged(self._items, i, end, "day", words)], end
        return [Item("small", [], item.start, item.end, item.key)], i + 1
