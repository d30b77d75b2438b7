"""Phone numbers typed or read out: digit by digit in either language, in pairs and groups, with double and triple."""

from __future__ import annotations

from offhook.understanding.ledger.spans import Phone, Scan

_SHORTEST = 7
_NATIONAL = 10
_PHONE_WORDS = frozenset(
    {"number", "nambar", "no", "phone", "fon", "fone", "mobile", "mobail", "contact", "whatsapp", "call"}
)
_GROUPING = frozenset({"-", "(", ")", ",", ".", "aur", "=and"})


def find_phones(scan: Scan, asked: bool = False) -> None:
    """Fill `scan.phones`. `asked`: our question asked for one, so that fewer digits are a phone that is wrong."""
    i = 0
    while i < len(scan):
        digits, end = ("", i) if scan.taken[i] else _run(scan, i)
        if len(digits) > _NATIONAL and not scan.words[i].isdecimal() and scan.latin(i) in scan.language.counts.shy:
            i += 1  # the "do" of "badal do 98…" is no digit
            continue
        lone = end == i + 1 and not asked and not _of_phones(scan)
        if lone and digits and len(_national(digits)) != _NATIONAL:
            i = end  # "50000000 diye" is a sum, however absurd
            continue
        if len(digits) >= _SHORTEST or (asked and len(digits) >= 4 and end - i == len(scan)):
            national = _national(digits)
            start = i - 1 if scan.word(i - 1) == "+" else i
            scan.phones.append(Phone(start, end, national, len(national) == _NATIONAL))
            scan.take(start, end)
        i = max(end, i + 1)


def _of_phones(scan: Scan) -> bool:
    """Whether the line speaks of phones at all: what is too short for one is none otherwise."""
    return any(scan.latin(i) in _PHONE_WORDS for i in range(len(scan)))


def _national(digits: str) -> str:
    if len(digits) == 12 and digits.startswith("91"):
        return digits[2:]
    if len(digits) == 11 and digits.startswith("0"):
        return digits[1:]
    return digits


def _run(scan: Scan, i: int) -> tuple[str, int]:
    """Digits that are read out from token `i` on. A number with a word for a hundred ends them."""
    digits, at, end, spoken = "", i, i, 0
    while at < len(scan) and not scan.taken[at] and len(digits) < 20:
        step = _step(scan, at)
        if step is None:
            if digits and scan.keys[at] in _GROUPING and at + 1 < len(scan) and at == end:
                if scan.words[at] in ".," and (
                    scan.sentence.glued[at] and scan.word(at - 1).isdecimal() and spoken < 1
                ):
                    return "", end
                at += 1
                continue
            break
        digits, at = digits + step[0], step[1]
        spoken += 1
        end = at
    if end < len(scan) and (scan.keys[end] in scan.language.counts.scales or scan.keys[end] in scan.language.voc.money):
        return "", end
    return digits, end


def _step(scan: Scan, at: int) -> tuple[str, int] | None:
    word, key, counts = scan.words[at], scan.keys[at], scan.language.counts
    if word.isdecimal():
        return word, at + 1
    times = counts.multipliers.get(key)
    if times is not None and at + 1 < len(scan):
        inner = _digit(scan, at + 1)
        return (inner * times, at + 2) if inner is not None else None
    tens = counts.tens.get(key)
    if tens is not None:
        unit = counts.units.get(scan.key(at + 1))
        if unit is not None and 1 <= unit <= 9:
            return str(tens + unit), at + 2
        return str(tens), at + 1
    unit = counts.units.get(key)
    if unit is not None:
        return str(unit), at + 1
    return ("0", at + 1) if word in ("o", "oh", "ओ") else None


def _digit(scan: Scan, at: int) -> str | None:
    word = scan.words[at]
    if len(word) == 1 and word.isdecimal():
        return word
    unit = scan.language.counts.units.get(scan.keys[at])
    return str(unit) if unit is not None and unit < 10 else None
