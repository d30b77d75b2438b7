"""The words of a sentence as items, from left to right, the longest phrase first; no word is read twice.

Words that mean different things are told apart by their neighbours: "do" is two before something that is counted and
"give" behind a verb; "is" is this before a time; "mangal" is Tuesday where a day can stand.
"""

from __future__ import annotations

from collections.abc import Set

from offhook.understanding.lexicon import CalendarWords
from offhook.understanding.mixed.counting import Count, count_at, digits_of, is_count_word
from offhook.understanding.mixed.items import Item, Scan, neutral
from offhook.understanding.mixed.vocabulary import Entry

_COUNTED = frozenset({"units", "short_units", "months"})
_DAY_AFTER = frozenset({"post", "dayparts", "no", "weekdays", "clock"})
_PARTS = {"end": "end", "start": "beginning", "middle": "middle"}
_HELD = frozenset({"appointment", "booking", "slot"})
_WISHES = {"earliest": "earliest", "urgent": "asap", "same_time": "same time"}
_NO_THINGS = frozenset({"i", "my", "your", "you", "it", "and", "or", "but", "please", "everything", "also"})
_LINKS = frozenset({"and", "or", "to"})
ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})
_DICTATED = 3
"""Other digits beside one that make a dictated number."""


class Scanner:
    """Makes the items of one sentence."""

    def __init__(self, scan: Scan, calendar: CalendarWords, past: bool, over: Set[int] = frozenset()) -> None:
        """`past`: whether the sentence speaks of what is over; `over`: the tokens of clauses that do."""
        self._scan = scan
        self._voc = scan.voc
        self._calendar = calendar
        self._past = past
        self._over = over

    def items(self) -> list[Item]:
        found: list[Item] = []
        i, size = 0, len(self._scan.keys)
        while i < size:
            item = self._at(i)
            found.append(item)
            i = max(item.end, i + 1)
        return found

    def _at(self, i: int) -> Item:
        scan = self._scan
        if scan.words[i] in ORDINAL_ENDS and scan.sentence.glued[i] and scan.words[i - 1].isdecimal():
            return Item("post", [], i, i + 1, min(self._voc.sections["day_number"]))
        named = scan.named.get(i)
        if named is not None:
            return Item("name", named[1], i, named[0])
        if (day := self._short_day(i)) is not None:
            return day
        if scan.words[i] in self._calendar.holidays.starters and (feast := self._feast(i)) is not None:
            return feast
        if scan.keys[i] in self._voc.managing and self._behind_stem(i):
            return Item("small", [], i, i + 1)
        phrase = self._voc.at(scan.keys, i, self._limit(i))
        if phrase is None or phrase[1] == i + 1:
            count = self._count(i)
            if count is not None:
                words = [count.digits] if count.digits else digits_of(count.value)
                return Item("num", words, i, count.end, count.digits, count.value, count.quarters)
        if phrase is not None:
            item = self._phrase(i, *phrase)
            if item is not None:
                return item
        return self._word(i)

    def _behind_stem(self, i: int) -> bool:
        """Whether a verb that tells what one manages stands behind another one ("aa pata hoon")."""
        before = self._scan.key(i - 1)
        found = self._voc.at(self._scan.keys, i - 1, i) if i else None
        denied = found is not None and found[0].kind == "no" and self._scan.key(i - 2) in self._voc.verbs
        return denied or before in self._voc.verbs

    def _short_day(self, i: int) -> Item | None:
        """ "sat 10 bje", "sat kr do": a short weekday of the base language that is a number or a verb of this one,
        unless it counts something ("sat baje", "sat din")."""
        word, following = self._scan.words[i], self._scan.key(i + 1)
        if word not in self._calendar.weekdays or word not in self._calendar.sets["shy_weekdays"]:
            return None
        phrase = self._voc.at(self._scan.keys, i, self._limit(i))
        if phrase is not None and phrase[1] > i + 1:
            return None  # "sat sri akal"
        behind = self._scan.words[i + 1] if i + 1 < len(self._scan.words) else ""
        if word == "sat":
            found = self._voc.at(self._scan.keys, i + 1, len(self._scan.keys)) if behind else None
            counts = found is not None and (found[0].kind in _COUNTED or found[0].value in ("baje", "day_number"))
            counts = (
                counts
                or following in self._voc.scales
                or following in self._voc.money
                or behind in self._calendar.months
            )
            counts = counts or (i == 0 and not behind) or self._read_out(i)
        else:
            counts = not behind.isdecimal()
        return None if counts else Item("weekday", [word], i, i + 1)

    def _feast(self, i: int) -> Item | None:
        """A feast by its name in the base language ("christmas eve")."""
        names = self._calendar.holidays
        for end in range(i + names.longest, i, -1):
            said = tuple(self._scan.words[i:end])
            if len(said) == end - i and (said in names.fixed or said in names.nth or said in names.easter):
                return Item("day", list(said), i, end)
        return None

    def _limit(self, i: int) -> int:
        """No phrase reaches into a name."""
        return min((start for start in self._scan.named if start > i), default=len(self._scan.keys))

    # -- numbers --------------------------------------------------------------------------------------------------

    def _count(self, i: int) -> Count | None:
        scan, voc = self._scan, self._voc
        word, key = scan.words[i], scan.keys[i]
        scale = key in voc.scales and not voc.shy(word)
        if not (word.isdecimal() or scale or key in voc.units or key in voc.fractions or key in voc.quarters):
            return None
        if key[0] == "=" and not word.isdecimal():
            return None
        count = count_at(voc, scan.words, scan.keys, i)
        if count is None or count.end > self._limit(i):
            return None
        if word.isdecimal() and self._written(i, count):
            return None
        if voc.shy(word) and count.end == i + 1 and not self._can_count(i):
            return None
        return count

    def _written(self, i: int, count: Count) -> bool:
        """ "10:30", "12/5", "5th", "5k" are read as they stand by the base language."""
        scan = self._scan
        at = count.end
        if at >= len(scan.words):
            return scan.words[i - 1 : i] in ([":"], ["/"]) and scan.sentence.glued[i]
        follower, glued = scan.words[at], scan.sentence.glued[at]
        if follower in (":", "/", "%", "-") and glued:
            return True
        if glued and follower in ("k", "h"):
            return True
        return scan.words[i - 1 : i] in ([":"], ["/"]) and scan.sentence.glued[i]

    def _can_count(self, i: int) -> bool:
        """Whether a word that is also something else is a number here."""
        scan, voc = self._scan, self._voc
        before = scan.key(i - 1)
        if self._read_out(i):
            return True
        if i + 1 >= len(scan.keys):
            return i == 0 or (i > 0 and is_count_word(voc, scan.words[i - 1], before))
        if i > 0 and before in voc.verbs and before not in voc.units and not scan.sentence.pauses(i):
            return False
        following = voc.at(scan.keys, i + 1, len(scan.keys))
        word = scan.words[i + 1]
        if following is not None and following[0].kind in _COUNTED:
            return True
        if following is not None and following[0].kind == "post":
            key = " ".join(scan.keys[i + 1 : following[1]])
            sections = voc.sections
            if any(key in sections[name] for name in ("baje", "past_hour", "to_hour", "day_number")):
                return True
            if key in sections["since"]:
                return self._number_behind(following[1])
            if key in sections["between"]:
                return i > 1
        if scan.key(i + 1) in voc.scales or scan.key(i + 1) in voc.money:
            return True
        if word in self._calendar.months or word in self._calendar.short_units or word in self._calendar.units:
            return True
        if scan.key(i + 1) in ("ya", "or", "nhi") and self._number_behind(i + 2):
            return True
        return self._dictated(i) or self._counts_things(i, following)

    def _counts_things(self, i: int, following: tuple[Entry, int] | None) -> bool:
        """ "mujhe do gaadi …": before a thing, where no verb asks for it to be given."""
        if following is None or following[0].kind != "gloss" or following[0].value in _NO_THINGS:
            return False
        before = self._voc.at(self._scan.keys, i - 1, i) if i else None
        small = self._scan.key(i - 1) in self._voc.function_keys and self._scan.key(i - 1) not in self._voc.verbs
        return i == 0 or small or (before is not None and before[0].value in _NO_THINGS)

    def _number_behind(self, i: int) -> bool:
        return i < len(self._scan.keys) and (
            is_count_word(self._voc, self._scan.words[i], self._scan.keys[i]) or self._scan.keys[i] in self._voc.units
        )

    def _read_out(self, i: int) -> bool:
        """Whether the word stands in a row of four single digits or more: a number that is dictated."""
        first, last = i, i
        while first > 0 and self._digit(first - 1):
            first -= 1
        while last + 1 < len(self._scan.keys) and self._digit(last + 1):
            last += 1
        return last - first >= _DICTATED

    def _digit(self, i: int) -> bool:
        return self._voc.units.get(self._scan.keys[i], 10) < 10 or self._scan.words[i].isdecimal()

    def _dictated(self, i: int) -> bool:
        """Digits on both sides, or on one and nothing else: a number that is read out."""
        scan = self._scan
        sides = [
            0 <= at < len(scan.keys)
            and (is_count_word(self._voc, scan.words[at], scan.keys[at]) or scan.keys[at] in self._voc.units)
            for at in (i - 1, i + 1)
        ]
        return any(sides)

    # -- phrases --------------------------------------------------------------------------------------------------

    def _phrase(self, i: int, entry: Entry, end: int) -> Item | None:
        scan = self._scan
        key = " ".join(scan.keys[i:end])
        match entry.kind:
            case "weekdays":
                shy = end == i + 1 and key in self._voc.shy_weekdays and not self._day_like(i)
                return None if shy else Item("weekday", [entry.value], i, end)
            case "months":
                shy = end == i + 1 and key in self._voc.shy_months and not self._beside_number(i)
                return None if shy else Item("month", [entry.value], i, end)
            case "relative":
                return Item("day", entry.value.split(), i, end)
            case "two_sided":
                ahead, _, back = entry.value.partition("|")
                return Item("day", (back if self._past or i in self._over else ahead).split(), i, end)
            case "dayparts":
                return Item("part", [entry.value], i, end)
            case "clock":
                return Item("clock", [entry.value], i, end)
            case "units" | "short_units":
                return Item("unit" if entry.kind == "units" else "short", [entry.value], i, end)
            case "ordinals":
                return Item("ordinals", [entry.value], i, end, key)
            case "parts":
                return Item("parts", [_PARTS[entry.value]], i, end, key)
            case "no":
                return Item("no", [], i, end, key)
            case "post":
                return self._post(i, entry, end, key)
            case "gloss":
                return self._gloss(i, entry, end)
            case _:
                return None

    def _gloss(self, i: int, entry: Entry, end: int) -> Item | None:
        key = self._scan.keys[i]
        if end == i + 1 and key in self._voc.verbs and key in self._voc.function_keys:
            return None
        return Item("word", entry.value.split(), i, end)

    def _post(self, i: int, entry: Entry, end: int, key: str) -> Item:
        if entry.value in _WISHES:
            return Item("wish", _WISHES[entry.value].split(), i, end)
        if entry.value in ("this", "next", "last", "coming"):
            if self._before_time(end) or (entry.value == "this" and self._part_at(end)):
                return Item("det", [entry.value], i, end, key)
            return Item("small", [], i, end, key)
        if self._scan.words[i] in self._voc.turning and end == i + 1 and self._structural(i - 1):
            return Item("word", ["but"], i, end)
        return Item("post", [], i, end, key)

    def _structural(self, i: int) -> bool:
        """Whether a word is no content: what stands behind it begins anew ("haan par …")."""
        if i < 0 or self._scan.words[i][0].isdecimal():
            return False
        key = self._scan.keys[i]
        found = self._voc.at(self._scan.keys, i, i + 1)
        return key in self._voc.function_keys and (found is None or found[0].kind == "no")

    def _part_at(self, i: int) -> bool:
        """Whether a part of the day begins here, of which "is" is this one."""
        found = self._voc.at(self._scan.keys, i, i + 1) if i < len(self._scan.keys) else None
        return found is not None and found[0].kind == "dayparts"

    def _before_time(self, i: int) -> bool:
        scan = self._scan
        if i >= len(scan.keys):
            return False
        word = scan.words[i]
        if any(word in table for table in (self._calendar.weekdays, self._calendar.months, self._calendar.units)):
            return True
        following = self._voc.at(scan.keys, i, len(scan.keys))
        if following is not None and following[0].kind in ("weekdays", "months", "units"):
            return True
        counted = is_count_word(self._voc, word, scan.keys[i]) or scan.keys[i] in self._voc.units
        return counted and i + 1 < len(scan.keys) and self._before_time(i + 1)

    def _day_like(self, i: int) -> bool:
        """Whether a weekday that is also a name stands where a day does."""
        scan, voc = self._scan, self._voc
        if scan.asked in ("date", "datetime") or len(scan.keys) == 1:
            return True
        before = voc.at(scan.keys, i - 1, i) if i else None
        if before is not None and before[0].kind in ("post", "no", "relative") and before[0].value != "of":
            return True
        following = voc.at(scan.keys, i + 1, len(scan.keys)) if i + 1 < len(scan.keys) else None
        if following is None:
            return i + 1 < len(scan.keys) and scan.words[i + 1].isdecimal()
        if following[0].kind == "gloss" and following[0].value in _LINKS:
            return True
        if following[0].kind == "post" and following[0].value == "of":
            part = voc.at(scan.keys, i + 2, len(scan.keys)) if i + 2 < len(scan.keys) else None
            held = i + 2 < len(scan.words) and scan.words[i + 2] in _HELD  # "budh wala appointment"
            return held or (part is not None and part[0].kind == "dayparts")  # "mangal ki subah"
        return following[0].kind in _DAY_AFTER and following[0].value != "of"

    def _beside_number(self, i: int) -> bool:
        scan = self._scan
        return any(
            0 <= at < len(scan.keys) and is_count_word(self._voc, scan.words[at], scan.keys[at])
            for at in (i - 1, i + 1)
        )

    # -- single words ---------------------------------------------------------------------------------------------

    def _word(self, i: int) -> Item:
        scan, voc = self._scan, self._voc
        word, key = scan.words[i], scan.keys[i]
        if word == ".":
            return Item("dot", ["."], i, i + 1)
        if word in ("km", "kms"):
            return Item("word", ["km"], i, i + 1)
        if key in voc.verbs:
            reading = voc.readings.get(voc.verbs[key].stem)
            return Item("word", [reading], i, i + 1) if reading is not None else Item("verb", [], i, i + 1, key)
        if key in voc.function_keys:
            return Item("small", [], i, i + 1, key)
        if key in voc.money or word in ("rupees", "rupee", "rs", "₹"):
            return Item("money", ["rupees"], i, i + 1, key)
        if key in voc.distance:
            return Item("word", ["km"], i, i + 1)
        kind = self._base_kind(word)
        return Item(kind, [scan.latin(i)], i, i + 1, key)

    def _base_kind(self, word: str) -> str:
        calendar = self._calendar
        if word in calendar.weekdays and word not in calendar.sets["shy_weekdays"]:
            return "weekday"
        if word in calendar.relative_days:
            return "day"
        if word in calendar.months and word not in calendar.sets["shy_months"]:
            return "month"
        if word in calendar.dayparts:
            return "part"
        if word in calendar.clock:
            return "clock"
        return "word"


def neutral_words(scan: Scan, item: Item) -> list[str]:
    """What stands in the sentence for words that the base language does not need."""
    return [neutral(scan.latin(i)) for i in range(item.start, item.end)]
