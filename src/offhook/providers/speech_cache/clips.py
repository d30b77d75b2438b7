"""A clip: the audio of one sentence. What identifies it, and what its file looks like.

A file is `MAGIC`, the digest of what follows, and the audio. One that was cut short, altered or is of another format is
told by its digest, and never played.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from offhook import __version__
from offhook.contracts.speech import Voice

ENCODING = "pcm16"
"""As the port gives it: 16-bit mono at the rate in the key. Calls encode it as their line needs."""
MAGIC = b"offhook clip 1\n"
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class ClipKey:
    """Everything that changes the sound. Our own version is part of it: the way text is made speakable is ours."""

    provider: str
    voice: Voice
    rate_hz: int
    text: str
    encoding: str = ENCODING

    @property
    def file_name(self) -> str:
        """The same for equal keys in every process; tells nothing of the text."""
        voice = self.voice
        parts = (
            __version__,
            self.provider,
            voice.name,
            voice.language,
            repr(voice.rate),
            repr(voice.volume),
            str(self.rate_hz),
            self.encoding,
            self.text,
        )
        digest = blake2b(digest_size=20)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(4, "big") + data)
        return digest.hexdigest()


def sentence_of(text: str) -> str:
    """A text without the white space that makes no difference to its sound."""
    return " ".join(text.split())


def packed(audio: bytes) -> bytes:
    return MAGIC + _digest(audio) + audio


def unpacked(data: bytes) -> bytes | None:
    """The audio; None when the file is not whole."""
    start = len(MAGIC) + _DIGEST_BYTES
    audio = data[start:]
    if not data.startswith(MAGIC) or not audio or data[len(MAGIC) : start] != _digest(audio):
        return None
    return audio


def _digest(audio: bytes) -> bytes:
    return blake2b(audio, digest_size=_DIGEST_BYTES).digest()
