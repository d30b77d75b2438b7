"""Attempts that no brain is asked about: to talk the assistant out of its rules, or to reach other people's data.

Whatever an attempt says beside, nothing of it is done: it is refused politely, told of (without the words), and the
open question is asked again. The rules that make an attempt harmless are elsewhere (no brain can write without a
read-back, tools give a customer's data to that customer only); this is the manner of it, and the trace.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import msgspec
import yaml

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.guard_people import People
from offhook.understanding.phrases import PhraseBook, stem

INJECTION = "injection"
OTHER_CUSTOMER = "other_customer"
PERSONAL_DATA = "personal_data"
"""A model reached for a customer's data on behalf of a caller who has not proved who they are."""
EMERGENCY = "emergency"
"""Somebody may be hurt: no attempt, but like one it comes before whatever else was said."""
ELSEWHERE = "elsewhere"
"""No attempt: the talk is to go on in a chat, by a link that is sent."""
ABUSE = "abuse"
BLOCKED = "blocked"
"""A caller whom the business does not want to hear from; known by number, not by words."""
DATA = Path(__file__).parent / "guard_data"


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


SOMEONES = "@s"
"""Stands in a sentence's words after one that says whose something is."""
_NOBODY = _set_of(
    "what who where when how that this it he she here there let one name today tomorrow tonight monday tuesday "
    "wednesday thursday friday saturday sunday week month year morning afternoon evening car vehicle truck van bike "
    "engine dealer dealership workshop garage shop store company office team department service center centre business "
    "bank insurance insurer manager mechanic technician advisor adviser salesperson receptionist showroom doctor "
    "dentist lawyer school"
)
"""Before 's they name no customer."""
_OURS = frozenset({"my", "our", "your"})
TOGETHER = 7
_MOST_WORDS = 400
"""Of one turn that are looked at; a phrase at the end of an endless text is found in the text's end."""


class Kind(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One kind of attempts, as the data file has it."""

    phrases: tuple[str, ...]
    together: tuple[tuple[str, ...], ...] = ()
    """Groups of words ("a|b"): one of each group within TOGETHER words, in any order."""
    raw: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told of an attempt; the caller's words are not in it."""

    kind: str
    desk: str
    session_id: str
    caller_phone: str | None


OnRefusal = Callable[[Refusal], None]


def unheard(refusal: Refusal) -> None:
    """For whoever does not want to be told."""


def refusal(kind: str, state: ConversationState) -> Refusal:
    return Refusal(kind, state.desk, state.session_id, state.caller_phone)


class Guard:
    """Finds attempts in a caller's words. Immutable; a sentence takes some tens of microseconds."""

    def __init__(self, kinds: Mapping[str, Kind], people: People | None = None) -> None:
        self.kinds = dict(kinds)
        self._people = people or People(())
        self._attempts = PhraseBook({name: _expanded(kind.phrases) for name, kind in kinds.items()})
        self._together = [(name, len(groups)) for name, kind in kinds.items() for groups in kind.together]
        self._members: dict[str, list[tuple[int, int]]] = {}
        """Key of a word -> (rule, group) that it stands in, of `together`."""
        every = (groups for kind in kinds.values() for groups in kind.together)
        for rule, groups in enumerate(every):
            for number, group in enumerate(groups):
                for word in group.split("|"):
                    self._members.setdefault(_key(word), []).append((rule, number))
        self._excuses = PhraseBook({name: _expanded(kind.excused) for name, kind in kinds.items()})

    @classmethod
    def load(cls, folder: Path = DATA) -> Guard:
        """Raises msgspec.ValidationError when a file is wrong."""
        kinds: dict[str, Kind] = {}
        for path in sorted(folder.glob("*.yaml")):
            kinds |= msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), dict[str, Kind])
        return cls(kinds, People.load())

    def suspects(self, text: str, kinds: Iterable[str], own: str = "") -> str | None:
        """The first of `kinds` that the text is an attempt of. `own`: the caller's name, which is no other's."""
        plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
        words = list(_words(plain))
        if len(words) > _MOST_WORDS:
            words = [*words[: _MOST_WORDS // 2], *words[-_MOST_WORDS // 2 :]]
        found = self._found(words)
        of_people = self._people.masked(words, frozenset(own.casefold().split()))
        if of_people is not None:
            found |= self._found(of_people)
        for kind in kinds:
            if kind in found or any(mark in plain for mark in self.kinds[kind].raw):
                return kind
        return None

    def _found(self, words: list[str]) -> set[str]:
        stems = [stem(word) for word in words]
        free = [False] * len(words)
        found = {one.name for one in self._attempts.find(words, stems, free)}
        found |= self._near(words, stems)
        if found:
            found -= {one.name for one in self._excuses.find(words, stems, free)}
        return found

    def _near(self, words: list[str], stems: list[str]) -> set[str]:
        """Kinds of which some rule has one word of each of its groups within TOGETHER words."""
        found: set[str] = set()
        latest: dict[int, list[int]] = {}
        for at, (word, stem_) in enumerate(zip(words, stems, strict=True)):
            for key in (stem_, "=" + word):
                for rule, number in self._members.get(key, ()):
                    name, groups = self._together[rule]
                    seen = latest.setdefault(rule, [-TOGETHER] * groups)
                    seen[number] = at
                    if min(seen) > at - TOGETHER:
                        found.add(name)
        return found


def _words(plain: str) -> Iterator[str]:
    """Words without stops and marks; "customer's" is customers, and after "priya's" comes SOMEONES."""
    before = ""
    for chunk in plain.replace("_", " ").replace("-", " ").split():
        word = "".join(letter for letter in chunk if unicodedata.category(letter)[0] in "LMN")
        if not word:
            continue
        yield word
        if "'s" in chunk and word.removesuffix("s") not in _NOBODY and before not in _OURS:
            yield SOMEONES
        before = word


def _key(word: str) -> str:
    return word if word.startswith("=") else stem(word)


def _expanded(phrases: Iterable[str]) -> Iterator[str]:
    """ "ignore|forget .. rules" -> each of its phrases."""
    for phrase in phrases:
        for words in product(*(part.split("|") for part in phrase.split())):
            yield " ".join(words).replace("_", " ")
