"""The words that turn-taking knows, of all languages together: callers change language in mid-sentence.

They are data (`languages/*.yaml`) and serve this room alone: whether a sentence goes on, and what a word over the
agent's speech means. What a sentence says is understanding's work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import cast

import yaml

Phrase = tuple[str, ...]
LONGEST_PHRASE = 5

_WORD = re.compile(r"[\w\u0900-\u097f]+(?:'[\w\u0900-\u097f]+)*")


@dataclass(frozen=True, slots=True)
class Words:
    """One set or table per key of the files; see en.yaml."""

    open_ends: frozenset[str]
    """Words that want something after them; a sentence that stops at one is not over."""
    open_phrases: frozenset[Phrase]
    """The same of several words; of an open and a closed phrase at the end, the longer decides."""
    closed_phrases: frozenset[Phrase]
    """Ends of sentences although the last word alone is open."""
    short_answers: frozenset[Phrase]
    """They end a sentence as an answer or behind a question word ("yes it is", "where it is"), else they begin one."""
    prepositions: frozenset[str]
    """Stranded at the end of a question, they want nothing ("what is it for")."""
    auxiliaries: frozenset[str]
    """A question has one right behind its question word."""
    closers: frozenset[str]
    """Words after which hardly anybody goes on: politeness, and the verb that ends a Hindi sentence."""
    pleases: frozenset[str]
    """Those of them that end even a word or two."""
    closing_phrases: frozenset[Phrase]
    question_starts: frozenset[str]
    """A question is known by its first word ..."""
    question_words: frozenset[str]
    """... or by one anywhere in it."""
    needs_verb: frozenset[str]
    """Hindi ends with its verb: behind one of these the sentence is not over before one of `verbs`."""
    verbs: frozenset[str]
    indicatives: frozenset[str]
    """Those that say what is or was, not what is wanted."""
    relatives: frozenset[str]
    """Hindi: a clause that begins with one of these is followed by another, with a verb of its own."""
    joiners: frozenset[str]
    subjects: frozenset[str]
    """Behind one of `joiners` they begin a clause ("if you")."""
    first_clauses: frozenset[str]
    """A sentence that begins with one of these has a second clause."""
    openers: frozenset[Phrase]
    """Said before what is to be said."""
    waits: frozenset[Phrase]
    """The caller asks for time: he goes on."""
    tags: frozenset[Phrase]
    """What is hung on the end of a sentence, and says nothing about whether that is one."""
    owners: frozenset[str]
    """Hindi: with one of these and without a verb, a thing is named and not yet spoken of."""
    pronouns: frozenset[str]
    """Hindi: behind its verb they end a sentence after all."""
    name_words: frozenset[str]
    """What stands around a name."""
    answers: frozenset[str]
    """A yes/no question is answered by any of these."""
    half_answers: frozenset[str]
    """Those of them after which, if nothing else was said, comes what the caller wants instead, or his answer."""
    wrongs: frozenset[str]
    only: frozenset[str]
    """They say that nothing else is wanted."""
    rights: frozenset[str]
    """Beside a no either says that what was read back is not so ("galat", "not right")."""
    repairs: frozenset[str]
    """They announce that something is put right."""
    around_answers: frozenset[str]
    """What may stand around an answer without making it more than one."""
    hesitations: frozenset[str]
    """Sounds and scraps of words that say nothing."""
    sounds: frozenset[str]
    """Those of them that are no words at all."""
    backchannels: frozenset[str]
    """Said while listening: go on."""
    backchannel_phrases: frozenset[Phrase]
    around_backchannels: frozenset[str]
    """Beside one of those they change nothing: forms of address, "that's", "oh"."""
    stop_words: frozenset[str]
    """Said to make the speaker stop."""
    stop_phrases: frozenset[Phrase]
    days: frozenset[str]
    relative_days: frozenset[str]
    """Those of them that are one day only ("tomorrow")."""
    around_values: frozenset[str]
    """Beside a day or an hour they choose none ("the", "around", "o'clock")."""
    day_parts: frozenset[str]
    time_posts: frozenset[str]
    """Hindi: behind a day or a part of it they end what they belong to ("somvaar ko")."""
    months: frozenset[str]
    """Months that are nothing else (may and march are verbs, too)."""
    before_times: frozenset[str]
    """A number after one of these is a time, not the beginning of a longer number."""
    list_enders: frozenset[Phrase]
    refusals: frozenset[str]
    at_words: frozenset[str]
    dot_words: frozenset[str]
    digits: Mapping[str, str]
    pairs: Mapping[str, str]
    """Words that say two digits at once."""
    tens: Mapping[str, str]
    ambiguous_digits: frozenset[str]
    """Digits that are other words, too: digits only beside another one."""
    ambiguous_pairs: frozenset[str]
    ordinals: frozenset[str]
    scales: frozenset[str]
    weak_numbers: frozenset[str]
    """Numbers that are mostly no numbers at a sentence's end ("I don't have one")."""
    fractions: frozenset[str]
    times: Mapping[str, str]
    """double, triple."""
    units: frozenset[str]
    leads: frozenset[Phrase]
    """English, from here on (english.py). Said before a sentence without being part of it."""
    not_english: frozenset[str]
    """Common words of Hindi that English has not."""
    contracted: frozenset[str]
    """A subject (or question word) and its auxiliary in one."""
    finite_auxiliaries: frozenset[str]
    past_auxiliaries: frozenset[str]
    wished: frozenset[str]
    """Verbs whose past is said of what is wanted now ("I wanted to ask", "I was hoping to")."""
    modals: frozenset[str]
    """Auxiliaries with a bare verb behind them."""
    be_forms: frozenset[str]
    do_forms: frozenset[str]
    adjectives: frozenset[str]
    """Behind a determiner they want their noun."""
    adverbs: frozenset[str]
    """They stand between a subject or an auxiliary and its verb."""
    before_verbs: frozenset[str]
    """Those of them that end no sentence there."""
    hanging_verbs: frozenset[str]
    """Behind one of these and an adverb of that kind the sentence goes on."""
    pronoun_subjects: frozenset[str]
    determiners: frozenset[str]
    before_nouns: frozenset[str]
    """All prepositions."""
    owned_verbs: frozenset[str]
    """Verbs among `open_ends`: closed where their object stands in front."""
    predicates: frozenset[str]
    """Adjectives: open behind a determiner, closed behind "is"."""
    clause_joiners: frozenset[str]
    not_verbs: frozenset[str]
    """Behind a subject they are no verb."""
    verb_forms: frozenset[str]
    """Verbs that need no object."""
    transitive: frozenset[str]
    """Verbs that a sentence hardly ever ends with unless their object stands in front."""
    irregular: Mapping[str, str]
    """Past forms of those."""
    clausal: frozenset[str]
    """Those of them that want a clause: "I think …"."""
    stand_ins: frozenset[str]
    """What may stand for that clause ("I think so")."""
    ditransitive: frozenset[str]
    """Verbs that want a thing behind the person: "tell me"."""
    telling: frozenset[str]
    """Those whose object alone is most often a person."""
    causative: frozenset[str]
    """Verbs whose object something is to be done to ("get my brakes looked at")."""
    definite: frozenset[str]
    """Determiners of an object that is known already."""
    particle_verbs: frozenset[str]
    """Behind their object a particle ends the clause ("fit me in")."""
    phrasal: frozenset[str]
    """Verbs whose particle wants an object as they do: "pick up"."""
    time_nouns: frozenset[str]
    """They say when, without a preposition."""
    particles: frozenset[str]
    persons: frozenset[str]
    participles: frozenset[str]
    """Those that do not end in -ed or -en."""
    passive_leads: frozenset[str]
    """A participle later on belongs to one of these ("is the part ordered", "get the tyres changed")."""
    gerund_leads: frozenset[str]
    """Behind these an -ing form is a verb."""
    finite_forms: frozenset[str]
    """Past and third person forms by which a clause is known."""
    object_questions: frozenset[str]
    """They can be the object of a verb that comes later."""
    free_relatives: frozenset[str]
    """They begin a subject that has a verb of its own ("whoever called …")."""
    indefinites: frozenset[str]
    """As the last word they are often told more of ("anything … with seven seats")."""
    announcers: frozenset[str]
    """Names of what is dictated: alone or behind a possessive they announce it ("my number …")."""
    name_nouns: frozenset[str]
    """At the end of an answer to "what is the name?" they announce it."""
    sames: frozenset[str]
    """They point at a number that is known already."""
    counted: frozenset[str]
    """A number of these is announced before they are told one by one ("I've got two questions")."""
    note_phrases: frozenset[Phrase]
    """The hearer is to write something down."""
    pointers: frozenset[str]
    """They give a number without saying it ("the same", "the one I'm calling from")."""
    tellers: frozenset[str]
    """Hindi: with nothing to tell, the question follows ("pehle batao …")."""
    around_tellers: frozenset[str]
    """What may stand around those without being what is told."""
    clause_leads: frozenset[Phrase]
    """Hindi: with nothing but who thinks so before them, they begin what is thought ("mujhe lagta hai …")."""
    verb_endings: tuple[str, ...]
    """Hindi: finite verbs are known by these."""
    first_clause_phrases: frozenset[Phrase]
    """They begin a clause that another one follows, as `first_clauses` do."""
    slower: frozenset[Phrase]
    faster: frozenset[Phrase]
    louder: frozenset[Phrase]
    softer: frozenset[Phrase]
    english: frozenset[str]
    hindi: frozenset[str]
    """Names of the languages."""
    voice_words: frozenset[str]
    """What is said around the manner or the language that is asked for."""
    language_words: frozenset[str]
    """The same around a language only."""

    def open_end(self, words: Sequence[str]) -> bool:
        """Whether the last words want something after them."""
        for length in range(min(LONGEST_PHRASE, len(words)), 1, -1):
            end = tuple(words[-length:])
            if end in self.closed_phrases:
                return False
            if end in self.open_phrases:
                return True
        return words[-1] in self.open_ends

    def is_verb(self, word: str) -> bool:
        """Hindi: whether it is a verb that a sentence may end with."""
        return word in self.verbs or self.ends_as_verb(word)

    def ends_as_verb(self, word: str) -> bool:
        """Hindi: the same by its ending alone."""
        return word.endswith(self.verb_endings) and word not in self.verb_endings

    def is_number(self, word: str) -> bool:
        """Whether the word alone is a number below a hundred, or digits."""
        return (
            word[:1].isdigit()
            or word in self.digits
            or word in self.pairs
            or word in self.tens
            or word in self.ordinals
        )


