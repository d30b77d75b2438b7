"""The words of a language that is read by way of another one, from its folder `languages/<tag>/`.

Everything is filed under keys of the alphabet, so that each spelling finds its word. A word of the base language stays
what it is unless the folder lists it in just that spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from offhook.understanding.datafile import Data, load_data, names_of, phrases_of, words_of
from offhook.understanding.mixed.alphabet import Alphabet
from offhook.understanding.phrases import stem

Tense = Literal["infinitive", "future", "imperative", "habit", "past"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase of the language stands for: `kind` is its section in the data, `value` its base words."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Verb:
    stem: str
    tense: Tense


@dataclass(slots=True)
class Vocabulary:
    tag: str
    base: str
    alphabet: Alphabet
    english: frozenset[str]
    """Words of the base language; they are looked up in their own spelling only."""
    exact: frozenset[str] = frozenset()
    """Words that no spelling of another word is to be taken for."""
    spelled: frozenset[str] = frozenset()
    """Every word of the language as the data spell it."""
    phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = field(default_factory=dict)
    """First key -> (the other keys, entry), the longest first."""
    verbs: dict[str, Verb] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    quarters: dict[str, int] = field(default_factory=dict)
    fractions: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    """Key of a hundred or a thousand with its number in one word -> the number."""
    shy_numbers: frozenset[str] = frozenset()
    """Spellings, not keys, of numbers that are also other words."""
    shy_weekdays: frozenset[str] = frozenset()
    shy_months: frozenset[str] = frozenset()
    function_keys: frozenset[str] = frozenset()
    past_marks: frozenset[str] = frozenset()
    present_marks: frozenset[str] = frozenset()
    """Behind an infinitive: it is still to be done."""
    being: frozenset[str] = frozenset()
    """Behind a verb or a thing: it is so, or was."""
    clause_links: frozenset[str] = frozenset()
    offering: frozenset[str] = frozenset()
    managing: frozenset[str] = frozenset()
    """Verbs behind the stem of another one only ("nikal pati hoon")."""
    money: frozenset[str] = frozenset()
    distance: frozenset[str] = frozenset()
    name_words: frozenset[str] = frozenset()
    name_ends: frozenset[str] = frozenset()
    name_own: frozenset[str] = frozenset()
    name_fillers: frozenset[str] = frozenset()
    name_wrong: frozenset[str] = frozenset()
    speaking: tuple[tuple[str, ...], ...] = ()
    titles: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    telling: dict[str, int] = field(default_factory=dict)
    """Spellings that tell this language from the base language -> how surely: 1 or 2."""
    telling_keys: frozenset[str] = frozenset()
    """Keys of such words, for spellings that nobody wrote down."""
    headings: frozenset[str] = frozenset()
    """Base words that name the value beside them and say nothing else ("number", "date")."""
    ones: frozenset[str] = frozenset()
    """Genitives that stand for the thing itself ("wala": the one of)."""
    people: frozenset[str] = frozenset()
    """Names of persons, as they are written."""
    pausing: frozenset[str] = frozenset()
    """Words by which a speaker begins anew ("ruko")."""
    kin: frozenset[str] = frozenset()
    """Other people than the one who speaks."""
    busy: frozenset[str] = frozenset()
    """Behind a day or a time: it does not suit."""
    strangers: frozenset[str] = frozenset()
    """People with whom the speaker shares no car."""
    elsewhere: frozenset[str] = frozenset()
    """What people do on a day on which they can not come."""
    resting: frozenset[str] = frozenset()
    """What all else is called beside something that is put right."""
    besides: frozenset[str] = frozenset()
    """What adds a thing to those that were named ("bhi")."""
    forbidding: frozenset[str] = frozenset()
    """Negations of orders only ("mat")."""
    indefinite: frozenset[str] = frozenset()
    """What makes of a thing any new one ("ek", "koi")."""
    links: frozenset[str] = frozenset()
    turning: frozenset[str] = frozenset()
    supplements: dict[str, tuple[str, frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Base word -> (what it needs beside it, words that are enough, verbs or words one of which must be there)."""
    given: frozenset[str] = frozenset()
    """Given names, whatever else they mean."""
    shared: frozenset[str] = frozenset()
    """Spellings of both languages; they tell neither."""
    readings: dict[str, str] = field(default_factory=dict)
    """Stem of a verb -> the base word that it is read as."""
    sections: dict[str, frozenset[str]] = field(default_factory=dict)
    """The lists of `calendar.yaml`: keys of each phrase, joined by blanks."""
    glosses: dict[str, str] = field(default_factory=dict)
    """Key of a single word -> the base words that it is read as."""
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """ "kar.infinitive" -> the forms of that verb, one for each key."""
    spellings: dict[str, str] = field(default_factory=dict)
    """Key of a person's name -> as people write it in Latin letters."""

    def key(self, word: str) -> str:
        """Under what a word of a sentence is filed. Base words get a key that no word of the language has."""
        if word in self.exact:
            return "=" + (self.alphabet.latin(word) if self.alphabet.native(word) else word)
        if word in self.english and word not in self.spelled:
            return "=" + word
        return self.alphabet.key(word)

    def shy(self, word: str) -> bool:
        """Whether the word, in either script, is a number only where a number can stand."""
        return (self.alphabet.latin(word) if self.alphabet.native(word) else word) in self.shy_numbers

    def canonical(self, word: str) -> str:
        """What all forms and translations of a word share: for phrases of whole sentences."""
        key = self.key(word)
        if key[0] == "=" and key[1:] in self.exact:
            return key
        verb = self.verbs.get(key)
        if verb is not None:
            reading = self.readings.get(verb.stem)
            return stem(reading) if reading is not None else "~" + verb.stem
        gloss = self.glosses.get(key)
        if gloss is not None:
            return stem(gloss)
        return stem(word) if key[0] == "=" else key

    def expanded(self, phrase: str) -> Iterable[str]:
        """A phrase with each form of the verbs that it names by their tense ("nahi kar.infinitive")."""
        rows: list[list[str]] = [[]]
        for word in phrase.split():
            forms = [f"={form}" for form in self.forms.get(word, ())] or [word]
            rows = [[*row, form] for row in rows for form in forms]
        return (" ".join(row) for row in rows)

    def at(self, keys: list[str], i: int, limit: int) -> tuple[Entry, int] | None:
        """The longest phrase that begins at `i`, with its end."""
        for rest, entry in self.phrases.get(keys[i], ()):
            end = i + 1 + len(rest)
            if end <= limit and (not rest or tuple(keys[i + 1 : end]) == rest):
                return entry, end
        return None


