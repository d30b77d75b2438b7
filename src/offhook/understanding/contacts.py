"""Phone numbers and e-mail addresses, typed or dictated.

Digits are read as people dictate them: one by one, in pairs ("ninety eight"), with "double" and "oh", in groups. The
result is the national digits as spoken; whether such a number exists is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers

from offhook.understanding.lexicon import NumberWords
from offhook.understanding.text import Sentence

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_GROUPING = frozenset({"-", "(", ")", ".", ",", "and", "then"})
_PHONE_WORDS = frozenset(
    {
        "number",
        "phone",
        "mobile",
        "cell",
        "cellphone",
        "telephone",
        "contact",
        "reach",
        "call",
        "text",
        "whatsapp",
        "callback",
    }
)
_TAIL_WORDS = frozenset({"ends", "ending", "last", "digits"})
"""With one of them, digits are the end of a number that was said before."""
_OF_A_THING = frozenset({"new", "right", "correct", "other", "old", "better", "good", "this", "that", "the"})
"""Before "one" they make it a thing: "the new one is 202 …"."""
_CORRECTING = frozenset(
    {"no", "sorry", "wait", "actually", "i", "mean", "meant", "it", "ends", "in", "with", "make", "that", "is"}
)
"""Between a number and the digits that put its end right; one of them must be there."""
_NATIONAL = 10
"""Digits of a whole number, in the countries that dictate them in one run."""
_HALVES = frozenset({"am", "pm", "o'clock", "oclock", ":"})
_SHORTEST_TAIL = 3
"""Digits that put the end of a number right without a word that says so."""
_TLDS = frozenset(
    {
        "com",
        "net",
        "org",
        "in",
        "co",
        "io",
        "edu",
        "gov",
        "uk",
        "us",
        "info",
        "biz",
        "me",
        "au",
        "ca",
        "de",
        "dev",
        "app",
    }
)
_MAIL_SYMBOLS = {
    "dot": ".",
    ".": ".",
    "underscore": "_",
    "_": "_",
    "dash": "-",
    "hyphen": "-",
    "-": "-",
    "plus": "+",
    "+": "+",
}
_MAIL_STOPS = frozenset(
    {
        "is",
        "email",
        "address",
        "mail",
        "it",
        "its",
        "my",
        "to",
        "the",
        "me",
        "at",
        "send",
        "on",
        "that",
        "use",
        "yes",
        "and",
        "sure",
        "okay",
        "ok",
        "id",
    }
)


@dataclass(frozen=True, slots=True)
class Contact:
    start: int
    end: int
    value: str


def digits_at(sentence: Sentence, i: int, words: NumberWords, *, dictating: bool = False) -> tuple[str, int]:
    """The run of dictated digits that begins at token `i`: (digits, end). ("", i) when none does."""
    digits, at, end = "", i, i
    while at < len(sentence) and len(digits) < 40:
        if len(digits) == _NATIONAL and _apart(sentence, at, end):
            break
        step = _digit_step(sentence, at, words, digits, dictating)
        if step is not None:
            digits, at = digits + step[0], step[1]
            end = at
        elif digits and sentence.words[at] in _GROUPING and at - end < 2:
            at += 1
        else:
            break
    return digits, end


def _apart(sentence: Sentence, at: int, end: int) -> bool:
    """Whether what stands at `at`, behind a whole number, is no part of it: "… 202 555 0177, 9 am"."""
    comma = at > end and sentence.words[end] == ","
    return comma or sentence.pauses(at) or (sentence.word(at + 1) in _HALVES and at == end)


def _digit_step(
    sentence: Sentence, at: int, words: NumberWords, digits: str, dictating: bool
) -> tuple[str, int] | None:
    word = sentence.words[at]
    if word.isdecimal():
        follower = sentence.word(at + 1)
        if follower in (":", "/") and sentence.glued[at + 1]:
            return None
        return ("".join(str(int(c)) for c in word), at + 1)
    times = words.multipliers.get(word)
    if times is not None and sentence.word(at + 1) not in words.multipliers:
        inner = _digit_step(sentence, at + 1, words, digits, dictating) if at + 1 < len(sentence) else None
        return (inner[0] * times, inner[1]) if inner is not None and len(inner[0]) == 1 else None
    if word in words.units:
        return str(words.units[word]), at + 1
    if word in words.tens:
        unit = words.units.get(sentence.word(at + 1), 0)
        if 1 <= unit <= 9:
            return str(words.tens[word] + unit), at + 2
        return str(words.tens[word]), at + 1
    if word in words.digit_words and (digits or _is_digit(sentence.word(at + 1), words)):
        return str(words.digit_words[word]), at + 1
    if word in words.hundred and digits and at > 0 and words.units.get(sentence.word(at - 1), 0) in range(1, 10):
        return "00", at + 1
    if word == "thousand" and digits and words.units.get(sentence.word(at - 1), 0) in range(1, 10):
        return "000", at + 1
    if dictating and word in words.digit_homophones and digits and _is_digit(sentence.word(at + 1), words):
        return str(words.digit_homophones[word]), at + 1
    return None


def _is_digit(word: str, words: NumberWords) -> bool:
    return (
        word.isdecimal()
        or word in words.units
        or word in words.tens
        or word in words.digit_words
        or word in words.multipliers
    )


def find_phone(
    sentence: Sentence,
    words: NumberWords,
    taken: list[bool],
    *,
    asked: bool,
    held: str = "",
    is_time: Callable[[str], bool] = lambda digits: True,
    country: str = "",
) -> tuple[Contact | None, str]:
    """The last phone number said, and the digits of a run that was too short or long to be one ("" when none).

    Args:
        held: the number that was read back; a few digits put its end right ("no, 0148").
        is_time: whether such digits are rather a time of the day.
        country: where the tenant is (ISO 3166); a number of another one keeps its code ("+442079460958").
    """
    tail_named = any(word in _TAIL_WORDS or word in _PHONE_WORDS for word in sentence.words)
    found: Contact | None = None
    odd, i = "", 0
    named = asked or any(word in _PHONE_WORDS for word in sentence.words)
    while i < len(sentence):
        if taken[i] or not _may_begin(sentence, i, words) or _typed_date(sentence, i):
            i += 1
            continue
        plus = sentence.word(i - 1) in ("+", "plus")
        if held and sentence.word(i - 1) == "not" and (after := _past_tail(sentence, i, words, held)) > i:
            i = after  # "not 456, 465": the end that was read back, which is wrong
            continue
        digits, end = digits_at(sentence, i, words, dictating=asked)
        shortest = _SHORTEST_TAIL - 1 if tail_named else _SHORTEST_TAIL
        if held and shortest <= len(digits) < 10 and (tail_named or not is_time(digits)):
            if found is not None:
                taken[found.start : found.end] = [True] * (found.end - found.start)  # put right in its turn
            found = Contact(i, end, held[: -len(digits)] + digits)
        elif 10 <= len(digits) <= 15 or (named and 7 <= len(digits) <= 15):
            found = Contact(i - 1 if plus else i, end, _national(digits, plus, country))
        elif asked and len(digits) >= 2:
            odd = digits
        i = max(end, i + 1)
        if found is not None and (right := _put_right(sentence, found, words, is_time)) is not None:
            found, i = right, right.end
    return found, odd


def _put_right(
    sentence: Sentence, found: Contact, words: NumberWords, is_time: Callable[[str], bool]
) -> Contact | None:
    """The number with another end, where a correction and a few digits follow it: "… 0110, no, sorry, 112 at the
    end"."""
    at = found.end
    while sentence.word(at) in _CORRECTING or sentence.word(at) in _GROUPING:
        at += 1
    if _CORRECTING.isdisjoint(sentence.words[found.end : at]):
        return None
    at = _behind_counted(sentence, at)
    digits, end = digits_at(sentence, at, words, dictating=True)
    told = not _TAIL_WORDS.isdisjoint(sentence.words[found.end : end]) or _ends(sentence, end)
    one_by_one = len(digits) >= _SHORTEST_TAIL and end - at >= len(digits)
    if not (_SHORTEST_TAIL - 1 <= len(digits) < _NATIONAL - 1):
        return None
    if told or one_by_one or (len(digits) >= _SHORTEST_TAIL and not is_time(digits)):
        return Contact(found.start, end, found.value[: -len(digits)] + digits)
    return None


