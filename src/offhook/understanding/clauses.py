"""One clause of a sentence: what is present in it, the frame that it matches and the slots that the frame takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from offhook.contracts.conversation import SlotValue
from offhook.understanding.asides import asides, day_aside
from offhook.understanding.chosen import by_others, corrected, denied, left_out, mine, rejected, unwanted, wished_of
from offhook.understanding.clause_times import times_said
from offhook.understanding.date_base import Days
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.doubting import certainly_wished, doubtful, inquires, moved_plainly, near_name, part_of_other
from offhook.understanding.entities import Entity, within
from offhook.understanding.frames import OTHER_TRADE, Match
from offhook.understanding.guesses import HELD, MOVE, NO_WISH, guess, surely_wished, weighed
from offhook.understanding.mixed.tales import TALE
from offhook.understanding.modality import UNWANTED, YES
from offhook.understanding.model import Context, Problem, ProblemKind
from offhook.understanding.moves import maybe_of_booked
from offhook.understanding.phrases import Found
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.reading import Reading
from offhook.understanding.spans import Span
from offhook.understanding.times import Clock
from offhook.understanding.wish_clauses import wished_services
from offhook.understanding.works import guess_service

_VEHICLES = frozenset({"car", "my_car", "@model"})
"""What makes a service's vague word ("serviced") speak of a vehicle."""
_LINK = 5
"""Words of what joins two services: "and something with the"."""
_ASKING = frozenset({"query", "huh", "question", "doubt"})
_SHORT = 6
"""Words of what may lean on what was spoken of before ("and on Saturday?")."""
FIND_OUT, _SEEKING = "find_out", "diagnostics"
"""The concept of a fault that is to be looked for, and the family of the work that does it."""
_OF_WORK = frozenset({"service.book", "price.quote", "availability.check"})
"""Intents that are about a piece of work."""


@dataclass(slots=True)
class Clause:
    start: int
    end: int
    present: frozenset[str]
    matches: list[Match]
    foreign: int
    slots: dict[str, SlotValue] = field(default_factory=dict)
    """Everything said, whatever the frame takes of it."""
    problems: list[Problem] = field(default_factory=list)
    guess: Match | None = None
    """What the words of the whole sentence speak for, where no frame holds or against those that do."""
    nothing: bool = False
    """Whether the words of the whole sentence ask for nothing of ours."""
    words: int = 0
    doubt: bool = False
    """Whether what it asks for is only supposed, told of others, or broken off."""
    certain: bool = False
    """Whether it is asked for beyond doubt, whatever its words are."""
    aside: bool = False
    """Whether it only tells something beside a wish."""
    asks: bool = False
    """Whether the line ends as a question is written."""
    inquires: bool = False
    """Whether a word in it begins a question: "is it far", not "my flight is at five"."""
    numbers: int = 0
    """Numbers that were taken for nothing: something was said that was not understood."""

    @property
    def best(self) -> Match | None:
        return self.matches[0] if self.matches else None

    @property
    def intent(self) -> str | None:
        return self.matches[0].frame.intent if self.matches else None

    @property
    def score(self) -> float:
        return self.matches[0].score if self.matches else 0.0


def read_clause(reading: Reading, desk: DeskLanguage, context: Context, start: int, end: int) -> Clause:
    """Match the tokens [start, end) against the desk's frames and collect the values they hold."""
    foreign = sum(1 for i in reading.foreign if start <= i < end)
    present = _present(reading, desk, start, end, foreign) | _held_names(context)
    words = sum(1 for word in reading.sentence.words[start:end] if word[0].isalnum())
    matches = desk.frames.matches(present, foreign, words)
    whole = 0 < end - start == len(reading.sentence)
    guesses = weighed(reading, desk) if whole and TALE not in present else []
    guessed = guess(reading, desk, guesses, present, matches)
    leaning = context.last_intent is not None and words <= _SHORT
    nothing, guessed = guessed is NO_WISH, None if guessed is NO_WISH else guessed
    if context.pending is None and not leaning and (nothing or guessed is not None):
        matches = [guessed] if guessed is not None else []
    clause = Clause(start, end, present, matches, foreign, guess=guessed, nothing=nothing)
    clause.numbers = sum(1 for i in reading.numbers if start <= i < end)
    clause.words = words
    clause.inquires = any(inquires(reading, found, start, end) for found in reading.concepts)
    clause.asks = reading.sentence.text.rstrip().endswith("?")
    sure = False
    if matches and not reading.mixed:
        sure = surely_wished(matches[0].frame.intent, reading, guesses, present, desk.modal)
    if whole and matches:
        clause.certain = certainly_wished(reading, desk, matches[0], guesses, present)
        clause.certain = clause.certain or moved_plainly(reading, desk, matches[0], present)
    clause.doubt = not clause.certain and doubtful(reading, desk, matches, present, start, end, sure)
    _collect(clause, reading, desk, context)
    known = context.appointment is not None or context.pending is not None or "from_date" in clause.slots
    clause.aside = bool(matches) and not whole and _only_aside(reading, matches[0], start, end)
    booked = clause.intent in ("service.book", "testdrive.book") and "date" in clause.slots
    clause.doubt = clause.doubt or (booked and context.pending is None and day_aside(reading))
    clause.doubt = clause.doubt or (clause.intent == MOVE and not known and maybe_of_booked(reading, start, end))
    return clause


