"""Days and times in a clause, read by the readers of the base language (docs/adr/0010) and put the way a book needs
them.

What is written in a book has happened, so that a day without a year is the last one; what is to be reminded of is yet
to come; a summary covers what is over. The readers see the clause with everything that is no time made neutral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from offhook.understanding.date_base import Days
from offhook.understanding.dates import DateReader
from offhook.understanding.halves import HalfRule
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.model import World
from offhook.understanding.pieces import Part, Piece, PieceReader
from offhook.understanding.text import NEUTRAL, Sentence
from offhook.understanding.times import Clock, TimeReader
from offhook.understanding.when import When, WhenReader
from offhook.understanding.worlds import WorldIndex

Side = Literal["past", "future"]
_KINDS = frozenset(
    {"weekdays", "months", "relative", "two_sided", "dayparts", "clock", "units", "short_units", "around_day"}
)
_POSTS = frozenset({"baje", "past_hour", "to_hour", "day_number", "this", "next", "last"})
_NOT_ENGLISH = frozenset(
    {"the", "by", "in", "a", "an", "one", "half", "quarter", "second", "may", "march", "sat", "sun"}
)
_HOURLY = frozenset({"am", "pm", "hour", "hours", "minute", "minutes", "noon", "midnight", "oclock", "o'clock"})
_NTH = frozenset({"st", "nd", "rd", "th"})
_FIRST = frozenset({"pehli", "pahli", "paheli", "pahali", "pehlee"})
_HALVES = frozenset({"half", "quarter"})
_LED = frozenset({"by", "until", "till", "before", "after", "from", "since", "to", "on", "in", "within", "of", "the"})
"""Words that the base language has before a time and Hindi behind it."""


@dataclass(slots=True)
class Timed:
    when: When
    places: list[tuple[int, int]]
    """Tokens that the times take."""


def may_hold_time(scan: Scan) -> bool:
    """Whether a word of a time stands in the sentence: reading dates is not for nothing."""
    voc = scan.language.voc
    calendar = scan.language.everyday.lexicon.calendar
    for i, word in enumerate(scan.words):
        if scan.taken[i]:
            continue
        entry = voc.at(scan.keys, i, len(scan))
        if entry is not None and (entry[0].kind in _KINDS or entry[0].value in _POSTS):
            return True
        if word in calendar.starters and word not in _NOT_ENGLISH and not _number_word(scan, i):
            return True
        if word in _HOURLY or (word in _HALVES and scan.word(i + 1) in ("past", "to", "an", "after")):
            return True
        if word in _NTH and scan.word(i - 1).isdecimal():
            return True
        if word in (":", "/") and scan.sentence.glued[i] and scan.word(i + 1).isdecimal():
            return True
    return False


def _number_word(scan: Scan, i: int) -> bool:
    return scan.keys[i] in scan.language.counts.words or scan.words[i].isdecimal()


def read_times(
    scan: Scan, start: int, end: int, hidden: Sequence[tuple[int, int]], world: World, index: WorldIndex, side: Side
) -> Timed:
    """The times in tokens [start, end). `hidden`: tokens that belong to something else."""
    sentence = _masked(scan, start, end, hidden)
    lexicon = scan.language.everyday.lexicon
    for mixture in scan.language.everyday.mixtures:
        if mixture.speaks(sentence) or mixture.speaks(scan.sentence):
            sentence = mixture.gloss(sentence, None, past=side == "past").sentence
            break
    if side == "past":
        # What a book is asked or told of has happened: no reader is to put its day aside for that.
        over = lexicon.calendar.sets["happened"]
        sentence.words = [f"{NEUTRAL}{word}" if word in over else word for word in sentence.words]
    now = world.now.astimezone(index.zone)
    dates = DateReader(
        sentence, lexicon.calendar, lexicon.numbers, now.date(), month_first=index.month_first, anchor=None
    )
    reader = PieceReader(sentence, lexicon, dates, TimeReader(sentence, lexicon.calendar, lexicon.numbers))
    pieces = [p for p in reader.read([word.startswith(NEUTRAL) for word in sentence.words]) if _is_time(p)]
    when = WhenReader(sentence, lexicon, now, index.zone, HalfRule(world.hours)).combine(pieces)
    places = [_place(scan, sentence, piece) for piece in pieces]
    return Timed(when, [place for place in places if place[1] > place[0]])


def _is_time(piece: Piece) -> bool:
    return isinstance(piece, Days | Clock | Part) or type(piece).__name__ == "Span"


def _masked(scan: Scan, start: int, end: int, hidden: Sequence[tuple[int, int]]) -> Sentence:
    source = scan.sentence
    words = ["1" if first_of_month(scan, i) else source.words[i] for i in range(start, end)]
    for first, last in hidden:
        for i in range(max(first, start), min(last, end)):
            words[i - start] = f"{NEUTRAL}x"
    return Sentence(
        source.text, words, source.starts[start:end], source.ends[start:end], [False, *source.glued[start + 1 : end]]
    )


def first_of_month(scan: Scan, i: int) -> bool:
    """Whether a word is the first day of a month ("pehli november", "mahine ki pehli ko")."""
    if scan.latin(i) not in _FIRST or scan.taken[i]:
        return False
    following = scan.language.voc.at(scan.keys, i + 1, len(scan)) if i + 1 < len(scan) else None
    month = following is not None and following[0].kind == "months"
    if month or scan.word(i + 1) in scan.language.everyday.lexicon.calendar.months:
        return True
    of = scan.latin(i - 1) in ("ki", "kee") and scan.latin(i - 2) in ("mahine", "maheene", "mahina")
    return of and scan.latin(i + 1) in ("ko", "tareekh", "tarikh", "tarik", "se", "ke")


def _place(scan: Scan, sentence: Sentence, piece: Piece) -> tuple[int, int]:
    """The tokens of the scan that a piece of the glossed sentence came from."""
    led = piece.start - 1 if sentence.word(piece.start - 1) in _LED else piece.start
    first = min(sentence.starts[led : piece.end], default=0)
    last = max(sentence.ends[piece.start : piece.end], default=0)
    tokens = [i for i in range(len(scan)) if scan.sentence.starts[i] < last and scan.sentence.ends[i] > first]
    return (tokens[0], tokens[-1] + 1) if tokens else (0, 0)


def happened(when: When, today: date) -> date | None:
    """The day on which something was done: never one that is yet to come."""
    day = when.date
    if day is None:
        return None
    if day > today:
        if day - today <= timedelta(days=7):
            return day - timedelta(days=7) if day.weekday() != today.weekday() or day != today else day
        earlier = _month_before(day)
        return earlier if earlier <= today else day.replace(year=day.year - 1)
    return day


def _month_before(day: date) -> date:
    first = day.replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, first.day))


def period(name: str, which: str, now: datetime, count: int = 1) -> tuple[date, date]:
    """Days of "this week", "last month", "the last 3 days" up to today; whole ones when they are over."""
    today = now.date()
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return (monday, today) if which == "this" else (monday - timedelta(days=7), monday - timedelta(days=1))
    if name == "month":
        first = today.replace(day=1)
        last = first - timedelta(days=1)
        return (first, today) if which == "this" else (last.replace(day=1), last)
    if name == "year":
        first = today.replace(month=1, day=1)
        if which == "this":
            return first, today
        return first.replace(year=today.year - 1), first - timedelta(days=1)
    return (today, today) if which == "this" else (today - timedelta(days=1), today - timedelta(days=1))


def last_days(name: str, count: int, today: date) -> tuple[date, date]:
    """ "the last seven days": today included."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[name] * count
    return today - timedelta(days=days - 1), today
