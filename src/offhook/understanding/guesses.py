"""What a sentence probably wants where no frame holds it, from the words of many sayings.

Frames know phrases; callers say the same in other words. Values are seen by their kind ("@service @date"), so that a
tenant's own names weigh nothing. A guess is never carried out unasked: it is a doubt by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from offhook.understanding.chosen import puts_right
from offhook.understanding.date_base import Days
from offhook.understanding.decide import WRITES
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.frames import OTHER_TRADE, Alternative, Frame, Match
from offhook.understanding.modality import ALREADY, DOUBT, REFUSED, UNWANTED, ModalWords
from offhook.understanding.moves import tells_apart
from offhook.understanding.reading import Reading
from offhook.understanding.sayings import Guess
from offhook.understanding.thesaurus import Thesaurus
from offhook.understanding.times import Clock

GUESSED = Alternative(("guessed",), 1.0)
"""In place of what a frame needs."""
NO_WISH = Match(Frame("", (), frozenset(), (), frozenset(), {}, 0.0), GUESSED, 0.0)
"""The match of a sentence that asks for nothing."""
_LIKELY, _INSTEAD = 0.2, 0.3
"""The share from which a guess stands by itself, and takes the place of a frame. Of sayings that were not learned from
the likeliest label is right far more often than the best frame, whatever its share."""
_CLEAR, _CLEARER = 0.1, 0.2
"""How much a guess must be ahead of a frame, and of one that has a place for what was said where the guess has none."""
_FAR_CLEARER = 0.4
"""The same ahead of a yes or a no, which single words give."""
_BESIDE_NOTHING = 0.6
"""The same ahead of a wish beside which nothing is said: too few words to be weighed."""
_NOTHING, _NOTHING_OF_OURS, _NOTHING_PLAIN = 0.5, 0.7, 0.9
"""The share of what asks for nothing of ours, from which nothing is asked for, whatever else the words speak of; the
same where frames see a write, and where a write is spoken of in plain words and nothing else is said."""
_NOTHING_READ_BACK = 0.8
"""The same where somebody's own appointment is given up, which is read back in any case."""
_AHEAD = 1.25
"""How far ahead of the likeliest wish it must be where no frame sees one."""
_ONLY = frozenset({"@only_yes", "@only_no"})
"""Present where a sentence has nothing but a yes or a no: no guess is needed."""
_CHAT = 0.8
"""The share from which talk about nothing is what the desk has a phrase for; a model answers the rest better."""
_KEPT = frozenset({"vin.provide", "waitlist.join"})
"""What frames are surer of than any guess: it hangs on single words."""
_NEVER = frozenset({"waitlist.join", "confirm"})
"""What no guess gives."""
_ANSWERS = frozenset({"confirm", "deny"})
"""What single words give by themselves: more must speak for anything else."""
_TALK = _ANSWERS | {"greet", "smalltalk", "goodbye", "repeat", "handoff"}
"""What may be said beside anything, and is never taken for nothing."""
CANCEL = "appointment.cancel"
"""What a taking back may be itself ("no point in coming, so cancel it"); it is never carried out unasked."""
_ATTACK = "ignore_rules"
_NONE: frozenset[str] = frozenset()
_SAID_SO = {
    "out_of_scope": frozenset({_ATTACK, "others_data"}),
    "appointment.cancel": frozenset({"no_new_date"}),
    "appointment.reschedule": frozenset({"becomes"}),
}
"""Concepts with which a frame is right, whatever else the words sound like."""
NOTHING = ("out_of_scope", "no_wish")
"""Labels of what asks for nothing of ours, and of what only speaks of it ("that oil change was a waste")."""
_SURE, _UTTERED_SURE = 0.7, 0.65
"""The shares from which words that stand in no list are no doubt about a write: by themselves, and where it is uttered
as a wish."""
MOVE = "appointment.reschedule"
TELLING = "customer.identify"
HELD = "@appointment"
"""Present where the caller is known to have an appointment: what a frame makes of it no words by themselves can."""
_BOOKINGS, _HAS = frozenset({"service.book", "testdrive.book"}), frozenset({ALREADY, "has_one"})
"""What nobody wishes for who tells that it is booked, and gives it up or moves it."""
_ASKED = frozenset(
    {"book", "want", "ask_if", "politely", "appointment", "book_me", "works_question", "trouble", "asks_for"}
)
WISHES = {
    "service.book": _ASKED,
    "testdrive.book": _ASKED | {"test_drive"},
    MOVE: frozenset({"move", "rather", "change_my", "ask_if", "works_question", "instead_of", "asks_for"}),
}
"""Concepts of which one must be said then: a wish, not only the thing."""
_LEADS, REASON = frozenset({"so", "please", ".", "!"}), 4
"""What a wish begins with, or behind, that follows a reason; and the fewest words of one."""
ASKING, _LINKING = (
    frozenset({"could", "can", "would"}),
    frozenset({"that", "and", "or", "i", "you", "which", "because"}),
)
"""Words that begin a question of their own, and what they do not begin one behind."""
UNSURE = frozenset({REFUSED, ALREADY, UNWANTED, "soft_no", "waitlist"})
_CANCELS = 0.9
"""The share from which words that want nothing cancel what there is."""
_GIVEN_UP = frozenset({REFUSED, UNWANTED, "soft_no"})
_IN_SPITE, _OTHERS = 0.4, 0.3
"""The share from which a wish is one for us although it names a thing of another trade ("my flight is late, move my
appointment"); and how much may speak for that trade."""
_ELSEWHERE = 0.4
"""How much may speak for another trade where no word is known for one of its own."""
_PLAIN = 0.4
"""The share from which a whole sentence outweighs a single word that a frame forbids or that takes back."""
_BINDING = frozenset({REFUSED, UNWANTED, "waitlist", "cancels_else", "moves_else", "@symptom", "soft_no", _ATTACK})
"""What binds a guess whatever its share: somebody refuses the thing, or does something else by the same word."""


