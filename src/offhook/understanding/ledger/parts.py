"""The part that somebody plays in a sentence, by the words around: "ne", "uske khate mein", "from", "paid". Pure."""

from __future__ import annotations

from offhook.understanding.ledger.spans import Person, Scan

_PAYING = frozenset({"give", "pay", "send", "return", "take", "get", "borrow", "owe", "deposit", "transfer", "lend"})
_OBJECT = frozenset({"give", "lend", "send", "pay", "remind", "return", "refund"})
_AND = frozenset({"aur", "or", "and"})
_AUX = frozenset({"has", "have", "had", "just", "already", "also", "only", "then", "today", "yesterday", "and"}) | {
    "finally",
    "personally",
}


def pronoun_at(scan: Scan, i: int, role: str) -> Person:
    end = close = i + 1
    if role == "of":
        _, stop = role_behind(scan, i)
        after = _of_pronoun(scan, i + 1)
        role, close = after if after is not None else (role, max(close, min(stop, close)))
    elif role == "any":
        role = role_in_english(scan, i, end)
        if scan.words[i] in ("his", "their") or (scan.words[i] == "her" and role == "bare"):
            role = "of"
    elif role == "bare":
        found, stop = role_behind(scan, end)
        if found:
            role, close = found, stop
    return Person(i, end, close, scan.words[i], role, pronoun=True)


def _of_pronoun(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "uske khate mein", "uske naam", "uske liye"."""
    for first in ("ke", "k"):
        for keys, role in scan.language.persons.roles.get(scan.language.key(first), ()):
            if len(keys) > 1 and tuple(scan.keys[i : i + len(keys) - 1]) == keys[1:]:
                return role, i + len(keys) - 1
    return None


def after_titles(scan: Scan, at: int) -> int:
    while scan.key(at) in scan.language.persons.titles and at < len(scan) and not scan.taken[at]:
        at += 1
    return at


def role_behind(scan: Scan, at: int) -> tuple[str, int]:
    """("", at) when the words behind tell no part."""
    at = after_titles(scan, at)
    for keys, role in scan.language.persons.roles.get(scan.key(at), ()):
        if tuple(scan.keys[at : at + len(keys)]) == keys and scan.free(at, at + len(keys)):
            return role, at + len(keys)
    return "", at


def role_in_english(scan: Scan, start: int, end: int) -> str:
    """The part that English words around a name tell."""
    sentence = scan.sentence
    if sentence.text[sentence.starts[start] : sentence.ends[end - 1]].endswith(("'s", "’s")) and not has(scan, end):
        taking = scan.language.verbs.get(scan.key(end))  # "Chanda Devi's paid 600": has paid
        done = taking is not None and scan.key(end)[0] == "=" and taking.tense == "past" and taking.group in _PAYING
        return "doer" if done else "of"
    before = scan.language.persons.before.get(scan.key(start - 1))
    if before is not None and before != "named":
        return before
    verb = scan.language.verbs.get(scan.key(start - 1))
    if verb is not None and scan.key(start - 1)[0] == "=" and verb.group in _OBJECT:
        return "goal"
    if scan.word(start - 1) in ("remind", "bill", "refund", "charge", "credit", "debit"):
        return "goal"
    at = after_titles(scan, end)
    while scan.word(at) in _AUX or has(scan, at):
        at += 1
    verb = scan.language.verbs.get(scan.key(at))
    if verb is not None and scan.key(at)[:1] == "=" and verb.group in _PAYING and verb.tense == "past":
        return "doer"
    return "bare"


def has(scan: Scan, i: int) -> bool:
    """Whether an "is" is written at the word before it, and may be a "has" ("he's just paid 250")."""
    sentence = scan.sentence
    return scan.word(i) == "is" and i > 0 and sentence.starts[i] == sentence.starts[i - 1]


def starts_number(scan: Scan, i: int) -> bool:
    return scan.words[i].isdecimal() or scan.keys[i] in scan.language.counts.words


def summed(scan: Scan, at: int) -> int:
    """The end of a sum that begins there."""
    start = at
    while at < len(scan) and not scan.taken[at] and (at == start or not scan.sentence.pauses(at)):
        if not (starts_number(scan, at) or scan.keys[at] in scan.language.voc.money):
            break
        at += 1
    return at


def linked(scan: Scan, at: int) -> int:
    """Behind words that only link."""
    while at < len(scan) and (scan.latin(at) in _AND or not scan.words[at][0].isalnum()):
        at += 1
    return at


def is_real(scan: Scan, i: int) -> bool:
    """Whether a word is a name that people have, and no ordinary English word."""
    real, key = scan.language.persons.real, scan.key(i)
    if not key or scan.words[i] in scan.language.english:
        return False
    return scan.language.voc.alphabet.key(scan.words[i]) in real
