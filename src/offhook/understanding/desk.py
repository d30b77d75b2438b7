"""The language of one desk, read from its folder: frames, words for values, families of services.

`load_desk_language(desks/<desk>/language)` reads `<folder>/<tag>/{frames,values,services}.yaml` for one language and
joins what every desk understands. A desk without files of its own understands just that. No desk is known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from offhook.understanding.certainty import Certainty, load_certainty
from offhook.understanding.datafile import Data, load_data, words_of
from offhook.understanding.frames import OTHER_TRADE, FrameSet, read_frames
from offhook.understanding.lexicon import LANGUAGES, Lexicon, load_lexicon
from offhook.understanding.mixed.gloss import Mixture, load_words
from offhook.understanding.mixed.vocabulary import load_vocabulary
from offhook.understanding.modality import ModalWords, load_modality
from offhook.understanding.name_parts import NameWords, load_names
from offhook.understanding.phrases import PhraseBook, stem
from offhook.understanding.sayings import Sayings, load_sayings
from offhook.understanding.thesaurus import Thesaurus, load_thesaurus

_WORDS = "words.yaml"


@dataclass(frozen=True, slots=True)
class DeskLanguage:
    name: str
    lexicon: Lexicon
    names: NameWords
    frames: FrameSet
    concepts: PhraseBook
    other_things: PhraseBook
    """Longer phrases of other trades."""
    values: PhraseBook
    """Phrases filed under "slot=value"."""
    families: dict[str, tuple[str, ...]]
    family_words: frozenset[str]
    """Words of the families."""
    generic: frozenset[str]
    not_before: frozenset[str]
    """Words before which a `weak` word names no service ("service department")."""
    weak: frozenset[str]
    not_after: frozenset[str]
    """Words behind which a `weak` word names no service ("shuttle service")."""
    damage: frozenset[str]
    """Words (stems) that tell of what was done to a car, in a complaint as well: no work by themselves."""
    symptoms: frozenset[str]
    """Words (stems) that make a service's phrase a complaint of the car, which wishes for the service by itself."""
    actions: frozenset[str]
    """Concepts that are things done for the caller, which may be refused, supposed or told of instead of wished for."""
    modal: ModalWords
    sayings: Sayings | None
    works: Sayings | None
    certainty: Certainty | None
    """Complaints of cars, by the family of work that each calls for."""
    thesaurus: Thesaurus
    makes: frozenset[str]
    mixtures: tuple[Mixture, ...]
    """Languages that are read by way of this one."""
    tells_old: frozenset[str]
    """Words of these, as they are said, that tell which of two days or times is the old one."""
    denies_behind: frozenset[str]
    """Words of these, as they are said, that deny what stands before them."""
    mendable: frozenset[str]
    """Words that a misspelt one may be put right to: those that carry meaning for the desk."""
    real_words: frozenset[str]
    """English words that are one edit from a mendable one and mean themselves."""
    known_words: frozenset[str]
    """Every word of the language data: what is not in it is foreign to the desk."""


@cache
def load_desk_language(folder: Path, tag: str = "en", root: Path = LANGUAGES) -> DeskLanguage:
    """Read the language data of one desk; once in a process, for it does not change while one runs.

    Raises FileNotFoundError, or ValueError naming what is wrong.
    """
    lexicon = load_lexicon(tag, root)
    own = folder / tag
    acts, faq = load_data(root / tag / "acts.yaml"), load_data(root / tag / "faq.yaml")
    frames, values, services = (_optional(own / name) for name in ("frames.yaml", "values.yaml", "services.yaml"))
    others = _others(folder, tag, root)
    frame_set = read_frames(acts, faq, frames, *(_frames_alone(data) for _, files in others for data in files))
    concepts = PhraseBook(frame_set.concepts)
    value_book = PhraseBook(_value_phrases(values))
    families = {
        str(name): tuple(str(text) for text in phrases)
        for name, phrases in cast("dict[str, list[object]]", services.get("families", {})).items()
    }
    generic = words_of(services, "generic")
    names = load_names(root / tag)
    known = (
        set(lexicon.function_words) | concepts.vocabulary | value_book.vocabulary | words_of(values, "makes") | generic
    )
    known.update(_family_words(families))
    known.update(_time_words(lexicon))
    english = known | set(lexicon.contractions)
    mixtures = tuple(_mixture(root / other, english, _phrases_of(files), lexicon, names) for other, files in others)
    return DeskLanguage(
        name=folder.parent.name,
        lexicon=lexicon,
        names=names,
        frames=frame_set,
        concepts=concepts,
        other_things=PhraseBook({OTHER_TRADE: (p for p in frame_set.concepts.get(OTHER_TRADE, ()) if " " in p)}),
        values=value_book,
        families=families,
        family_words=frozenset(_family_words(families)),
        generic=frozenset(stem(word) for word in generic),
        not_before=words_of(services, "not_before"),
        weak=words_of(services, "weak"),
        not_after=words_of(services, "not_after"),
        damage=frozenset(stem(word) for word in words_of(services, "damage")),
        symptoms=frozenset(stem(word) for word in words_of(services, "symptoms")),
        actions=words_of(frames, "actions"),
        modal=load_modality(root / tag),
        sayings=load_sayings(own / "sayings.json"),
        works=load_sayings(own / "works.json"),
        certainty=load_certainty(own / "certainty.json"),
        thesaurus=load_thesaurus(root),
        makes=words_of(values, "makes"),
        mixtures=mixtures,
        tells_old=_of_others(others, root, "tells_old"),
        denies_behind=_of_others(others, root, "denies_behind"),
        mendable=_mendable(frame_set, families, lexicon),
        real_words=_real_words(root / tag / "real_words.txt"),
        known_words=frozenset(known),
    )


