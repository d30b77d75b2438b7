"""The clauses of a sentence that only tell something: "papa ko takleef hai, kal 10 baje gaadi le lena".

What they speak of, who in it and when, is why something is wished for and none of the wish. A clause tells by its last
verb: what is, was or happens every day; what lies ahead, is ordered or has still to be done may be the wish itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from offhook.understanding.mixed.items import Scan

_ERRANDS = frozenset({"ja", "jaan", "jan", "nikal", "pahunch", "mil", "de", "baith", "reh", "rah"})
"""Stems of what has still to be done elsewhere: "bank jaana hai"."""
_FAILS = frozenset({"pa", "ho", "ban", "mil", "chal"})
"""Stems of what will not come about, behind a negation."""
_AGREES = frozenset({"theek", "thik", "thk", "sahi", "badhiya"})
_GOING_ON = frozenset({"rha", "rhi", "rhe"})
_POINTING = frozenset({"this", "next", "last", "coming"})
_SELVES = frozenset({"main", "mai", "maine", "mene", "humne", "hamne"})
_SAID = frozenset({"kah", "keh", "bol", "bata"})
_ASKS = frozenset({"kya", "kab", "kitne", "kitna", "kitni", "kaun"})
_COMING = frozenset({"aa", "la", "chhod", "bhej", "de", "pahunch", "chal"})
_AHEAD = frozenset({"future", "imperative", "infinitive"})
_HALVES = frozenset({"am", "pm"})
_OURS = frozenset({"appointment", "booking", "slot", "time"})
_COME_ABOUT = frozenset({"gone", "de", "le"})
"""Stems that end a verb of what is over: "ho gayi", "bech di"."""
_FEWEST = 2


def told(scan: Scan, verbs: frozenset[int]) -> list[range]:
    """The clauses that tell.

    Args:
        verbs: the tokens that are verbs and nothing else ("do baje" is a number).
    """
    if scan.keys and scan.keys[-1] in scan.voc.past_marks:
        return []  # all of it may be over
    clauses = _clauses(scan)
    out = []
    for n, clause in enumerate(clauses):
        if len(clause) >= _FEWEST and _tells(scan, clause, verbs):
            if _reports(scan, clause) == clause.stop and n + 1 < len(clauses):
                # "bhai ne kaha tha, …": what was said, up to a pause.
                ends = (one.stop for one in clauses[n + 1 :] if one.stop == len(scan.keys) or _cuts(scan, one.stop))
                clause = range(clause.start, next(ends))
            out.append(clause)
    return out


def over(scan: Scan) -> frozenset[int]:
    """The tokens of clauses that tell what has come about: "kal raat gaadi chori ho gayi"."""
    verbs = frozenset(i for i, key in enumerate(scan.keys) if key in scan.voc.verbs)
    out: set[int] = set()
    for clause in told(scan, verbs):
        said = {word for i in clause for word in (scan.words[i], scan.voc.glosses.get(scan.keys[i], ""))}
        if not _OURS.isdisjoint(said):
            continue  # "kal ka time de diya tha aapne"
        last = max((i for i in clause if i in verbs), default=-1)
        verb = scan.voc.verbs[scan.keys[last]] if last >= 0 else None
        if verb is not None and verb.tense == "past" and verb.stem in _COME_ABOUT and last - 1 in verbs:
            out.update(clause)
    return frozenset(out)


def gone_by(scan: Scan, clauses: Sequence[range], verbs: frozenset[int]) -> list[range]:
    """Those of the clauses that tell what was or what has been done."""
    out = []
    for clause in clauses:
        last = max((i for i in clause if i in verbs), default=-1)
        done = last >= 0 and scan.voc.verbs[scan.keys[last]].tense == "past"
        if done or any(scan.keys[i] in scan.voc.past_marks for i in clause):
            out.append(clause)
    return out


def errands(scan: Scan, clauses: Sequence[range]) -> list[range]:
    """Those of the clauses that tell where one has to be: "das baje office jaana hai"."""
    return [clause for clause in clauses if any(_errand(scan, i) for i in clause)]


def _errand(scan: Scan, i: int) -> bool:
    verb = scan.voc.verbs.get(scan.keys[i])
    due = verb is not None and verb.tense == "infinitive" and verb.stem in _ERRANDS
    return due and scan.key(i + 1) in scan.voc.being


def _clauses(scan: Scan) -> list[range]:
    """The tokens of each clause: between pauses, or where nothing pauses between one statement and the next."""
    size, voc = len(scan.keys), scan.voc
    cuts = [i for i in range(1, size) if _cuts(scan, i)]
    if not cuts:
        being = [scan.keys[i] in voc.being for i in range(size)]
        cuts = [i for i in range(_FEWEST + 1, size - 1) if being[i - 1] and not being[i]]
    return [range(one, two) for one, two in zip([0, *cuts], [*cuts, size], strict=True)]


def _cuts(scan: Scan, i: int) -> bool:
    return scan.sentence.pauses(i) or scan.words[i - 1] == "." or scan.keys[i] in scan.voc.clause_links


def _tells(scan: Scan, clause: range, verbs: frozenset[int]) -> bool:
    voc = scan.voc
    if any(scan.latin(i) in _ASKS for i in clause):
        return False
    if any(_agrees(scan, i) or scan.keys[i] in voc.offering for i in clause):
        return False
    reported = _reports(scan, clause)
    if reported:
        # "ne kaha" tells what led to the wish; "bol raha tha ki" may tell the wish of another.
        return not any(scan.keys[i] in _GOING_ON or scan.latin(i) == "ki" for i in range(clause.start, reported))
    states = any(scan.keys[i] in voc.being or (scan.keys[i] in voc.managing and i - 1 in verbs) for i in clause)
    denied = False
    for i in clause:
        denied = denied or _denies(scan, i)
        following = scan.keys[i + 1] if i + 1 in clause else ""
        if i not in verbs or i + 1 in verbs or (following and _stands_behind(scan, i + 1)):
            continue
        if i + 2 in clause and _denies(scan, i + 1) and (i + 2 in verbs or scan.keys[i + 2] in voc.managing):
            continue  # "chal nahi sakte"
        verb, told_of = voc.verbs[scan.keys[i]], following in voc.being | voc.managing
        if verb.stem == "chah":
            return False
        if verb.tense not in _AHEAD or (told_of and verb.tense == "imperative"):
            if not denied and _comes(scan, clause, i) and any(_timed(scan, at) for at in clause):
                return False
            states = True
        elif verb.tense == "infinitive":
            if not (told_of and verb.stem in _ERRANDS):
                return False
        elif not (denied and verb.stem in _FAILS):
            return False
        else:
            states = True
    return states


def _comes(scan: Scan, clause: range, i: int) -> bool:
    """Whether a verb that ends at `i` promises to come or to bring: "kal 10 baje aa raha hoon", "… aata hoon"."""
    first = i
    while first - 1 in clause and scan.keys[first - 1] in scan.voc.verbs:
        first -= 1
    going_on = scan.voc.verbs[scan.keys[i]].tense == "habit" or scan.keys[i] in _GOING_ON
    return going_on and any(scan.voc.verbs[scan.keys[at]].stem in _COMING for at in range(first, i + 1))


def _timed(scan: Scan, i: int) -> bool:
    found = scan.voc.at(scan.keys, i, i + 1)
    named = found is not None and found[0].kind in ("weekdays", "relative", "two_sided", "months")
    return (
        named or scan.keys[i] in scan.voc.sections["baje"] or scan.words[i] in scan.weekdays or scan.words[i] in _HALVES
    )


def _agrees(scan: Scan, i: int) -> bool:
    """ "gyarah baje theek hai"."""
    if scan.latin(i) not in _AGREES:
        return False
    verb = scan.voc.verbs.get(scan.key(i + 1))
    going_on = verb is not None and verb.stem in ("rah", "reh", "lag") and verb.tense != "past"
    return scan.key(i + 1) in scan.voc.being or going_on


def _denies(scan: Scan, i: int) -> bool:
    found = scan.voc.at(scan.keys, i, i + 1)
    return found is not None and found[0].kind == "no"


def _stands_behind(scan: Scan, i: int) -> bool:
    """Whether the word at `i` makes a noun of the one before it ("chalne mein", "bachche ka")."""
    found = scan.voc.at(scan.keys, i, i + 1)
    return scan.keys[i] == "ne" or (found is not None and found[0].kind == "post" and found[0].value not in _POINTING)


def _reports(scan: Scan, clause: range) -> int:
    """Behind "mistri ne kaha (tha)", "bhai bol raha tha (ki)" in the clause; else 0. What one says oneself is no
    report."""
    voc = scan.voc
    own = False
    for i in clause:
        own = own or scan.latin(i) in _SELVES
        verb = voc.verbs.get(scan.keys[i])
        if verb is None or verb.stem not in _SAID or own or i == clause.start:
            continue
        end = i + 1
        while end in clause and (scan.keys[end] in voc.verbs or scan.keys[end] in voc.being):
            end += 1
        end += end in clause and scan.latin(end) == "ki"
        if scan.keys[i - 1] == "ne" or scan.keys[end - 1] in voc.being or scan.latin(end - 1) == "ki":
            return end
    return 0
