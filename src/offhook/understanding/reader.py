"""Reads a sentence: finds everything in it, values first, so that no word is taken for two things."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from offhook.understanding.amounts import Amount, find_amounts
from offhook.understanding.concepts_kept import longest, of_the_answer, of_the_wish, outside_unlisted, part_of_time
from offhook.understanding.dates import DateReader
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity, qualified
from offhook.understanding.halves import HalfRule
from offhook.understanding.mixed.gloss import Glossed
from offhook.understanding.modality import MoodReader
from offhook.understanding.model import FAR_OFF_DAYS, Context, World
from offhook.understanding.phrases import Found, stem
from offhook.understanding.pieces import Piece, PieceReader
from offhook.understanding.reading import Reading
from offhook.understanding.text import Sentence, read
from offhook.understanding.times import TimeReader
from offhook.understanding.unread import mark_unread
from offhook.understanding.when import WhenReader
from offhook.understanding.who import find_who
from offhook.understanding.worlds import WorldIndex

_LOOKALIKES = frozenset({"tired"})
"""Words that share their beginning with the name of a part, and nothing else."""


def read_sentence(text: str, desk: DeskLanguage, index: WorldIndex, world: World, context: Context) -> Reading:
    lexicon = desk.lexicon
    asked = context.asked
    plain = read(text, lexicon)
    sentence, glossed = _in_our_words(plain, desk, index, context)
    size = len(sentence)
    taken = [False] * size
    who = find_who(plain, sentence, taken, desk, index, world, context, mixed=glossed is not None)
    if asked not in ("name", "customer_name", "email"):
        _mend(sentence, taken, desk, index)
    stems = [stem(word) for word in sentence.words]
    amounts = find_amounts(sentence, lexicon, world.now.year)
    amounts = [amount for amount in amounts if not any(taken[amount.start : amount.end])]
    values = _but_asides(desk.values.find(sentence.words, stems, taken))
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
    things = frozenset(i for entity in (*services, *models) for i in entity.tokens)
    pieces = _pieces(sentence, desk, world, context, now, clock_taken, index, things)
    covered = [False] * size
    for piece in pieces:
        covered[piece.start : piece.end] = [True] * (piece.end - piece.start)
    amounts = [amount for amount in amounts if not any(covered[amount.start : amount.end])]
    said = [found for found in desk.concepts.find(sentence.words, stems, taken) if not part_of_time(found, pieces)]
    concepts = longest(
        [*said, *outside_unlisted(services, glossed.concepts)] if glossed is not None else said, sentence, stems, desk
    )
    if glossed is not None:
        # "Pakka" is a yes, whatever else is spelled like it.
        agreed = {i for found in concepts if found.name == "clear_yes" for i in range(found.start, found.end)}
        services = [entity for entity in services if entity.start not in agreed]
        if context.pending is None:
            concepts = of_the_wish(concepts, sentence, glossed.told)
        elif len(pieces) > 1:
            concepts = of_the_answer(concepts, glossed.told)
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
        name=who.name,
        unnamed=who.unnamed,
        phone=who.phone,
        odd_digits=who.odd_digits,
        email=who.email,
        codes=who.codes,
        amounts=amounts,
        language=glossed.language if glossed is not None else lexicon.tag,
        mood=mood,
        mixed=glossed is not None,
        said=glossed.keys if glossed is not None else (),
        told=glossed.told if glossed is not None else [],
        errands=glossed.errands if glossed is not None else [],
        past=glossed.past if glossed is not None else [],
    )
    mark_unread(reading, desk, index, context, taken, covered, glossed)
    return reading


def _but_asides(values: list[Found]) -> list[Found]:
    """Without what lies in a phrase that is no value ("used to")."""
    asides = [found for found in values if found.name.startswith("aside=")]
    return [one for one in values if not any(aside.start <= one.start and one.end <= aside.end for aside in asides)]


def _in_our_words(
    sentence: Sentence, desk: DeskLanguage, index: WorldIndex, context: Context
) -> tuple[Sentence, Glossed | None]:
    """The sentence, read by way of the desk's language where it is in another one."""
    for mixture in desk.mixtures:
        if mixture.speaks(sentence, context.asked, desk.names.given):
            held = context.appointment is not None and context.pending is None
            glossed = mixture.gloss(sentence, context.asked, moving=context.near, held=held)
            for i in glossed.unread:
                known = index.sounding(mixture.vocabulary.alphabet.sound(glossed.sentence.words[i]))
                glossed.sentence.words[i] = known or glossed.sentence.words[i]
            return glossed.sentence, glossed
    return sentence, None


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


def _other_trade(desk: DeskLanguage, sentence: Sentence, stems: list[str], taken: list[bool]) -> list[bool]:
    """`taken`, and the words of longer phrases of other trades ("washing machine" is no car wash)."""
    places = list(taken)
    for found in desk.other_things.find(sentence.words, stems, taken):
        places[found.start : found.end] = [True] * (found.end - found.start)
    return places


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
    places = [one or word in _LOOKALIKES for one, word in zip(taken, words, strict=True)]
    if sentence.word(0) in desk.lexicon.hints.talk.openers and sentence.word(1) not in ("at", "into", "over", "for"):
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


def _of_model(sentence: Sentence, year: Amount, models: list[Entity], desk: DeskLanguage) -> bool:
    """Whether a year stands right beside a model or a maker, and is no clock time ("2018 Civic", "Civic from 2018")."""
    if sentence.word(year.start) in desk.lexicon.numbers.units:
        return False
    before = year.start - (2 if sentence.word(year.start - 1) == "from" else 1)
    beside = {i for entity in models for i in entity.tokens}
    beside.update(i for i in (before, year.end) if sentence.word(i) in desk.makes)
    return before in beside or year.end in beside


def _pieces(
    sentence: Sentence,
    desk: DeskLanguage,
    world: World,
    context: Context,
    now: datetime,
    taken: list[bool],
    index: WorldIndex,
    things: frozenset[int],
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
        things=things,
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