def weighed(reading: Reading, desk: DeskLanguage) -> list[Guess]:
    """All that the sentence may want, the likeliest first; nothing where the desk has no sayings or knows no word."""
    return desk.sayings.guesses(features_of(reading, desk.thesaurus)) if desk.sayings is not None else []


def surely_wished(
    intent: str, reading: Reading, guesses: list[Guess], present: frozenset[str], modal: ModalWords
) -> bool:
    """Whether the whole sentence asks so plainly for this write that words of no list are no doubt.

    Of a move that tells two days or two times words must say which is which.
    """
    several = any(sum(isinstance(p, kind) for p in reading.pieces) > 1 for kind in (Days, Clock))
    if intent == MOVE and several and not tells_apart(reading):
        return False
    if intent not in WISHES or not present.isdisjoint(UNSURE) or _doubted(intent, reading, modal):
        return False
    share = next((one.share for one in guesses if one.label == intent), 0.0)
    return share >= (_SURE if WISHES[intent].isdisjoint(present) else _UTTERED_SURE)


def wish_begins(intent: str, reading: Reading, modal: ModalWords) -> int:
    """The token where a reason ends and the wish begins: "it squeals when it is cold, so please look at it"; else 0."""
    last = max((piece.start for piece in reading.pieces if isinstance(piece, Days | Clock)), default=0)
    uttered = [f.start for f in reading.concepts if f.name in WISHES.get(intent, ()) and f.start < last]
    return max((at for at in uttered if at > REASON and may_begin(reading.sentence.words, at, modal)), default=0)


def _doubted(intent: str, reading: Reading, modal: ModalWords) -> bool:
    """Whether a doubt ("but", "or", "if") stands behind the place where the wish begins."""
    begins = wish_begins(intent, reading, modal)
    doubts = (found.start for found in reading.concepts if found.name == DOUBT and found.start >= begins)
    return any(not puts_right(reading, at) for at in doubts)


