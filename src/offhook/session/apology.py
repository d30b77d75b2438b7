"""Words for when nothing else can speak: made at start, kept as audio, played when synthesis or a whole call breaks."""

from __future__ import annotations

from typing import Protocol

from offhook.audio.codec import codec_for
from offhook.audio.resample import resample
from offhook.contracts.audio import AudioFormat
from offhook.contracts.speech import Tts, TtsFailed, Voice
from offhook.kit.closing import closing

STORED_RATE_HZ = 16_000


class Apologies(Protocol):
    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        """(text, audio in that format); the audio is empty when none could be made."""
        ...


class StoredApologies:
    """One sentence per language, synthesised once.

    Args:
        texts: language -> what to say; "en" must be among them and serves languages that are not.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts
        self._pcm: dict[str, bytes] = {}
        self._encoded: dict[tuple[AudioFormat, str], bytes] = {}

    async def prepare(self, tts: Tts) -> None:
        """Synthesise what is missing; a failure leaves that language without audio (and is tried again next time)."""
        for language, text in self._texts.items():
            if language in self._pcm:
                continue
            pieces: list[bytes] = []
            try:
                async with closing(tts.synthesize(text, Voice(language=language), STORED_RATE_HZ)) as stream:
                    async for piece in stream:
                        pieces.append(piece)
            except TtsFailed:
                continue
            self._pcm[language] = b"".join(pieces)

    def text(self, language: str) -> str:
        """The words of a language, English for one that has none, whether or not there is audio."""
        return self._texts.get(_primary(language), self._texts["en"])

    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        language = _primary(language)
        language = language if language in self._pcm else "en"
        pcm = self._pcm.get(language, b"")
        if not pcm:
            return self._texts["en"], b""
        key = (audio, language)
        if key not in self._encoded:
            self._encoded[key] = codec_for(audio).encode(resample(pcm, STORED_RATE_HZ, audio.rate_hz))
        return self._texts[language], self._encoded[key]


def _primary(language: str) -> str:
    return language.split("-")[0]
