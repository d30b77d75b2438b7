"""Names of persons in a language where they are often numbers, days or times (Das, Lakhan, Mangal, Shyam): the position
decides. What is introduced as a name, or has a title or a family name beside it, is a name and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from offhook.understanding.mixed.counting import is_count_word
from offhook.understanding.mixed.items import Scan
from offhook.understanding.mixed.speaking import NAME_SLOTS

_LONGEST = 4
_GREETINGS = frozenset({"hello", "hi", "namaste", ".", "yes", "ok", "okay"})
_ONTO = frozenset({"pe", "pr", "se", "me", "men", "ka", "ki"})
_SELF = frozenset({"me", "men"})
"""Keys of "main"."""
_INTRODUCED = ["my", "name", "is"]
_SHY_KINDS = frozenset({"weekdays", "months"})


def find_people(scan: Scan, asked: bool) -> None:
    """Fill `scan.named`. `asked`: our question asked for a name, so that a bare one counts."""
    if _by_name_word(scan) or _by_speaking(scan) or _by_self(scan) or _by_sake(scan):
        return
    if scan.asked in ("confirm", "change") and _exchanged(scan):
        return
    if asked and _bare(scan):
        return
    _beside_titles(scan)


def _by_name_word(scan: Scan) -> bool:
    voc = scan.voc
    for n, key in enumerate(scan.keys):
        if key not in voc.name_words and scan.words[n] != "name":
            continue
        before = n - 1
        while before > 0 and scan.key(before) in voc.name_fillers:
            before -= 1
        own = before if scan.key(before) in voc.name_own or scan.words[max(before, 0)] == "my" else n
        told = n + 2 if own < n and scan.key(n + 1) in voc.name_ends and not _unknown(scan, n + 1) else n + 1
        if scan.asked in NAME_SLOTS and (put := _put_down(scan, n + 1)) is not None:
            _take(scan, own, len(scan.keys), put, len(scan.keys))
            return True
        after = _extent(scan, told, 1)
        if told > n + 1 and after > told:
            _take(scan, own, after, told, after)
            return True
        put = n + 1
        while scan.key(put) in voc.name_ends | voc.name_fillers and scan.words[put] not in voc.people:
            put += 1
        after = _extent(scan, put, 1)
        if own == n and n + 1 < put < after and (n == 0 or _begins(scan, n)) and _stops(scan, after):
            _take(scan, n, after, put, after)  # "…, naam likho Baldev Singh"
            return True
        after = _extent(scan, n + 1, 1)
        if own == n and after > n + 1 and _begins(scan, n) and _stops(scan, after):
            _take(scan, n, after, n + 1, after)  # "…, naam Bhanwar Lal": what ends with its name
            return True
        ended = scan.key(after) in voc.name_ends or after >= len(scan.keys) or scan.words[after] == "."
        if after > n + 2 and n == 0 and not ended and own == n:
            _take(scan, n, after, n + 1, after)  # "naam Amit Verma, kal …": two words that are nothing else
            return True
        if after > n + 1 and (own < n or scan.key(after) in voc.name_ends) and (ended or own < n):
            stop = after + 1 if scan.key(after) in voc.name_ends and _closes(scan, after) else after
            _take(scan, own, stop, n + 1, after)
            return True
        last = own if own < n else n
        while scan.key(last - 1) in ("k", "ke", "ka", "ki"):
            last -= 1
        before = _extent(scan, last - 1, -1) + 1
        if before < last and own == n and _tells(scan, n + 1):
            _take(scan, before, n + 1, before, last)
            return True
        if _put_right(scan, n):
            return True
    return False


def _begins(scan: Scan, n: int) -> bool:
    """Whether "naam" at `n` begins anew: behind a comma, a dot or a time."""
    return n > 0 and (scan.sentence.pauses(n) or scan.words[n - 1] in (".", "baje", "am", "pm"))


def _stops(scan: Scan, at: int) -> bool:
    return at >= len(scan.keys) or scan.words[at] == "." or scan.sentence.pauses(at)


def _put_down(scan: Scan, at: int) -> int | None:
    """ "bete ke naam pe likho, Arjun Reddy": where the name begins that ends an answer, behind where to write it."""
    fillers = scan.voc.name_fillers | scan.voc.name_ends | scan.voc.name_own | _ONTO
    first = at
    while first < len(scan.keys) and scan.keys[first] in fillers and scan.words[first] not in scan.voc.people:
        first += 1
    ends = first > at and first < len(scan.keys) and _extent(scan, first, 1) == len(scan.keys)
    led = scan.key(at) in _ONTO or (
        first > at and (scan.sentence.pauses(first) or scan.keys[first - 1] in scan.voc.verbs)
    )
    return first if ends and led else None


def _put_right(scan: Scan, n: int) -> bool:
    """ "naam galat hai, Ravi nahi Kavi": the name behind the negation."""
    for at in range(n + 1, len(scan.keys) - 1):
        found = scan.voc.at(scan.keys, at, at + 1)
        first = at + 1
        while scan.key(first) in scan.voc.name_ends or scan.words[first : first + 1] == ["."]:
            first += 1
        end = _extent(scan, first, 1)
        wrong = (found is not None and found[0].kind == "no") or scan.keys[at] in scan.voc.name_wrong
        ended = end >= len(scan.keys) or scan.key(end) in scan.voc.name_ends
        if wrong and first < end and ended:
            _take(scan, n, end, first, end)
            return True
    return False


def _exchanged(scan: Scan) -> bool:
    """ "Ravi nahi, Vinod likhiye": one person in place of another."""
    for n in range(1, len(scan.keys) - 1):
        found = scan.voc.at(scan.keys, n, n + 1)
        if scan.keys[n] not in scan.voc.name_wrong and (found is None or found[0].kind != "no"):
            continue
        old = _extent(scan, n - 1, -1) + 1
        first = n + 1
        while first < len(scan.keys) and _fills(scan, first, scan.voc.name_ends | scan.voc.titles):
            first += 1
        end = _extent(scan, first, 1)
        written = scan.key(end) in scan.voc.verbs and scan.key(end) in scan.voc.name_ends | scan.voc.name_fillers
        met = [any(map(_of_people(scan), range(one, two))) for one, two in ((old, n), (first, end))]
        if old < n and first < end and met[0] and (written or (met[1] and end >= len(scan.keys))):
            _take(scan, old, end, first, end)
            return True
    return False


def _of_people(scan: Scan) -> Callable[[int], bool]:
    """Whether a word is a name that people have, in any letters."""
    voc = scan.voc
    return lambda i: scan.words[i] in voc.people or scan.words[i] in voc.given or scan.keys[i] in voc.spellings


def _closes(scan: Scan, i: int) -> bool:
    """Whether the word at `i` only ends the name ("… hai"), rather than begin "bol raha hoon"."""
    return scan.key(i) not in ("bol", "bt") or i + 1 >= len(scan.keys)


def _tells(scan: Scan, i: int) -> bool:
    """Behind "… naam": "hai", "se", "par" or the end."""
    return i >= len(scan.keys) or scan.key(i) in scan.voc.name_ends or scan.key(i) in ("se", "pr", "pe", "ka", "likh")


def _by_speaking(scan: Scan) -> bool:
    voc = scan.voc
    for n in range(1, len(scan.keys)):
        phrase = next((p for p in voc.speaking if tuple(scan.keys[n : n + len(p)]) == p), None)
        hun = phrase is None and scan.key(n) in ("hun", "hu") and n + 1 >= len(scan.keys)
        if phrase is None and not hun:
            continue
        first = _extent(scan, n - 1, -1) + 1
        own = scan.key(first - 1) in voc.name_own
        if first >= n or n - first > _LONGEST or (hun and not (own and _nothing_else(scan, first, n))):
            continue
        if not own and first > 0 and not _opens(scan, first - 1):
            continue
        end = n + len(phrase) if phrase is not None else n + 1
        _take(scan, first - 1 if own else first, end, first, n)
        return True
    return False


def _by_self(scan: Scan) -> bool:
    """ "main Meera Pillai, pehle bhi aa chuki hoon": between "main" and a comma names of people, and nothing else."""
    for n, key in enumerate(scan.keys[:6]):
        opens = n == 0 or _opens(scan, n - 1) or scan.sentence.pauses(n)
        if key not in _SELF or not opens:
            continue
        end = _extent(scan, n + 1, 1)
        met = any(word in scan.voc.people or word in scan.voc.given for word in scan.words[n + 1 : end])
        met = met or (end > n + 2 and all(_capital(scan, at) for at in range(n + 1, end)))
        if end > n + 1 and met and end < len(scan.keys) and (scan.sentence.pauses(end) or scan.words[end] == "."):
            _take(scan, n, end, n + 1, end)
            return True
    return False


def _by_sake(scan: Scan) -> bool:
    """ "Sukhdev Rana ke liye": a full name of people before "ke liye"."""
    for n, key in enumerate(scan.keys):
        if key != "lie" or scan.key(n - 1) not in ("k", "ke"):
            continue
        first = _extent(scan, n - 2, -1) + 1
        near = scan.key(first - 1) in scan.voc.kin | scan.voc.titles and scan.key(first - 2) in scan.voc.name_own
        met = near or scan.words[first] in scan.voc.people or scan.words[first] in scan.voc.given
        if met and n - 1 - first > 1:
            _take(scan, first, n + 1, first, n - 1)
            return True
    return False


def _nothing_else(scan: Scan, first: int, last: int) -> bool:
    """Whether no word of [first, last) has a meaning of its own ("main free hoon" gives no name)."""
    return all(scan.words[i] not in scan.voc.english for i in range(first, last))


def _opens(scan: Scan, i: int) -> bool:
    """A greeting or a small word, behind which a sentence can begin anew."""
    return scan.key(i) in scan.voc.function_keys or scan.words[i] in _GREETINGS


def _bare(scan: Scan) -> bool:
    """All there is but small words is a name."""
    first, last = 0, len(scan.keys)
    voc = scan.voc
    fillers = voc.name_own | voc.name_ends | voc.name_words | voc.titles | voc.name_fillers
    while first < last and _fills(scan, first, fillers):
        first += 1
    while last > first and (scan.keys[last - 1] in fillers or scan.words[last - 1] == "."):
        last -= 1
    if first == last or last - first > _LONGEST or _extent(scan, first, 1) < last:
        return False
    _take(scan, 0, len(scan.keys), first, last)
    return True


def _fills(scan: Scan, i: int, fillers: frozenset[str]) -> bool:
    return scan.words[i] in _GREETINGS or (scan.keys[i] in fillers and not _name_like(scan, i))


def _beside_titles(scan: Scan) -> None:
    """ "Das ji", "Mangal Singh", "Mohan Das": a word that could be something else is part of a name."""
    voc = scan.voc
    for i, key in enumerate(scan.keys):
        if not _double(scan, i):
            continue
        following = scan.key(i + 1)
        titled = following in voc.titles or (_surname(scan, i + 1) and not _double(scan, i + 1))
        family = key in voc.surnames and i > 0 and _unknown(scan, i - 1) and not _counts(scan, i + 1)
        if titled:
            stop = i + 2 if following in voc.titles else i + 1
            scan.named[i] = (stop, [scan.spelled(i)])
        elif family:
            scan.named[i] = (i + 1, [scan.spelled(i)])


def _surname(scan: Scan, i: int) -> bool:
    """Whether a family name stands at `i`, and no verb that sounds like one ("Mangal Khan", "mangal kaha tha")."""
    key, voc = scan.key(i), scan.voc
    return key in voc.surnames and (key not in voc.verbs or scan.words[i] in voc.english)


def _counts(scan: Scan, i: int) -> bool:
    """Whether the word at `i` makes what stands before it a number."""
    if i >= len(scan.keys):
        return False
    found = scan.voc.at(scan.keys, i, len(scan.keys))
    return found is not None and found[0].kind in ("units", "short_units", "months", "post")


def _double(scan: Scan, i: int) -> bool:
    """Whether the word is a number, a day or a time as well as what people are called."""
    if i >= len(scan.keys) or scan.words[i].isdecimal():
        return False
    found = scan.voc.at(scan.keys, i, i + 1)
    return is_count_word(scan.voc, scan.words[i], scan.keys[i]) or (found is not None and found[0].kind in _SHY_KINDS)


def _unknown(scan: Scan, i: int) -> bool:
    key, voc = scan.keys[i], scan.voc
    return (
        scan.words[i][0].isalpha()
        and key[0] != "="
        and key not in voc.function_keys
        and key not in voc.verbs
        and key not in voc.quarters
        and key not in voc.fractions
        and key not in voc.units
        and voc.at(scan.keys, i, i + 1) is None
    )


def _name_like(scan: Scan, i: int) -> bool:
    word, voc = scan.words[i], scan.voc
    if not word[0].isalpha() or len(word) < 2:
        return False
    key = scan.keys[i]
    if key in voc.name_own or key in voc.name_words or key in voc.titles or key in voc.name_fillers:
        return False
    if word in voc.given or (word in voc.people and not _double(scan, i)):
        return True
    if key[0] == "=" or (key in voc.telling_keys and not _double(scan, i) and key not in voc.surnames):
        return False
    if _double(scan, i):
        return not voc.shy(word) and (key in voc.spellings or key in voc.surnames or key not in voc.units)
    return _unknown(scan, i) or key in voc.surnames


def _extent(scan: Scan, i: int, step: int) -> int:
    """Where the name-like words from `i` on (or back) end."""
    at = i
    while (
        0 <= at < len(scan.keys)
        and abs(at - i) < _LONGEST
        and (_name_like(scan, at) or (step > 0 and _typed(scan, at)))
    ):
        if at != i and scan.sentence.pauses(max(at, at - step)):
            break
        at += step
    return at


def _capital(scan: Scan, at: int) -> bool:
    """Whether the word is typed with a capital, where not every word is."""
    text = scan.sentence.text
    return text[scan.sentence.starts[at]].isupper() and not text.isupper() and not text.istitle()


def _typed(scan: Scan, at: int) -> bool:
    """Whether a word that means a colour or a deed is typed as a part of a name: "naam Neelam Kala"."""
    if not _capital(scan, at):
        return False
    found = scan.voc.at(scan.keys, at, at + 1)
    if scan.keys[at] in scan.voc.name_words or scan.words[at] in scan.voc.english:
        return False
    return (found is not None and found[0].kind == "gloss") or scan.keys[at] in scan.voc.verbs


def _take(scan: Scan, start: int, end: int, first: int, last: int) -> None:
    words = [scan.spelled(i).capitalize() for i in range(first, last) if scan.key(i) not in scan.voc.titles]
    scan.named[start] = (end, [*_INTRODUCED, *words, "."])