def _only_aside(reading: Reading, match: Match, start: int, end: int) -> bool:
    """Whether all that speaks for a clause stands where something is only told: "my lease ends in May, so …"."""
    told = {i for clause in asides(reading) for i in clause}
    speaking = [f for f in reading.concepts if start <= f.start < end and f.name in match.alternative.needs]
    asks = any(found.name == "question" and found.start == start for found in reading.concepts)
    return bool(speaking) and not asks and all(found.start in told for found in speaking)


def _present(reading: Reading, desk: DeskLanguage, start: int, end: int, foreign: int) -> frozenset[str]:
    inside = [found for found in reading.concepts if start <= found.start and found.end <= end]
    agreed = [range(found.start, found.end) for found in inside if found.name == YES and found.end - found.start > 2]
    # "that is what I want" asks nothing.
    inside = [f for f in inside if f.name not in _ASKING or not any(f.start in span for span in agreed)]
    names = {found.name for found in inside if not by_others(reading, found)} - {UNWANTED}
    if end - start == len(reading.sentence):
        names.update(f"@only_{name}" for name in _alone(reading, inside))
    if "same_day" in names:
        names.discard("duration")  # "book it the same day" asks for no length
    for found in reading.values:
        if start <= found.start < end:
            names.add("@" + found.name.partition("=")[0])
    for piece in reading.pieces:
        if start <= piece.start < end:
            names.update(_piece_names(piece))
    if len({p.first for p in reading.pieces if isinstance(p, Days) and start <= p.start < end}) > 1:
        names.add("@days")
    if within(reading.models, start, end) or any(start <= i < end for i in reading.makes):
        names.add("@model")
    services = within(reading.services, start, end)
    if not reading.mixed and names.isdisjoint(_VEHICLES):
        others = [entity for entity in services if part_of_other(reading, desk, entity)]
        names.update(OTHER_TRADE for _ in others)
        services = [entity for entity in services if entity not in others]
    for entity in services:
        if entity.vague and foreign and names.isdisjoint(_VEHICLES):
            continue
        names.add("@service" if entity.name else "@services")
        if any(reading.stems[i] in desk.symptoms for i in entity.tokens):
            names.add("@symptom")
    if services and all(unwanted(reading, entity) or _not_wished(reading, entity) for entity in services):
        names.add(UNWANTED)
    for kind, found_one in (("@name", reading.name), ("@phone", reading.phone), ("@email", reading.email)):
        if found_one is not None and start <= found_one.start < end:
            names.add(kind)
    names.update(
        "@vin" if code.kind == "bad_vin" else "@" + code.kind for code in reading.codes if start <= code.start < end
    )
    names.update("@" + amount.kind for amount in reading.amounts if start <= amount.start < end)
    return frozenset(names)


def _not_wished(reading: Reading, entity: Entity) -> bool:
    return not reading.mixed and left_out(reading, entity)


def _held_names(context: Context) -> frozenset[str]:
    """What a frame may need of the context: `@appointment`, one that the caller is known to have."""
    return frozenset() if context.appointment is None or context.pending is not None else frozenset({HELD})


def _alone(reading: Reading, inside: list[Found]) -> list[str]:
    """The concepts that have all words of the sentence."""
    words = {i for i, word in enumerate(reading.sentence.words) if word[0].isalnum()}
    spans: dict[str, set[int]] = {}
    for found in inside:
        spans.setdefault(found.name, set()).update(range(found.start, found.end))
    return [name for name, span in spans.items() if words <= span]


def _piece_names(piece: Piece) -> tuple[str, ...]:
    if isinstance(piece, Days):
        return ("@when", "@date")
    if isinstance(piece, Clock):
        return ("@when", "@time")
    if isinstance(piece, Part):
        return ("@when", "@daypart")
    if isinstance(piece, Span):
        return ("@when", "@date", "@time") if piece.ahead else ("@shift",)
    return ("@earliest",) if piece.name in ("earliest", "urgent") else ("@same_time",)


# -- slots --------------------------------------------------------------------------------------------------------