_SECTIONS = (
    *("weekdays", "months", "relative", "dayparts", "clock", "units", "short_units", "ordinals", "parts", "around_day"),
)
_LISTS = (
    *("this", "next", "last", "coming", "baje", "past_hour", "to_hour", "day_number", "earliest", "urgent"),
    *("same_time", "after", "before", "until", "since", "between", "at", "of", "for", "about", "within", "later"),
    *("earlier", "near", "limits", "in_part", "except", "instead"),
)


def load_vocabulary(
    folder: Path, english: Iterable[str], heard: Iterable[str] = (), given: Iterable[str] = ()
) -> Vocabulary:
    """Read a language's folder.

    Args:
        english: words of the base language.
        heard: phrases of the language from other files, for telling it.
        given: given names.

    Raises FileNotFoundError naming what the folder lacks, ValueError for what cannot be read.
    """
    words, numbers = load_data(folder / "words.yaml"), load_data(folder / "numbers.yaml")
    dates = load_data(folder / "calendar.yaml")
    voc = Vocabulary(
        tag=folder.name,
        base=str(words.get("base", "en")),
        alphabet=Alphabet(folder / "alphabet.yaml"),
        english=frozenset(english),
        given=frozenset(given),
    )
    voc.exact = words_of(words, "exact")
    texts = [*_all_texts(words), *_all_texts(numbers), *_all_texts(dates)]
    texts.extend(str(word) for word in cast("dict[object, object]", dates.get("two_sided", {})))
    forms = dict(_verb_forms(words, voc.english))
    voc.spelled = frozenset(_own(voc, (*texts, *forms)))
    key = voc.key
    several: dict[str, dict[str, str]] = {}
    for form, verb in forms.items():
        voc.verbs.setdefault(key(form), verb)
        several.setdefault(f"{verb.stem}.{verb.tense}", {}).setdefault(key(form), form)
    voc.forms = {name: tuple(found.values()) for name, found in several.items()}
    voc.forms["of.genitive"] = ("ka", "ki", "ke")
    names = (folder / "names.txt").read_text(encoding="utf-8").split()
    voc.spellings = {voc.alphabet.key(name): name for name in reversed(names)}
    _numbers(voc, numbers)
    _phrases(voc, words, dates)

    def keyed(name: str, data: Data = words) -> frozenset[str]:
        return frozenset(key(word) for word in words_of(data, name))

    voc.function_keys = keyed("function_words") | keyed("kin")
    voc.past_marks, voc.being, voc.clause_links = keyed("past_marks"), keyed("being"), keyed("clause_links")
    voc.managing, voc.offering = keyed("managing"), keyed("offering")
    voc.money, voc.distance = keyed("money", dates), keyed("distance", dates)
    voc.shy_weekdays, voc.shy_months = keyed("shy_weekdays", dates), keyed("shy_months", dates)
    voc.name_words, voc.name_ends, voc.name_own = keyed("name_words"), keyed("name_ends"), keyed("name_own")
    voc.name_fillers, voc.name_wrong = keyed("name_fillers"), keyed("name_wrong")
    voc.titles, voc.surnames = keyed("titles"), keyed("surnames")
    voc.speaking = tuple(tuple(key(part) for part in text.split()) for text in sorted(words_of(words, "speaking")))
    voc.readings = names_of(words, "readings")
    voc.pausing, voc.present_marks = keyed("pausing"), keyed("present_marks")
    voc.busy, voc.resting = keyed("busy") | words_of(words, "busy"), keyed("resting")
    voc.elsewhere, voc.strangers = keyed("elsewhere"), keyed("strangers")
    voc.kin, voc.ones = keyed("kin"), keyed("ones")
    voc.people = frozenset(name.lower() for name in names)
    voc.headings, voc.besides = words_of(words, "headings"), words_of(words, "besides")
    voc.forbidding, voc.indefinite = keyed("forbidding"), keyed("indefinite")
    voc.turning = words_of(words, "turning")
    for word, rule in cast("dict[str, dict[str, object]]", words.get("supplements", {})).items():
        enough = frozenset(str(other) for other in cast("list[object]", rule["unless"]))
        needs = frozenset(str(other) for other in cast("list[object]", rule.get("with", [])))
        voc.supplements[word] = str(rule["add"]), enough, needs
    voc.shared, voc.links = words_of(words, "shared"), words_of(words, "links")
    shy = words_of(dates, "shy_weekdays")
    days = (word for section in ("weekdays", "relative", "dayparts") for word in _values(dates, section))
    times = [*cast("dict[object, object]", dates.get("two_sided", {})), *words_of(dates, "baje"), *days]
    _telling(voc, words, [*forms, *(str(word) for word in times if str(word) not in shy)], heard)
    return voc


