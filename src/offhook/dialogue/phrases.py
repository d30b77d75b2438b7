"""Sentences that are always the same: what the templates say with a business's own values and nobody's data.

A sentence counts only if every value in it is the business's (its name, its agent's name). Whatever else a template
takes, a caller's name or number among it, makes the sentence a passing one; what stands before that value may be an
opening (`openings.py`), which is fixed like a whole sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from offhook.contracts.business import Business
from offhook.dialogue.openings import opening_of
from offhook.dialogue.templates import Templates
from offhook.kit.sentences import SentenceSplitter

GREETING_KEYS = ("greeting", "introduction", "introduction_person", "first_question")
_HOLE = "\ue000"
"""Stands for a value that is not the business's; in no text."""


def fixed_sentences(templates: Templates, business: Business) -> frozenset[str]:
    """Every sentence that this business's calls may hear again and that holds nobody's data."""
    wordings = [text for language in {*business.languages, "en"} for text in _all_texts(templates, language, business)]
    if business.greeting:
        wordings.append(business.greeting)
    whole = (text for text in wordings if _HOLE not in text)  # apologies are spoken in one piece
    return frozenset((*whole, *(sentence for text in wordings for sentence in _sentences(text))))


def openings(templates: Templates, business: Business, language: str) -> frozenset[str]:
    """How this business's sentences with a value in them begin."""
    leaning = templates.words(language).leaning
    found = (
        opening_of(sentence[: sentence.index(_HOLE)], leaning)
        for text in _all_texts(templates, language, business)
        for sentence in _pieces(text)
        if _HOLE in sentence
    )
    return frozenset(opening for opening in found if opening is not None)


def greeting_sentences(templates: Templates, business: Business, language: str) -> list[str]:
    """What an unknown caller hears first, in the order in which it is said; a sentence too many does no harm."""
    texts = [business.greeting] if business.greeting else []
    for key in GREETING_KEYS:
        if not (business.greeting and key == "greeting"):
            texts += _texts(templates, language, key, business)
    return list(dict.fromkeys(sentence for text in texts for sentence in _sentences(text)))


def _all_texts(templates: Templates, language: str, business: Business) -> Iterator[str]:
    for key in templates.known():
        yield from _texts(templates, language, key, business)


def _texts(templates: Templates, language: str, key: str, business: Business) -> list[str]:
    own = {"business": business.name, "persona": business.persona}
    return templates.wordings(language, key, {name: own.get(name, _HOLE) for name in templates.needs(key)})


def _sentences(text: str) -> Iterator[str]:
    return (piece for piece in _pieces(text) if _HOLE not in piece)


def _pieces(text: str) -> Iterator[str]:
    """As calls will cut the text. The first one may be cut at a comma, when it is the first of its reply."""
    for first_clause_chars in (60, 0):
        splitter = SentenceSplitter(first_clause_chars=first_clause_chars)
        for piece in splitter.push(text) + splitter.flush():
            sentence = " ".join(piece.split())
            if sentence:
                yield sentence