def _collect(clause: Clause, reading: Reading, desk: DeskLanguage, context: Context) -> None:
    _take_entities(clause, reading, desk)
    priced = clause.intent == "price.quote" and bool(reading.models) and "trouble" not in clause.present
    fresh = context.pending is None and clause.intent in _OF_WORK and not priced
    if fresh or context.asked == "service":
        _guess_work(clause, reading, desk)
    _take_values(clause, reading, desk)
    _take_times(clause, reading, context)
    if "pickup_drop" in clause.present:
        clause.slots["pickup"] = True


def _take_entities(clause: Clause, reading: Reading, desk: DeskLanguage) -> None:
    services = within(reading.services, clause.start, clause.end)
    services = [entity for entity in services if not (entity.vague and near_name(reading, entity))]
    services = [entity for entity in services if not rejected(reading, entity, desk.denies_behind)] or services
    services = wished_of(reading, wished_services(reading, corrected(reading, services)))
    whole = [entity for entity in services if entity.name] or services
    whole = [entity for entity in whole if not entity.vague] or whole
    whole = [entity for entity in whole if not _led_to(reading, desk, entity, whole)] or whole
    names = list(dict.fromkeys(entity.name for entity in whole if entity.name))
    if len(names) == 1:
        clause.slots["service"] = names[0]
    beside = _unclear_beside(reading, services) if len(names) == 1 else ()
    if beside:
        del clause.slots["service"]
        clause.problems.append(Problem(slot="service", kind="ambiguous", candidates=(*names, *beside)))
    elif len(names) == 1 and not reading.mixed and (more := _another(reading, services, clause)):
        del clause.slots["service"]
        clause.problems.append(Problem(slot="service", kind="unknown", said=more))
    elif whole and len(names) != 1:
        candidates = names or list(dict.fromkeys(name for entity in whole for name in entity.candidates))
        said = reading.sentence.said(whole[0].start, whole[-1].end)
        kind: ProblemKind = "ambiguous" if candidates else "unknown"
        clause.problems.append(Problem(slot="service", kind=kind, said=said, candidates=tuple(candidates)))
    models = [entity for entity in within(reading.models, clause.start, clause.end) if not _a_place(reading, entity)]
    if clause.intent == "tradein":
        models = [entity for entity in models if mine(reading, entity)] or models
    models = [
        entity for entity in models if not rejected(reading, entity, desk.denies_behind)
    ] or models  # "the Civic, not the City"
    models = corrected(reading, models)
    named = list(dict.fromkeys(entity.name for entity in models if entity.name))
    if len(named) > 1 and reading.mixed and [entity.name for entity in models].count(models[-1].name) > 1:
        named = [name for name in named if name == models[-1].name]  # "Swift aur Nexon …, pehle Swift"
    if len(named) == 1:
        clause.slots["model"] = named[0]
    elif models:
        several = named or list(dict.fromkeys(name for entity in models for name in entity.candidates))
        said = reading.sentence.said(models[0].start, models[-1].end)
        clause.problems.append(Problem(slot="model", kind="ambiguous", said=said, candidates=tuple(several)))
    else:
        made = _make(clause, reading)
        if made:
            clause.slots["model"] = made


def _a_place(reading: Reading, entity: Entity) -> bool:
    """Whether what is spelled like a model is where somebody is, as far as is told: "the car is in the city"."""
    words, places = reading.sentence.words, reading.when.lexicon.hints.asides.places
    led = words[entity.start - 2 : entity.start] in (["in", "the"], ["into", "the"])
    return led and words[entity.start] in places and any(entity.start in clause for clause in asides(reading))


def _led_to(reading: Reading, desk: DeskLanguage, entity: Entity, named: list[Entity]) -> bool:
    """Whether a symptom only tells why the work behind it is asked for: "a strange noise, gearbox service Friday"."""
    if not any(reading.stems[i] in desk.symptoms for i in entity.tokens):
        return False
    words = reading.sentence.words
    for other in named:
        plain = other.start >= entity.end and not any(reading.stems[i] in desk.symptoms for i in other.tokens)
        apart = any(reading.sentence.pauses(i) or words[i] == "." for i in range(entity.end, other.start + 1))
        before = words[max(entity.end, other.start - 4) : other.start]
        if plain and other.name and apart and desk.lexicon.hints.works.besides.isdisjoint(before):
            return True
    return False


