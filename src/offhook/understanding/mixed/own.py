"""An appointment that there is already, told from one that is wanted.

"Meri appointment", "kal ki appointment … parso" speak of one that is held; "ek appointment" and "kal ki appointment
chahiye" of a new one.
"""

from __future__ import annotations

from offhook.understanding.mixed.items import Scan
from offhook.understanding.phrases import Found

_THINGS = frozenset({"appointment", "booking", "slot"})
VISITS = frozenset({"service", "servicing", "test", "oil", "wash", "alignment", "inspection", "checkup", "full"})
"""Words of the visit itself; behind "kal wali" they stand for the appointment of that day."""
_DAYS = frozenset({"weekdays", "two_sided", "relative", "dayparts", "months"})


def held_appointments(scan: Scan) -> list[Found]:
    """ "kal ki appointment parso …": the one that is held on a day, where another day or time stands behind it."""
    found = []
    for n in range(2, len(scan.keys)):
        if (
            not (_is_thing(scan, n) or _stands_for_one(scan, n) or _is_visit(scan, n))
            or scan.keys[n - 1] not in scan.voc.sections["of"]
            or not _is_time(scan, n - 2)
        ):
            continue
        if any(_is_time(scan, at) for at in range(n + 1, len(scan.keys))):
            found.append(Found("my_appointment", n - 1, n + 1))
    return found


def names_old_appointment(scan: Scan) -> bool:
    """Whether an appointment is named, and none that has still to be made."""
    things = [n for n in range(len(scan.keys)) if _is_thing(scan, n)]
    return any(scan.voc.indefinite.isdisjoint(scan.keys[max(0, n - 2) : n + 3]) for n in things)


def _stands_for_one(scan: Scan, n: int) -> bool:
    """ "mera 10 baje wala 2 baje …": behind the genitive stands another time, and the speaker's own is meant."""
    mine = any(scan.voc.glosses.get(key) == "my" for key in scan.keys[: n - 2])
    return mine and scan.keys[n - 1] in scan.voc.ones and (_is_time(scan, n) or scan.words[n].isdecimal())


def _is_visit(scan: Scan, n: int) -> bool:
    """ "kal wali servicing": the one of that day, and no other."""
    visit = scan.words[n] in VISITS or VISITS & set(scan.voc.glosses.get(scan.keys[n], "").split())
    return bool(visit) and scan.keys[n - 1] in scan.voc.ones


def _is_thing(scan: Scan, n: int) -> bool:
    return scan.words[n] in _THINGS or scan.voc.glosses.get(scan.keys[n]) in _THINGS


def _is_time(scan: Scan, n: int) -> bool:
    key = scan.keys[n]
    if key in scan.voc.sections["baje"] or scan.words[n] in scan.weekdays:
        return True
    found = scan.voc.at(scan.keys, n, n + 1)
    return found is not None and found[0].kind in _DAYS