def _others(folder: Path, tag: str, root: Path) -> list[tuple[str, tuple[Data, ...]]]:
    """The languages that are read by way of `tag`, each with the files that hold its phrases."""
    found: list[tuple[str, tuple[Data, ...]]] = []
    for path in sorted(root.iterdir()):
        words = _optional(path / _WORDS)
        if path.name != tag and words.get("base") == tag:
            found.append((path.name, tuple(_optional(p / n) for p, n in _phrase_files(path, folder))))
    return found


def _mixture(
    folder: Path, english: Iterable[str], phrases: dict[str, list[str]], lexicon: Lexicon, names: NameWords
) -> Mixture:
    heard = [text for texts in phrases.values() for text in texts]
    given = names.given - lexicon.function_words
    return load_words(load_vocabulary(folder, english, heard, given), phrases, lexicon)


def _phrase_files(shared: Path, folder: Path) -> tuple[tuple[Path, str], ...]:
    return (shared, "acts.yaml"), (folder / shared.name, "frames.yaml")


def _phrases_of(files: Iterable[Data]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for data in files:
        for name, phrases in cast("dict[str, list[object]]", data.get("concepts", {})).items():
            found.setdefault(name, []).extend(str(phrase) for phrase in phrases)
    return found


def _frames_alone(data: Data) -> Data:
    """Frames and weights of another language's file, and the names of its concepts without the phrases."""
    names = cast("dict[str, object]", data.get("concepts", {}))
    return {
        "concepts": {name: [] for name in names},
        "weights": data.get("weights", {}),
        "frames": data.get("frames", []),
    }


def _of_others(others: Iterable[tuple[str, object]], root: Path, section: str) -> frozenset[str]:
    """Words of the languages that are read by way of another."""
    return frozenset(word for tag, _ in others for word in words_of(load_data(root / tag / _WORDS), section))


def _optional(path: Path) -> Data:
    return load_data(path) if path.exists() else {}


def _value_phrases(data: Data) -> dict[str, list[str]]:
    slots = cast("dict[str, dict[object, list[object]]]", data.get("slots", {}))
    return {
        f"{slot}={value}": [str(p) for p in phrases]
        for slot, values in slots.items()
        for value, phrases in values.items()
    }


def _family_words(families: dict[str, tuple[str, ...]]) -> Iterable[str]:
    return (word for name, phrases in families.items() for phrase in (name, *phrases) for word in phrase.split())


def _mendable(frames: FrameSet, families: dict[str, tuple[str, ...]], lexicon: Lexicon) -> frozenset[str]:
    telling = {
        name: phrases for name, phrases in frames.concepts.items() if name not in (OTHER_TRADE, "question", "ask_if")
    }
    words = set(PhraseBook(telling).vocabulary) | set(_family_words(families))
    words.update(
        lexicon.calendar.weekdays, lexicon.calendar.months, lexicon.calendar.relative_days, lexicon.calendar.dayparts
    )
    words.update(lexicon.numbers.units, lexicon.numbers.tens)
    return frozenset(words - lexicon.function_words)


def _real_words(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _time_words(lexicon: Lexicon) -> Iterable[str]:
    calendar = lexicon.calendar
    yield from calendar.starters
    yield from calendar.short_units
    for words in calendar.sets.values():
        yield from words
    for phrases in calendar.phrases.values():
        for phrase in phrases:
            yield from phrase
    yield from lexicon.numbers.scales
    yield from lexicon.numbers.digit_words
    yield from lexicon.numbers.multipliers
