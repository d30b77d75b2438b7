"""Ports for speech recognition (stt) and synthesis (tts).

Recognition is by utterance: the voice detector opens one (`begin`), audio is pushed, and at each pause
`finalize` asks "what is it, if it ended here?". The caller may go on speaking afterwards: more audio is pushed to the
same utterance and `finalize` is asked again; the later answer covers the whole utterance. `end` closes it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

ExpectKind = Literal[
    "open",
    "yes_no",
    "service",
    "date",
    "time",
    "datetime",
    "name",
    "phone",
    "pin",
    "email",
    "vin",
    "registration",
    "choice",
]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the dialogue expects the caller to say next; steers endpointing and the recogniser, forbids nothing."""

    kind: ExpectKind = "open"
    phrases: tuple[str, ...] = ()
    """Words or phrases that are likely now (names, offered slots)."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    text: str
    score: float
    """Log-likelihood-like; higher is better; comparable only within one transcript."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an utterance said. `text` is lower or mixed case as the engine gives it, "" for no speech."""

    utterance: int
    text: str
    alternatives: tuple[Hypothesis, ...] = ()
    """n-best, best first, the first equal to `text`; empty when the engine gives none."""
    confidence: float | None = None
    """0..1, or None when the engine has no usable figure."""
    language: str = "en"
    audio_ms: float = 0.0
    decode_ms: float = 0.0
    """Wall time between the request for the final and its answer, as seen by the adapter."""


@dataclass(frozen=True, slots=True)
class PartialHeard:
    """An early guess at the running utterance; replaced by the next one."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The recogniser died or was cut off; it is being restored. Audio pushed meanwhile is kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class EngineRestored:
    gap_ms: float


SttEvent = PartialHeard | EngineLost | EngineRestored


@dataclass(frozen=True, slots=True)
class SttCapabilities:
    partials: bool
    n_best: bool
    continuous: bool
    """True: wants all audio, silence included. False: only audio between `begin` and `end`."""
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True)
class SpeechDomain:
    """The language of one business's desk: what its callers say. Recognisers build their models from it."""

    key: str
    """Stable identity of the content (a hash); a cache key for built models."""
    sentences: tuple[str, ...]
    """Plain lower-case sentences without punctuation, numbers as words; duplicates weigh more."""
    by_expectation: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """ExpectKind -> sentences likely when that is expected."""
    pronunciations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """word -> ARPAbet strings, where spelling misleads; words unknown to the engine's dictionary are derived."""


@dataclass(frozen=True, slots=True)
class SttConfig:
    rate_hz: int
    language: str
    domain: SpeechDomain | None = None


class SttStream(Protocol):
    """The recogniser of one call. `begin/push/end` never block: audio is kept, bounded, until the engine is ready."""

    def expect(self, expectation: Expectation) -> None: ...

    def begin(self, utterance: int) -> None: ...

    def push(self, pcm: bytes) -> None:
        """PCM16 at the configured rate, any even length. Outside an utterance it is ignored unless `continuous`."""
        ...

    async def finalize(self, utterance: int) -> Transcript:
        """The transcript of everything pushed since `begin`. Raises SttFailed when it cannot be had in time."""
        ...

    def end(self, utterance: int) -> None: ...

    async def aclose(self) -> None: ...


class Stt(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> SttCapabilities: ...

    async def warm(self, config: SttConfig) -> None:
        """Get ready (start engine processes, build models) so that `open` is quick. Idempotent."""
        ...

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> SttStream: ...

    async def aclose(self) -> None: ...


class SttFailed(Exception):
    """The recogniser gave no answer; the caller is asked to say it again."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`name` as the provider knows it; "" means the provider's default for `language`."""

    name: str = ""
    language: str = "en"
    rate: float = 1.0
    """1.0 is the voice's own speed; 0.8 slower."""
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class TtsCapabilities:
    streaming: bool
    languages: tuple[str, ...] = ("en",)
    voices: tuple[str, ...] = ()
    """Names of its voices; () where it does not say."""
    variants: tuple[str, ...] = ()
    """What may be put behind a voice's name after a "+"."""
    cacheable: bool = True
    """False: audio of this provider must not be kept and played again (the fakes: every synthesis takes its delay)."""
    first_audio_ms: float | None = None
    """Usual wait from a request to its first audio; None where nobody measured it, which counts as long."""


class Tts(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> TtsCapabilities: ...

    async def warm(self, voice: Voice, rate_hz: int) -> None: ...

    def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        """PCM16 mono at `rate_hz`, in pieces of even length, the first as early as possible.

        Closing the iterator (`aclose`) cancels the synthesis. Raises TtsFailed.
        """
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a sentence of which the audio is at hand."""

    characters: int
    """Of the sentence; what is to be synthesised begins there."""
    audio: bytes
    """As a synthesis gave it, silence at the end included."""


@runtime_checkable
class Openings(Protocol):
    """A voice that can begin some sentences at once. Not part of `Tts`: a voice without a memory has none."""

    def opening(self, sentence: str, voice: Voice, rate_hz: int) -> Opening | None:
        """None where the sentence has no known opening, its audio is not there yet, or it would win nothing."""
        ...

    def make_openings(self, openings: Iterable[str], voice: Voice, rate_hz: int) -> None:
        """Have the audio of these made, beside the calls; those that are there already cost nothing."""
        ...


class TtsFailed(Exception):
    """No audio could be made (or no more of it)."""