def _telling(voc: Vocabulary, words: Data, forms: Iterable[str], heard: Iterable[str]) -> None:
    sure = words_of(words, "function_words") | words_of(words, "negations") | frozenset(forms)
    known = {part.removeprefix("=") for text in heard for part in text.split()} | voc.spelled
    for word in known:
        if word not in voc.shared and word not in voc.english and len(word) > 1:
            voc.telling[word] = 2 if word in sure else 1
    voc.telling.update(dict.fromkeys(words_of(words, "loanwords"), 1))
    voc.telling_keys = frozenset(voc.alphabet.key(word) for word in voc.telling if len(word) > 3)


def _values(data: Data, section: str) -> Iterable[object]:
    table = cast("dict[object, list[object]]", data.get(section, {}))
    return (word for words in table.values() for word in words)


def _own(voc: Vocabulary, texts: Iterable[str]) -> Iterable[str]:
    """The words of the language: a base word within a phrase stays one."""
    for text in texts:
        parts = text.split()
        yield from (part for part in parts if len(parts) == 1 or part not in voc.english)


def _all_texts(data: Mapping[str, object] | list[object] | object) -> Iterable[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in ("endings", "irregular", "verbs", "base", "shared", "readings", "supplements"):
                yield from _all_texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _all_texts(value)
    else:
        yield str(data)


def _verb_forms(words: Data, english: frozenset[str]) -> Iterable[tuple[str, Verb]]:
    """Every form of every verb; one that is a base word as well only where the data name it."""
    irregular = cast("dict[str, dict[Tense, list[object]]]", words.get("irregular", {}))
    for name, tenses in irregular.items():
        for tense, forms in tenses.items():
            for form in forms:
                yield str(form), Verb(name, tense)
    endings = cast("dict[Tense, list[object]]", words.get("endings", {}))
    for (stem_of_verb,) in phrases_of(words, "verbs"):
        for tense, tails in endings.items():
            for tail in tails:
                if " " not in str(tail) and f"{stem_of_verb}{tail}" not in english:
                    yield f"{stem_of_verb}{tail}", Verb(stem_of_verb, tense)


def _numbers(voc: Vocabulary, data: Data) -> None:
    key = voc.key
    for target, name in ((voc.units, "units"), (voc.scales, "scales"), (voc.quarters, "quarters")):
        for value, forms in cast("dict[object, list[object]]", data.get(name, {})).items():
            target.update({key(str(form)): int(str(value)) for form in forms})
    for value, forms in cast("dict[object, list[object]]", data.get("fractions", {})).items():
        voc.fractions.update({key(str(form)): int(str(value)) for form in forms})
    for value, forms in cast("dict[object, list[object]]", data.get("joined", {})).items():
        voc.joined.update({key(str(form)): int(str(value)) for form in forms})
    voc.shy_numbers = words_of(data, "shy")


def _phrases(voc: Vocabulary, words: Data, dates: Data) -> None:
    found: dict[tuple[str, ...], Entry] = {}
    key = voc.key

    def add(text: object, kind: str, value: str) -> None:
        found.setdefault(tuple(key(part) for part in str(text).split()), Entry(kind, value))

    for section in _SECTIONS:
        table = dates.get(section, {})
        for value, forms in cast("dict[object, list[object]]", table if isinstance(table, dict) else {}).items():
            for form in forms:
                add(form, section, str(value))
    for word, sides in cast("dict[object, list[object]]", dates.get("two_sided", {})).items():
        add(word, "two_sided", f"{sides[0]}|{sides[1]}")
    for section in _LISTS:
        listed = [tuple(key(part) for part in phrase) for phrase in phrases_of(dates, section)]
        voc.sections[section] = frozenset(" ".join(keys) for keys in listed)
        for keys in listed:
            found.setdefault(keys, Entry("post", section))
    for form in words_of(words, "negations"):
        add(form, "no", "not")
    for value, forms in cast("dict[object, list[object]]", words.get("glosses", {})).items():
        for form in forms:
            add(form, "gloss", str(value))
            if " " not in str(form) and " " not in str(value):
                voc.glosses.setdefault(key(str(form)), str(value))
    for keys, entry in found.items():
        voc.phrases.setdefault(keys[0], []).append((keys[1:], entry))
    for options in voc.phrases.values():
        options.sort(key=lambda option: -len(option[0]))
