"""Dates, times and lists as they are said aloud. Pure; the words come from the language's template file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from offhook.dialogue.templates import Words


def spoken_date(day: date, words: Words) -> str:
    """2026-11-27 -> "Friday, November 27th"."""
    return words.date.format(
        weekday=words.weekdays[day.weekday()], month=words.months[day.month - 1], day=spoken_day_number(day.day, words)
    )


def spoken_day_number(number: int, words: Words) -> str:
    """21 -> "21st" where the language has ordinal suffixes."""
    text = str(number)
    suffix = words.ordinals.get(text)
    if suffix is None:
        suffix = words.ordinals.get(f"_{text[-1]}", words.ordinals.get("other", ""))
    return text + suffix


def spoken_time(moment: time, words: Words) -> str:
    """10:00 -> "10 AM", 14:30 -> "2:30 PM", 12:00 -> "noon"."""
    if moment.minute == 0 and moment.hour == 12:
        return words.noon
    if moment.minute == 0 and moment.hour == 0:
        return words.midnight
    hour = moment.hour % 12 or 12
    if words.clock:
        return _with_part(moment, hour, words)
    half = words.am if moment.hour < 12 else words.pm
    return f"{hour}:{moment.minute:02d} {half}" if moment.minute else f"{hour} {half}"


def _with_part(moment: time, hour: int, words: Words) -> str:
    """14:30 -> the language's own "afternoon half past two"."""
    part = next((name for until, name in words.parts.items() if moment.hour < int(until)), "")
    minute = str(moment.minute)
    pattern = words.clock.get(f"{hour}:{minute}") or words.clock.get(minute) or words.clock["other"]
    return pattern.format(part=part, hour=hour, next=hour % 12 + 1, minute=minute)


def spoken_list(items: Sequence[str], joiner: str) -> str:
    """("9", "10", "11"), "or" -> "9, 10, or 11"."""
    if len(items) < 2:
        return "".join(items)
    if len(items) == 2:
        return f"{items[0]} {joiner} {items[1]}"
    return f"{', '.join(items[:-1])}, {joiner} {items[-1]}"
