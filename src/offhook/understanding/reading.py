"""Everything that one sentence contains, before it is asked what it means: values, entities, times, concepts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from offhook.understanding.amounts import Amount, find_amounts
from offhook.understanding.codes import Code, find_codes
from offhook.understanding.concepts_kept import longest, outside_unlisted, part_of_time
from offhook.understanding.contacts import Contact, find_email, find_phone
from offhook.understanding.date_base import Days
from offhook.understanding.dates import DateReader
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity, qualified
from offhook.understanding.frames import OTHER_TRADE
from offhook.understanding.halves import HalfRule
from offhook.understanding.mixed.gloss import Glossed
from offhook.understanding.modality import Mood, MoodReader, beside_the_wish
from offhook.understanding.model import FAR_OFF_DAYS, Context, World
from offhook.understanding.name_parts import PersonName
from offhook.understanding.names import find_name
from offhook.understanding.phrases import Found, stem
from offhook.understanding.pieces import Piece, PieceReader
from offhook.understanding.text import Sentence, read
from offhook.understanding.times import Clock, TimeReader
from offhook.understanding.when import WhenReader
from offhook.understanding.worlds import WorldIndex

_WHEN = ("date", "time", "datetime")


@dataclass(slots=True)
class Reading:
    sentence: Sentence
    stems: list[str]
    pieces: list[Piece]
    when: WhenReader
    concepts: list[Found]
    values: list[Found]
    services: list[Entity]
    models: list[Entity]
    makes: list[int]
    name: PersonName | None = None
    phone: Contact | None = None
    odd_digits: str = ""
    """Dictated digits that are too few or too many for the phone number that was asked for."""
    email: Contact | None = None
    codes: list[Code] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)
    """Tokens with content that belongs to nothing we know."""
    beside: list[int] = field(default_factory=list)
    """Tokens that belong to no plain wish and to none of its values."""
    numbers: list[int] = field(default_factory=list)
    """Tokens of numbers, and verbs of another language, that were taken for nothing."""
    unsettled: list[int] = field(default_factory=list)
    """Tokens of a mixed sentence that could change what it asks for and were not understood: content that belongs to
    nothing, numbers without a role, negations of nothing. What holds one is never carried out unasked."""
    works: dict[str, list[str]] = field(default_factory=dict)
    """Families of work -> the tenant's services of each."""
    language: str = "en"
    mood: Mood | None = None
    """How its actions are spoken of, where the desk has any."""
    mixed: bool = False
    """Whether the words are those of another language, put into this one: what is said of a thing stands behind it."""


_CORRECTIONS = frozenset({"no", "sorry", "wait", "actually"})


