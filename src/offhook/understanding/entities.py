"""Services and models of one tenant, found in a sentence by their names, aliases and what people call them.

A name matches when all its telling words stand close together, in any order and inflection ("change the oil" is the oil
change). One telling word alone ("brakes") means the services that have it: one is taken, several are candidates to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from offhook.understanding.phrases import stem

_EMPTY = frozenset(["a", "an", "the", "and", "of", "for", "my", "your", "our", "to", "with", "or", "in", "on", "at"])
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
"""As sentences are split: "RAV4" is "rav" and "4", "F-150" is "f" and "150"."""
_DIGITS = {
    str(digit): word
    for digit, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
_WINDOW = 3
"""How many other words may stand between the words of a name."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What tokens [start, end) name: one thing (`name`), several that it could be (`candidates`), or neither.

    Neither: work that garages do, and that the tenant does not list.
    """

    start: int
    end: int
    name: str | None
    candidates: tuple[str, ...] = ()
    partial: bool = False
    tokens: tuple[int, ...] = ()
    vague: bool = False
    """Named by words alone that name nothing in particular ("service")."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    name: str
    stems: frozenset[str]


class EntityIndex:
    """An index over names; `generic` words (stems) never name anything by themselves."""

    def __init__(self, names: Mapping[str, Iterable[str]], generic: frozenset[str], *, guesses: bool = False) -> None:
        """`guesses`: one of several telling words is only a guess at a name ("tires" at the tire rotation)."""
        self._generic = generic
        self._by_stem: dict[str, list[_Phrase]] = {}
        self._telling: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[frozenset[str]]] = {}
        self._tells_more: set[tuple[str, str]] = set()
        """(word, name) where the name has other telling words too: the word alone is a guess at it."""
        self._words: set[str] = set()
        seen: set[tuple[str, frozenset[str]]] = set()
        telling: dict[str, dict[str, None]] = {}
        for name, aliases in names.items():
            for text in (name, *aliases):
                words = [word for word in _WORD.findall(text.lower()) if word not in _EMPTY]
                self._words.update(words)
                for said in (words, [_DIGITS.get(word, word) for word in words]):
                    stems = frozenset(map(stem, said))
                    if not stems or (name, stems) in seen:
                        continue
                    seen.add((name, stems))
                    phrase = _Phrase(name, stems)
                    self._phrases.setdefault(name, []).append(stems)
                    for key in stems:
                        self._by_stem.setdefault(key, []).append(phrase)
                if text == name:
                    keys = {stem(word) for word in words if _tells(word)} - generic
                    for key in keys:
                        telling.setdefault(key, {})[name] = None
                    if guesses and len(keys) > 1:
                        self._tells_more.update((key, name) for key in keys)
        self._telling = {key: tuple(found) for key, found in telling.items()}

    def __bool__(self) -> bool:
        return bool(self._by_stem)

    @property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self._words)

    def find(self, stems: list[str], taken: list[bool]) -> list[Entity]:
        """Entities in order of their place; whole names win over parts, longer ones over shorter."""
        places: dict[str, list[int]] = {}
        for i, key in enumerate(stems):
            if key in self._by_stem and not taken[i]:
                places.setdefault(key, []).append(i)
        if not places:
            return []
        whole = self._whole(places)
        found: list[Entity] = []
        used: set[int] = set()
        for entity in sorted(whole, key=lambda e: (-len(e.tokens), e.end - e.start, e.start)):
            if not used.intersection(entity.tokens):
                found.append(self._merged(entity, whole))
                used.update(entity.tokens)
        for key, where in places.items():
            names = self._telling.get(key)
            for i in where:
                if names is not None and i not in used:
                    used.add(i)
                    single = names[0] if len(names) == 1 and (key, names[0]) not in self._tells_more else None
                    end = self._rest_of(names, i + 1, stems, taken)
                    used.update(range(i, end))
                    tokens = tuple(range(i, end))
                    found.append(Entity(i, end, single, () if single else names, partial=True, tokens=tokens))
        return sorted(self._without_echoes(_narrowed(found)), key=lambda e: e.start)

    def _rest_of(self, names: tuple[str, ...], at: int, stems: list[str], taken: list[bool]) -> int:
        """Past the words of the name that stand right behind a part of it ("xuv" "700")."""
        if len(names) != 1:
            return at
        own = {key for phrase in self._phrases.get(names[0], ()) for key in phrase}
        while at < len(stems) and not taken[at] and stems[at] in own and stems[at] not in self._generic:
            at += 1
        return at

    def _whole(self, places: dict[str, list[int]]) -> list[Entity]:
        whole: list[Entity] = []
        seen: set[int] = set()
        for key in places:
            for phrase in self._by_stem[key]:
                if id(phrase) in seen or not all(part in places for part in phrase.stems):
                    continue
                seen.add(id(phrase))
                tokens = _closest(phrase.stems, places)
                if tokens is not None:
                    vague = len(phrase.stems) == 1 and phrase.stems <= self._generic
                    whole.append(Entity(tokens[0], tokens[-1] + 1, phrase.name, tokens=tokens, vague=vague))
        return whole

    def _merged(self, entity: Entity, whole: list[Entity]) -> Entity:
        names = tuple(dict.fromkeys(e.name for e in whole if e.tokens == entity.tokens and e.name))
        return entity if len(names) == 1 else Entity(entity.start, entity.end, None, names, tokens=entity.tokens)

    def _without_echoes(self, found: list[Entity]) -> list[Entity]:
        """A part of a name that is already there in whole adds nothing ("brake pad … the brakes")."""
        named = {entity.name for entity in found if entity.name and not entity.partial}
        return [
            entity
            for entity in found
            if not (entity.partial and (entity.name in named or named.intersection(entity.candidates)))
        ]


