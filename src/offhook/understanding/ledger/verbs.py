"""What is done in a clause, and whether it is done: verbs with the tense that all their words have together.

"de diye", "de gaya", "jama kar diye hain" are past; "dega", "dene wala hai", "will pay" are to come; "dene hain" is
owed; "de do", "likhna" are orders. Only what is past or ordered may be written into a book.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from offhook.understanding.ledger.spans import Scan

_COPULA = frozenset({"hai", "hain", "h", "hn", "he", "tha", "thi", "the", "hoon", "hu", "ho"})
_WALA = frozenset({"wala", "wale", "wali", "vala", "vale", "vali"})
_CHUKA = frozenset({"chuka", "chuke", "chuki"})
_AIDING = frozenset({"ja", "ho", "gone", "chuk", "rah", "do", "give", "take"})
"""Verbs that may stand behind another's past and say how it was done ("kiya hua", "diya jaye")."""
_BESIDE = frozenset({"bhar"})
"""Stems that are a verb only before another or a "ke": "din bhar" is a whole day."""
_LEFT = frozenset({"bhool", "reh", "rah", "bach"})
"""Stems of what is said of a thing that was not done."""
_LATER = frozenset(
    {"will", "would", "should", "shall", "may", "might", "could", "must", "going", "wants", "want", "promised", "plans"}
)
_HAS = frozenset({"has", "have", "had"})
_ASKED = frozenset({"can", "did", "does", "to", "not"})
_WE = frozenset({"we", "you", "they", "i"})
_REQUEST = frozenset({"can", "could", "will", "would", "please"})


_LEAVING = frozenset({"gone", "nikal"})


@dataclass(frozen=True, slots=True)
class Verb:
    """A run of words [start, end) that is one verb."""

    start: int
    end: int
    group: str
    tense: str
    acts: bool = True
    """Whether it says what is done, not only how ("aake", "dekar")."""
    gone: bool = False
    """ "de gaya": the subject did it and left."""


def find_verbs(scan: Scan, start: int, end: int) -> list[Verb]:
    """The verbs in tokens [start, end), in order."""
    found: list[Verb] = []
    i = start
    while i < end:
        if scan.taken[i] or not _is_verb(scan, i):
            i += 1
            continue
        last = i + 1
        if last + 1 < end and scan.latin(last) == "ke" and not scan.taken[last] and _is_verb(scan, last + 1):
            last += 2  # "de ke gaya"
        while (
            scan.keys[i][0] != "="
            and last < end
            and not scan.taken[last]
            and (_is_verb(scan, last) or _helps(scan, last))
        ):
            if scan.keys[last][0] == "=" or scan.sentence.pauses(last) or _begins_another(scan, last):
                break
            last += 1
        found.append(_english(scan, i) if scan.keys[i][0] == "=" else _made(scan, i, last))
        i = last
    return found


def _is_verb(scan: Scan, i: int) -> bool:
    verb = scan.language.verbs.get(scan.keys[i])
    if verb is None or scan.latin(i) == "jo":
        return False  # "liya tha jo de diya": two verbs
    if scan.latin(i) in _BESIDE and not (scan.latin(i + 1) in ("ke", "kar") or scan.key(i + 1) in scan.language.verbs):
        return False
    if scan.latin(i) in scan.language.hints.places:
        return False
    if scan.words[i] == "do" and (scan.word(i - 1) in _LATER | _ASKED or scan.word(i + 1) in _WE):
        return False  # "afternoon will do", "do we keep oats": nothing is given
    if verb.group == "take" and scan.key(i - 1) in ("ke", "k") and scan.latin(i) in ("liye", "lie", "lye"):
        return False
    return not (verb.group in ("ho", "gone") and scan.keys[i] in scan.language.counts.words)


def _begins_another(scan: Scan, i: int) -> bool:
    """Whether behind what has happened another deed begins ("aa gaya likh lo")."""
    before, here = scan.language.verbs.get(scan.keys[i - 1]), scan.language.verbs.get(scan.keys[i])
    if before is None or here is None or before.tense != "past" or here.tense != "imperative":
        return False
    return here.group not in _AIDING and not scan.latin(i - 1).endswith(("kar", "ke"))


def _helps(scan: Scan, i: int) -> bool:
    return scan.latin(i) in _COPULA or scan.latin(i) in _WALA or scan.latin(i) in _CHUKA


def _made(scan: Scan, start: int, end: int) -> Verb:
    forms = [scan.language.verbs.get(scan.keys[i]) for i in range(start, end)]
    group = next(form.group for form in forms if form is not None)
    tenses = [
        "infinitive" if form.tense == "imperative" and scan.latin(i).endswith(("na", "ni", "ne")) else form.tense
        for i, form in zip(range(start, end), forms, strict=True)
        if form is not None
    ]
    groups = [form.group for form in forms if form is not None]
    words = [scan.latin(i) for i in range(start, end)]
    copula = any(word in _COPULA for word in words)
    if "future" in tenses or ("infinitive" in tenses and any(word in _WALA for word in words)):
        tense = "future"
    elif "infinitive" in tenses[:1] and not _LEFT.isdisjoint(groups):
        tense = "must"  # "dena bhool gaya", "dena reh gaya"
    elif "rah" in groups:
        tense = "ongoing"
    elif "sak" in groups:
        tense = "able"
    elif tenses[-1] == "infinitive" and copula:
        tense = "must"
    elif tenses[-1] == "infinitive":
        tense = "infinitive"
    elif "habit" in tenses and tenses[-1] != "imperative":  # "hata do" is an order
        tense = "habit"
    elif any(word in _CHUKA for word in words) or tenses[-1] == "past":
        tense = "past"
    else:
        tense = "imperative" if not copula else "past" if "past" in tenses else "imperative"
    gone = len(forms) > 1 and not _LEAVING.isdisjoint(groups)
    acts = not (end == start + 1 and words[0].endswith(("kar", "ke")) and len(words[0]) > 3)
    return Verb(start, end, group, tense, acts, gone)


def _english(scan: Scan, i: int) -> Verb:
    form = scan.language.verbs[scan.keys[i]]
    before = [scan.word(n) for n in range(max(0, i - 3), i)]
    tense = form.tense
    if tense == "imperative" and before and before[-1] == "to":
        tense = "infinitive"
    if scan.word(i) == "come" and _HAS.isdisjoint(before[-2:]):
        tense = "infinitive" if before[-1:] == ["to"] else "imperative"
    if any(word in _LATER for word in before):
        requested = any(word in _REQUEST for word in before) and "you" in before
        tense = tense if requested else "future"
    return Verb(i, i + 1, form.group, tense)


def requested(scan: Scan, start: int, end: int) -> bool:
    """Whether a question asks for it to be done: "can you …", "… kar doge", "kar sakte ho"."""
    words = [scan.latin(i) for i in range(start, end)]
    english = any(one in ("can", "could", "will", "would") and two == "you" for one, two in pairwise(words))
    return (
        english or "please" in words or any(word in ("doge", "dogey", "karoge", "denge", "dijiyega") for word in words)
    )
