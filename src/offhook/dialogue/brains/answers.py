"""Answers that a model has given without a tool, kept for the same question under the same conditions.

The key holds all that the answer could depend on: the business, the policy's version (a digest of everything that the
model was told but the conversation), the language, the conversation so far and the text. So a hit is what the model was
asked already; it comes at once and costs nothing. Kept in memory, bounded, for a few minutes; keys are digests.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offhook.contracts.clock import Clock
from offhook.contracts.llm import LlmMessage

MOST_ANSWERS = 512
KEPT_MS = 10 * 60_000.0


@dataclass(frozen=True, slots=True)
class Question:
    business_id: str
    policy: str
    """Digest of the instructions and facts."""
    language: str
    text: str
    conversation: Sequence[LlmMessage] = ()

    def key(self) -> bytes:
        digest = hashlib.sha256()
        said = (part for message in self.conversation for part in (message.role, message.content))
        for part in (self.business_id, self.policy, self.language, plain(self.text), *said):
            digest.update(part.encode())
            digest.update(b"\0")
        return digest.digest()


def plain(text: str) -> str:
    """The same words in other letters or with other stops are the same question."""
    kept = "".join(" " if unicodedata.category(letter)[0] in "PSC" else letter for letter in text.casefold())
    return " ".join(kept.split()) or text


def policy_of(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class AnswerCache:
    """Least recently used goes first. `on_result` hears "hit" or "miss"."""

    def __init__(
        self, clock: Clock, *, most: int = MOST_ANSWERS, on_result: Callable[[str], None] = lambda result: None
    ) -> None:
        self._clock = clock
        self._most = most
        self._on_result = on_result
        self._kept: OrderedDict[bytes, tuple[float, tuple[str, ...]]] = OrderedDict()

    def get(self, question: Question) -> tuple[str, ...] | None:
        key = question.key()
        found = self._kept.get(key)
        if found is not None and self._clock.mono_ms() - found[0] > KEPT_MS:
            del self._kept[key]
            found = None
        self._on_result("miss" if found is None else "hit")
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, question: Question, pieces: Sequence[str]) -> None:
        self._kept[question.key()] = (self._clock.mono_ms(), tuple(pieces))
        self._kept.move_to_end(question.key())
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
