"""The words of a desk that keeps a book: one vocabulary for English, Hindi and Hinglish, since they share a sentence.

Every word is filed under a key that all its spellings share, in either script (`mixed/alphabet`), verbs under their
stem. All words are data: `language/<tag>/ledger.yaml` for each language (`concepts`, `values`, `verbs`, `persons`,
`examples`) and `language/frames.yaml` for what they mean together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import Data, load_data, words_of
from offhook.understanding.desk import DeskLanguage, load_desk_language
from offhook.understanding.frames import OTHER_TRADE, FrameSet, read_frames
from offhook.understanding.ledger.counts import CountWords, load_counts
from offhook.understanding.ledger.hints import LedgerHints, load_ledger_hints
from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.mixed.vocabulary import Vocabulary, load_vocabulary
from offhook.understanding.phrases import PhraseBook, stem
from offhook.understanding.spelling import Speller

ELSEWHERE = "elsewhere"
"""The concept of words that belong to other trades."""
_SOUNDING = 4
"""Consonants by which a word is known whatever its vowels."""
_SECOND = "hi-Latn"
"""The language whose alphabet all keys are made with."""


@dataclass(frozen=True, slots=True)
class VerbForm:
    group: str
    """What is done: give, take, come, pay … ; other verbs by their stem."""
    tense: str


@dataclass(frozen=True, slots=True)
class PersonWords:
    titles: frozenset[str]
    """Keys of what stands behind a name without being a part of it (ji, bhai)."""
    roles: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    """First key of what stands behind a name -> (all keys, role), the longest first."""
    before: dict[str, str]
    """Key of what stands before a name -> role."""
    pronouns: dict[str, str]
    written: dict[str, str]
    """Pronouns as they are written -> role, where spelling tells them apart ("use", "usse")."""
    own: dict[str, str]
    """The speaker's own pronouns -> role."""
    spelled: frozenset[str]
    """Those names as they are written."""
    families: frozenset[str]
    """Second names that words of the language only sound like."""
    native: dict[str, tuple[str, ...]]
    """A name in other letters -> keys of the spellings in Latin ones that it may have."""
    real: frozenset[str]
    """Keys of given names and family names, whoever the tenant's customers are."""


@dataclass(frozen=True, slots=True)
class LedgerLanguage:
    everyday: DeskLanguage
    voc: Vocabulary
    counts: CountWords
    concepts: PhraseBook
    values: PhraseBook
    """Phrases filed under "slot=value"."""
    yes: PhraseBook
    """What callers of any desk say to a question that they agree with."""
    frames: FrameSet
    verbs: dict[str, VerbForm]
    persons: PersonWords
    goods: tuple[tuple[str, ...], ...]
    """Words for the same goods in several languages."""
    english: frozenset[str]
    """Ordinary English words, which nobody is called."""
    loans: dict[str, str]
    """Key of an English word of the data in other letters or by ear -> the word."""
    sounds: dict[str, str]
    """Consonants of such a word -> the word: how it may be written in Devanagari."""
    speller: Speller
    empty: frozenset[str]
    """Keys of words that name no product by themselves: of the sentence's structure, numbers, units."""
    harmless: frozenset[str]
    """Keys of words that change nothing about an entry, wherever they stand in it."""
    marks_behind: frozenset[str]
    """Keys of words that tell the part of what stands before them (ne, mein)."""
    marks_before: frozenset[str]
    """Keys of words that tell the part of what follows (from, in)."""
    topics: frozenset[str]
    """Keys of words that a question about the whole book may hold, beside what it asks for."""
    known: frozenset[str]
    """Keys of every word of the data: what is not in it is a name, a product, or foreign."""
    listed: frozenset[str]
    """Words of the desk's phrases as they are written; another that only sounds like one may be a name."""
    hints: LedgerHints
    examples: tuple[tuple[str, str, bool], ...]
    """(intent, sentence, whether it must match)."""

    def key(self, word: str) -> str:
        return self.voc.key(word)


