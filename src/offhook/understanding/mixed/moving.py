"""An appointment that is moved: whether one is, and which of the times is where it goes."""

from __future__ import annotations

from offhook.understanding.mixed.items import TIMES, Item, Scan
from offhook.understanding.mixed.own import VISITS, names_old_appointment

_MOVES = frozenset({"reschedule", "shift", "postpone", "prepone"})


_NO_THINGS = frozenset({"i", "my", "it", "please", "and", "but", "also", "sir"})


def moves(scan: Scan, names: set[str], *, held: bool = False) -> bool:
    """Whether an appointment is moved; `names` are the concepts found, `held`: the caller is known to have one."""
    if held and "do_it" in names and not any(_thing(scan, i) for i in range(len(scan.keys))):
        return True  # "do ghante baad rakh do ise": nothing else is spoken of
    return "move" in names or not _MOVES.isdisjoint(scan.words) or _moves_own(scan, names)


def _thing(scan: Scan, i: int) -> bool:
    """Whether the word at `i` names something of its own: no time, no deed and no word of the sentence's structure."""
    key, voc = scan.keys[i], scan.voc
    if key[0] == "=":
        return scan.words[i] not in _NO_THINGS
    if key in voc.verbs:
        return False
    found = voc.at(scan.keys, i, i + 1)
    return found is not None and found[0].kind == "gloss" and found[0].value not in _NO_THINGS


def _moves_own(scan: Scan, names: set[str]) -> bool:
    """Whether something is to be done with an appointment that there is, not with a new one."""
    if scan.asked in ("confirm", "change"):
        return True
    if names.isdisjoint(("do_it", "works_question")):
        return False
    return "my_appointment" in names or names_old_appointment(scan)


def led(items: list[Item]) -> list[Item]:
    """The words that tell where an appointment goes from where it is: "to Friday", "my Friday appointment"."""
    out: list[Item] = []
    appointment = False
    for n, item in enumerate(items):
        if item.kind == "word" and item.words[0] in VISITS and out and out[-1].kind in TIMES and out[-1].linked:
            # "friday ki test drive": what is held that day.
            out.append(Item("word", ["appointment"], item.start, item.start))
            appointment = True
        starts = item.kind in TIMES and not (out and out[-1].kind in TIMES)
        if starts and item.words[0] not in ("from", "between", "after", "before", "by", "in", "within", "to"):
            run = [other for other in items[n:] if other.kind in TIMES]
            linked = any(other.linked for other in run[: _run(items, n)])
            if linked:
                if not out or out[-1].words != ["my"]:
                    out.append(Item("word", ["my"], item.start, item.start))
            elif appointment and not (out and out[-1].words == ["of"]):
                out.append(Item("word", ["to"], item.start, item.start))
        appointment = appointment or (
            item.kind == "word" and bool({"appointment", "booking", "slot"} & set(item.words))
        )
        out.append(item)
    return out


def _run(items: list[Item], n: int) -> int:
    """How many times stand together from place `n` on."""
    end = n
    while end < len(items) and items[end].kind in TIMES:
        end += 1
    return end - n
