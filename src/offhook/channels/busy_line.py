"""Words for a caller whose media began before anybody could say that the lines are busy.

They are a call of their own: it says its sentence and is over. Each costs a socket for as long as it lasts, so only so
many hear them at once; the others, and those for whom there are no words, end as `UNHEARD`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from offhook.contracts.audio import AudioFormat
from offhook.contracts.channel import CallInfo, LiveCall, MediaOut

MOST_AT_ONCE = 100
HEARD = "busy"
UNHEARD = "busy_unheard"
_END = "busy"
_LATE_S = 0.5
"""How much later than their length the words may have been heard, where no mark tells."""
TRY_AGAIN_LATER = 1013
"""The close code for the unheard."""


class BusyWords(Protocol):
    """That all lines are busy, in each language that has words for it; English for any other."""

    def text(self, language: str) -> str: ...

    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        """(text, audio in that format); the audio is empty when there is none."""
        ...


class BusyLine:
    """Implements the port `Calls`.

    Args:
        language_of: business id -> the language of its callers.
    """

    def __init__(
        self, words: BusyWords, language_of: Callable[[str], Awaitable[str]], *, most_at_once: int = MOST_AT_ONCE
    ) -> None:
        self._words = words
        self._language_of = language_of
        self._most_at_once = most_at_once
        self._hearing = 0

    def answer(self, info: CallInfo, out: MediaOut) -> LiveCall:
        return _BusyCall(self, info, out)

    async def say(self, info: CallInfo, out: MediaOut, stopped: asyncio.Future[str]) -> str:
        """Returns why it ended: the caller's reason, HEARD or UNHEARD."""
        if self._hearing >= self._most_at_once:
            return UNHEARD
        self._hearing += 1
        try:
            language = info.language or await self._language_of(info.business_id)
            _, payload = self._words.payload(info.audio, language)
            if not payload:
                return UNHEARD
            out.play(payload)
            out.mark(_END)
            await asyncio.wait([stopped], timeout=len(payload) / info.audio.bytes_per_ms / 1000 + _LATE_S)
            return stopped.result() if stopped.done() else HEARD
        finally:
            self._hearing -= 1


class _BusyCall:
    """Implements the port `LiveCall`; nobody listens."""

    def __init__(self, line: BusyLine, info: CallInfo, out: MediaOut) -> None:
        self._line = line
        self._info = info
        self._out = out
        self._stopped: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def audio(self, payload: bytes, now_ms: float) -> None: ...

    def mark_played(self, name: str) -> None:
        self.stopped(HEARD)

    def digit(self, digit: str) -> None: ...

    def typed(self, text: str) -> None: ...

    def away(self) -> None: ...

    def back(self, remaining_ms: float) -> None: ...

    def stopped(self, reason: str) -> None:
        if not self._stopped.done():
            self._stopped.set_result(reason)

    async def run(self) -> str:
        return await self._line.say(self._info, self._out, self._stopped)
