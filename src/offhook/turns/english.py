"""How an English sentence stands by its grammar: what it still wants, from closed classes of words. Pure.

Content words are without number, so none of them is asked for. What is known is the little that holds a sentence
together: who can be a subject, which words are finite verbs, what an auxiliary, an adverb, "to" or a verb that needs an
object leave open, and which clauses never stand alone. A sentence is read from left to right into its verbs:

    finite verb      behind a subject pronoun, an auxiliary, a past or third person form, an imperative at the start
    last verb        with what follows it decides whether something is wanting ("can you check", "I'd like to just")
    one too few      "if …", "every time …", "the man who …" need a second finite verb

A sentence with words of another language in it is not read here (None).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from offhook.turns.words import LONGEST_PHRASE, Words

Standing = Literal["wanting", "first_clause", "open_object", "fragment", "clause", "story", "question"]

MOST_OBJECT = 3
MOST_SUBJECT = 3
SHORTEST_PAST = 3
MOST_LY_ADJECTIVE = 6
"""Words in -ly that are this short are no adverbs as a rule ("early", "lovely", "family")."""


@dataclass(slots=True)
class _Read:
    """What has been found in a sentence, by place."""

    words: Sequence[str]
    finite: list[int] = field(default_factory=list)
    verb: int | None = None
    """The last verb of any form."""
    passive: bool = False
    """Whether that verb has its object already ("was stolen", "get it fixed")."""
    subject: int | None = None
    """The pronoun that the last verb belongs to."""


def standing(words: Sequence[str], known: Words) -> Standing | None:
    """How the sentence stands; None when it is not English, or nothing can be said."""
    words = without_lead(words, known)
    if not words or any(word in known.not_english or not word.isascii() for word in words):
        return None
    read = _read(words, known)
    if (read.verb is not None and _wants(read, known)) or _main_verb_missing(read, known):
        return "wanting"
    if not read.finite:
        return "first_clause" if words[0] in known.first_clauses and len(words) > 1 else "fragment"
    if len(read.finite) < _clauses_needed(words, known) or _begins_another(read, known):
        return "first_clause"
    if _object_may_be_done_to(read, known) or _person_without_thing(read, known):
        return "open_object"
    if _is_question(words, known):
        return "question"
    return "story" if _is_past(words, read.finite[0], known) else "clause"


def without_lead(words: Sequence[str], known: Words) -> Sequence[str]:
    """Without the greetings, fillers and yeses that a sentence begins with."""
    at = 0
    while at < len(words) - 1:
        size = next(
            (
                n
                for n in range(min(LONGEST_PHRASE, len(words) - at - 1), 0, -1)
                if tuple(words[at : at + n]) in known.leads
            ),
            0,
        )
        if not size:
            break
        at += size
    return words[at:]


def _read(words: Sequence[str], known: Words) -> _Read:
    read = _Read(words)
    at = 0
    while at < len(words):
        at = _verb_at(read, at, known)
    return read


def _verb_at(read: _Read, at: int, known: Words) -> int:
    """Take the verb that begins at `at`, if one does; returns where to read on."""
    words = read.words
    word, before = words[at], words[at - 1] if at else ""
    if word in known.contracted:
        read.subject = at
        return _group(read, at, known)
    if word in known.finite_auxiliaries and before not in known.determiners and before != "to":
        return _group(read, at, known)
    if word in known.pronoun_subjects and _may_be_subject(read, at, known):
        behind = at + 2 if words[at + 1 : at + 2] in (["guys"], ["all"], ["both"], ["folks"]) else at + 1
        behind = _past_adverbs(words, behind, known)
        if (
            behind < len(words)
            and words[behind] not in known.not_verbs
            and words[behind] not in known.finite_auxiliaries
        ):
            read.subject = at
            return _take(read, behind, finite=True)
        return at + 1
    if word == "to" and at + 1 < len(words):
        behind = _past_adverbs(words, at + 1, known)
        if behind < len(words) and (words[behind] in known.verb_forms or _lemma(words[behind], known)):
            return _take(read, behind, finite=False)
        if behind < len(words) and words[behind] in ("be", "have", "get", "do"):
            return _group(read, behind, known, finite=False)
        return at + 1
    if _is_finite_form(words, at, known):
        participle = word in known.participles or word.endswith("ed")
        if participle and read.verb is not None and words[read.verb] in known.passive_leads:
            read.verb, read.passive = at, True
            return at + 1
        return _take(read, at, finite=True)
    if word.endswith("ing") and (before in known.gerund_leads or _lemma(before, known)) and _lemma(word, known):
        _take(read, at, finite=False)
        read.passive = before in ("need", "needs", "needed")
    return at + 1


def _group(read: _Read, at: int, known: Words, *, finite: bool = True) -> int:
    """An auxiliary and the verb behind it: "can you please check", "I've just bought", "is being repaired"."""
    words = read.words
    passive = False
    if finite:
        read.finite.append(at)
    read.verb, read.passive = at, False
    helper = at
    place, inverted = at + 1, at == 0 or words[at - 1] in known.question_starts
    while place < len(words):
        word = words[place]
        if word in known.adverbs or _is_ly(word):
            place += 1
        elif word in known.pronoun_subjects and place == at + 1 and words[at] not in known.contracted:
            read.subject = place
            place += 2 if words[place + 1 : place + 2] in (["guys"], ["all"], ["both"], ["folks"]) else 1
        elif word in known.finite_auxiliaries or word in ("be", "been", "being", "get", "getting", "got", "going"):
            passive = word in ("be", "been", "being", "get", "getting", "got")
            read.verb = helper = place
            place += 1
        else:
            break
    if place >= len(words):
        return place
    word = words[place]
    helped = words[helper]
    participle = word.endswith(("ed", "en")) or word in known.participles
    is_be = helped in known.be_forms or helped.endswith(("'m", "'re", "'s"))
    if participle and (passive or is_be):
        read.verb, read.passive = place, True
        return place + 1
    if word.endswith("ing") and len(word) > 4 and is_be:
        read.verb = place
        return place + 1
    takes_bare = helped in known.modals or helped.endswith(("'ll", "'d"))
    if (takes_bare or (inverted and helped in ("do", "does", "did"))) and word not in known.not_verbs:
        read.verb = place
        return place + 1
    if (helped in ("have", "has", "had") or helped.endswith("'ve")) and participle:
        read.verb = place
        return place + 1
    return place


def _take(read: _Read, at: int, *, finite: bool) -> int:
    if finite:
        read.finite.append(at)
    read.verb, read.passive = at, False
    return at + 1


def _past_adverbs(words: Sequence[str], at: int, known: Words) -> int:
    while at < len(words) and (words[at] in known.adverbs or (_is_ly(words[at]) and at + 1 < len(words))):
        at += 1
    return at


def _may_be_subject(read: _Read, at: int, known: Words) -> bool:
    """ "you" and "it" are objects, too: right behind a verb or a preposition they begin no clause."""
    if at == 0 or read.words[at] in ("i", "he", "she", "we", "they"):
        return True
    before = read.words[at - 1]
    if before in known.clause_joiners:
        return True
    return before not in known.before_nouns and (read.verb != at - 1 or _lemma(before, known) in known.clausal)


def _is_finite_form(words: Sequence[str], at: int, known: Words) -> bool:
    """An imperative at the start, a past or a third person form behind a noun."""
    word, before = words[at], words[at - 1] if at else ""
    if at == 0 or before in ("and", "please", "then", "just", "so", "but"):
        return word in known.verb_forms or (at == 0 and _lemma(word, known) == word)
    if before in known.determiners or before in known.before_nouns or before in known.be_forms or before == "to":
        return False
    if word in known.finite_forms:
        return True
    if word.endswith("ed") and not word.endswith("eed") and len(word) > SHORTEST_PAST:
        return True
    lemma = _lemma(word, known)
    told = bool(lemma) or word in known.verb_forms
    if told and words[at + 1 : at + 2] and words[at + 1] in known.persons | {"it"} and before not in known.modals:
        return True  # an imperative behind another clause: "… call me first"
    if word.endswith("s") and not known.is_number(before) and word[:-1] in known.verb_forms:
        return True
    return bool(lemma) and word != lemma and not word.endswith("ing")


def _lemma(word: str, known: Words) -> str:
    """The verb that wants an object and of which `word` is a form, else ""."""
    stems = [known.irregular.get(word, word)]
    if word.endswith("s"):
        stems += [word[:-1], word[:-2]]
    if word.endswith("ed"):
        stems += [word[:-1], word[:-2], word[:-3]]
    if word.endswith("ing"):
        stems += [word[:-3], word[:-3] + "e", word[:-4]]
    return next((stem for stem in stems if stem in known.transitive), "")


def _is_past(words: Sequence[str], at: int, known: Words) -> bool:
    """Whether the finite verb there says what happened; "I wanted to ask" says what is wanted now."""
    verb = words[at]
    if verb in known.past_auxiliaries:
        return not any(word in known.wished for word in words[at + 1 : at + 3])
    told = verb in known.irregular or verb.endswith("ed") or (verb in known.finite_forms and not verb.endswith("s"))
    return told and verb not in known.wished


def _wants(read: _Read, known: Words) -> bool:
    """Whether the last verb has not got what it needs."""
    words, verb = read.words, read.verb
    assert verb is not None
    behind = verb + 1 if read.subject is None else max(verb, read.subject) + 1
    rest = [word for word in words[behind:] if word not in known.adverbs and not _is_ly(word)]
    lemma = _lemma(words[verb], known)
    if not rest and behind < len(words) and (words[-1] in known.before_verbs or _is_ly(words[-1])):
        return words[verb] in known.hanging_verbs or (bool(lemma) and not read.passive)
    if verb + 1 == len(words) and (words[verb] in ("be", "been", "being") or _negated_noun(read)):
        return True
    if words[verb] == "do" and verb + 1 == len(words) and verb not in read.finite:
        return not _object_before(read, known)  # "let's do", "do you do"
    if not lemma or read.passive or _object_before(read, known):
        return False
    if lemma in known.clausal and rest:
        whole = rest[0] in known.stand_ins or any(at > verb for at in read.finite)
        return not whole and not any(known.is_number(word) and word not in known.weak_numbers for word in rest)
    if not rest:
        return verb + 1 == len(words)
    if all(word in known.particles for word in rest):
        return lemma in known.ditransitive or lemma in known.phrasal
    return lemma in known.ditransitive and len(rest) == 1 and rest[0] in known.persons


def _main_verb_missing(read: _Read, known: Words) -> bool:
    """ "does the shuttle …", "what would the monthly payment …": an auxiliary, its noun, and no verb behind it."""
    words = read.words
    if words[0] not in known.question_starts:
        return False
    if words[0] in known.be_forms | {"have", "has", "had"} and words[1:2] and words[1] in known.definite:
        return len(words) == len(("is", "your", "manager"))
    at = next((at for at, word in enumerate(words[:4]) if word in known.modals or word in known.do_forms), None)
    if at is None or words[at + 1 : at + 2] == [] or words[at + 1] in known.pronoun_subjects:
        return False
    subject = words[at + 1 :]
    bare = known.verb_forms | known.transitive | {"be", "have", "get", "do"}
    if len(subject) > MOST_SUBJECT or any(word in bare for word in subject[1:]):
        return False
    return len(subject) == 1 or subject[0] in known.determiners or subject[0] in ("this", "that", "these", "those")


def _object_may_be_done_to(read: _Read, known: Words) -> bool:
    """ "I need to get my brakes …", "I need the transmission …": what is to be done with it is still to come."""
    words, verb = read.words, read.verb
    if verb is None or not (words[verb] in known.causative or _lemma(words[verb], known) in known.causative):
        return False
    rest = words[verb + 1 :]
    return 2 <= len(rest) <= MOST_OBJECT and rest[0] in known.definite


def _person_without_thing(read: _Read, known: Words) -> bool:
    """ "she gave my husband …": whom, and not yet what."""
    words, verb = read.words, read.verb
    if verb is None or _lemma(words[verb], known) not in known.telling:
        return False
    rest = words[verb + 1 :]
    return len(rest) == len(("my", "husband")) and rest[0] in known.definite


def _negated_noun(read: _Read) -> bool:
    """ "the room wasn't …"; "it isn't" is an answer."""
    return read.words[-1].endswith("n't") and read.subject is None and len(read.words) > len(("they", "don't"))


def _is_ly(word: str) -> bool:
    """An adverb by its ending, not "lovely", "early"."""
    return len(word) > MOST_LY_ADJECTIVE and word.endswith("ly")


def _object_before(read: _Read, known: Words) -> bool:
    """Whether the object stands in front: "what do you need", "the part you ordered"; not "a van that can carry"."""
    words, verb = read.words, read.verb
    asked = next((at for at, word in enumerate(words[:verb]) if word in known.object_questions), None)
    if asked is not None and any(
        word in known.pronoun_subjects or word in known.contracted or word in known.determiners
        for word in words[asked + 1 : verb]
        if word not in ("that", "who", "which")
    ):
        return True
    if read.subject is None or read.subject == 0:
        return False
    before = words[read.subject - 1]
    adverbial = words[0] in known.before_nouns or words[read.subject - 1] in known.time_nouns
    if adverbial and not any(at < read.subject for at in read.finite):
        return False  # "at the moment we use", "last time it cost"
    behind_verb = before in known.finite_auxiliaries or before in known.verb_forms or bool(_lemma(before, known))
    if behind_verb and words[read.subject - 2] in known.determiners:
        return True  # "the quote you sent me"
    return not (behind_verb or before in known.clause_joiners or before in known.adverbs)


def object_in_front(words: Sequence[str], known: Words) -> bool:
    """Whether the last verb has its object before it ("how many owners has it had")."""
    read = _read(without_lead(words, known), known)
    return read.verb is not None and _object_before(read, known)


def _clauses_needed(words: Sequence[str], known: Words) -> int:
    """Finite verbs without which the sentence is not whole."""
    if words[0] in known.first_clauses or any(tuple(words[:n]) in known.first_clause_phrases for n in (2, 3, 4)):
        return 1 if _is_question(words, known) else 2
    inside = words[0] in known.indefinites | {"all"} and words[1:2] and words[1] in known.pronoun_subjects
    if words[0] in known.free_relatives or inside:
        return 2
    if words[0] in known.determiners:
        early = next((at for at, word in enumerate(words[:5]) if word in ("who", "which", "that")), 0)
        demonstrative = words[early] == "that" and words[early + 1 : early + 2] and words[early + 1] in known.be_forms
        if (early > 1 and not demonstrative) or _told_of_within(words, known):
            return 2
    return 1


def _told_of_within(words: Sequence[str], known: Words) -> bool:
    """ "the invoice you sent …", "the car my son drives …": a subject with a clause inside, and no word to begin it."""
    for at in range(2, min(len(words), MOST_SUBJECT + 2)):
        word, before = words[at], words[at - 1]
        if word in known.finite_auxiliaries or word in known.before_nouns or _is_finite_form(words, at, known):
            return False
        if word in known.pronoun_subjects | known.contracted | known.definite:
            return before not in known.clause_joiners and before not in known.adverbs and before != "of"
    return False


def _begins_another(read: _Read, known: Words) -> bool:
    """ "… and since then", "… but on Monday": a second clause that has said when or where, and not yet what."""
    words = read.words
    at = max((at for at, word in enumerate(words) if word in ("and", "but", "so")), default=0)
    if at == 0 or at + 1 == len(words) or any(place > at for place in read.finite):
        return False
    return any(place < at for place in read.finite) and words[at + 1] in known.before_nouns


def _is_question(words: Sequence[str], known: Words) -> bool:
    """An auxiliary in front of its subject, at the start or right behind the question word."""
    starts = known.question_starts
    if words[0] not in starts:
        return False
    if words[0] in known.finite_auxiliaries:
        return len(words) > 1 and words[1] != "not"
    if words[0].endswith(("'s", "'re")):
        return True
    if len(words) > 1 and words[1] in known.pronoun_subjects:
        return False
    return any(word in known.finite_auxiliaries for word in words[1:4]) or words[0] not in known.first_clauses
