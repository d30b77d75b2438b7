"""Small words by which readers tell what a day, a time or a stray word is about: `languages/<tag>/hints.yaml`.

They make no word known to a desk, as those of the other files do; they only tell apart what was read.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from offhook.understanding.datafile import load_data

Words = frozenset[str]
Marks = frozenset[tuple[str, ...]]


class AroundHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the words around a day or a time make of it (`around.py`)."""

    free: Words
    """Of these something may be left today."""
    beside: Words
    """Between a part of the day and the day or the time that it belongs to."""
    wished: Words
    """Before a time they wish for the part of the day that was named."""
    anew: Marks
    """Right before a time they put right what was said long before: "at nine, hang on, I am away, make it eleven"."""
    pointed: Words
    """Behind "at ten and after" they tell what comes next."""
    small: Words


class DateHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which numbers and words are days (`dates.py` and what it is made of, `times.py`)."""

    behind_day: Words
    behind_ordinal: Words
    behind_year: Words
    before_year: Words
    counted: Words
    """Behind an ordinal: it is one of these and no day ("the second floor")."""
    holding: Words
    between_days: Words
    """Between two weekdays, of which the first is meant as one then."""
    sitting: Words
    """Before a "sat" that is a verb, or a "sun" that shines."""


class PieceHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What pieces of time belong together, and which numbers are times (`pieces.py`)."""

    pushed: Words
    """What is moved by a length of time: "push it two hours"."""
    reminding: Words
    """In a sentence in which "an hour before my appointment" moves nothing."""
    moved: Words
    behind_time: Words
    """Behind a bare number they leave it a time."""
    pointing: Words
    """Before "one" they make it a thing ("that one"), no hour."""
    kinds: Words
    """Before "one" they make it a thing of a kind: "battery dead, new one Tuesday at two"."""
    links: Words
    """Between a time and a bare number that is one as well."""
    answering: Words
    """Before a bare number that answers "at what time?"."""
    telling: Words
    """Behind such a number, where they begin to tell why."""


class WorkHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What work is named that is none of the tenant's, and what of it is not wished (`clauses.py`, `chosen.py`)."""

    left_out: Marks
    """Before what is not to be done: "skip the tire rotation, it's the oil I want changed"."""
    said_first: Marks
    """Before what was said and is put right: "I said oil change but what I want is a full service"."""
    turned: Words
    """Behind that, one of these begins what it is to be."""
    nouns: Words
    """They make the words before them a piece of work."""
    named: Words
    """These and others that name work."""
    articles: Words
    besides: Words
    joined: Words
    """They name a piece of work before an "and", though not which."""
    anywhere: Words
    """Parts that things of every trade have: the word before one tells whose it is ("the wallet battery")."""
    settled: Marks
    """Before the one of two things that it is to be."""
    merely: Marks
    """The same, behind one of `turning` ("a full service, but I guess just the oil change")."""
    turning: Words
    won: Marks
    """Behind the one of two things that it is to be."""
    owners: Words
    """Before what the part belongs to."""


class AmountHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which numbers are prices and distances (`amounts.py`)."""

    currency: Words
    limits: Marks
    """Before a price, which is the most then."""
    limits_behind: Marks
    when: Words
    """Before a year they tell when something was: "my brother did the brakes in 2021"."""
    built: Words
    """What was done to a car in the year of its make."""
    distance: Words


class TalkHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sentences begin, go on and ask (`reader.py`, `who.py`, `understander.py`, `fetching.py`)."""

    links: Words
    """Between two wishes."""
    openers: Words
    """They begin a sentence and say nothing ("look, I need …")."""
    persons: Words
    """Right before words of fetching they are who does it."""
    being: Words
    """Question words that tell something as well."""
    before_question: Words
    """Behind these they begin a question."""
    corrections: Words
    """They begin what puts something right."""
    asking: Marks
    """Behind a pause they begin a question of its own: "…, is there a fee for that"."""
    turned: Words
    """Between what is not wanted and the wish behind it."""
    wishes: Marks
    """They begin that wish: "I don't want to cancel, I want to book an oil change"."""
    offered: Marks
    offering: Words
    """These make words of fetching a car a question, where "could somebody come and get it" beside a booking is a
    wish."""


class MoveHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which time of a move is the old one, and which the new (`moves.py`)."""

    into: Words
    until: Words
    out: Words
    ranging: Words
    places: Marks
    """Before the time that another one takes the place of."""
    stands: Words
    """Before the time of what is booked, with a "but" behind it: "I was down for Friday but …"."""
    puts: Words
    """Before "my appointment" they lead to its new time: "can we do my appointment on the second"."""
    any: Words
    verbs: Words
    not_then: Marks
    """Behind a time that is no longer wanted, where it takes its verb with it ("Friday's a no go")."""
    holding: Words
    """Between "I have an appointment" and its day."""
    keeping: Words
    """Before a day whose appointment stays, where another one is cancelled."""
    told: Marks
    """Right before the time of what is booked: "you have me down for Friday"."""
    no_good: Words
    """ "Friday is no good": behind the time that does not suit."""
    arriving: Words
    """All that stands between how far an appointment goes and the time where it arrives: "an hour later, so at ten"."""


class ReasonHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which days only tell why something is wished for (`clause_times.py`)."""

    no_reason: Words
    """Before a "so" that leads to no wish ("a week or so")."""
    opening: Words
    """What a sentence begins with that tells why before it wishes."""
    wished: Marks
    asking: Words
    askers: Words
    """One of these behind one of those begins a wish, though no word leads to it: "this morning it hardly started, can
    someone see it tomorrow"."""
    option: Words
    """Before such a wish, or between the days, they make the first of two days one that counts."""
    of_day: Words
    """Behind "Friday is the" they speak of the day itself; anything else is what happens on it."""
    on_way: Words
    done: Words
    """Before a day in what is cancelled they tell what happened on it: "the car got totaled on Sunday"."""
    returning: Words
    """Before "back" they say that somebody returns ("I am back in September")."""


class AsideHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which clauses only tell something (`asides.py`)."""

    joins: Words
    """They begin a clause."""
    joins_beside: Words
    """The same, before one of `subjects`."""
    behind_and: Words
    """The same, behind "and"."""
    subjects: Words
    speakers: Words
    """Whatever follows one of these is what somebody does."""
    leads: Words
    """They may stand before the first word of a clause."""
    small: Words
    """Before a time they belong to it."""
    verbs: Words
    """With one of these a clause tells something."""
    wishing: Words
    """With one of these it may be what is wished for."""
    leading: Words
    """Before one of `orders` they leave it a part of what is said before it."""
    no_wish: Marks
    """They are spelled like words of a wish: "school let us out at two"."""
    held: Marks
    """With one of these a clause tells what is booked, what was said before, or what is left for the wish."""
    holding: Words
    """Right before a day or a time they tell the same."""
    visiting: Words
    """With one of these a clause may tell when somebody comes to us."""
    places: Words
    """Where somebody is, though a model may be called so."""
    owning: Words
    """They begin what a thing or somebody is called."""
    able: Words
    """Those of `wishing` that tell of others what they can."""
    no_aside: Words
    """What begins with one of these follows from something, or leaves it open."""
    at_hand: Words
    """Before a day they tell that one can come: "I'm off on Friday"."""
    orders: Marks
    """Where they begin something they wish for it, whatever was told right before it."""


class EventHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which times are those of something else that a caller has to do (`events.py`)."""

    events: Words
    others: Words
    """Of what may be an event, beside another time only ("my lunch break")."""
    between: Words
    """Between an event and its time."""
    having: Words
    """Right before an event they tell that somebody has it."""
    over: Marks
    """Before a time at which somebody comes from work or goes there: "I get off at three"."""
    goes: Words
    """Between "the" event and its time."""
    due: Marks
    """Right before what may be an event they make it one: "I have to be at work at nine"."""
    placed: Words
    """Before a place or a person between an event and its time: "my shift at the hospital starts at"."""


class HangingHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hangs a word of the calendar on a day (`leftover.py`)."""

    small: Words
    before: Words
    behind: Words


class DoubtHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stray word may do to a wish (`doubting.py`)."""

    own: Words
    """Before what is over they make it the caller's own affair."""
    ends: Words
    """What ends a reason."""
    being: Marks
    taking: Words
    """Behind them a word may take the day with it."""
    opens: Marks
    """Behind a pause they begin the wish, whatever was said before it: "…, put me down for Friday"."""


class Hints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    around: AroundHints
    dates: DateHints
    pieces: PieceHints
    works: WorkHints
    amounts: AmountHints
    talk: TalkHints
    moves: MoveHints
    reasons: ReasonHints
    asides: AsideHints
    events: EventHints
    hanging: HangingHints
    doubts: DoubtHints


def load_hints(folder: Path) -> Hints:
    """The hints of one language. Raises FileNotFoundError, or ValueError naming what the file lacks."""
    path = folder / "hints.yaml"
    try:
        return msgspec.convert(load_data(path), Hints)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: {error}") from None
