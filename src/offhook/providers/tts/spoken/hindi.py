"""Hindi as it is said, in Devanagari or in Latin letters: numbers, times, money and phone numbers in words.

Hindi has a word for each number up to ninety-nine and counts in lakh and crore. In a line in Latin letters digits stay
digits: what reads it, reads English words there, too.
"""

from __future__ import annotations

import re

from offhook.providers.tts.spoken.hindi_numbers import cardinal
from offhook.providers.tts.spoken.number_words import groups

_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_RUPEES = re.compile(r"(?:₹|\bRs\.?|\bINR)\s?(\d{1,3}(?:,\d{2,3})+|\d{1,15})(\.\d{1,2})?(?!\d)(?:/-)?")
_DOLLARS = re.compile(r"\$\s?(\d{1,3}(?:,\d{2,3})+|\d{1,15})(\.\d{1,2})?(?!\d)")
_PHONE = re.compile(r"(?<![\w.,])\+?\d(?:[ -]?\d){6,14}(?![\w,]\d|\.\d)")
_REGISTRATION = re.compile(r"\b([A-Z]{2})[ -]?(\d{1,2})[ -]?([A-Z]{1,3})[ -]?(\d{4})\b")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{2,3})+|\d{1,15})(?:\.(\d{1,2}))?(?![\w]|\.\d)")


def hindi(text: str) -> str:
    native = _DEVANAGARI.search(text) is not None
    rupees, dollars, and_, percent = (
        ("रुपये", "डॉलर", "और", "प्रतिशत") if native else ("rupaye", "dollar", "aur", "percent")
    )
    text = _RUPEES.sub(lambda match: f"{_amount(match)} {rupees}", text)
    text = _DOLLARS.sub(lambda match: f"{_amount(match)} {dollars}", text)
    text = _PHONE.sub(lambda match: _digits_in_groups(match, native), text)
    text = re.sub(r"\s?&\s?", f" {and_} ", text).replace("%", f" {percent}")
    if not native:
        return text
    text = _REGISTRATION.sub(_plate, text)
    text = _CLOCK.sub(lambda match: f"{int(match[1])} बजकर {int(match[2])} मिनट" if int(match[2]) else match[1], text)
    return _NUMBER.sub(_in_words, text)


def _amount(match: re.Match[str]) -> str:
    """ "1,25,000.00" -> "125000"; a fraction stays where there is one."""
    fraction = match[2] or ""
    return match[1].replace(",", "") + ("" if not fraction.strip(".0") else fraction)


def _in_words(match: re.Match[str]) -> str:
    words = cardinal(int(match[1].replace(",", "")))
    return f"{words} दशमलव {' '.join(cardinal(int(digit)) for digit in match[2])}" if match[2] else words


def _plate(match: re.Match[str]) -> str:
    return " ".join(cardinal(int(sign)) if sign.isdecimal() else sign for part in match.groups() for sign in part)


def _digits_in_groups(match: re.Match[str], native: bool) -> str:
    number = re.sub(r"\D", "", match.group())
    national = number[2:] if match.group().startswith("+91") and len(number) == 12 else number
    said = [" ".join(cardinal(int(d)) if native else d for d in group) for group in groups(national, (5, 5))]
    return ", ".join(said)
