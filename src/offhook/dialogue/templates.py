"""The words that are spoken: template files, one per language and desk.

A file is YAML: `lines` maps a key to one wording or a list of wordings; `words` holds the language's own words (weekday
names, "and", "or"). Which wording is taken depends on the turn's number alone, so a conversation can be replayed.
Every wording of a key, in every language, names the same values: `{service}`, `{day}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from offhook.dialogue.latin import in_latin_letters, latin_words

_VALUE = re.compile(r"\{([a-z_]+)\}")
DEFAULT_LANGUAGE = "en"


class TemplateError(Exception):
    """A template is missing, badly written, or was given too few values. The message says which and where."""


class Words(msgspec.Struct, kw_only=True, frozen=True):
    """How a language says dates, times and lists."""

    weekdays: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    and_: str = msgspec.field(name="and")
    or_: str = msgspec.field(name="or")
    am: str
    pm: str
    noon: str
    midnight: str
    date: str
    """Pattern of a full date: {weekday}, {month}, {day}."""
    at: str
    """Pattern of a date with a time: {date}, {time}."""
    span: str
    """Pattern of a range: {first}, {last}."""
    open_from: str
    """Pattern of the hours of some days: {days}, {ranges}."""
    nth: dict[str, int] = {}
    """How one of several offers is picked: "second" -> 1; -1 is the last."""
    drop: tuple[str, ...] = ()
    """Phrases that give a whole command up: "never mind"."""
    undo: tuple[str, ...] = ()
    """Phrases that take back what was done just now: "cancel the whole thing"."""
    again: tuple[str, ...] = ()
    """Words that want a thing once more."""
    negations: tuple[str, ...] = ()
    """Words that say the contrary of what stands beside them."""
    now: tuple[str, ...] = ()
    """Phrases that ask about this very moment: "right now"."""
    includes: tuple[str, ...] = ()
    """Phrases that ask what a thing holds: "what does it include"."""
    call_back: tuple[str, ...] = ()
    """Phrases that speak of a call from us: "call me back"."""
    no_call: tuple[str, ...] = ()
    """Phrases that refuse such a call."""
    wrong: tuple[str, ...] = ()
    """Words that call something wrong, or want it otherwise: "the name is wrong"."""
    same_time: tuple[str, ...] = ()
    """Phrases for the time of day of what was arranged before."""
    own: tuple[str, ...] = ()
    """Phrases that speak of what the caller has arranged."""
    remarks: tuple[str, ...] = ()
    """Phrases behind which stands what is to be passed on: "please note that"."""
    keeps: tuple[str, ...] = ()
    """Phrases that leave what is arranged as it is: "keep it"."""
    nothing_more: tuple[str, ...] = ()
    """Words of which a plain no is made, and thanks beside it."""
    go_on: tuple[str, ...] = ()
    """Phrases that go on with what was put off: "book it"."""
    unknowing: tuple[str, ...] = ()
    """Phrases of who cannot say what was asked: "no idea"."""
    agree: tuple[str, ...] = ()
    """Phrases that call something right: "that's right"."""
    offer_nouns: tuple[str, ...] = ()
    """What offers are called: "one", "slot"."""
    any: tuple[str, ...] = ()
    """Phrases that leave the choice to us: "either", "whatever you have"."""
    slots: dict[str, str] = {}
    """How callers name the parts of a form: "day" -> "date"."""
    also: tuple[str, ...] = ()
    """Phrases that add to what was said before: "as well"."""
    also_last: tuple[str, ...] = ()
    """Words that add where nothing follows them: "too"."""
    another: tuple[str, ...] = ()
    """Phrases that want one more of what there is: "another", "the same"."""
    alike: tuple[str, ...] = ()
    """Those of them that want it to be the same thing."""
    pointing: tuple[str, ...] = ()
    """Words for a thing that was just spoken of: "it"."""
    others: tuple[str, ...] = ()
    """People for whom a caller asks: "wife"."""
    for_others: tuple[str, ...] = ()
    """Patterns that ask for something for one of them, with {person}."""
    swap: tuple[str, ...] = ()
    """Phrases that put one thing in another's place: "instead"."""
    acknowledge: tuple[str, ...] = ()
    """Phrases that may only tell that one was heard, and no yes: "ok"."""
    urgent: tuple[str, ...] = ()
    """Phrases that call a thing urgent, which the soonest time alone does not."""
    bodies: tuple[str, ...] = ()
    """What cars are called by their shape: "suv"."""
    gears: dict[str, str] = {}
    """How a car's transmission is named: "stick" -> "manual"."""
    leaning: tuple[str, ...] = ()
    """Words that go with what follows them ("for", "the"): nobody pauses behind one."""
    smalltalk: dict[str, tuple[str, ...]] = {}
    """Kinds of small talk (thanks, who, wait) -> phrases that show them."""
    parts: dict[str, str] = {}
    """Parts of the day that a time is said with: hour before which one ends -> its name, in order."""
    clock: dict[str, str] = {}
    """How a time is said, in place of am and pm: by itself ("1:30"), else by its minute, else "other". Patterns with
    {part}, {hour}, {next} (the hour to come) and {minute}."""
    ordinals: dict[str, str] = {}
    """Suffix of a day's number: by the number itself, else by its last digit, else "other"."""


