"""Text as written -> text as a voice should say it. Pure; one sentence at a time.

Engines differ in what they make of "10:30 AM", "$49.95" or a phone number; words they all say alike. A language is one
function in `_RULES`; a language without one gets its text cleaned and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from offhook.providers.tts.spoken.english import english
from offhook.providers.tts.spoken.hindi import hindi
from offhook.providers.tts.spoken.plain import plain

_RULES: dict[str, Callable[[str], str]] = {"en": english, "hi": hindi}


def spoken(text: str, language: str) -> str:
    """`language` is a tag such as "en", "en-IN" or "hi". The result is one line; "" where nothing is left to say."""
    cleaned = plain(text)
    rules = _RULES.get(language.lower().replace("_", "-").partition("-")[0])
    return " ".join((rules(cleaned) if rules is not None else cleaned).split())