def may_begin(words: Sequence[str], at: int, modal: ModalWords) -> bool:
    """Whether a wish may begin at a word, whatever was said before it."""
    if not _LEADS.isdisjoint(words[at - 2 : at + 1]):
        return True
    told = modal.sets["tellers"] | modal.sets["suppositions"] | modal.sets["asking"] | _LINKING
    return words[at] in ASKING and words[at - 1] not in told


def guess(
    reading: Reading, desk: DeskLanguage, guesses: list[Guess], present: frozenset[str], matches: list[Match]
) -> Match | None:
    """A match in place of `matches`: there are none, or the sayings speak clearly for something else.

    Args:
        guesses: what `weighed` gives of the sentence.
        present: what the sentence contains; a guess takes no frame that it forbids, unless it is very likely.
    """
    if not guesses:
        return None
    best = matches[0].frame if matches else None
    if best is not None and (best.intent in _KEPT or not _SAID_SO.get(best.intent, _NONE).isdisjoint(present)):
        return None
    if best is not None and _asks_first(best.intent, present, guesses[0].label):
        return None
    if best is not None and best.intent in (CANCEL, MOVE) and guesses[0].label in _BOOKINGS and present & _HAS:
        return None
    if best is not None and best.intent == "deny" and guesses[0].label in WRITES and not _cancels(guesses[0]):
        return None
    held = bool(matches) and HELD in matches[0].alternative.needs and "@service" not in present
    if held or not _ONLY.isdisjoint(present):
        return None
    nothing = sum(one.share for one in guesses if one.label.startswith(NOTHING))
    first = next(one for one in guesses if not one.label.startswith(NOTHING))
    if nothing > _most_of_nothing(best, reading) or (best is None and nothing > _AHEAD * first.share):
        return NO_WISH if best is None or best.intent not in _TALK else None
    taken_back = reading.mood is not None and reading.mood.taken_back
    if taken_back and ((first.label in WRITES and first.label != CANCEL) or first.share < _PLAIN):
        return None
    least = _INSTEAD if best is not None else _CHAT if first.label == "smalltalk" else _LIKELY
    if first.share < least:
        return None
    others = sum(one.share for one in guesses if one.label.startswith(NOTHING[0]))
    match = _match(first, desk, present, others)
    if best is None or match is None:
        return match
    if first.label == TELLING and best.intent in WISHES:
        return None  # who wants a visit says who it is for
    # A time, or work, was said for something: what has no place for it needs more to be meant.
    lost = best.slots - match.frame.slots
    loses = ("@time" in present and "time" in lost) or ("@service" in present and "service" in lost)
    whole = best.intent in WISHES and matches[0].alternative.tolerance == 0
    least = _CLEARER if loses else _CLEAR
    least = _BESIDE_NOTHING if whole else _FAR_CLEARER if best.intent in _ANSWERS else least
    return match if first.share - _share(best, guesses) > least else None


def _asks_first(intent: str, present: frozenset[str], label: str) -> bool:
    """Whether somebody asks whether a time is free, in so many words: no booking yet."""
    plain = {"available", "ask_if"} <= present and present.isdisjoint({"book", "want", "book_me", "politely"})
    return intent == "availability.check" and label == "service.book" and plain


def _most_of_nothing(best: Frame | None, reading: Reading) -> float:
    """The share up to which of what asks for nothing of ours something may still be asked for."""
    if best is None or best.intent not in WRITES:
        return _NOTHING
    mood = reading.mood
    if best.intent == CANCEL and any(found.name == "my_appointment" for found in reading.concepts):
        return _NOTHING_READ_BACK
    plain = mood is not None and not (mood.open or mood.doubtful or mood.taken_back or mood.unfinished)
    return _NOTHING_PLAIN if plain and not reading.beside and not reading.mixed else _NOTHING_OF_OURS


def _share(frame: Frame, guesses: list[Guess]) -> float:
    labels = {frame.intent, *(f"{frame.intent} {slot}={value}" for slot, value in frame.fixed.items())}
    return sum(one.share for one in guesses if one.label in labels)


