"""What somebody says they need, in their own words: "need billing and inventory", "billing software chahiye". Pure."""

from __future__ import annotations

import re

MOST_NEED = 300
"""Characters of a need in the visitor's own words."""
_CLAUSE = re.compile(r"[,;.!?\n]+(?:\s+|$)")
_WANTS = r"(?:needs?|(?:am |are )?(?:looking|searching) for|interested in|requires?)"
_ENGLISH = re.compile(rf"^(?P<before>.*?)\b{_WANTS}\s+(?P<what>.+)$", re.IGNORECASE)
_HINDI = re.compile(
    r"^(?P<what>.+?)\s+(?:chahiye|chahie|chaahiye|चाहिए|(?:ki|ke|की)\s+(?:zaroorat|zarurat|jarurat|jaroorat|ज़रूरत|जरूरत))\b.*$",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^(?:(?:an?|some|the|both|mujhe|mujhko|humein|hamein|hamen|humko|hamko|hume|ji|haan|bhai|ek|मुझे|हमें|एक)\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:for\s+\d.*|and\s+(?:please|want|my|our|we|i)\b.*|please|asap|urgently)$", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|don't|dont|no|never|nahi|nahin)\b", re.IGNORECASE)
_NO_THING = re.compile(
    r"(?:to|it|that|this|you|your|him|her|them|me|someone|somebody|anyone|anybody|help|information|info|details|more|"
    r"less|nothing|something|a|call|time|kya|kab|kitna|kitne|kuch|madad|baat|woh|yeh|ye|wo|se|hafte|mahine|din|saal|"
    r"abhi|jaldi|turant|kal|aaj|parso|person|human|agent|people|log|logon)"
)
"""Words that a need does not begin or end with: what follows is an act, or somebody, or a time."""


def stated_need(text: str) -> str | None:
    """None where no clause says that something is needed."""
    for clause in _CLAUSE.split(text):
        if _DENIES.search(clause):
            continue
        found = _ENGLISH.match(clause.strip()) or _HINDI.match(clause.strip())
        if found is None:
            continue
        what = _LEADS.sub("", _TAIL.sub("", " ".join(found["what"].split()))).strip(" -'\"")
        words = what.lower().split()
        if words and not any(map(_NO_THING.fullmatch, (words[0], words[-1]))) and any(char.isalpha() for char in what):
            return what[:MOST_NEED]
    return None
