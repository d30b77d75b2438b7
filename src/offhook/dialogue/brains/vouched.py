"""What a model may say: whole sentences, none of which claims what was not done or names a sum that nobody gave it.

Text is passed on sentence by sentence, as early as each is certain (speech cannot begin before). A sentence that says
that something is booked, moved, cancelled or paid, is left out: only the desk's form does that, and it says so itself.
So is one with a sum of money, a rate or a long number that neither the facts, nor a tool, nor anyone in the
conversation has named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from offhook.kit.sentences import SentenceSplitter

_DONE = (
    "booked|scheduled|rescheduled|reserved|confirmed|cancelled|canceled|moved|changed|updated|registered|recorded|"
    "paid|refunded|transferred|sent|deleted|removed"
)
_CLAIM = re.compile(
    rf"\b(?:i|we)(?:['’]ve| have| had)?(?: just| now| already| successfully)*\s+(?:{_DONE})\b"
    r"|^\W*(?:done|booked|confirmed|cancelled|canceled)\b|\ball (?:set|booked|done)\b"
    r"|\b(?:book|booking|cancel|confirm|change|shift)\s+(?:kar\s+d(?:iya|i)|ho\s+(?:gaya|gayi|gai|chuk\w+))\b"
    r"|(?:बुक|बुकिंग|कैंसल|कैंसिल|रद्द|कन्फर्म|पक्का|पक्की)\s+(?:हो\s+(?:ग|चु)|कर\s+द)",
    re.IGNORECASE,
)
"""Says that it is done, whatever else the sentence says."""
_STATE = re.compile(
    rf"\b(?:is|are|was|were|been|['’]s|['’]re)(?: now| all| already| successfully)*\s+(?:{_DONE})\b", re.IGNORECASE
)
"""Says that it is done, unless a condition stands before it."""
_CONDITION = re.compile(
    r"\b(?:if|once|when|after|before|until|unless|nothing|which|what|to be)\b|\bnot\b|n['’]t\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d[\d,.]*")
_MONEY = re.compile(
    r"[$₹€£%]|\b(?:rs|inr|usd|rupees?|rupaye|dollars?|bucks|cents?|lakhs?|crores?|percent)\b", re.IGNORECASE
)
_SPOKEN_NUMBER = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b",
    re.IGNORECASE,
)
_LONG_DIGITS = 5


class Vouched:
    """The text of one turn on its way out."""

    def __init__(self, sources: Iterable[str], prompt: str = "") -> None:
        """
        Args:
            sources: everything that the model was given: facts, conversation, the caller's words.
            prompt: a source that many turns share and that holds nobody's data.
        """
        self._splitter = SentenceSplitter()
        self._numbers = {number for source in sources for number in _numbers(source)}
        self._numbers |= _numbers_of_prompt(prompt)
        self.dropped = 0

    def learn(self, source: str) -> None:
        """A tool's result: its figures may be named from now on."""
        self._numbers.update(_numbers(source))

    def push(self, text: str) -> Iterator[str]:
        yield from self._kept(self._splitter.push(text))

    def flush(self) -> Iterator[str]:
        """The model's text ends here, for now."""
        yield from self._kept(self._splitter.flush())

    def _kept(self, pieces: Iterable[str]) -> Iterator[str]:
        for piece in pieces:
            if self._stands(piece):
                yield piece
            else:
                self.dropped += 1

    def _stands(self, sentence: str) -> bool:
        state = _STATE.search(sentence)
        if _CLAIM.search(sentence) or (state is not None and not _CONDITION.search(sentence[: state.start()])):
            return False
        money = _MONEY.search(sentence) is not None
        named = list(_numbers(sentence))
        if money and not named and _SPOKEN_NUMBER.search(sentence):
            return False
        return all(
            number in self._numbers for number in named if money or len(number.partition(".")[0]) >= _LONG_DIGITS
        )


@lru_cache(maxsize=64)
def _numbers_of_prompt(prompt: str) -> frozenset[str]:
    return frozenset(_numbers(prompt))


def _numbers(text: str) -> Iterator[str]:
    """1,250.00 and 1250 are one."""
    for found in _NUMBER.findall(text):
        number = found.replace(",", "").rstrip(".")
        yield number.rstrip("0").rstrip(".") if "." in number else number
