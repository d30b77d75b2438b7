"""Pieces of time put together the way the base language says them: "saadhe das baje" is half past ten, "5 tareekh" the
5th, "do din baad" in two days, "10 se 12 ke beech" between ten and twelve. Works on items; order and words change, what
was said does not.
"""

from __future__ import annotations

from collections.abc import Callable

from offhook.understanding.mixed.counting import digits_of
from offhook.understanding.mixed.items import TIMES, Item, Scan, merged

_QUARTERS = {1: ["quarter", "past"], 2: ["half", "past"], 3: ["quarter", "to"]}
_PREFIX = {"after": "after", "before": "before", "until": "by", "since": "from"}
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
_HALVES = frozenset({"am", "pm"})
_ON = frozenset({"ko", "ku"})
"""Behind a bare number these make it the day of a month; an hour has "baje" or "pe"."""


class Timing:
    """Rewrites the items of one sentence, step by step; each step leaves a shorter row."""

    def __init__(self, scan: Scan, items: list[Item]) -> None:
        self._scan = scan
        self._items = items

    def read(self) -> list[Item]:
        for step in (self._clock, self._length, self._dated, self._named_day, self._bounded):
            self._items = self._apply(step)
        return self._items

    def _apply(self, step: Callable[[int], tuple[list[Item], int] | None]) -> list[Item]:
        out: list[Item] = []
        i = 0
        while i < len(self._items):
            made = step(i)
            if made is None:
                out.append(self._items[i])
                i += 1
            else:
                out.extend(made[0])
                i = made[1]
        return out

    # -- looking around -------------------------------------------------------------------------------------------

    def _kind(self, i: int) -> str:
        return self._items[i].kind if 0 <= i < len(self._items) else ""

    def _is(self, i: int, section: str) -> bool:
        if not 0 <= i < len(self._items):
            return False
        item = self._items[i]
        return item.kind in ("post", "ordinals", "parts") and item.key in self._scan.voc.sections[section]

    def _whole(self, i: int, least: int, most: int) -> bool:
        if self._kind(i) != "num":
            return False
        value = self._items[i].value
        return value == int(value) and least <= value <= most

    def _over(self, i: int, *sections: str) -> int:
        """The first place from `i` on that is no word of these sections."""
        while any(self._is(i, section) for section in sections):
            i += 1
        return i

    def _ends(self, i: int) -> bool:
        """Whether nothing counted can follow at `i`: a time of day may end there."""
        kind = self._kind(i)
        return kind in ("", "post", "no", "verb", "small", "dot", *TIMES)

    # -- clock ----------------------------------------------------------------------------------------------------

    def _clock(self, i: int) -> tuple[list[Item], int] | None:
        if self._kind(i) != "num":
            return None
        item = self._items[i]
        if item.quarters:
            return self._quartered(i)
        if not self._whole(i, 0, 24):
            return None
        hour = int(item.value)
        if self._is(i + 1, "to_hour") and self._whole(i + 2, 1, 59):
            end = i + 4 if self._kind(i + 3) == "short" else i + 3
            words = [str((hour - 2) % 12 + 1), ":", f"{60 - int(self._items[i + 2].value):02d}"]
            return [merged(self._items, i, end, "clock", words)], end
        past = self._is(i + 1, "past_hour") or self._is(i + 1, "baje")
        if past and self._whole(i + 2, 1, 59) and (self._kind(i + 3) == "short" or not self._is(i + 1, "baje")):
            end = i + 4 if self._kind(i + 3) == "short" else i + 3
            words = [str(hour), ":", f"{int(self._items[i + 2].value):02d}"]
            return [merged(self._items, i, end, "clock", words)], end
        if self._is(i + 1, "baje"):
            return [merged(self._items, i, i + 2, "clock", [*item.words, "oclock"])], i + 2
        if self._is(i + 1, "near") and 1 <= hour <= 12:
            return [merged(self._items, i, i + 2, "clock", [*item.words, "oclock"])], i + 2
        if self._kind(i + 1) == "word" and self._items[i + 1].words[0] in _HALVES:
            return [merged(self._items, i, i + 2, "clock", [*item.words, *self._items[i + 1].words])], i + 2
        minute = self._whole(i + 1, 0, 59) and self._items[i + 1].key.isdecimal() and len(self._items[i + 1].key) == 2
        if minute and self._is(i + 2, "baje") and 1 <= hour <= 12:
            words = [str(hour), ":", self._items[i + 1].key]
            return [merged(self._items, i, i + 3, "clock", words)], i + 3
        return None

    def _quartered(self, i: int) -> tuple[list[Item], int] | None:
        """ "sava das (baje)", "dedh baje"; a bare "dhai" is no time unless one was asked for."""
        item = self._items[i]
        part = round(item.value * 4) % 4
        said = self._is(i + 1, "baje")
        spoken = item.end - item.start > 1 or self._scan.asked in ("time", "datetime")
        behind_day = self._kind(i - 1) in TIMES and self._kind(i + 1) == "word"
        if not 1 <= item.value < 13 or not part or not (said or (spoken and (self._ends(i + 1) or behind_day))):
            return None
        hour = int(item.value) + (1 if part == 3 else 0)
        end = i + 2 if said else i + 1
        return [merged(self._items, i, end, "clock", [*_QUARTERS[part], str(hour)])], end

    # -- lengths of time ------------------------------------------------------------------------------------------

    def _length(self, i: int) -> tuple[list[Item], int] | None:
        """ "do din baad", "aadha ghanta pehle", "hafte baad"; a length alone stays one."""
        count, at = (self._items[i].value, i + 1) if self._kind(i) == "num" else (1.0, i)
        unit = self._items[at] if at < len(self._items) else None
        if unit is None or unit.kind not in ("unit", "short") or unit.words[0] == "weekend":
            return None
        if at == i and self._kind(i - 1) == "det":
            return None
        if at == i and self._is(i + 1, "before") and self._is_part(i + 2):
            return None  # "mahine ke pehle somvar": the first one of it
        end = at + 1
        follower = "" if at > i else "needed"
        if self._is(end, "of") and self._is(end + 1, "within"):
            end += 1
        for name in ("after", "later", "earlier", "within", "before"):
            if self._is(end, name):
                follower = name
                break
        if follower == "needed" or (at == i and follower in ("within", "")):
            return None
        words = self._measured(count, unit)
        if words is None:
            return None
        if not follower and self._scan.moving:
            follower = next((side for side in ("later", "earlier") if any(self._is(n, side) for n in range(i))), "")
            if follower:
                return [merged(self._items, i, end, "shift", [*words, follower])], end
        if not follower:
            return [merged(self._items, i, end, "length", words)], end
        return [self._directed(i, end + 1, words, unit, follower)], end + 1

    def _is_part(self, i: int) -> bool:
        return self._kind(i) == "weekday" or (self._kind(i) == "unit" and self._items[i].words[0] in ("week", "day"))

    def _measured(self, count: float, unit: Item) -> list[str] | None:
        name = unit.words[0]
        if unit.kind == "short":
            minutes = count * (60 if name == "hour" else 1)
            if minutes != int(minutes):
                return None
            hours = name == "hour" and count == int(count)
            return [str(int(count)), "hours"] if hours else [str(int(minutes)), "minutes"]
        if name == "month" and count % 1 == 0.5:
            return [str(int(count)), "months", "and", "a", "half"]
        return [str(int(count)), name + "s"] if count == int(count) else None

    def _directed(self, i: int, end: int, words: list[str], unit: Item, follower: str) -> Item:
        back = follower in ("earlier", "before")
        ahead = self._items[end - 1].key not in self._scan.voc.sections["after"]
        if self._scan.moving or (follower == "later" and ahead and unit.kind == "short"):
            said = [*words, "earlier" if back else "later"]
            return merged(self._items, i, end, "shift", said)
        if back:
            return merged(self._items, i, end, "day", [*words, "ago"])
        if follower == "within" and self._items[end - 1].key not in ("men", "me", "mn"):
            return merged(self._items, i, end, "day", ["within", *words])
        return merged(self._items, i, end, "day", ["in", *words])

    # -- days -----------------------------------------------------------------------------------------------------

    def _dated(self, i: int) -> tuple[list[Item], int] | None:
        """ "agle mahine ki 5 tareekh", "december ki 5", "5 december", "5 tareekh", "mahine ke aakhir mein"."""
        part = self._part_of(i)
        if part is not None:
            return part
        month, at = self._month(i)
        if month:
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
            if self._whole(day, 1, 31) and (numbered or (named and not self._is(day + 1, "baje"))):
                end = day + 2 if self._is(day + 1, "day_number") else day + 1
                number = str(int(self._items[day].value))
                words = [month[-1], number] if named and len(month) == 1 else ["the", number, "th", "of", *month]
                if month == ["this", "month"] and self._kind(i) == "unit":
                    words = ["the", number, "th"]  # the day that comes next
                return [merged(self._items, i, end, "day", words)], end
        year, at = self._year(i)
        if year and (last := self._last_day(self._over(at, "of"), year)):
            end = self._over(at, "of") + 2
            return [merged(self._items, i, end, "day", last)], end
        if self._whole(i, 1, 99):
            number = str(int(self._items[i].value))
            if self._is(i + 1, "day_number"):
                later = self._over(i + 2, "of")
                name, stop = self._month(later)
                if name:
                    return [merged(self._items, i, stop, "day", ["the", number, "th", "of", *name])], stop
                return [merged(self._items, i, i + 2, "day", ["the", number, "th"])], i + 2
            if self._kind(i + 1) == "post" and self._items[i + 1].key in _ON and self._whole(i, 1, 31):
                return [merged(self._items, i, i + 2, "day", ["the", number, "th"])], i + 2
            at = self._over(i + 1, "of")
            if self._kind(at) == "month":
                words = [number, *self._items[at].words]
                dated = self._whole(at + 1, 2000, 2100)
                if dated:
                    words.append(str(int(self._items[at + 1].value)))
                return [merged(self._items, i, at + 1 + dated, "day", words)], at + 1 + dated
        ordinal = self._ordinal_day(i)
        if ordinal:
            return [merged(self._items, i, i + 2, "day", ["the", ordinal, "th"])], i + 2
        if self._is(i, "day_number") and self._whole(i + 1, 1, 31):
            return [merged(self._items, i, i + 2, "day", ["the", str(int(self._items[i + 1].value)), "th"])], i + 2
        return None

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
            which = _NTH.get(
                self._items[i].words[0], ""
            )  # "aathve mahine": "pehle" and "doosre" say more than one thing
            return ([_MONTHS[int(which) - 1]], i + 2) if which and 3 <= int(which) <= 12 else ([], i)
        return [], i

    def _year(self, i: int) -> tuple[list[str], int]:
        """ "saal", "agle saal" -> the base words and the end; no words where there is no year."""
        at = i + 1 if self._kind(i) == "det" else i
        if self._kind(at) != "unit" or self._items[at].words != ["year"]:
            return [], i
        return [*self._items[i].words, "year"] if at > i else ["the", "year"], at + 1

    def _part_of(self, i: int) -> tuple[list[Item], int] | None:
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

    def _named_day(self, i: int) -> tuple[list[Item], int] | None:
        """ "agle mangal", "is hafte", "agle hafte budhvaar", and what else names a day by itself."""
        kind = self._kind(i)
        if kind == "det":
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
        if kind in ("weekday", "month"):
            item = self._items[i]
            return [Item("day", item.words, item.start, item.end)], i + 1
        if kind == "unit" and self._items[i].words[0] in ("weekend", "day"):
            weekend = self._items[i].words[0] == "weekend"
            item = self._items[i]
            return [Item("day" if weekend else "small", item.words if weekend else [], item.start, item.end)], i + 1
        return None

    # -- ranges and bounds ----------------------------------------------------------------------------------------

    def _bounded(self, i: int) -> tuple[list[Item], int] | None:
        if self._limit(i) is not None:
            return self._limit(i)
        if not self._time(i):
            return None
        found = self._range(i) or self._day_of_week(i)
        if found is not None:
            return found
        item = self._items[i]
        if item.kind == "day" and self._kind(i + 1) == "part" and self._is(i + 2, "until"):
            words = ["by", *item.words, *self._items[i + 1].words]
            return [merged(self._items, i, i + 3, "day", words)], i + 3
        for name, prefix in _PREFIX.items():
            if not self._is(i + 1, name):
                continue
            if item.kind == "part":
                return [self._part_bound(item, self._items[i + 1], name)], i + 2
            if item.kind == "num" and not self._hour(i):
                return None
            if name == "since" and item.kind == "num":
                return None
            if name == "until" and self._scan.moving:
                prefix = "to"  # an appointment that is put off until a day goes to that day
            words = [prefix, *self._as_clock(item)]
            return [merged(self._items, i, i + 2, item.kind if item.kind != "num" else "clock", words)], i + 2
        if item.kind != "num":
            end = self._over(i + 1, "at", "near", "for", "of", "within")
            if end > i + 1:
                made = merged(self._items, i, end, item.kind, item.words)
                made.linked = any(self._is(at, "of") and not self._is(at, "in_part") for at in range(i + 1, end))
                return [made], end
        return None

    def _time(self, i: int) -> bool:
        return self._kind(i) in TIMES or self._hour(i)

    def _hour(self, i: int) -> bool:
        """A bare number that can be an hour or the day of a month."""
        if self._whole(i, 1, 31) and self._kind(i + 2) == "num" and self._is(i + 3, "between"):
            return True
        return self._whole(i, 1, 31) and self._kind(i + 1) in ("", "post", "verb", "small", "no", "dot", *TIMES)

    def _range(self, i: int) -> tuple[list[Item], int] | None:
        """ "10 se 12 ke beech", "somvaar se budhvaar tak", "3 aur 5 ke beech"."""
        linked = self._is(i + 1, "since")
        anded = self._kind(i + 1) == "word" and self._items[i + 1].words == ["and"]
        if not (linked or anded) or not self._time(i + 2):
            return None
        one, two = self._items[i], self._items[i + 2]
        if {one.kind, two.kind} & {"part"} or (one.kind != two.kind and "num" not in (one.kind, two.kind)):
            return None
        between = self._is(i + 3, "between")
        if anded and not between:
            return None
        if linked and two.words[-1:] == ["ago"] and one.kind == "day":
            return [merged(self._items, i, i + 3, "day", [*two.words[:-1], "before", *one.words])], i + 3
        if linked and two.words[:1] == ["in"] and one.kind == "day":
            words = two.words if one.words == ["today"] else [*two.words[1:], "after", *one.words]
            return [merged(self._items, i, i + 3, "day", words)], i + 3
        first, second = self._alike(one, two)
        if between:
            words, end = ["between", *first, "and", *second], i + 4
        else:
            words, end = ["from", *first, "to", *second], self._over(i + 3, "until", "at", "for")
        kind = "clock" if "day" not in (one.kind, two.kind) else "day"
        return [merged(self._items, i, end, kind, words)], end

    def _day_of_week(self, i: int) -> tuple[list[Item], int] | None:
        """ "do hafte baad shukravar ko": Friday in two weeks."""
        one, at = self._items[i], self._over(i + 1, "of", "at")
        if one.kind != "day" or one.words[:1] != ["in"] or not one.words[-1].startswith("week"):
            return None
        if self._kind(at) != "day" or self._items[at].words[-1] not in self._scan.weekdays:
            return None
        return [merged(self._items, i, at + 1, "day", [*self._items[at].words, *one.words])], at + 1

    def _alike(self, one: Item, two: Item) -> tuple[list[str], list[str]]:
        if "day" in (one.kind, two.kind):
            return self._as_day(one), self._as_day(two)
        return self._as_clock(one), self._as_clock(two)

    def _as_clock(self, item: Item) -> list[str]:
        return [*item.words, "oclock"] if item.kind == "num" and item.value <= 12 else item.words

    def _as_day(self, item: Item) -> list[str]:
        return ["the", *item.words, "th"] if item.kind == "num" else item.words

    def _part_bound(self, part: Item, post: Item, name: str) -> Item:
        """ "dopahar ke baad" is the afternoon, "dopahar se pehle" before noon; else the part of the day itself."""
        words = part.words
        if name == "before" and words == ["afternoon"]:
            words = ["before", "noon"]
        return Item("part", words, part.start, post.end)

    def _limit(self, i: int) -> tuple[list[Item], int] | None:
        """ "5 lakh tak", "8 lakh ke andar", "500 rupaye"."""
        if self._kind(i) != "num" or self._items[i].value < 100:
            return None
        item = self._items[i]
        at = i + 1
        money = self._kind(at) == "money"
        if money:
            at += 1
        words = digits_of(item.value)
        if self._is(at, "limits"):
            return [merged(self._items, i, at + 1, "amount", ["under", *words, *(["rupees"] if money else [])])], at + 1
        return ([merged(self._items, i, at, "amount", [*words, "rupees"])], at) if money else None