def _tells(word: str) -> bool:
    """Whether the word alone may mean the thing: no number does, and no single letter."""
    return len(word) > 1 and not word.isdigit()


def _narrowed(found: list[Entity]) -> list[Entity]:
    """Parts that stand together and have one name in common mean that name ("brake … pads")."""
    parts = [entity for entity in found if entity.partial]
    if len(parts) < 2:
        return found
    first, last = min(e.start for e in parts), max(e.end for e in parts)
    common = set.intersection(*({e.name} if e.name else set(e.candidates) for e in parts))
    if len(common) != 1 or last - first > len(parts) + _WINDOW:
        return found
    tokens = tuple(sorted(i for e in parts for i in e.tokens))
    return [*(e for e in found if not e.partial), Entity(first, last, common.pop(), partial=True, tokens=tokens)]


def _closest(stems: frozenset[str], places: dict[str, list[int]]) -> tuple[int, ...] | None:
    """The places of all stems, near each other, or None."""
    if len(stems) == 1:
        return (places[next(iter(stems))][0],)
    best: tuple[int, ...] | None = None
    rarest = min(stems, key=lambda key: len(places[key]))
    for anchor in places[rarest][:20]:
        tokens = sorted({min(places[key], key=lambda at: abs(at - anchor)) for key in stems})
        if len(tokens) < len(stems) or tokens[-1] - tokens[0] > len(stems) - 1 + _WINDOW:
            continue
        if best is None or tokens[-1] - tokens[0] < best[-1] - best[0]:
            best = tuple(tokens)
    return best


_LINKS = frozenset(["for", "of", "on", "ka", "ki", "ke", "the", "my", "need", "needs", "a"])


def qualified(found: list[Entity], words: list[str]) -> list[Entity]:
    """Without the vague ones that another thing tells apart: a "brake service" or a "service of the clutch" is no
    service of the whole car."""
    others = [entity for entity in found if not entity.vague]
    return [one for one in found if not (one.vague and any(_joined(one, other, words) for other in others))]


def _joined(one: Entity, two: Entity, words: list[str]) -> bool:
    first, second = sorted((one, two), key=lambda entity: entity.start)
    return _LINKS.issuperset(word.removeprefix("~") for word in words[first.end : second.start])


def unlisted_families(
    services: Mapping[str, Iterable[str]],
    families: Mapping[str, Iterable[str]],
    generic: frozenset[str],
    symptoms: frozenset[str],
) -> dict[str, list[str]]:
    """The families that none of the services belongs to, by the phrases that name work on a certain part.

    A complaint ("strange noise") names no part, and neither do words that are in every service's name.
    """
    own = {_stems(text) for name, aliases in services.items() for text in (name, *aliases)}
    found: dict[str, list[str]] = {}
    for family, phrases in families.items():
        texts = (family, *phrases)
        if any(_stems(text) <= generic for text in texts) or not own.isdisjoint(map(_stems, texts)):
            continue
        kept = [text for text in texts if symptoms.isdisjoint(_stems(text))]
        if kept:
            found[kept[0]] = kept[1:]
    return found


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.lower().replace("-", " ").split() if word not in _EMPTY)


def with_families(services: Mapping[str, Iterable[str]], families: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The tenant's services, each with the phrases of the family that its name or an alias belongs to."""
    widened = {name: list(aliases) for name, aliases in services.items()}
    for family, names in by_family(services, families).items():
        for name in names:
            widened[name].extend((family, *families[family]))
    return widened


def by_family(services: Mapping[str, Iterable[str]], families: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The families that have services of the tenant: whose name or alias is one of the family's phrases."""
    mine = {name: {_stems(text) for text in (name, *aliases)} for name, aliases in services.items()}
    found: dict[str, list[str]] = {}
    for family, phrases in families.items():
        keys = {_stems(phrase) for phrase in (family, *phrases)}
        names = [name for name, texts in mine.items() if not keys.isdisjoint(texts)]
        if names:
            found[family] = names
    return found


def within(entities: list[Entity], start: int, end: int) -> list[Entity]:
    """Those that begin in [start, end)."""
    return [entity for entity in entities if start <= entity.start < end]
