"""What stretches of a sentence are: persons, goods, numbers with what they count, phones. All places are tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.phrases import stem
from offhook.understanding.text import Sentence

_JOINED = "\u094d"
"""Before a word's last consonant it joins two, and the vowel behind them is spoken ("कृष्ण")."""
_SEVERAL = "\u0902"
"""At the end of a verb it says it of several women, or of one with respect ("ले गईं", "दीं")."""
_MUTE = "e"
"""At the end of an English name it is written and not spoken ("स्टोर" is Store)."""


@dataclass(slots=True)
class Person:
    """A customer, in tokens [start, end); `close` is the end with titles and the words that tell his part."""

    start: int
    end: int
    close: int
    said: str
    role: str = "bare"
    name: str | None = None
    candidates: tuple[str, ...] = ()
    near: bool = False
    """Known by resemblance alone."""
    doubtful: bool = False
    """Unknown, and no name that anybody is called: perhaps a thing."""
    pronoun: bool = False
    numeric: bool = False
    """Its last word is a number that may belong to the one behind it ("Mohan Das sau")."""


@dataclass(slots=True)
class Amount:
    start: int
    end: int
    value: float
    marked: bool = False
    """Whether a word or a sign says that it is money."""
    lone: bool = False
    """Whether it is a word for a hundred or more alone: what stands before it may have been its number."""


@dataclass(slots=True)
class Quantity:
    start: int
    end: int
    value: float
    unit: str | None = None
    dozen: bool = False


@dataclass(slots=True)
class Phone:
    start: int
    end: int
    digits: str
    valid: bool = True


@dataclass(slots=True)
class Scan:
    """The tokens of a sentence, and who owns them."""

    sentence: Sentence
    language: LedgerLanguage
    keys: list[str]
    canon: list[str]
    taken: list[bool]
    persons: list[Person] = field(default_factory=list)
    goods: list[Goods] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    invoice_no: tuple[int, int, str] | None = None
    unused: frozenset[int] = frozenset()
    """Words of customers' names that were taken for ordinary ones."""
    mended: set[int] = field(default_factory=set)
    """Words whose spelling was put right by guess."""
    covered: list[bool] = field(default_factory=list)
    """Tokens that something accounts for, beside `taken`."""

    @property
    def words(self) -> list[str]:
        return self.sentence.words

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, i: int) -> str:
        return self.keys[i] if 0 <= i < len(self.keys) else ""

    def word(self, i: int) -> str:
        return self.sentence.word(i)

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = [True] * (end - start)

    def free(self, start: int, end: int) -> bool:
        return not any(self.taken[start:end])

    def latin(self, i: int) -> str:
        word = self.word(i)
        if word.isascii():
            return word
        alphabet = self.language.voc.alphabet
        return alphabet.latin(word) if alphabet.native(word) else word


def scan_of(sentence: Sentence, language: LedgerLanguage, owned: Callable[[str], bool] = lambda key: False) -> Scan:
    """`owned`: whether a key is a word of the tenant's, which is no loanword."""
    voc = language.voc
    keys = [voc.key(word) for word in sentence.words]
    canon = [voc.canonical(word) for word in sentence.words]
    for i, word in enumerate(sentence.words):
        named = [key for key in language.persons.native.get(word, ()) if owned(key)]
        if len(named) == 1 and not owned(keys[i]):
            keys[i] = canon[i] = named[0]
        elif word[-2:-1] == _JOINED and owned(keys[i] + "a") and not owned(keys[i]):
            keys[i] = canon[i] = keys[i] + "a"
        elif voc.alphabet.native(word) and owned(keys[i] + _MUTE) and not owned(keys[i]):
            keys[i] = canon[i] = keys[i] + _MUTE
        elif word[-1:] == _SEVERAL and (verb := voc.verbs.get(one := voc.key(word[:-1]))) and verb.tense == "past":
            keys[i] = canon[i] = one
        if keys[i] in language.known or owned(keys[i]) or not (len(word) > 4 or voc.alphabet.native(word)):
            continue
        loan = language.loans.get(voc.alphabet.key(word))
        if loan is None and voc.alphabet.native(word):
            loan = language.sounds.get(voc.alphabet.sound(word))
        if loan is not None:
            _reword(keys, canon, i, loan)
    size = len(keys)
    return Scan(sentence, language, keys, canon, [False] * size, covered=[False] * size)


def _reword(keys: list[str], canon: list[str], i: int, word: str) -> None:
    keys[i], canon[i] = "=" + word, stem(word)


def mend(scan: Scan) -> None:
    """Put right small spelling errors of words that are nobody's name and nothing on sale; at most eight of them."""
    language, voc = scan.language, scan.language.voc
    budget = 8
    for i, word in enumerate(scan.words):
        if scan.taken[i] or scan.keys[i] in language.known or word in language.english or not word.isascii():
            continue
        mended = language.speller.mend(word)
        if mended is not None:
            scan.keys[i], scan.canon[i] = voc.key(mended), voc.canonical(mended)
            scan.mended.add(i)
        budget -= 1
        if budget == 0:
            return


def rest_of_name(scan: Scan, person: Person, at: int) -> bool:
    """Whether the number at `at` may be the next word of the name before it ("Mohan das sau")."""
    name = (person.name or "").lower().split()
    said = person.end - person.start
    return person.end == at and len(name) > said and name[said] == scan.latin(at)
