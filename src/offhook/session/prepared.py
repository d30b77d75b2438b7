"""Audio of a sentence that is made before it is known to be said, and can be said while it is still being made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from offhook.contracts.speech import TtsFailed, Voice


class Prepared:
    """One sentence: `fill` makes it, `audio` says it from the beginning and waits for what is not made yet."""

    def __init__(self, sentence: str, voice: Voice) -> None:
        self.sentence, self.voice = sentence, voice
        self._pieces: list[bytes] = []
        self._ended = False
        self._failed: TtsFailed | None = None
        self._unwanted = False
        self._changed = asyncio.Event()

    @property
    def begun(self) -> bool:
        """Whether some of it can be said at once."""
        return bool(self._pieces)

    def matches(self, sentence: str, voice: Voice) -> bool:
        """Whether it is this sentence, and saying it is no slower than making it anew."""
        usable = self.begun or not (self._ended or self._failed)
        return (self.sentence, self.voice) == (sentence, voice) and usable

    async def fill(self, audio: AsyncIterator[bytes]) -> None:
        """Take the audio as it is made; stops early when nobody wants it any more."""
        try:
            async for pcm in audio:
                if self._unwanted:
                    return
                self._pieces.append(pcm)
                self._changed.set()
            self._ended = True
        except TtsFailed as error:
            self._failed = error  # when nothing of it was made, it is made anew
        finally:
            if not self._ended and self._failed is None:
                self._failed = TtsFailed("the audio made ahead broke off")
            self._changed.set()

    async def audio(self) -> AsyncIterator[bytes]:
        """Raises TtsFailed when it could not be made to its end."""
        at = 0
        try:
            while True:
                while at < len(self._pieces):
                    at += 1
                    yield self._pieces[at - 1]
                if self._ended:
                    return
                if self._failed is not None:
                    raise self._failed
                self._changed.clear()
                await self._changed.wait()
        finally:
            self._unwanted = True