@cache
def load_ledger_language(folder: Path, root: Path = LANGUAGES) -> LedgerLanguage:
    """Read a desk's folder, once in a process. Raises FileNotFoundError or ValueError naming what is wrong."""
    everyday = load_desk_language(folder)
    files = [load_data(path) for path in sorted(folder.glob("*/ledger.yaml"))]
    shared = load_data(folder / "frames.yaml")
    english = everyday.known_words | frozenset(everyday.lexicon.contractions)
    own = load_data(folder / "en" / "ledger.yaml")
    own_texts = _texts({name: part for name, part in own.items() if name != "examples"})
    own_words = frozenset(
        word for text in own_texts for word in text.split() if word.isascii() and not word.isdecimal()
    )
    english |= own_words
    heard = [text for data in files for text in _texts(data.get("concepts", {}))]
    voc = load_vocabulary(root / _SECOND, english, heard)
    voc.glosses.clear()
    voc.readings.clear()
    for word in (word for data in files for word in words_of(data, "nouns")):
        voc.verbs.pop(voc.alphabet.key(word), None)
    voc.spelled = (voc.spelled | _others_words(files, own, english - voc.spelled)) - _own_words(own)
    voc.spelled -= frozenset(everyday.lexicon.calendar.units)  # the "day" of "day after tomorrow" is no "di"
    frames = read_frames({}, _concept_names(files, shared))
    persons = _persons(files, folder, voc)
    verbs = _verbs(files, voc)
    phrases = {name: _caused(rows) for name, rows in _joined(files, "concepts").items()}
    texts = (text for rows in (*phrases.values(), *_values(files).values()) for text in rows)
    own_keys = {voc.canonical(word.removeprefix("=")) for text in texts for word in text.split()}
    phrases[ELSEWHERE] = _other_trades(root, own_keys, load_data(folder / "goods.yaml"), voc)
    concepts = PhraseBook(phrases, key=voc.canonical, exact=voc.key)
    values = PhraseBook(_values(files), key=voc.canonical, exact=voc.key)
    counts = load_counts(voc, everyday.lexicon.numbers)
    goods = tuple(
        tuple(str(text) for text in cast("list[object]", row))
        for row in cast("list[object]", load_data(folder / "goods.yaml").get("goods", []))
    )
    known = {voc.key(w) for w in (*concepts.vocabulary, *values.vocabulary, *everyday.lexicon.function_words)}
    known |= voc.function_keys | set(verbs) | set(voc.verbs) | set(counts.words) | persons.titles | voc.past_marks
    known |= {key for keys, entry in _dated(voc) for key in keys if entry not in ("gloss",)}
    known |= {voc.key(w) for data in files for w in words_of(data, "fillers")}
    known |= {key for rows in persons.roles.values() for keys, _ in rows for key in keys}
    known |= set(persons.before) | set(persons.pronouns) | set(persons.own)
    loanwords = (*concepts.vocabulary, *values.vocabulary, *_texts(own.get("verbs", {})))
    return LedgerLanguage(
        everyday=everyday,
        voc=voc,
        counts=counts,
        concepts=concepts,
        values=values,
        yes=PhraseBook({"yes": _spoken(root, "yes", "clear_yes")}, key=voc.canonical, exact=voc.key),
        frames=frames,
        verbs=verbs,
        persons=persons,
        goods=goods,
        english=_ordinary(english | everyday.real_words, everyday, folder, own_words),
        loans=_loans(voc, sorted(loanwords)),
        sounds=_sounds(voc, loanwords),
        speller=Speller(_mendable(files), alike=_alike(phrases)),
        empty=_empty(voc, everyday, counts, files),
        harmless=_keys_of(files, voc, "harmless") | persons.titles | counts.money,
        marks_behind=_keys_of(files, voc, "marks_behind") | _single(persons.roles),
        marks_before=_keys_of(files, voc, "marks_before") | frozenset(persons.before),
        topics=_keys_of(files, voc, "topics"),
        known=frozenset(known),
        listed=frozenset(word for data in files for word in _words(data)) | everyday.lexicon.function_words,
        hints=load_ledger_hints(folder),
        examples=_examples(files),
    )


def _keys_of(files: Iterable[Data], voc: Vocabulary, section: str) -> frozenset[str]:
    return frozenset(voc.key(word) for data in files for word in words_of(data, section))


def _single(roles: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]) -> frozenset[str]:
    return frozenset(first for first, rows in roles.items() if any(len(keys) == 1 for keys, _ in rows))


_BOTH = frozenset({"me", "to", "us", "the", "is", "do", "so"})
"""Words of English that are too common in Hindi to be English alone."""


def _others_words(files: Iterable[Data], own: Data, english: frozenset[str]) -> frozenset[str]:
    """Words of the other files; one that is English as well only where it is listed as a verb."""
    others = [data for data in files if data != own]
    verbs = frozenset(word for data in others for text in _texts(data.get("verbs", {})) for word in text.split())
    return (frozenset(word for data in others for word in _words(data)) - english) | verbs