def _guess_work(clause: Clause, reading: Reading, desk: DeskLanguage) -> None:
    """The service that a complaint calls for, where none is named or what is named may be several."""
    if not desk.lexicon.hints.works.named.isdisjoint(reading.sentence.words[clause.start : clause.end]):
        return  # "fire inspection" names work, though none of ours
    entities = wished_of(reading, within(reading.services, clause.start, clause.end))
    sought = clause.intent == "service.book" and FIND_OUT in clause.present
    if any(entity.name or (near_name(reading, entity) and not sought) for entity in entities):
        return
    found = reading.works.get(_SEEKING, ())
    if sought and len(found) == 1:
        clause.slots["service"] = found[0]
        clause.problems = [problem for problem in clause.problems if problem.slot != "service"]
        return
    unclear = [problem for problem in clause.problems if problem.slot == "service"]
    service = guess_service(reading, desk, bool(unclear), [one for problem in unclear for one in problem.candidates])
    if service is not None:
        clause.slots["service"] = service
        clause.problems = [problem for problem in clause.problems if problem.slot != "service"]


def _unclear_beside(reading: Reading, services: list[Entity]) -> tuple[str, ...]:
    """What an "and" joins to the one service that is named and may be several: "brakes and an oil change"."""
    words = reading.sentence.words
    for one, two in pairwise(services):
        link = words[one.end : two.start]
        unclear = two if one.name else one
        named = one.name or two.name
        listed = not link and reading.sentence.pauses(two.start)  # "oil change, tires, Friday 9"
        joined = listed or (len(link) <= _LINK and not reading.when.lexicon.hints.works.besides.isdisjoint(link))
        if joined and bool(one.name) != bool(two.name) and unclear.candidates and not unclear.vague:
            return (
                tuple(name for name in unclear.candidates if name != named) if named not in unclear.candidates else ()
            )
    return ()


def _another(reading: Reading, services: list[Entity], clause: Clause) -> str:
    """What is asked for beside the one service and is none that we know: "an oil change and a clutch job"."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.works
    named = {i for entity in services if entity.name for i in range(entity.start, entity.end)}
    for entity in services:
        unlisted = not (entity.name or entity.candidates or entity.vague)
        unlisted = unlisted and any(at < entity.start for at in named)  # "…, and the steering pulls, so an alignment"
        if unlisted and not hints.besides.isdisjoint(words[max(clause.start, entity.start - 4) : entity.start]):
            return reading.sentence.said(entity.start, entity.end)
    for at in range(clause.start, clause.end - 2):
        if words[at] in hints.joined and at not in named and words[at + 1] in hints.besides and at + 2 in named:
            return words[at]
    for end in range(clause.start, clause.end):
        if words[end] not in hints.nouns or end in named:
            continue
        start = next(
            (i + 1 for i in range(end - 1, max(clause.start, end - 5), -1) if words[i] in hints.articles), None
        )
        if start is None or not named.isdisjoint(range(start, end)):
            continue
        if not hints.besides.isdisjoint(words[max(clause.start, start - 6) : start]):
            return reading.sentence.said(start, end + 1)
    return ""


def _make(clause: Clause, reading: Reading) -> str | None:
    """A maker's name with the word behind it, when the tenant's list has no such model ("toyota camry")."""
    words = reading.sentence.words
    for i in reading.makes:
        if clause.start <= i < clause.end:
            following = i + 1 if i + 1 in reading.foreign else None
            parts = [words[i]] + ([words[following]] if following is not None else [])
            return " ".join(
                part.upper() if len(part) <= 3 and part not in ("kia", "ram") else part.capitalize() for part in parts
            )
    return None


def _take_values(clause: Clause, reading: Reading, desk: DeskLanguage) -> None:
    slots, inside = clause.slots, range(clause.start, clause.end)
    for found in sorted(reading.values, key=lambda one: denied(reading, one.start, one.end, desk.denies_behind)):
        slot, _, value = found.name.partition("=")
        if found.start in inside:
            slots.setdefault(slot, value)
    if reading.name is not None and reading.name.start in inside:
        slots["name"] = reading.name.value
    if reading.phone is not None and reading.phone.start in inside:
        slots["phone"] = reading.phone.value
    elif reading.odd_digits:
        clause.problems.append(Problem(slot="phone", kind="invalid", said=reading.odd_digits))
    if reading.email is not None and reading.email.start in inside:
        slots["email"] = reading.email.value
    for code in reading.codes:
        if code.start not in inside:
            continue
        if code.kind == "bad_vin":
            clause.problems.append(Problem(slot="vin", kind="invalid", said=code.value))
        else:
            slots[code.kind] = code.value
    for amount in reading.amounts:
        if amount.start in inside and amount.kind != "then":
            slots.setdefault({"price": "max_price"}.get(amount.kind, amount.kind), amount.value)


def _take_times(clause: Clause, reading: Reading, context: Context) -> None:
    slots, problems = times_said(reading, clause.start, clause.end, clause.intent, context)
    clause.slots.update(slots)
    clause.problems.extend(problems)
