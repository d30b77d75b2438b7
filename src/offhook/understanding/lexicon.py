"""A language's words, read once from `languages/<tag>/*.yaml` into lookup tables.

A new language is a new folder with the same files; no reader names a word of a language in its code unless the
grammar of dates and times itself differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import Data, load_data, names_of, numbers_of, phrases_of, words_of
from offhook.understanding.hints import DateHints, Hints, load_hints

LANGUAGES = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class NumberWords:
    units: dict[str, int]
    """0..19"""
    tens: dict[str, int]
    hundred: frozenset[str]
    scales: dict[str, int]
    suffixes: dict[str, int]
    ordinals: dict[str, int]
    ordinal_suffixes: frozenset[str]
    joiners: frozenset[str]
    articles: frozenset[str]
    points: frozenset[str]
    halves: frozenset[str]
    couples: frozenset[str]
    digit_words: dict[str, int]
    digit_homophones: dict[str, int]
    multipliers: dict[str, int]
    starters: frozenset[str]
    """Every word that can begin a number."""


@dataclass(frozen=True, slots=True)
class Holidays:
    fixed: dict[tuple[str, ...], tuple[int, int]]
    """(month, day)"""
    nth: dict[tuple[str, ...], tuple[int, int, int, int]]
    """(month, weekday, which, days after); which -1 = the last"""
    easter: dict[tuple[str, ...], int]
    starters: frozenset[str]
    longest: int


@dataclass(frozen=True, slots=True)
class CalendarWords:
    weekdays: dict[str, int]
    months: dict[str, int]
    relative_days: dict[str, int]
    units: dict[str, str]
    short_units: dict[str, int]
    """word -> minutes"""
    parts: dict[str, str]
    dayparts: dict[str, str]
    clock: dict[str, str]
    meridiem: dict[str, str]
    sets: dict[str, frozenset[str]]
    """The remaining word classes, by the name they have in the file."""
    daypart_phrases: tuple[tuple[tuple[str, ...], str], ...]
    """Phrases that stand for a part of the day ("after lunch")."""
    zones: dict[str, tuple[float, ...]]
    """Zone -> hours from UTC that it may stand for."""
    phrases: dict[str, tuple[tuple[str, ...], ...]]
    """Phrases by group, the longest first."""
    holidays: Holidays
    date_kinds: dict[str, tuple[str, ...]]
    """word -> the kinds of date that it can begin"""
    starters: frozenset[str]
    """Every word that can begin a piece of time, numbers included."""
    hints: DateHints


@dataclass(frozen=True, slots=True)
class Lexicon:
    tag: str
    numbers: NumberWords
    calendar: CalendarWords
    contractions: dict[str, tuple[str, ...]]
    guarded: dict[str, tuple[frozenset[str], frozenset[str], tuple[str, ...]]]
    """word -> (words behind it, words before it, what it stands for beside one of them)"""
    hesitations: frozenset[str]
    doubled: frozenset[str]
    """Words that are meant twice when they are said twice."""
    plural_you: frozenset[str]
    """Words that add nothing behind "you" ("you guys")."""
    corrections: tuple[tuple[str, ...], ...]
    correction_words: frozenset[str]
    """Every word of a correction ("no", "rather", "instead")."""
    rejects_before: tuple[tuple[str, ...], ...]
    rejects_after: tuple[tuple[str, ...], ...]
    function_words: frozenset[str]
    hints: Hints


def load_lexicon(tag: str = "en", root: Path = LANGUAGES) -> Lexicon:
    """The lexicon of one language. Raises FileNotFoundError naming the file that a language folder lacks."""
    folder = root / tag
    words, hints = load_data(folder / "words.yaml"), load_hints(folder)
    number_words = _number_words(load_data(folder / "numbers.yaml"))
    guarded = cast("dict[str, dict[str, object]]", words.get("guarded", {}))
    return Lexicon(
        tag=tag,
        numbers=number_words,
        calendar=_calendar_words(load_data(folder / "calendar.yaml"), number_words, hints.dates),
        contractions={word: tuple(text.split()) for word, text in names_of(words, "contractions").items()},
        guarded={
            word: (_listed(rule, "before"), _listed(rule, "after"), _split(rule)) for word, rule in guarded.items()
        },
        plural_you=words_of(words, "plural_you"),
        hesitations=words_of(words, "hesitations"),
        doubled=words_of(words, "doubled"),
        correction_words=frozenset(word for mark in phrases_of(words, "correction_marks") for word in mark),
        corrections=_longest_first(phrases_of(words, "correction_marks")),
        rejects_before=_longest_first(phrases_of(words, "rejects_before")),
        rejects_after=_longest_first(phrases_of(words, "rejects_after")),
        function_words=words_of(words, "function_words"),
        hints=hints,
    )


def _number_words(data: Data) -> NumberWords:
    units, tens, ordinals = numbers_of(data, "units"), numbers_of(data, "tens"), numbers_of(data, "ordinals")
    units = {word: value for word, value in units.items() if value < 20}
    articles = words_of(data, "articles")
    return NumberWords(
        units=units,
        tens=tens,
        hundred=words_of(data, "hundred"),
        scales=numbers_of(data, "scales"),
        suffixes=numbers_of(data, "suffixes"),
        ordinals=ordinals,
        ordinal_suffixes=words_of(data, "ordinal_suffixes"),
        joiners=words_of(data, "joiners"),
        articles=articles,
        points=words_of(data, "points"),
        halves=words_of(data, "halves"),
        couples=words_of(data, "couples"),
        digit_words=numbers_of(data, "digit_words"),
        digit_homophones=numbers_of(data, "digit_homophones"),
        multipliers=numbers_of(data, "multipliers"),
        starters=frozenset(units) | frozenset(tens) | frozenset(ordinals) | articles | words_of(data, "hundred"),
    )


_GROUPS = [
    "shy_months",
    "shy_weekdays",
    "shy_after",
    "shy_before",
    "evening_days",
    "this",
    "next",
    "coming",
    "following",
    "last",
    "weekday_group",
    "greeting_before",
    "greeting_behind",
    "oclock",
    "past",
    "to",
    "quarter",
    "half",
    "minute_words",
    "hours_24",
    "approx",
    "time_before",
    "range_links",
    "between",
    "from",
    "after",
    "before",
    "by",
    "later",
    "earlier",
    "from_now",
    "now",
    "ago",
    "in",
    "after_length",
    "working",
    "busy",
    "busy_between",
    "pushed",
    "pushing",
    "happened",
    "occurred",
    "counted_things",
    "kept_from",
    "shy_behind",
    "likened",
    "holiday_things",
    "appointment_words",
    "backward_moves",
    "visiting",
    "departing",
    "pointing_led",
    "pointing_away",
]
_PHRASES = [
    *("turning", "earliest", "urgent", "same_time", "open_from", "open_to", "bound_from", "bound_to"),
    *("pointing_from", "pointing_to"),
]


def _calendar_words(data: Data, numbers: NumberWords, hints: DateHints) -> CalendarWords:
    tables = {
        key: names_of(data, key)
        for key in ("weekdays", "months", "relative_days", "units", "parts", "dayparts", "clock")
    }
    sets = {group: words_of(data, group) for group in _GROUPS}
    phrases = {group: _longest_first(phrases_of(data, group)) for group in _PHRASES}
    holidays = _holidays(cast(Data, data.get("holidays", {})))
    daypart_phrases = tuple((tuple(text.split()), name) for text, name in names_of(data, "daypart_phrases").items())
    starters = set(numbers.starters) | set(numbers.digit_words) | set(holidays.starters) | {"the", "by"}
    for table in tables.values():
        starters.update(table)
    for group in (
        "this",
        "next",
        "coming",
        "following",
        "last",
        "weekday_group",
        "half",
        "quarter",
        "in",
        "after_length",
    ):
        starters.update(sets[group])
    for group in ("earliest", "urgent", "same_time"):
        starters.update(phrase[0] for phrase in phrases[group])
    starters.update(phrase[0] for phrase, _ in daypart_phrases)
    return CalendarWords(
        weekdays=numbers_of(data, "weekdays"),
        months=numbers_of(data, "months"),
        relative_days=numbers_of(data, "relative_days"),
        units=tables["units"],
        short_units=numbers_of(data, "short_units"),
        parts=tables["parts"],
        dayparts=tables["dayparts"],
        clock=tables["clock"],
        meridiem=names_of(data, "meridiem"),
        daypart_phrases=daypart_phrases,
        zones=_zones(data),
        sets=sets,
        phrases=phrases,
        holidays=holidays,
        date_kinds=_date_kinds(tables, sets),
        starters=frozenset(starters),
        hints=hints,
    )


def _zones(data: Data) -> dict[str, tuple[float, ...]]:
    told = cast("dict[str, list[float]]", data.get("zones", {}))
    return {zone: tuple(float(hours) for hours in offsets) for zone, offsets in told.items()}


def _date_kinds(tables: dict[str, dict[str, str]], sets: dict[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    groups: tuple[tuple[str, Iterable[str]], ...] = (
        ("relative", tables["relative_days"]),
        ("weekday", tables["weekdays"]),
        ("month", tables["months"]),
        *((name, sets[name]) for name in ("next", "coming", "following", "last", "in", "weekday_group")),
        ("in", sets["after_length"]),
        ("part", tables["parts"]),
        ("unit", tables["units"]),
    )
    for kind, words in groups:
        for word in words:
            kinds[word] = (*kinds.get(word, ()), kind)
    return kinds


def _holidays(data: Data) -> Holidays:
    fixed = {tuple(name.split()): (int(day[:2]), int(day[3:5])) for name, day in names_of(data, "fixed").items()}
    nth = {
        tuple(str(name).split()): (int(rule[0]), int(rule[1]), int(rule[2]), int(rule[3]) if len(rule) > 3 else 0)
        for group in ("nth", "after_nth")
        for name, rule in cast("dict[str, list[int]]", data.get(group, {})).items()
    }
    easter = {tuple(name.split()): days for name, days in numbers_of(data, "easter").items()}
    names = [*fixed, *nth, *easter]
    return Holidays(
        fixed=fixed,
        nth=nth,
        easter=easter,
        starters=frozenset(name[0] for name in names),
        longest=max((len(name) for name in names), default=0),
    )


def _longest_first(phrases: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(phrases, key=len, reverse=True))


def _listed(rule: dict[str, object], key: str) -> frozenset[str]:
    return frozenset(str(word) for word in cast("list[object]", rule.get(key, [])))


def _split(rule: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(rule["to"]).split())