def _own_words(own: Data) -> frozenset[str]:
    """English verbs and pronouns, whatever Hindi word is also spelled so."""
    texts = (*_texts(own.get("verbs", {})), *_texts(own.get("persons", {})))
    return frozenset(word for text in texts for word in text.split()) - _BOTH


def _ordinary(words: frozenset[str], everyday: DeskLanguage, folder: Path, own: frozenset[str]) -> frozenset[str]:
    """English words without the names among them; those that the desk itself uses stay."""
    names = frozenset(str(load_data(folder / "names.yaml").get("names", "")).split()) | everyday.names.given
    used = own | everyday.lexicon.function_words
    return (words - (names - used)) | frozenset(everyday.lexicon.calendar.units)


def _loans(voc: Vocabulary, words: Iterable[str]) -> dict[str, str]:
    """Of words that sound alike the first holds: `words` come in an order that is the same in every process."""
    found: dict[str, str] = {}
    for word in words:
        if word.isascii() and len(word) > 2 and voc.key(word)[0] == "=":
            found.setdefault(voc.alphabet.key(word), word)
    return found


def _sounds(voc: Vocabulary, words: Iterable[str]) -> dict[str, str]:
    """Consonants of long words of English -> the word, where no other has the same."""
    found: dict[str, set[str]] = {}
    for word in words:
        if word.isascii() and voc.key(word)[0] == "=" and len(sound := voc.alphabet.sound(word)) >= _SOUNDING:
            found.setdefault(sound, set()).add(word)
    return {sound: min(alike) for sound, alike in found.items() if len({stem(word) for word in alike}) == 1}


def _mendable(files: Iterable[Data]) -> frozenset[str]:
    """Words that a misspelt one may be put right to; those that negate or doubt are never guessed."""
    kept = ("concepts", "verbs")
    words = frozenset(
        word for data in files for section in kept for text in _texts(data.get(section, {})) for word in text.split()
    )
    return frozenset(word for word in words if word.isascii())


