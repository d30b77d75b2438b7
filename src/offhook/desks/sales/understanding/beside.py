"""A name that stands beside the contact it belongs to ("asap Manju 99999 00316"); names as they were written. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from offhook.desks.sales.understanding.words import Marked

_MOST = 3
"""Words of a name."""
_BETWEEN = frozenset({"hai", "h", "है"})
"""Words that may stand between a number and the name behind it."""
_APART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)+")


def name_beside(marked: Marked, given: Collection[str], ordinary: Callable[[str], bool]) -> str | None:
    """`given`: first names; `ordinary`: whether a word is one of the language's. None where no name stands there."""
    words = marked.words

    def named(at: int) -> bool:
        if not 0 <= at < len(words) or not words[at].isalpha() or len(words[at]) < 2 or marked.phrased(at):
            return False
        return words[at] in given or not ordinary(words[at])

    for span in marked.contacts:
        before = span.start
        while named(before - 1) and span.start - before < _MOST and not marked.sentence.pauses(before):
            before -= 1
        if before == span.start and named(before - 1):  # "Manju, 99999 00316"
            before -= 1
            while named(before - 1) and span.start - before < _MOST and not marked.sentence.pauses(before):
                before -= 1
        after = span.end + (span.end < len(words) and words[span.end] in _BETWEEN)
        end = after
        while named(end) and end - after < _MOST and (end == after or not marked.sentence.pauses(end)):
            end += 1
        for start, stop in ((before, span.start), (after, end)):
            said = marked.sentence.said(start, stop)
            if said and (words[start] in given or all(part[0].isupper() for part in said.split())):
                return " ".join(part[0].upper() + part[1:] for part in said.strip(" ,.").split())
    return None


def as_written(name: str, text: str) -> str:
    """The name with the apostrophe or hyphen that reading its words has dropped ("D'Souza")."""
    for found in _APART.finditer(text):
        joined = re.sub(r"['’-]", "", found.group())
        said = found.group() if any(map(str.isupper, found.group())) else found.group().title()
        name = re.sub(rf"\b{re.escape(joined)}\b", lambda _, said=said: said, name, flags=re.IGNORECASE)  # type: ignore[misc]
    return name
