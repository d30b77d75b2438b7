"""Everything that one sentence contains, before it is asked what it means: values, entities, times, concepts."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.understanding.amounts import Amount
from offhook.understanding.codes import Code
from offhook.understanding.contacts import Contact
from offhook.understanding.entities import Entity
from offhook.understanding.modality import Mood
from offhook.understanding.name_parts import PersonName
from offhook.understanding.phrases import Found
from offhook.understanding.pieces import Piece
from offhook.understanding.text import Sentence
from offhook.understanding.when import WhenReader


@dataclass(slots=True)
class Reading:
    sentence: Sentence
    stems: list[str]
    pieces: list[Piece]
    when: WhenReader
    concepts: list[Found]
    values: list[Found]
    services: list[Entity]
    models: list[Entity]
    makes: list[int]
    name: PersonName | None = None
    unnamed: bool = False
    """Whether somebody seems to be named, and was not read, or not for sure."""
    phone: Contact | None = None
    odd_digits: str = ""
    """Dictated digits that are too few or too many for the phone number that was asked for."""
    email: Contact | None = None
    codes: list[Code] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)
    """Tokens with content that belongs to nothing we know."""
    beside: list[int] = field(default_factory=list)
    """Tokens that belong to no plain wish and to none of its values."""
    numbers: list[int] = field(default_factory=list)
    """Tokens of numbers, and verbs of another language, that were taken for nothing."""
    unsettled: list[int] = field(default_factory=list)
    """Tokens of a mixed sentence that could change what it asks for and were not understood: content that belongs to
    nothing, numbers without a role, negations of nothing. What holds one is never carried out unasked."""
    works: dict[str, list[str]] = field(default_factory=dict)
    """Families of work -> the tenant's services of each."""
    language: str = "en"
    mood: Mood | None = None
    """How its actions are spoken of, where the desk has any."""
    mixed: bool = False
    """Whether the words are those of another language, put into this one: what is said of a thing stands behind it."""
    said: tuple[str, ...] = ()
    """Then the words as they were said, each by what all its spellings have in common."""
    aside: list[range] | None = None
    """Else the tokens of each clause that only tells something, once they were looked for (`asides.py`)."""
    told: list[range] = field(default_factory=list)
    """Then the tokens of each clause that only tells something."""
    errands: list[range] = field(default_factory=list)
    """Those of them that tell where one has to be."""
    past: list[range] = field(default_factory=list)
    """Those of them that tell what is over."""
    features: list[str] | None = None
    """What a model weighs of it (`guesses.features_of`), once that was asked for."""