def _alike(phrases: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Words that are a phrase by themselves -> its concept: spellings of one concept are one word to the speller."""
    return {text: name for name, texts in phrases.items() for text in texts if text.isalpha()}


def _other_trades(root: Path, own: set[str], goods: Data, voc: Vocabulary) -> list[str]:
    """What callers of any desk say that belongs to no shop's book; words of this desk and its goods are none of it."""
    known = own | {voc.canonical(word) for text in _texts(goods) for word in text.split()}
    found = _spoken(root, OTHER_TRADE)
    return [text for text in found if not {voc.canonical(word.removeprefix("=")) for word in text.split()} <= known]


def _spoken(root: Path, *concepts: str) -> list[str]:
    """The phrases of any talk, in every language, for some concepts."""
    found: list[str] = []
    for tag in ("en", _SECOND):
        phrases = cast("dict[str, list[object]]", load_data(root / tag / "acts.yaml").get("concepts", {}))
        found.extend(str(text) for name in concepts for text in phrases.get(name, []))
    return found


def _empty(voc: Vocabulary, everyday: DeskLanguage, counts: CountWords, files: Iterable[Data]) -> frozenset[str]:
    units = [text for name, texts in _values(files).items() if name.startswith("unit=") for text in texts]
    words = {voc.key(word) for text in units for word in text.split()}
    words |= {voc.key(word) for word in everyday.lexicon.function_words}
    return frozenset(words) | voc.function_keys | counts.words


def _dated(voc: Vocabulary) -> Iterable[tuple[tuple[str, ...], str]]:
    for first, options in voc.phrases.items():
        for rest, entry in options:
            yield (first, *rest), entry.kind


def _texts(data: object) -> Iterable[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif data is not None:
        yield str(data).lower().replace("=", "")


def _words(data: Data) -> Iterable[str]:
    for section in ("concepts", "values", "verbs", "persons", "fillers"):
        for text in _texts(data.get(section, {})):
            yield from text.split()


def _joined(files: Iterable[Data], section: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for data in files:
        for name, phrases in cast("dict[str, list[object]]", data.get(section, {})).items():
            found.setdefault(name, []).extend(str(phrase) for phrase in phrases)
    return found


_CAUSED = {
    "kar": "karwa",
    "mita": "mitwa",
    "hata": "hatwa",
    "bana": "banwa",
    "kaat": "katwa",
    "daal": "dalwa",
    "nikaal": "nikalwa",
}
"""Verbs as they are said of what one has done by somebody ("cancel karwa do")."""


def _caused(texts: Iterable[str]) -> list[str]:
    """The phrases, with those of a verb also in the form that has it done."""
    found = list(texts)
    for text in texts:
        *before, last = text.split()
        if last in _CAUSED:
            found.append(" ".join((*before, _CAUSED[last])))
    return found


def _concept_names(files: Iterable[Data], shared: Data) -> Data:
    """The frames, with every feature that they may name as a concept without phrases."""
    named: dict[str, list[object]] = {name: [] for name in (*_joined(files, "concepts"), *words_of(shared, "features"))}
    return {"concepts": named, "weights": shared.get("weights", {}), "frames": shared.get("frames", [])}


def _values(files: Iterable[Data]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for data in files:
        for slot, values in cast("dict[str, dict[object, list[object]]]", data.get("values", {})).items():
            for value, phrases in values.items():
                found.setdefault(f"{slot}={value}", []).extend(str(phrase) for phrase in phrases)
    return found


def _verbs(files: Iterable[Data], voc: Vocabulary) -> dict[str, VerbForm]:
    """Forms of every verb by key: the language's own paradigms, in groups, and forms that are listed."""
    groups: dict[str, str] = {}
    listed: dict[str, VerbForm] = {}
    for data in files:
        for group, stems in cast("dict[str, list[object]]", data.get("verb_groups", {})).items():
            groups.update({str(stem): group for stem in stems})
        for group, tenses in cast("dict[str, dict[str, list[object]]]", data.get("verbs", {})).items():
            for tense, forms in sorted(tenses.items()):  # "past" last: it holds where forms share a key
                listed.update({voc.key(str(form)): VerbForm(group, tense) for form in forms})
    found = {key: VerbForm(groups.get(verb.stem, verb.stem), verb.tense) for key, verb in voc.verbs.items()}
    return {**found, **listed}


def _persons(files: Iterable[Data], folder: Path, voc: Vocabulary) -> PersonWords:
    titles: set[str] = set()
    roles: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    before: dict[str, str] = {}
    pronouns: dict[str, str] = {}
    own: dict[str, str] = {}
    for data in files:
        persons = cast("dict[str, object]", data.get("persons", {}))
        titles.update(voc.key(str(word)) for word in cast("list[object]", persons.get("titles", [])))
        for target, section in ((pronouns, "pronouns"), (own, "own"), (before, "before")):
            for role, words in cast("dict[str, list[object]]", persons.get(section, {})).items():
                target.update({voc.key(str(word)): role for word in words})
        for role, texts in cast("dict[str, list[object]]", persons.get("behind", {})).items():
            for text in texts:
                keys = tuple(voc.key(part) for part in str(text).split())
                roles.setdefault(keys[0], []).append((keys, role))
    spelled = frozenset(str(load_data(folder / "names.yaml").get("names", "")).split())
    return PersonWords(
        titles=frozenset(titles),
        roles={first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in roles.items()},
        before=before,
        pronouns=pronouns,
        written=_written(files),
        own=own,
        spelled=spelled,
        families=words_of(load_data(folder / "names.yaml"), "families"),
        native=_native(load_data(folder / "names.yaml"), voc),
        real=frozenset(map(voc.alphabet.key, spelled)),
    )


def _native(names: Data, voc: Vocabulary) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, texts in cast("dict[str, list[object]]", names.get("written", {})).items():
        for text in texts:
            keys = (*found.get(str(text), ()), voc.key(name))
            found[str(text)] = tuple(dict.fromkeys(keys))
    return found


def _written(files: Iterable[Data]) -> dict[str, str]:
    found: dict[str, str] = {}
    for data in files:
        persons = cast("dict[str, dict[str, dict[str, list[object]]]]", data).get("persons", {})
        for role, words in persons.get("pronouns", {}).items():
            found.update({str(word): role for word in words})
    return found


def _examples(files: Iterable[Data]) -> tuple[tuple[str, str, bool], ...]:
    found: list[tuple[str, str, bool]] = []
    for data in files:
        for intent, kinds in cast("dict[str, dict[str, list[object]]]", data.get("examples", {})).items():
            found.extend((intent, str(text), True) for text in kinds.get("match", []))
            found.extend((intent, str(text), False) for text in kinds.get("reject", []))
    return tuple(found)
