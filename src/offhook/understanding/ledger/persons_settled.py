"""Who of those found in a line is somebody: a name said twice is one, a thing beside somebody is none. Pure."""

from __future__ import annotations

from offhook.understanding.ledger.spans import Person, Scan


def settle_persons(scan: Scan) -> None:
    """Put right `scan.persons` once all of the line is known."""
    _said_twice(scan)
    named = any(not one.doubtful and not one.pronoun for one in scan.persons)
    listed = any(one.name is not None for one in scan.persons)
    for person in list(scan.persons):
        # "Vikas ko 2000 udhaar shaadi ke liye": what nobody is called is a thing where somebody is named;
        # "Vikas ka udhaar khada hai": so is what only resembles a name and has no part.
        unlike = person.near and person.role == "bare" and person.end == person.start + 1
        if (person.doubtful and named) or (unlike and listed) or (listed and _spoken_to(scan, person)):
            scan.persons.remove(person)
            scan.taken[person.start : person.close] = [False] * (person.close - person.start)


def _said_twice(scan: Scan) -> None:
    """ "Bunty ne Bunty ne 200 diye": who hesitates speaks of one."""
    kept: list[Person] = []
    for person in scan.persons:
        before = kept[-1] if kept else None
        again = before is not None and not before.pronoun and _same(scan, before, person)
        again = again and (before is None or "bare" in (before.role, person.role) or before.role == person.role)
        if before is not None and again and all(_silent(scan, i) for i in range(before.close, person.start)):
            if person.role == "bare":
                person.role = before.role
            kept.pop()
        kept.append(person)
    scan.persons[:] = kept


def _spoken_to(scan: Scan, person: Person) -> bool:
    """ "oye munna, Vidya Rao ne 450 diye": nobody on the list, called as whoever writes the book may be."""
    hints = scan.language.hints
    others = any(one.name is not None and one is not person and one.role != "bare" for one in scan.persons)
    strange = person.role == "bare" and not person.pronoun and (person.name is None or others)
    called = all(scan.latin(i) in hints.called for i in range(person.start, person.end))
    begins = all(scan.latin(i) in hints.calls for i in range(person.start))
    return strange and called and begins and scan.sentence.pauses(person.close)


def _same(scan: Scan, one: Person, two: Person) -> bool:
    if one.name is not None or one.candidates:
        return (one.name, one.candidates) == (two.name, two.candidates)
    return scan.keys[one.start : one.end] == scan.keys[two.start : two.end]


def _silent(scan: Scan, i: int) -> bool:
    return not scan.taken[i] and (scan.keys[i] in scan.language.harmless or not scan.words[i][0].isalnum())


def told_apart(people: list[Person]) -> list[Person]:
    """ "Ramesh ka, Gupta wale ka": a name that several have, and the one of them that is meant."""
    meant = {one.name for one in people if one.name is not None}
    return [one for one in people if one.near or meant.isdisjoint(one.candidates)]
