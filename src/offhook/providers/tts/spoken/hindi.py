"""Hindi as it is said, in Devanagari or in Latin letters. Numbers stay digits: Hindi voices read them as Hindi."""

from __future__ import annotations

import re

from offhook.providers.tts.spoken.number_words import groups

_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_RUPEES = re.compile(r"(?:₹|\bRs\.?|\bINR)\s?(\d{1,3}(?:,\d{2,3})+|\d{1,15})(\.\d{1,2})?(?!\d)(?:/-)?")
_PHONE = re.compile(r"(?<![\w.,])\+?\d(?:[ -]?\d){6,14}(?![\w,]\d|\.\d)")


def hindi(text: str) -> str:
    native = _DEVANAGARI.search(text) is not None
    rupees, and_, percent = ("रुपये", "और", "प्रतिशत") if native else ("rupaye", "aur", "percent")
    text = _RUPEES.sub(lambda match: f"{match[1].replace(',', '')}{match[2] or ''} {rupees}", text)
    text = _PHONE.sub(_digits_in_groups, text)
    return re.sub(r"\s?&\s?", f" {and_} ", text).replace("%", f" {percent}")


def _digits_in_groups(match: re.Match[str]) -> str:
    number = re.sub(r"\D", "", match.group())
    national = number[2:] if match.group().startswith("+91") and len(number) == 12 else number
    return ", ".join(" ".join(group) for group in groups(national, (5, 5)))
