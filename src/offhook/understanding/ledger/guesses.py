"""What a line to the book probably wants where no frame holds it, from the words of many sayings.

Frames know phrases; shopkeepers say the same in other words. Names, goods, sums and days are seen by their kind, so
that a tenant's own weigh nothing. A guess that only reads may be carried out; one that enters something is read back or
asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from offhook.understanding.frames import Alternative, Frame, FrameSet, Match
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.spans import Amount, Person, Phone, Quantity, Scan
from offhook.understanding.sayings import Guess, Sayings

NOTHING = "out_of_scope"
"""The label of talk that asks nothing of the book."""
NO_WISH = "no_wish"
"""The label of what speaks of entries and asks for none."""
ATTACK = "injection"
"""The label of what is refused."""
_GUESSED = Alternative(("guessed",), 1.0)
_OF_CONTEXT = frozenset({"@known", "@alone", "@billed", "@only"})
"""What a clause has of the talk before it, and not of its words."""
_ANCHORED, _LOOSE = 0.5, 0.75
"""The share from which a guess is taken: where the line names a customer, and where it names nobody that is known."""
_STRANGER = 0.1
"""By how much more for each word that nothing knows."""
INSTEAD = 0.85
"""The share from which it takes the place of a frame that only reads."""
ELSEWHERE_AT, ELSEWHERE_NAMED = 0.75, 0.9
"""The share from which talk of elsewhere is no look-up: where nobody on the list is named, and where somebody is."""
SETTLED = 0.97
"""The share from which words of a write that nothing else knows are settled, and from which one is read back though
something in the line denies or doubts it."""
_STRANGE = 4
"""How many words that nothing knows are counted."""
_LONGEST = 60
"""Words of a line that one wish is guessed from."""
REPLACED = frozenset({"reminder.schedule", "reminder.cancel"})
"""What a likely guess takes the place of though it writes: the one for the other."""
_NOTED = ("payment.", "credit.", "invoice.create", "stock.add", "customer.create")
_SURE = 0.8
"""The share from which a word that denies bars no guess: what was not done may be why ("he did not take it, cancel his
bill"). Never of what would be entered into the book."""
_OTHERWISE, _NOTHING_ELSE = 0.75, 0.95
"""The share from which words speak against a write: for something else, and for nothing."""
_ALIKE = frozenset({"credit.add", "invoice.create"})
"""What is said in the same words, of a sum or of goods."""
_NAMELESS = frozenset({"summary", "stock.low", "dues.list", "dues.total", "reminder.list", "undo", "help"})
"""What names nobody."""
OF_GOODS = frozenset({"stock.check", "stock.add"})
_OF_A_NAME = 3
"""Words of goods that are on no list."""


def features_of(scan: Scan, clauses: Sequence[Clause]) -> list[str]:
    """Words by their stems, with the next one, and what the clauses hold."""
    words = _words(scan)
    present = {name for clause in clauses for name in clause.present if not name.startswith("@first.")}
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{one} {two}" for one, two in pairwise(("^", *words, "$"))))
    found.update(dict.fromkeys(f"#{name}" for name in sorted(present - _OF_CONTEXT)))
    strange = sum(len(clause.foreign) for clause in clauses)
    found.update(dict.fromkeys(f"#strange.{n}" for n in range(1, min(strange, _STRANGE) + 1)))
    return list(found)


def _words(scan: Scan) -> list[str]:
    kinds = {i: "@date" for i, covered in enumerate(scan.covered) if covered}
    rows: tuple[tuple[str, Sequence[Person | Goods | Amount | Quantity | Phone]], ...] = (
        ("@product", scan.goods),
        ("@amount", scan.amounts),
        ("@qty", scan.quantities),
        ("@phone", scan.phones),
        ("@name", [one for one in scan.persons if not one.pronoun]),
        ("@who", [one for one in scan.persons if one.pronoun]),
    )
    for kind, spans in rows:
        kinds.update((i, kind) for span in spans for i in range(span.start, span.end))
    found: list[str] = []
    for i, word in enumerate(scan.words):
        if i in kinds:
            if kinds[i] != (found[-1] if found else None):
                found.append(kinds[i])
        elif word[0].isalnum():
            found.append(scan.canon[i].removeprefix("="))
    return found


def weighed(sayings: Sayings | None, scan: Scan, clauses: Sequence[Clause]) -> Guess | None:
    """The likeliest that the line wants; None where nothing is known of its words or it is too long for one wish."""
    if sayings is None or len(scan) > _LONGEST:
        return None
    return next(iter(sayings.guesses(features_of(scan, clauses))), None)


def clear(guess: Guess, clause: Clause, *, known: bool) -> bool:
    """Whether a guess is likely enough. `known`: whether a customer was spoken of before.

    Goods are words of everybody's kitchen, and anchor nothing ("sugar level kitna hona chahiye").
    """
    named = any(one.name or one.candidates or (known and one.pronoun) for one in clause.persons)
    least = _ANCHORED if named and guess.label not in _NAMELESS else _LOOSE
    return guess.share >= least + _STRANGER * len(clause.foreign)


def carried_out(guess: Guess) -> bool:
    """Whether a guessed write needs no question. What is entered into the book always does: its direction hangs on one
    small word ("Ramesh ko 500 udhaar liye")."""
    return guess.share >= SETTLED and not guess.label.startswith(_NOTED)


def outweighs(guess: Guess) -> bool:
    """Whether a guess is read back although the line denies, asks or doubts something."""
    return guess.share >= _SURE and not guess.label.startswith(_NOTED)


def same_entry(label: str, intent: str) -> bool:
    return label == intent or {label, intent} <= _ALIKE


def contradicts(guess: Guess, intent: str) -> bool:
    """Whether a write that a frame is sure of is read back all the same: the words are those of something else."""
    if same_entry(guess.label, intent):
        return False
    return guess.share >= (_NOTHING_ELSE if guess.label in (NOTHING, NO_WISH) else _OTHERWISE)


def wished(label: str, frames: FrameSet) -> Match | None:
    """A match of an intent with all slots that its frames have."""
    own = [frame for frame in frames.frames if frame.intent == label]
    if not own:
        return None
    slots = frozenset(slot for frame in own for slot in frame.slots)
    return Match(Frame(label, (_GUESSED,), frozenset(), (), slots, {}, 0.0), _GUESSED, 0.0)


def name_goods(label: str, clause: Clause, scan: Scan) -> None:
    """What is asked about and on no list is the first word that nothing knows ("elaichi bachi hai kya")."""
    if label not in OF_GOODS or clause.goods or not clause.foreign:
        return
    start = end = clause.foreign[0]
    while end in clause.foreign and end - start < _OF_A_NAME:
        end += 1
    clause.goods.append(Goods(start, end, scan.sentence.said(start, end)))