@dataclass(frozen=True, slots=True)
class _Wording:
    pieces: tuple[str, ...]
    """Text and value names in turn: text, name, text, name, …, text."""

    @classmethod
    def of(cls, text: str) -> _Wording:
        return cls(tuple(_VALUE.split(" ".join(text.split()))))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.pieces[1::2])

    def render(self, values: Mapping[str, str]) -> str:
        return "".join(values[piece] if i % 2 else piece for i, piece in enumerate(self.pieces))


class Templates:
    """The wordings of one desk: the shared files first, the desk's own after (which may replace a shared key)."""

    def __init__(self, lines: Mapping[str, Mapping[str, tuple[_Wording, ...]]], words: Mapping[str, Words]) -> None:
        self._lines = lines
        self._words = words
        _check_same_values(lines)

    @classmethod
    def load(cls, folders: Iterable[Path]) -> Templates:
        """Read every `<language>.yaml` of the folders, in order. Raises TemplateError."""
        lines: dict[str, dict[str, tuple[_Wording, ...]]] = {}
        words: dict[str, Words] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.yaml")):
                document = _document(path)
                language = path.stem
                if document.also is not None:
                    _add_latin(document, document.also, lines, words)
                target = lines.setdefault(language, {})
                for key, wordings in document.lines.items():
                    texts = [wordings] if isinstance(wordings, str) else wordings
                    if not texts:
                        raise TemplateError(f"{path}: {key!r} has no wording; give it one or remove it.")
                    target[key] = tuple(_Wording.of(text) for text in texts)
                if document.words is not None:
                    words[language] = document.words
        if DEFAULT_LANGUAGE not in words:
            raise TemplateError(
                f"No {DEFAULT_LANGUAGE}.yaml with a `words` section was found; other languages fall back to it."
            )
        return cls(lines, words)

    def render(self, language: str, key: str, values: Mapping[str, str], turn: int) -> str:
        """The words for `key`; English where the language has none. Raises TemplateError."""
        wordings = self._find(language, key)
        if wordings is None:
            raise TemplateError(f"No template {key!r} in {language} or {DEFAULT_LANGUAGE}; add it to a templates file.")
        try:
            return wordings[turn % len(wordings)].render(values)
        except KeyError as missing:
            raise TemplateError(f"Template {key!r} needs the value {missing.args[0]!r}.") from None

    def wordings(self, language: str, key: str, values: Mapping[str, str]) -> list[str]:
        """All that may be said for `key`; empty where there is none. Raises KeyError for a value that is not given."""
        return [wording.render(values) for wording in self._find(language, key) or ()]

    def has(self, language: str, key: str) -> bool:
        return self._find(language, key) is not None

    def words(self, language: str) -> Words:
        return self._words.get(language) or self._words[DEFAULT_LANGUAGE]

    def known(self) -> frozenset[str]:
        """Every key that some language has words for."""
        return frozenset(key for lines in self._lines.values() for key in lines)

    def needs(self, key: str) -> frozenset[str]:
        """Names of the values that the wordings of `key` use."""
        wordings = self._find(DEFAULT_LANGUAGE, key)
        return frozenset() if wordings is None else wordings[0].names

    def _find(self, language: str, key: str) -> tuple[_Wording, ...] | None:
        for tag in (language, language.split("-")[0], DEFAULT_LANGUAGE):
            wordings = self._lines.get(tag, {}).get(key)
            if wordings is not None:
                return wordings
        return None


class _Document(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    lines: dict[str, str | list[str]]
    words: Words | None = None
    also: str | None = None
    """A language that is this one in Latin letters: the same lines serve it, transliterated."""


def _add_latin(
    document: _Document, language: str, lines: dict[str, dict[str, tuple[_Wording, ...]]], words: dict[str, Words]
) -> None:
    target = lines.setdefault(language, {})
    for key, wordings in document.lines.items():
        texts = [wordings] if isinstance(wordings, str) else wordings
        target[key] = tuple(_Wording.of(in_latin_letters(text)) for text in texts)
    if document.words is not None:
        built = msgspec.to_builtins(document.words)
        words[language] = msgspec.convert(_in_latin(built), Words)


def _in_latin(value: object) -> object:
    """Every text of a `words` section in Latin letters; what callers say is there in both."""
    if isinstance(value, str):
        return latin_words(value)
    if isinstance(value, dict):
        return {_in_latin(key): _in_latin(inner) for key, inner in value.items()}
    return [_in_latin(inner) for inner in value] if isinstance(value, list | tuple) else value


def _document(path: Path) -> _Document:
    try:
        return msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader), _Document)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise TemplateError(f"{path}: {error}") from error


def _check_same_values(lines: Mapping[str, Mapping[str, tuple[_Wording, ...]]]) -> None:
    seen: dict[str, frozenset[str]] = {}
    for language, keys in lines.items():
        for key, wordings in keys.items():
            for wording in wordings:
                expected = seen.setdefault(key, wording.names)
                if wording.names != expected:
                    raise TemplateError(
                        f"Template {key!r} ({language}) uses {sorted(wording.names)} in one wording and "
                        f"{sorted(expected)} in another; all wordings of a key take the same values."
                    )