def read_sentence(text: str, desk: DeskLanguage, index: WorldIndex, world: World, context: Context) -> Reading:
    lexicon = desk.lexicon
    asked = context.asked
    plain = read(text, lexicon)
    sentence, glossed = _in_our_words(plain, desk, index, asked)
    size = len(sentence)
    taken = [False] * size
    email = find_email(sentence, lexicon.numbers)
    if email is not None and glossed is not None:
        own = find_email(plain, lexicon.numbers)  # the words of an address are in no language
        email = email if own is None else replace(email, value=own.value)
    _take(taken, email)
    codes = find_codes(sentence, lexicon.numbers, asked) if _has_digit(sentence, desk) else []
    for code in codes:
        _take(taken, code)
    phone, odd = find_phone(
        sentence,
        lexicon.numbers,
        taken,
        asked=asked in ("phone", "customer_phone"),
        held=_read_back(context, "phone", "customer_phone") or _put_right(context, sentence, "phone"),
        is_time=lambda digits: _is_time(digits, world),
        country=world.country,
    )
    _take(taken, phone)
    name = find_name(
        sentence,
        desk.names,
        taken,
        asked=asked in ("name", "customer_name", "customer"),
        known=index.known_name,
        held=_read_back(context, "name", "customer_name"),
        denied=asked == "change",
        ordinary=lambda word: word in desk.real_words or word in desk.known_words or index.knows(word),
        trade=lambda word: index.knows(word) or word in desk.makes,
        phone=None if phone is None else (phone.start, phone.end),
    )
    _take(taken, name)
    if asked not in ("name", "customer_name", "email"):
        _mend(sentence, taken, desk, index)
    stems = [stem(word) for word in sentence.words]
    amounts = find_amounts(sentence, lexicon.numbers, world.now.year)
    values = desk.values.find(sentence.words, stems, taken)
    others = _other_trade(desk, sentence, stems, taken)
    services = _services(sentence, stems, _places(sentence, others, desk, values), index)
    models = index.models.find(stems, taken)
    for entity in (*services, *models):
        whole = not entity.partial and len(entity.tokens) > 1
        for n, i in enumerate(entity.tokens):
            # Behind a part of a name: "ev" of the "Nexon EV" and "700" of the "XUV700".
            taken[i] = taken[i] or whole or (n > 0 and i == entity.tokens[n - 1] + 1)
    clock_taken = list(taken)
    for amount in amounts:
        if amount.kind != "year" or _of_model(sentence, amount, models, desk):
            clock_taken[amount.start : amount.end] = [True] * (amount.end - amount.start)
    zone = index.zone
    now = world.now.astimezone(zone)
    pieces = _pieces(sentence, desk, world, context, now, clock_taken, index)
    covered = [False] * size
    for piece in pieces:
        covered[piece.start : piece.end] = [True] * (piece.end - piece.start)
    amounts = [amount for amount in amounts if not any(covered[amount.start : amount.end])]
    said = [found for found in desk.concepts.find(sentence.words, stems, taken) if not part_of_time(found, pieces)]
    concepts = longest(
        [*said, *outside_unlisted(services, glossed.concepts)] if glossed is not None else said, sentence, stems, desk
    )
    mood = None
    if desk.actions and glossed is None:
        places = (entity.start for entity in services)
        mood = MoodReader(sentence, desk.modal).read(concepts, desk.actions, places)
        concepts = mood.concepts
    values = [found for found in values if not any(taken[found.start : found.end])]
    makes = [
        i
        for i, word in enumerate(sentence.words)
        if not taken[i] and (word in desk.makes or word.removesuffix("s") in desk.makes)
    ]
    reading = Reading(
        sentence=sentence,
        stems=stems,
        pieces=pieces,
        when=WhenReader(sentence, lexicon, now, zone, HalfRule(world.hours)),
        concepts=concepts,
        values=values,
        services=services,
        works=index.works,
        models=models,
        makes=makes,
        name=name,
        phone=phone,
        odd_digits=odd,
        email=email,
        codes=codes,
        amounts=amounts,
        language=glossed.language if glossed is not None else lexicon.tag,
        mood=mood,
        mixed=glossed is not None,
    )
    for i in glossed.covered if glossed is not None else ():
        covered[i] = True
    reading.foreign = _foreign(reading, desk, index, taken, covered)
    if mood is not None:
        spoken = [found for found in concepts if found.name != "test_word" or models or makes]
        reading.beside = beside_the_wish(sentence, desk.modal, spoken, _valued(reading, taken))
    stray = [i for i, word in enumerate(sentence.words) if not (covered[i] or taken[i]) and _tells_number(word, desk)]
    reading.numbers = stray if glossed is None else [*glossed.untold, *stray]
    if glossed is not None:
        reading.unsettled = _unsettled(reading, [*reading.foreign, *stray], glossed, context)
    return reading


def _unsettled(reading: Reading, tokens: list[int], glossed: Glossed, context: Context) -> list[int]:
    """`tokens` but those that only say again what is known or are put right by the words behind them, bare hours, and
    doubts outside of days and times that say what they leave open ("Monday or Tuesday").
    """
    words = reading.sentence.words
    held = context.pending.slots.values() if context.pending is not None else ()
    known = glossed.headings | {part for value in held for part in str(value).lower().replace(":", " ").split()}
    bare = () if context.asked in _WHEN else _bare_hours(reading)
    spans = [range(piece.start, piece.end) for piece in reading.pieces]
    inside = {i for span in spans if len(span) > 1 for i in span}
    put_right = {i + 2 for i in range(len(words)) if words[i : i + 2] == ["instead", "of"]}
    unread = [i for i in (*tokens, *bare) if words[i] not in known and i not in put_right]
    return [i for i in (*unread, *glossed.doubts) if i not in inside]


def _bare_hours(reading: Reading) -> list[int]:
    """Numbers that are taken for an hour and have nothing that makes them one, nor are put in place of another."""
    words = reading.sentence.words
    return [
        piece.start
        for piece in reading.pieces
        if isinstance(piece, Clock) and piece.end == piece.start + 1
        if words[piece.start].isdecimal() and words[piece.start - 1 : piece.start] != [","]
    ]