def _behind_counted(sentence: Sentence, at: int) -> int:
    """Behind "the last four (digits) are"."""
    start = at + (sentence.word(at) == "the")
    if sentence.word(start) != "last":
        return at
    end = start + 2 + (sentence.word(start + 2) == "digits")
    return end + (sentence.word(end) in ("are", "is"))


def _ends(sentence: Sentence, at: int) -> bool:
    return sentence.words[at : at + 3] == ["at", "the", "end"]


def _past_tail(sentence: Sentence, i: int, words: NumberWords, held: str) -> int:
    """Where the end of the number held, said once more from `i` on, is over; `i` where it is not said whole."""
    said, at = "", i
    while at < len(sentence) and len(said) < len(held):
        step = _digit_step(sentence, at, words, said, True)
        if step is None:
            break
        said, at = said + step[0], step[1]
        if len(said) >= _SHORTEST_TAIL - 1 and held.endswith(said):
            return at
    return i


def _may_begin(sentence: Sentence, i: int, words: NumberWords) -> bool:
    word = sentence.words[i]
    if word == "one" and sentence.word(i - 1) in _OF_A_THING:
        return False
    return (
        word[0].isdecimal()
        or word in words.units
        or word in words.tens
        or word in words.multipliers
        or word in words.digit_words
    )


