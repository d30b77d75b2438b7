"""Stories of other people: what somebody did, or does every day, asks for nothing.

The one who acts has "ne" behind them, or is a stranger to the house; and no verb of the sentence looks ahead, orders,
reports what was said, or speaks of what is still to be done.
"""

from __future__ import annotations

from offhook.understanding.mixed.items import Scan
from offhook.understanding.phrases import Found

TALE = "others_tale"
_WISHING = frozenset(
    {"cancel", "move", "price", "available", "status_question", "query", "question", "ask_if", "complaint", "ready"}
    | {"test_drive", "my_appointment", "already", "hours", "finance", "works_question", "no", "human", "unwanted"}
    | {"thanking", "duration", "insurance", "waitlist", "tradein", "breakdown", "danger", "cant_come"}
)
"""Concepts with which a story is told for the sake of something."""
_ASKING = frozenset({"please", "book", "booking", "appointment", "slot", "need", "want"})
_SELVES = frozenset({"main", "mai", "mujhe", "mujhko", "maine", "mene", "humne", "humko", "hume", "hamein"})
_OWN = frozenset({"my"})
_AHEAD = frozenset({"future", "imperative", "infinitive"})
_SAYING = frozenset({"bol", "kah", "keh", "bata", "batla", "samjha", "chah", "bhej", "de"})
"""Stems of verbs that hand on what somebody wishes."""


def tells_of_others(scan: Scan, found: list[Found]) -> bool:
    """Whether all that is said is what other people did or do."""
    voc = scan.voc
    if scan.asked is not None or not any(_acts(scan, n) or _stranger(scan, n) for n in range(len(scan.keys))):
        return False
    names = {one.name for one in found}
    strange = any(_stranger(scan, n) for n in range(len(scan.keys)))
    if names & _WISHING or ("trouble" in names and not strange) or "lie" in scan.keys:
        return False
    if any(word in _SELVES or word in _ASKING for word in scan.words) or _of_own(scan):
        return False
    last = [key for n, key in enumerate(scan.keys) if key in voc.verbs and scan.key(n + 1) not in voc.verbs]
    verbs = [voc.verbs[key] for key in last]
    stems = {verb.stem for verb in verbs}
    return bool(verbs) and not any(verb.tense in _AHEAD for verb in verbs) and _SAYING.isdisjoint(stems - _giving(scan))


def _giving(scan: Scan) -> set[str]:
    """ "bhar dete hain": "de" behind another verb gives nothing."""
    voc = scan.voc
    plain = any(voc.verbs[key].stem == "de" and scan.key(n - 1) not in voc.verbs for n, key in _verbs(scan))
    return set() if plain else {"de"}


def _verbs(scan: Scan) -> list[tuple[int, str]]:
    return [(n, key) for n, key in enumerate(scan.keys) if key in scan.voc.verbs]


def _of_own(scan: Scan) -> bool:
    """Whether something of the speaker's is spoken of, not only somebody of theirs ("meri gaadi", not "mere dost")."""
    voc = scan.voc
    for n, key in enumerate(scan.keys):
        if voc.glosses.get(key) not in _OWN or scan.words[n].startswith("ap"):
            continue
        if scan.key(n + 1) not in voc.kin | voc.titles | voc.strangers:
            return True
    return False


def _acts(scan: Scan, n: int) -> bool:
    """ "dost ne", "bade bhai ne"."""
    return scan.key(n + 1) == "ne" and (scan.keys[n] in scan.voc.kin or scan.keys[n] in scan.voc.titles)


def _stranger(scan: Scan, n: int) -> bool:
    """ "padosi", "saamne wale"."""
    return scan.keys[n] in scan.voc.strangers or (scan.keys[n] == "smne" and scan.key(n + 1) in scan.voc.ones)
