"""What work a complaint calls for where it names none: guessed from the words of many complaints.

"The steering tugs to the left" names no service; whoever answers at a garage knows that the wheels want aligning. The
model is made of `works.txt` by `benchmarks/sayings.py`, its labels are the families of `services.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection

from offhook.understanding.desk import DeskLanguage
from offhook.understanding.guesses import WISHES, features_of
from offhook.understanding.reading import Reading

NONE = "none"
"""The label of what calls for no work."""
_ASKING = (WISHES["service.book"] - {"trouble", "works_question"}) | {
    "car",
    "my_car",
    "left_car",
    "buy",
    "do_it",
    "yes",
}
"""Concepts of what is said for any work: that something is wished for, and that there is a car."""
_LIKELY, _LIKELY_INSTEAD = 0.85, 0.95
"""The share from which a complaint is one of that family; and where something was named that may be several services,
or is a part of the car that none of them is about ("the steering tugs")."""


def guess_service(reading: Reading, desk: DeskLanguage, named: bool = False, among: Collection[str] = ()) -> str | None:
    """The tenant's service that the sentence calls for without its name; None where that is not clear.

    Args:
        named: whether something was named that tells no single service: then a word must tell more.
        among: the services that what was named may be; any of the tenant's where there are none.
    """
    if desk.works is None or (named and not reading.foreign) or not _tells(reading, desk):
        return None
    first = next(iter(desk.works.guesses(features_of(reading, desk.thesaurus))), None)
    if first is None or first.label == NONE or first.share < (_LIKELY_INSTEAD if named else _LIKELY):
        return None
    services = [name for name in reading.works.get(first.label, ()) if not among or name in among]
    return services[0] if len(services) == 1 else None


def _tells(reading: Reading, desk: DeskLanguage) -> bool:
    """Whether more is said than that something is wished for, and when: "I bring the car on Friday, book it" is not."""
    asking = {i for f in reading.concepts if f.name in _ASKING for i in range(f.start, f.end)}
    asking.update(i for piece in reading.pieces for i in range(piece.start, piece.end))
    words, known = reading.sentence.words, desk.lexicon.function_words
    return any(i not in asking and word[0].isalnum() and word not in known for i, word in enumerate(words))