def _match(one: Guess, desk: DeskLanguage, present: frozenset[str], others: float) -> Match | None:
    """`others`: the share of other trades."""
    intent, _, fixed = one.label.partition(" ")
    slot, _, value = fixed.partition("=")
    if intent in _NEVER or (intent == "vin.provide" and "@vin" not in present):
        return None
    told = [f for f in desk.frames.frames if f.intent == intent and str(f.fixed.get(slot, "")) == value]
    bound = _BINDING & frozenset[str]().union(*(f.forbid for f in told))
    if not (present.isdisjoint(bound) or (_cancels(one) and bound & present <= _GIVEN_UP)):
        return None
    frame = next((f for f in told if present.isdisjoint(f.forbid)), None)
    if frame is None:
        frame = told[0] if told and one.share >= _PLAIN else None
    if frame is None:
        return None
    elsewhere = OTHER_TRADE in present or others > _ELSEWHERE
    if frame.own and elsewhere and not _in_spite(one, others):
        return None
    return Match(frame, GUESSED, 4.0 * one.share)


def _cancels(one: Guess) -> bool:
    """Whether what gives a wish up gives up an appointment ("no need to hold my slot"); it is read back in any case."""
    return one.label == CANCEL and one.share >= _CANCELS


def _in_spite(one: Guess, others: float) -> bool:
    """Whether what names a thing of another trade may be for us ("my flight is late, move my appointment")."""
    return others <= _OTHERS and one.share >= _IN_SPITE


def features_of(reading: Reading, thesaurus: Thesaurus) -> list[str]:
    """Words by their stems and by what they mean, values by their kind, pairs that follow one another, and concepts.

    A word that belongs to nothing the desk knows stands in its pairs as "?" as well. Words of another language count as
    they were said besides.
    """
    if reading.features is None:
        reading.features = _features(reading, thesaurus)
    return reading.features


def _features(reading: Reading, thesaurus: Thesaurus) -> list[str]:
    units: list[str] = []
    known: list[str] = []
    kinds = _kinds(reading)
    foreign = set(reading.foreign)
    for i, word in enumerate(reading.sentence.words):
        unit = kinds.get(i) or ("#" if word[0].isdecimal() else reading.stems[i])
        if unit[0].isalnum() or (unit[0] in "@#" and units[-1:] != [unit]):
            units.append(unit)
            known.append("?" if i in foreign else unit)
    features = {*units, *(f"+{found.name}" for found in reading.concepts)}
    for row in (units, known) if foreign else (units,):
        ends = ["^", *row, "$"]
        features.update(f"{one} {two}" for one, two in pairwise(ends))
        features.update(f"{one} _ {two}" for one, two in zip(row, row[2:], strict=False))
    features.update(f"={word}" for word in reading.said)
    features.update(f"={one} {two}" for one, two in pairwise(reading.said))
    features.update("~" + meaning for meaning in thesaurus.meanings(reading.stems))
    if foreign:
        features.add("?")
    return sorted(features)


def _kinds(reading: Reading) -> dict[int, str]:
    kinds: dict[int, str] = {}
    for piece in reading.pieces:
        kind = "@date" if isinstance(piece, Days) else "@time" if isinstance(piece, Clock) else ""
        for i in range(piece.start, piece.end) if kind else ():
            kinds[i] = kind
    for name, entities in (("@service", reading.services), ("@model", reading.models)):
        for entity in entities:
            kinds.update(dict.fromkeys(entity.tokens, name))
    kinds.update(dict.fromkeys(reading.makes, "@model"))
    for kind, one in (("@name", reading.name), ("@phone", reading.phone), ("@email", reading.email)):
        if one is not None:
            kinds.update(dict.fromkeys(range(one.start, one.end), kind))
    for code in reading.codes:
        kinds.update(dict.fromkeys(range(code.start, code.end), "@" + code.kind))
    for amount in reading.amounts:
        kinds.update(dict.fromkeys(range(amount.start, amount.end), "@" + amount.kind))
    return kinds
