"""English as it is said: times, dates, money, phone numbers, codes, titles, signs.

A list of (pattern, replacement), applied in order: each later rule sees what the earlier ones left. All patterns are
bounded and without nested repeats, so that no text makes them slow. What is ambiguous ("03/04/2026") is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from offhook.providers.tts.spoken.number_words import cardinal, digits, groups, ordinal, spelled, year

_Replace = Callable[[re.Match[str]], str]

# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
_ACRONYMS = (
    "AC", "EV", "SUV", "SMS", "UPI", "GST", "EMI", "OTP", "ID", "GPS", "ABS", "TV", "USB", "UK", "US", "USA", "FAQ",
    "MPG", "RPM", "DIY", "PM", "AM",
)
# fmt: on
_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_DAY = r"(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\.?"
_CLOCK = r"(\d{1,2})(?:[:.]([0-5]\d))?"
_HALF = r"([AaPp])\.?\s?[Mm]\b\.?"
_CURRENCIES = {
    "$": ("dollar", "cent"),
    "usd": ("dollar", "cent"),
    "us$": ("dollar", "cent"),
    "€": ("euro", "cent"),
    "eur": ("euro", "cent"),
    "£": ("pound", "pence"),
    "gbp": ("pound", "pence"),
    "₹": ("rupee", "paisa"),
    "rs": ("rupee", "paisa"),
    "inr": ("rupee", "paisa"),
}
_SMALL_MANY = {"cent": "cents", "pence": "pence", "paisa": "paise"}
_UNITS = {
    "km/h": "kilometers an hour",
    "mph": "miles an hour",
    "km": "kilometers",
    "kg": "kilograms",
    "mi": "miles",
    "min": "minutes",
    "mins": "minutes",
    "hr": "hours",
    "hrs": "hours",
    "lb": "pounds",
    "lbs": "pounds",
    "ft": "feet",
    "cc": "c.c.",
    "hp": "horsepower",
    "kwh": "kilowatt hours",
    "ml": "milliliters",
}
_WORDS = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "approx.": "approximately",
    "vs.": "versus",
    "w/o": "without",
    "w/": "with",
    "24/7": "twenty four seven",
    "A/C": "A.C.",
    "and/or": "and or",
}
_STREETS = {
    "st": "Street",
    "ave": "Avenue",
    "rd": "Road",
    "blvd": "Boulevard",
    "dr": "Drive",
    "ln": "Lane",
    "hwy": "Highway",
    "ste": "Suite",
}
_TITLES = {"dr": "Doctor", "mr": "Mister", "mrs": "Missus", "prof": "Professor", "st": "Saint"}
_PLUS_GROUPS = {("1", 10): (3, 3, 4), ("91", 10): (5, 5), ("44", 10): (4, 6)}


def english(text: str) -> str:
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    return text


def _mail(match: re.Match[str]) -> str:
    text = match.group().replace("@", " at ").replace(".", " dot ").replace("_", " underscore ").replace("-", " dash ")
    return re.sub(r"\d+", lambda number: f" {digits(number.group())} ", text)


def _month(name: str) -> str:
    return next(month for month in _MONTHS if month.startswith(name[:3]))


def _iso_date(match: re.Match[str]) -> str:
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return match.group()
    return f"{_MONTHS[day.month - 1]} {ordinal(day.day)}, {year(day.year)}"


def _month_day(match: re.Match[str]) -> str:
    if not 1 <= int(match[2]) <= 31:
        return match.group()
    return f"{_month(match[1])} {ordinal(int(match[2]))}" + (f", {year(int(match[3]))}" if match[3] else "")


def _day_month(match: re.Match[str]) -> str:
    if not 1 <= int(match[1]) <= 31:
        return match.group()
    article = "" if match.string[: match.start()].rstrip().lower().endswith("the") else "the "
    return f"{article}{ordinal(int(match[1]))} of {_month(match[2])}" + (f", {year(int(match[3]))}" if match[3] else "")


def _clock_words(hour: int, minute: int, half: str | None) -> str:
    if half is not None:
        said = cardinal(hour) if minute == 0 else f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"
        return f"{said} {half.upper()}.M."
    if minute == 0:
        return f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def _time(match: re.Match[str]) -> str:
    hour = int(match[1])
    return _clock_words(hour, int(match[2] or 0), match[3]) if hour <= 23 else match.group()


def _time_24(match: re.Match[str]) -> str:
    return _clock_words(int(match[1]), int(match[2]), None)


def _money(match: re.Match[str]) -> str:
    one, small = _CURRENCIES[match["currency"].lower().rstrip(".")]
    major, minor = int(match["major"].replace(",", "")), int((match["minor"] or "").ljust(2, "0") or 0)
    indian = one == "rupee"
    sign = "minus " if match["minus"] else ""
    if match["scale"]:
        fraction = f" point {digits(match['minor'])}" if match["minor"] else ""
        return f"{sign}{cardinal(major, indian=indian)}{fraction} {match['scale'].lower()} {one}s"
    words = []
    if major or not minor:
        words.append(f"{cardinal(major, indian=indian)} {one if major == 1 else one + 's'}")
    if minor:
        words.append(
            f"{cardinal(minor)} {('penny' if small == 'pence' else small) if minor == 1 else _SMALL_MANY[small]}"
        )
    return sign + " and ".join(words)


def _phone(match: re.Match[str]) -> str:
    number = match.group()
    parts = re.findall(r"\d+", number)
    joined = "".join(parts)
    if not 7 <= len(joined) <= 20:
        return number
    if len(parts) > 1 and any(len(part) > 1 for part in parts):
        said = parts
    elif number.startswith("+"):
        code = next(
            (code for code, rest in _PLUS_GROUPS if joined.startswith(code) and len(joined) - len(code) == rest), ""
        )
        lengths = _PLUS_GROUPS.get((code, len(joined) - len(code)), ())
        said = [*([code] if code else []), *groups(joined[len(code) :], lengths)]
    else:
        said = groups(joined, (3, 3, 4))
    return ("plus " if number.startswith("+") else "") + ", ".join(digits(part) for part in said)


def _code(match: re.Match[str]) -> str:
    letters_and_digits = re.sub(r"[ -]", "", match.group())
    return ", ".join(spelled(group) for group in groups(letters_and_digits))


def _registration(match: re.Match[str]) -> str:
    return ", ".join(spelled(part) for part in match.groups())


def _street(match: re.Match[str]) -> str:
    dot = "." if match.group().endswith(".") and match.end() == len(match.string) else ""
    return f" {_STREETS[match[1].lower()]}{dot}"


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match[1]))


def _day(match: re.Match[str]) -> str:
    return _DAYS[match[1][:3].lower()]


def _table(words: dict[str, str]) -> tuple[re.Pattern[str], _Replace]:
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w/])(?:{pattern})(?![\w/])"), lambda match: words[match.group()]


def _fixed(pattern: str, said: str) -> tuple[re.Pattern[str], _Replace]:
    return re.compile(pattern), lambda match: match.expand(said)


_AMOUNT = r"(?P<major>\d{1,3}(?:,\d{2,3})+|\d{1,15})(?:\.(?P<minor>\d{1,2}))?(?!\d)(?:/-)?"
_SCALE = r"(?:\s(?P<scale>lakhs?|crores?|thousand|million|billion)\b)?"

_RULES: list[tuple[re.Pattern[str], _Replace]] = [
    (re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b"), _mail),
    _table(_WORDS),
    (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), _iso_date),
    (re.compile(rf"\b{_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(\d{{4}}))?(?![\d:])\b"), _month_day),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?\b{_MONTH}(?:,?\s(\d{{4}}))?(?!\w)"), _day_month),
    _fixed(r"(?<=[\dmM])\s?[–—]\s?(?=\d)", " to "),
    _fixed(r"(?<=:\d\d)\s?-\s?(?=\d{1,2}:\d\d)", " to "),
    _fixed(r"(?<=[AaPp][Mm])\s?-\s?(?=\d)", " to "),
    _fixed(r"\b(\d{1,2})\s?-\s?(?=\d{1,2}\s?[AaPp]\.?[Mm]\b)", r"\1 to "),
    (re.compile(rf"\b{_CLOCK}\s?{_HALF}"), _time),
    (re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b"), _time_24),
    (re.compile(rf"(?P<minus>[-−])?(?P<currency>US\$|[$€£₹])\s?{_AMOUNT}{_SCALE}"), _money),
    (re.compile(rf"\b(?P<minus>[-−])?(?P<currency>(?:Rs\.?|INR|USD|EUR|GBP))\s?{_AMOUNT}{_SCALE}"), _money),
    (re.compile(r"\b([A-Z]{2})[ -]?(\d{1,2})[ -]?([A-Z]{1,3})[ -]?(\d{4})\b"), _registration),
    (re.compile(r"(?<![\w.,])(?:\+|\()?\d(?:[\s().-]{0,2}\d){6,19}(?![\w,]\d|\.\d)"), _phone),
    (re.compile(r"\b(?=[A-Z]{0,19}\d)(?=\d{0,19}[A-Z])[A-Z\d]{5,20}\b"), _code),
    (re.compile(rf"\b{_DAY}(?=\s?[-–—]\s?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))"), _day),
    (re.compile(rf"(?<=day)\s?[-–—]\s?{_DAY}(?!\w)"), lambda match: f" to {_DAYS[match[1][:3].lower()]}"),
    (re.compile(rf"\b{_DAY}(?=[,:]|\s(?:\d|{_MONTH}))"), _day),
    (re.compile(r"\b(Tues?|Thu(?:rs?)?|Fri)\b(?!day)"), _day),
    _fixed(r"(?:\b[Nn]o\.|#)\s?(?=\d)", "number "),
    (re.compile(r"(?<=[a-z])\s(St|Ave|Rd|Blvd|Dr|Ln|Hwy|Ste)\b\.?(?=\s*(?:,|$|\d))"), _street),
    (re.compile(r"\b(Dr|Mr|Mrs|Prof|St)\b\.?(?=\s[A-Z])"), lambda match: _TITLES[match[1].lower()]),
    (re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b"), _ordinal),
    (
        re.compile(r"(?<=\d)\s?(km/h|mph|km|kg|mins?|mi|hrs?|lbs?|ft|cc|hp|kWh|ml)\b(?!/)"),
        lambda match: " " + _UNITS[match[1].lower()],
    ),
    (re.compile(r"\b\d{1,3}(?:,\d{2,3})+\b"), lambda match: cardinal(int(match.group().replace(",", "")))),
    (re.compile(rf"\b(?:{'|'.join(_ACRONYMS)})\b(?!\.)"), lambda match: "".join(f"{c}." for c in match.group())),
    _fixed(r"\s?&\s?", " and "),
    _fixed(r"\s?%", " percent"),
    _fixed(r"\s?°\s?[CF]?\b", " degrees"),
    _fixed(r"\s@\s", " at "),
    _fixed(r"(?<=\d)\s?[x×]\s?(?=\d)", " by "),
    _fixed(r"(?<=[A-Za-z])\s?/\s?(?=[A-Za-z])", " or "),
    _fixed(r"(?<=\d)\s?\+\s?(?=\d)", " plus "),
    _fixed(r"(?<=\d)\+", " plus"),
    _fixed(r"\s[–—]\s", ", "),
]
