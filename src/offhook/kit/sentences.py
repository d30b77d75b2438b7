"""Cuts a stream of text into pieces to be spoken: sentences, as early as they are certain.

A piece goes to speech synthesis on its own, so a cut inside "Dr. Rao", "10.30", "Rs. 500" or "9 a.m. on Friday" would
be heard. Where the end of a sentence depends on what follows (an abbreviation, a number), the splitter waits for it.

The pieces joined are exactly the text, white space included, however the text was divided on its way in; and the cuts
do not depend on that division. English and Hindi (danda), Latin and Devanagari letters.
"""

from __future__ import annotations

ENDS = ".!?…।॥"
CLOSERS = "\"'”’)]»*_"
CLAUSE_ENDS = ",;:—–"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_END = _words("dr mr mrs ms prof st sr jr smt shri gen col capt rev hon messrs vs approx e.g i.e cf ext")
"""Abbreviations that something always follows."""
END_BEFORE_CAPITAL = _words("a.m p.m am pm etc inc ltd co corp pvt ave rd blvd u.s u.k b.a m.a")
"""Abbreviations that may end a sentence; they do where the next word begins with a capital."""
BEFORE_NUMBER = _words("no nos rs re inr fig p pp sec art jan feb mar apr jun jul aug sep sept oct nov dec tel ph mob")
"""Abbreviations only where a number follows: "No. 5", "Rs. 500", "Nov. 27"."""

MOST_CLOSERS, MOST_SPACES = 8, 80
"""How many stops and quotation marks, and how much white space, may stand between two sentences."""

NO_CUT = -1
UNKNOWN = -2


class SentenceSplitter:
    """Give it text as it comes, speak the pieces that it returns, `flush` at the end."""

    def __init__(self, *, first_clause_chars: int = 60, most_chars: int = 300) -> None:
        """
        Args:
            first_clause_chars: the first piece may end at a comma once it is that long, so that speech can start;
                0 never cuts at a comma.
            most_chars: a piece longer than this is cut between words.
        """
        if most_chars < 1:
            raise ValueError(f"most_chars is {most_chars}; a piece has at least one character")
        self._first_clause_chars = first_clause_chars
        self._most_chars = most_chars
        self._text = ""
        self._looked = 0
        self._first = True

    def push(self, delta: str) -> list[str]:
        """The pieces that are certain now; usually none or one."""
        self._text += delta
        return self._take(final=False)

    def flush(self) -> list[str]:
        """The text ends here: the rest of it. The splitter is then ready for another text."""
        pieces = self._take(final=True)
        if self._text:
            pieces.append(self._text)
        self._text = ""
        self._looked = 0
        self._first = True
        return pieces

    def _take(self, *, final: bool) -> list[str]:
        pieces: list[str] = []
        while (cut := self._next_cut(final=final)) is not None:
            pieces.append(self._text[:cut])
            self._text = self._text[cut:]
            self._looked = 0
            self._first = False
        return pieces

    def _next_cut(self, *, final: bool) -> int | None:
        """Where the first piece of the text ends, None when that is not known yet."""
        text = self._text
        for at in range(self._looked, len(text)):
            cut = self._cut_at(at, final=final)
            if cut == UNKNOWN:
                self._looked = at
                return None
            if cut != NO_CUT:
                return cut
        self._looked = len(text)
        return None

    def _cut_at(self, at: int, *, final: bool) -> int:
        """Where a piece ends because of the character at `at`; NO_CUT, or UNKNOWN until more text comes."""
        text = self._text
        character = text[at]
        end = _after_spaces(text, at + 1)
        if character == "\n":
            return NO_CUT if not text[:at].strip() else self._whole(end, final=final)
        if character in ENDS and (cut := self._sentence_end(at, final=final)) != NO_CUT:
            return cut
        if self._first and self._first_clause_chars and character in CLAUSE_ENDS and at >= self._first_clause_chars:
            if at + 1 == len(text):
                return NO_CUT if final else UNKNOWN
            if text[at + 1].isspace():
                return self._whole(end, final=final)
        if at + 1 >= self._most_chars:
            return self._long(at)
        return NO_CUT

    def _whole(self, end: int, *, final: bool) -> int:
        """A cut that takes the white space behind it along; known once something else follows."""
        return UNKNOWN if end == len(self._text) and not final else end

    def _sentence_end(self, at: int, *, final: bool) -> int:
        text = self._text
        behind = at + 1
        while behind < min(len(text), at + MOST_CLOSERS) and text[behind] in CLOSERS + ENDS:
            behind += 1
        end = _after_spaces(text, behind)
        if end == len(text):
            return NO_CUT if final else UNKNOWN
        if end == behind and text[at] not in "।॥":
            return NO_CUT
        if text[at] == "." and behind == at + 1 and _abbreviates(text[:at], text[end]):
            return NO_CUT
        return end

    def _long(self, at: int) -> int:
        """The piece has grown to the limit: cut behind its last white space, or right here if it has none."""
        for space in range(at, 0, -1):
            if self._text[space].isspace() and self._text[:space].strip():
                return space + 1
        return at + 1


def _after_spaces(text: str, at: int) -> int:
    most = min(len(text), at + MOST_SPACES)
    while at < most and text[at].isspace():
        at += 1
    return at


def _abbreviates(before: str, following: str) -> bool:
    """Whether the full stop after `before` belongs to its last word rather than to the sentence.

    Args:
        following: the first character of the next word.
    """
    words = before.split()
    if not words:
        return True
    last = words[-1].lstrip("\"'“‘([«*_")
    word = last.lower()
    if last.isdecimal() and len(words) == 1:
        return True  # "1. Oil change": the number of a list
    if len(last) == 1 and last.isupper():
        return True  # an initial
    if word in NEVER_END:
        return True
    if word in BEFORE_NUMBER:
        return following.isdecimal()
    if word in END_BEFORE_CAPITAL:
        return not following.isupper()
    return False