def fold(text: str) -> str:
    """Lower case; of the spellings that Devanagari has for one word, one."""
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    return text.replace("\u0901", "\u0902").replace("\u093c", "")


def split(folded: str) -> list[str]:
    return _WORD.findall(folded)


def ends_with(words: Sequence[str], phrases: frozenset[Phrase]) -> bool:
    return any(tuple(words[-n:]) in phrases for n in range(1, min(LONGEST_PHRASE, len(words)) + 1))


def holds(words: Sequence[str], phrases: frozenset[Phrase]) -> bool:
    """Whether one of the phrases stands anywhere in `words`."""
    first = _first_words(phrases)
    return any(
        tuple(words[at : at + n]) in phrases
        for at, word in enumerate(words)
        if word in first
        for n in range(1, min(LONGEST_PHRASE, len(words) - at) + 1)
    )


@cache
def _first_words(phrases: frozenset[Phrase]) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in phrases if phrase)


@cache
def words() -> Words:
    """Of all languages. Read once; raises ValueError naming a file that holds an unknown key."""
    merged: dict[str, dict[str, str] | set[str] | set[Phrase]] = {}
    known = {field.name: str(field.type) for field in fields(Words)}
    for path in sorted((Path(__file__).parent / "languages").glob("*.yaml")):
        # The base loader leaves `no` and `10:30` the words they are.
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        for key, value in data.items():
            if key not in known:
                raise ValueError(f"{path}: {key!r} is not a list that turn-taking knows; see words.py")
            if known[key].startswith("Mapping"):
                table = cast("dict[str, str]", merged.setdefault(key, {}))
                table.update({fold(word): said for word, said in value.items()})
            elif known[key] == "frozenset[Phrase]":
                cast("set[Phrase]", merged.setdefault(key, set())).update(_phrases(value))
            else:
                cast("set[str]", merged.setdefault(key, set())).update(fold(value).split())
    ready = {name: _finished(merged.get(name, ()), kind) for name, kind in known.items()}
    return Words(**ready)  # type: ignore[arg-type]  # built by the fields' own types just above


def _finished(found: dict[str, str] | set[str] | set[Phrase] | tuple[()], kind: str) -> object:
    if kind.startswith("Mapping"):
        return found or {}
    return tuple(found) if kind.startswith("tuple") else frozenset(found)


def _phrases(values: Iterable[str]) -> Iterable[Phrase]:
    return (tuple(split(fold(value))) for value in values)
