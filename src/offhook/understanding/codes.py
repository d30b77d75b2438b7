"""Registration numbers and VINs, typed in any grouping or dictated letter by letter.

VIN: 17 characters without I, O and Q (49 CFR 565.15; ISO 3779). Indian registrations: two letters of the state, one or
two digits, up to three letters, four digits; or the BH series. Other plates only when the speaker says it is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from offhook.understanding.lexicon import NumberWords
from offhook.understanding.text import Sentence

_STATES = frozenset(
    [
        "an",
        "ap",
        "ar",
        "as",
        "br",
        "cg",
        "ch",
        "dd",
        "dl",
        "dn",
        "ga",
        "gj",
        "hp",
        "hr",
        "jh",
        "jk",
        "ka",
        "kl",
        "la",
        "ld",
        "mh",
        "ml",
        "mn",
        "mp",
        "mz",
        "nl",
        "od",
        "or",
        "pb",
        "py",
        "rj",
        "sk",
        "tn",
        "tr",
        "ts",
        "tg",
        "uk",
        "up",
        "ua",
        "wb",
    ]
)
_INDIAN = re.compile(r"[A-Z]{2}\d{1,2}[A-Z]{0,3}\d{4}|\d{2}BH\d{4}[A-Z]{1,2}")
_ORDINAL = re.compile(r"\d{1,2}(ST|ND|RD|TH)")
"""A day of the month: "my tags run out on the 14th"."""
_PLATE_WORDS = frozenset({"registration", "plate", "reg", "tag", "tags", "plates", "registered", "licence", "license"})
_ASKING = frozenset({"status", "ready", "done", "update", "updates", "news", "progress", "finished", "coming", "along"})
"""In a sentence that asks how far the work on a car is."""
_VEHICLES = frozenset({"vehicle", "car", "truck", "van", "unit", "suv", "pickup"})
"""Right before it they make a plate of what is formed as one."""
_BRINGING = frozenset({"", "book", "bring", "take", "get", "put", "schedule", "for", ".", "on"})
"""The same where letters and digits touch."""
_VOWELS = frozenset("aeiou")
_FILLERS = frozenset(
    {
        "number",
        "is",
        "no",
        "it",
        "my",
        "the",
        "plate",
        "registration",
        ":",
        "reg",
        "of",
        "car",
        "vehicle",
        "and",
        "plates",
    }
)
_NATO = {
    word: word[0].upper()
    for word in [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "kilo",
        "lima",
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
        "uniform",
        "victor",
        "whiskey",
        "xray",
        "yankee",
        "zulu",
    ]
}


@dataclass(frozen=True, slots=True)
class Code:
    kind: str
    """ "reg_no", "vin" or "bad_vin" (right place, wrong form)."""
    start: int
    end: int
    value: str


def find_codes(sentence: Sentence, words: NumberWords, asked: str | None) -> list[Code]:
    """Registrations and VINs in the sentence; `asked` is the slot that our question asked for."""
    found: list[Code] = []
    said_vin = asked == "vin" or "vin" in sentence.words or "chassis" in sentence.words
    i = 0
    while i < len(sentence):
        behind = found[-1].end if found else 0
        code = _code_at(sentence, i, words, said_vin, asked, behind)
        if code is None:
            i += 1
            continue
        found.append(code)
        i = code.end
    return found


def _code_at(
    sentence: Sentence, i: int, words: NumberWords, said_vin: bool, asked: str | None, behind: int
) -> Code | None:
    """`behind`: where the code before it ends; a word that announced that one announces no other."""
    plate = _indian_at(sentence, i) if not said_vin else None
    if plate is not None and not _goes_on(sentence, plate.end):
        return plate
    if i > 0 and _piece(sentence, i - 1, words) is not None and not _is_intro(sentence, i - 1):
        return None
    typed = _typed_at(sentence, i, asked) if not said_vin else None
    if typed is not None:
        return typed
    text, end = _run(sentence, i, words)
    mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    if len(text) == 17 and mixed:
        return Code("bad_vin" if set(text) & set("IOQ") else "vin", i, end, text)
    if said_vin and len(text) >= 8 and sum(c.isdigit() for c in text) >= 3:
        return Code("bad_vin", i, end, text)
    if mixed and len(text) >= 8 and _INDIAN.fullmatch(text) and (text[:2].lower() in _STATES or text[2:4] == "BH"):
        return Code("reg_no", i, end, text)
    introduced = asked == "reg_no" or any(word in _PLATE_WORDS for word in sentence.words[max(behind, i - 5) : i])
    introduced = introduced and not _ORDINAL.fullmatch(text)
    if introduced and 4 <= len(text) <= 10 and any(c.isdigit() for c in text) and (mixed or asked == "reg_no"):
        return Code("reg_no", i, end, text)
    return None


def _typed_at(sentence: Sentence, i: int, asked: str | None) -> Code | None:
    """ "HJT2290", "BZD 8841": letters and digits as plates are typed, behind a word for one, or where the sentence asks
    how far the work on a car is."""
    letters, digits = sentence.words[i], sentence.word(i + 1)
    form = letters.isascii() and letters.isalpha() and 2 <= len(letters) <= 3
    if not form or not digits.isdecimal() or not 3 <= len(digits) <= 4 or _goes_on(sentence, i + 2):
        return None
    capital = sentence.text[sentence.starts[i] : sentence.ends[i]].isupper()
    strange = (capital and not sentence.text.isupper()) or (len(letters) == 3 and _VOWELS.isdisjoint(letters))
    at = i - 1
    while at >= 0 and sentence.words[at] in _FILLERS - _PLATE_WORDS:
        at -= 1
    named = asked == "reg_no" or sentence.word(at) in _PLATE_WORDS
    whole = len(letters) == 3 and len(digits) == 4 and digits[:2] not in ("19", "20") and digits[2:] != "00"
    asks = whole and not _ASKING.isdisjoint(sentence.words)
    led = whole and (sentence.word(i - 1) in _VEHICLES or (sentence.glued[i + 1] and sentence.word(i - 1) in _BRINGING))
    return Code("reg_no", i, i + 2, (letters + digits).upper()) if strange and (named or asks or led) else None


def _goes_on(sentence: Sentence, end: int) -> bool:
    """Whether letters or digits touch the place: what ended there was only the beginning of a longer code."""
    return end < len(sentence) and sentence.glued[end] and sentence.words[end].isalnum()


def _is_intro(sentence: Sentence, i: int) -> bool:
    return sentence.words[i] in _FILLERS or sentence.words[i] in _PLATE_WORDS or sentence.words[i] in ("a", "i")


def _indian_at(sentence: Sentence, i: int) -> Code | None:
    """Groups as on the plate: "KA 01 AB 1234", "ka-01-ab-1234", "dl3cab1234"."""
    if sentence.words[i] not in _STATES and not (len(sentence.words[i]) == 2 and sentence.word(i + 1) == "bh"):
        return None
    text, at = "", i
    while at < len(sentence) and len(text) < 11:
        word = sentence.words[at]
        if word in ("-", ".", " ") and text:
            at += 1
            continue
        if (
            not word.isascii()
            or not word.isalnum()
            or (word.isalpha() and len(word) > 3)
            or (word.isdecimal() and len(word) > 4)
        ):
            break
        text += word.upper()
        at += 1
        if _INDIAN.fullmatch(text) and text[-4:].isdecimal() and len(text) >= 7:
            return Code("reg_no", i, at, text)
    if _INDIAN.fullmatch(text):
        return Code("reg_no", i, at, text)
    return None


def _run(sentence: Sentence, i: int, words: NumberWords) -> tuple[str, int]:
    text, at = "", i
    while at < len(sentence) and len(text) <= 17:
        piece = _piece(sentence, at, words)
        if piece is not None:
            text, at = text + piece[0], piece[1]
        elif text and sentence.words[at] in ("-", ".", ",") and at + 1 < len(sentence):
            at += 1
        else:
            break
    return text, at


def _piece(sentence: Sentence, at: int, words: NumberWords) -> tuple[str, int] | None:
    word = sentence.words[at]
    if word.isdecimal():
        return word, at + 1
    if not word.isascii() or not word.isalpha():
        return None
    touching = (sentence.glued[at] and sentence.word(at - 1).isdecimal()) or (
        at + 1 < len(sentence) and sentence.glued[at + 1] and sentence.word(at + 1).isdecimal()
    )
    if len(word) == 1 or touching:
        if sentence.word(at + 1) in ("for", "as") and len(word) == 1 and len(sentence.word(at + 2)) > 2:
            return word.upper(), at + 3 + (1 if sentence.word(at + 1) == "as" and sentence.word(at + 2) == "in" else 0)
        return word.upper(), at + 1
    if word in ("am", "pm"):
        return word.upper(), at + 1
    if word in words.units:
        return str(words.units[word]), at + 1
    if word in words.tens:
        unit = words.units.get(sentence.word(at + 1), 0)
        return (str(words.tens[word] + unit), at + 2) if 1 <= unit <= 9 else (str(words.tens[word]), at + 1)
    if word in words.digit_words:
        return str(words.digit_words[word]), at + 1
    times = words.multipliers.get(word)
    if times is not None and sentence.word(at + 1) not in words.multipliers:
        inner = _piece(sentence, at + 1, words) if at + 1 < len(sentence) else None
        return (inner[0] * times, inner[1]) if inner is not None and len(inner[0]) == 1 else None
    if word in _NATO and at > 0 and len(sentence) > 4:
        return _NATO[word], at + 1
    return None