def _of_model(sentence: Sentence, year: Amount, models: list[Entity], desk: DeskLanguage) -> bool:
    """Whether a year stands right beside a model or a maker, and is no clock time ("2018 Civic", "Civic 2018")."""
    if sentence.word(year.start) in desk.lexicon.numbers.units:
        return False
    beside = {i for entity in models for i in entity.tokens}
    beside.update(i for i in (year.start - 1, year.end) if sentence.word(i) in desk.makes)
    return year.start - 1 in beside or year.end in beside


_OPENERS = frozenset({"look", "listen"})
"""They begin a sentence and say nothing ("look, I need …")."""


def _valued(reading: Reading, taken: list[bool]) -> list[bool]:
    """The tokens of values, and of what is put right or ruled out by another value."""
    valued = list(taken)
    words, corrections = reading.sentence.words, reading.when.lexicon.correction_words
    for span in (*reading.pieces, *reading.values, *reading.amounts):
        valued[span.start : span.end] = [True] * (span.end - span.start)
    for entity in (*reading.services, *reading.models):
        for i in entity.tokens:
            valued[i] = True
    for i in reading.makes:
        valued[i] = True
    kinds = [type(piece) for piece in reading.pieces]
    several = len(reading.services) > 1 or any(kinds.count(kind) > 1 for kind in (Days, Clock))
    times = reading.when.lexicon.calendar.sets
    begins = {piece.start for piece in reading.pieces}
    for i, word in enumerate(words):
        leads = word in times["approx"] or word in times["time_before"]
        valued[i] = (
            valued[i]
            or (word in corrections and any(valued[:i]))
            or (several and word == "not")
            or (leads and not begins.isdisjoint((i + 1, i + 2)))
        )
    return valued


def _other_trade(desk: DeskLanguage, sentence: Sentence, stems: list[str], taken: list[bool]) -> list[bool]:
    """`taken`, and the words of longer phrases of other trades ("washing machine" is no car wash)."""
    places = list(taken)
    for found in desk.other_things.find(sentence.words, stems, taken):
        places[found.start : found.end] = [True] * (found.end - found.start)
    return places


def _in_our_words(
    sentence: Sentence, desk: DeskLanguage, index: WorldIndex, asked: str | None
) -> tuple[Sentence, Glossed | None]:
    """The sentence, read by way of the desk's language where it is in another one."""
    for mixture in desk.mixtures:
        if mixture.speaks(sentence, asked, desk.names.given):
            glossed = mixture.gloss(sentence, asked)
            for i in glossed.unread:
                known = index.sounding(mixture.vocabulary.alphabet.sound(glossed.sentence.words[i]))
                glossed.sentence.words[i] = known or glossed.sentence.words[i]
            return glossed.sentence, glossed
    return sentence, None


def _read_back(context: Context, *slots: str) -> str:
    """The value of the slot that was read back, or may be changed now."""
    if context.pending is None or context.asked not in ("confirm", "change"):
        return ""
    return next((said for slot in slots if isinstance(said := context.pending.slots.get(slot), str)), "")


def _put_right(context: Context, sentence: Sentence, slot: str) -> str:
    """The value that is held and was said back in passing, where the sentence begins by putting something right."""
    held = context.pending.slots.get(slot) if context.pending is not None else None
    return held if isinstance(held, str) and sentence.word(0) in _CORRECTIONS else ""


def _is_time(digits: str, world: World) -> bool:
    """Whether digits without a colon can be a time at which somebody is there: "930", not "0148"."""
    hour, minute = int(digits[:-2] or "0"), int(digits[-2:])
    if len(digits) > 4 or minute > 59 or hour > 23:
        return False
    if not world.hours:
        return True
    opens = min(day.opens for day in world.hours).hour
    closes = max(day.closes for day in world.hours).hour
    later = hour + 12 if hour < 12 and digits[0] != "0" else hour
    return opens <= hour <= closes or opens <= later <= closes


def _pieces(
    sentence: Sentence,
    desk: DeskLanguage,
    world: World,
    context: Context,
    now: datetime,
    taken: list[bool],
    index: WorldIndex,
) -> list[Piece]:
    words, numbers = desk.lexicon.calendar, desk.lexicon.numbers
    dates = DateReader(sentence, words, numbers, now.date(), month_first=index.month_first, anchor=_anchor(context))
    dates.near = context.near and dates.anchor is not None and (dates.anchor - now.date()).days > FAR_OFF_DAYS
    asked = context.asked
    loose = asked == "confirm" and len(sentence) <= 6
    reader = PieceReader(
        sentence,
        desk.lexicon,
        dates,
        TimeReader(sentence, words, numbers),
        expects_time=asked in ("time", "datetime") or loose,
        expects_date=asked in ("date", "datetime"),
        bare_day=asked == "date",
        names=desk.names.given - desk.lexicon.function_words,
    )
    return reader.read(taken)