def _typed_date(sentence: Sentence, i: int) -> bool:
    return (
        len(sentence.words[i]) == 4
        and sentence.word(i + 1) == "-"
        and sentence.word(i + 3) == "-"
        and len(sentence.word(i + 2)) <= 2
    )


def _national(digits: str, plus: bool, country: str) -> str:
    if not plus:
        return digits
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return digits
    if country and number.country_code != phonenumbers.country_code_for_region(country):
        return f"+{digits}"
    return phonenumbers.national_significant_number(number)


def find_email(sentence: Sentence, words: NumberWords) -> Contact | None:
    """An e-mail address, typed or dictated ("priya dot k at example dot com")."""
    if "@" in sentence.text:
        typed = _EMAIL.search(sentence.text)
        if typed is not None:
            covered = [n for n in range(len(sentence)) if typed.start() <= sentence.starts[n] < typed.end()]
            if covered:
                return Contact(covered[0], covered[-1] + 1, typed.group().lower().rstrip("."))
    for i in range(2, len(sentence) - 1):
        if sentence.words[i] in ("dot", ".") and sentence.word(i + 1) in _TLDS:
            spoken = _spoken_email(sentence, i, words)
            if spoken is not None:
                return spoken
    return None


def _spoken_email(sentence: Sentence, dot: int, words: NumberWords) -> Contact | None:
    at = next((n for n in range(dot - 1, max(0, dot - 6), -1) if sentence.words[n] == "at"), None)
    if at is None or at == 0:
        return None
    end = dot + 2
    if sentence.word(end) in ("dot", ".") and sentence.word(end + 1) in _TLDS:
        end += 2
    domain = "".join(_MAIL_SYMBOLS.get(word, word) for word in sentence.words[at + 1 : end])
    start = at
    while start > 0 and at - start < 12 and sentence.words[start - 1] not in _MAIL_STOPS:
        start -= 1
    local = "".join(_mail_part(word, words) for word in sentence.words[start:at])
    if not local or "." not in domain or domain.startswith("."):
        return None
    return Contact(start, end, f"{local}@{domain}")


def _mail_part(word: str, words: NumberWords) -> str:
    if word in _MAIL_SYMBOLS:
        return _MAIL_SYMBOLS[word]
    value = words.units.get(word, words.tens.get(word))
    return str(value) if value is not None else word
