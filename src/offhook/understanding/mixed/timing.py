"""Pieces of time put together the way the base language says them: "saadhe das baje" is half past ten, "5 tareekh" the
5th, "do din baad" in two days, "10 se 12 ke beech" between ten and twelve. Works on items; order and words change, what
was said does not.
"""

from __future__ import annotations

from offhook.understanding.mixed.counting import digits_of
from offhook.understanding.mixed.day_words import DayWords
from offhook.understanding.mixed.items import TIMES, Item, merged
from offhook.understanding.mixed.row import Made

_QUARTERS = {1: ["quarter", "past"], 2: ["half", "past"], 3: ["quarter", "to"]}
_PREFIX = {"after": "after", "before": "before", "until": "by", "since": "from"}
_A_CAR, _A_NUMBER = 10_000, 100_000_000
"""From the least that a car is sold for to what can only be a number that is read out."""
_HALVES = frozenset({"am", "pm"})
_POINTING = frozenset({"us", "usi", "is", "isi", "jis", "kis", "hr"})
"""Keys of what points to a day."""


class Timing(DayWords):
    """Rewrites the items of one sentence, step by step; each step leaves a shorter row."""

    def read(self) -> list[Item]:
        for step in (self._clock, self._length, self._dated, self._named_day, self._bounded):
            self._items = self._apply(step)
        return self._items

    # -- clock ----------------------------------------------------------------------------------------------------

    def _clock(self, i: int) -> Made | None:
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

    def _quartered(self, i: int) -> Made | None:
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

    def _length(self, i: int) -> Made | None:
        """ "do din baad", "aadha ghanta pehle", "hafte baad"; a length alone stays one."""
        count, at = (self._items[i].value, i + 1) if self._kind(i) == "num" else (1.0, i)
        unit = self._items[at] if at < len(self._items) else None
        if unit is None or unit.kind not in ("unit", "short") or unit.words[0] == "weekend":
            return None
        if at == i and i > 0 and (self._kind(i - 1) == "det" or self._items[i - 1].key in _POINTING):
            return None  # "us din jaldi niklunga": that day, not a day sooner
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

    # -- ranges and bounds ----------------------------------------------------------------------------------------

    def _bounded(self, i: int) -> Made | None:
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
            if self._scan.sentence.pauses(self._items[i + 1].start):
                return None  # "barah baje, pehle nahi aa sakta"
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

    def _range(self, i: int) -> Made | None:
        """ "10 se 12 ke beech", "somvaar se budhvaar tak", "3 aur 5 ke beech"."""
        linked = self._is(i + 1, "since") or self._to(i)
        anded = self._kind(i + 1) == "word" and self._items[i + 1].words == ["and"]
        hours = linked and self._kind(i - 1) in TIMES and self._whole(i, 1, 12) and self._whole(i + 2, 1, 12)
        if not (linked or anded) or not (self._time(i + 2) or hours):
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
        elif self._is(i + 3, "until") and "day" in (one.kind, two.kind) and not self._scan.moving:
            words, end = ["between", *first, "and", *second], self._over(i + 3, "until", "at", "for")
        elif self._every_week(i, first, second):
            words, end = ["weekdays"], self._over(i + 3, "until", "at", "for")
        else:
            words, end = ["from", *first, "to", *second], self._over(i + 3, "until", "at", "for")
        kind = "clock" if "day" not in (one.kind, two.kind) else "day"
        return [merged(self._items, i, end, kind, words)], end

    def _to(self, i: int) -> bool:
        """ "Monday to Friday" in the words of the base language, where "to" is no particle."""
        if i + 2 >= len(self._items) or self._scan.words[self._items[i + 1].start] != "to":
            return False
        return all(item.words[-1:] and item.words[-1] in self._scan.weekdays for item in self._items[i : i + 3 : 2])

    def _every_week(self, i: int, first: list[str], second: list[str]) -> bool:
        """ "Monday to Friday paanch baje ke baad hi free hota hoon": the days of every week, by a verb of habit."""
        if (first, second) != (["monday"], ["friday"]):
            return False
        for item in self._items[i + 3 :]:
            verb = self._scan.voc.verbs.get(item.key)
            if self._scan.sentence.pauses(item.start):
                break
            if (verb is not None and verb.tense == "habit") or self._scan.key(item.start) in self._scan.voc.managing:
                return True
        return False

    def _day_of_week(self, i: int) -> Made | None:
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

    def _limit(self, i: int) -> Made | None:
        """ "5 lakh tak", "8 lakh ke andar", "500 rupaye"."""
        if self._kind(i) != "num" or self._items[i].value < 100:
            return None
        item = self._items[i]
        at = i + 1
        money = self._kind(at) == "money"
        if money:
            at += 1
        words = digits_of(item.value)
        bought = _A_CAR <= item.value < _A_NUMBER and self._is(at, "within")  # "paanch lakh mein koi gaadi"
        if self._is(at, "limits") or bought:
            return [merged(self._items, i, at + 1, "amount", ["under", *words, *(["rupees"] if money else [])])], at + 1
        return ([merged(self._items, i, at, "amount", [*words, "rupees"])], at) if money else None