def _anchor(context: Context) -> date | None:
    said = context.pending.slots.get("date") if context.pending is not None else None
    if not isinstance(said, str):
        said = context.appointment.date if context.appointment is not None else None
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _tells_number(word: str, desk: DeskLanguage) -> bool:
    return (
        word[0].isdecimal()
        or (word in desk.lexicon.numbers.units and word != "one")
        or word in desk.lexicon.numbers.tens
    )


def _services(sentence: Sentence, stems: list[str], places: list[bool], index: WorldIndex) -> list[Entity]:
    """What the tenant lists, and what it does not list where nothing else is named by the same words."""
    listed = index.services.find(stems, places)
    left = list(places)
    for entity in listed:
        if not entity.vague:
            # Nor the words beside it: "oil painting" is neither.
            left = [taken or entity.start - 1 <= i <= entity.end for i, taken in enumerate(left)]
    others = [
        replace(entity, name=None, candidates=())
        for entity in index.unlisted.find(stems, left)
        if not entity.partial and not entity.vague
    ]
    vague = [entity for entity in listed if not (entity.vague and any(entity.start in o.tokens for o in others))]
    return sorted(qualified([*vague, *others], sentence.words), key=lambda entity: entity.start)


def _places(sentence: Sentence, taken: list[bool], desk: DeskLanguage, values: list[Found]) -> list[bool]:
    """`taken`, and words that look like a service and are none ("service department", "manual transmission")."""
    words = sentence.words
    places = list(taken)
    if sentence.word(0) in _OPENERS and sentence.word(1) not in ("at", "into", "over", "for"):
        places[0] = True
    for i in range(len(words) - 1):
        if words[i] in desk.weak and words[i + 1] in desk.not_before:
            places[i] = True
        if words[i + 1] in desk.weak and words[i] in desk.not_after:
            places[i + 1] = True
    for found in values:
        if found.end - found.start > 1:
            places[found.start : found.end] = [True] * (found.end - found.start)
    return places


def _has_digit(sentence: Sentence, desk: DeskLanguage) -> bool:
    units = desk.lexicon.numbers.units
    return any(word[0].isdecimal() or word in units for word in sentence.words)


def _take(taken: list[bool], found: Contact | Code | PersonName | None) -> None:
    if found is not None:
        taken[found.start : found.end] = [True] * (found.end - found.start)


def _mend(sentence: Sentence, taken: list[bool], desk: DeskLanguage, index: WorldIndex) -> None:
    """Put right small spelling errors of words that nothing knows; at most eight of them."""
    budget = 8
    for i, word in enumerate(sentence.words):
        if len(word) < 3 or taken[i] or word in desk.known_words or index.knows(word) or not word.isalpha():
            continue
        if stem(word) in index.known_stems or word in desk.real_words:
            continue
        mended = index.mend(word)
        if mended is not None:
            sentence.words[i] = mended
        budget -= 1
        if budget == 0:
            return


def _foreign(
    reading: Reading, desk: DeskLanguage, index: WorldIndex, taken: list[bool], covered: list[bool]
) -> list[int]:
    sentence = reading.sentence
    for found in (*reading.concepts, *reading.values):
        if found.name == OTHER_TRADE:
            continue
        book = desk.values if "=" in found.name else desk.concepts
        for i in range(found.start, found.end):
            covered[i] = covered[i] or book.holds(found.name, sentence.words[i], reading.stems[i])
    for entity in (*reading.services, *reading.models):
        for i in entity.tokens:
            covered[i] = True
        said = {reading.stems[i] for i in entity.tokens}
        covered[:] = [done or reading.stems[i] in said for i, done in enumerate(covered)]
    for amount in reading.amounts:
        covered[amount.start : amount.end] = [True] * (amount.end - amount.start)
    known = desk.lexicon.function_words
    return [
        i
        for i, word in enumerate(sentence.words)
        if not covered[i] and not taken[i] and word not in known and word[0].isalpha() and word not in desk.makes
    ]
