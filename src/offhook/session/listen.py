"""The caller's side of a call: carrier audio to PCM, to the voice detector, to the recogniser of the running utterance.

Audio takes no queue and no task: `audio` decodes and hands on at once. What comes before the recogniser is open is kept
(bounded, oldest dropped) and given to it when it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from offhook.audio.codec import Codec
from offhook.audio.framing import Preroll
from offhook.audio.resample import Resampler
from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceStream, VoiceVerdict
from offhook.contracts.clock import Clock
from offhook.contracts.speech import (
    Expectation,
    PartialHeard,
    Stt,
    SttConfig,
    SttEvent,
    SttFailed,
    SttStream,
)
from offhook.contracts.turn import (
    PartialArrived,
    SpeechFaded,
    SpeechStarted,
    SpeechStopped,
    TranscriptArrived,
    TranscriptFailed,
    TurnEvent,
)

HEARD_HZ = (8_000, 16_000)
"""Rates that the voice detector knows; audio of any other is converted to the last."""
PREROLL_MS = 800
"""Audio kept from before the machine opens an utterance: the detector's lag, its minimum speech, and a lead-in."""
LEAD_IN_MS = 250
"""Audio before the onset that the recogniser gets, to settle on the noise floor."""
KEPT_MS = 15_000
"""Audio of an utterance kept while the recogniser is not open yet."""
OPEN_PATIENCE_MS = 5_000
"""How long a transcript that was asked for waits for the recogniser to open."""


class Listener:
    """Feeds one call's audio to detector and recogniser and reports verdicts as events of the turn machine."""

    def __init__(
        self,
        *,
        codec: Codec,
        open_voice: Callable[[int, Callable[[VoiceVerdict], None]], VoiceStream],
        clock: Clock,
        dispatch: Callable[[TurnEvent], None],
        on_stt_event: Callable[[SttEvent], None],
    ) -> None:
        given_hz = codec.format.rate_hz
        self.rate_hz = given_hz if given_hz in HEARD_HZ else HEARD_HZ[-1]
        """At which detector and recogniser hear the call."""
        self._decode = codec.decode if self.rate_hz == given_hz else _converting(codec, self.rate_hz)
        self._bytes_per_ms = self.rate_hz // 1000 * 2
        self._clock = clock
        self._dispatch = dispatch
        self._on_stt_event = on_stt_event
        self._voice = voice = open_voice(self.rate_hz, self._verdict)
        self._push_voice = voice.push
        self._preroll = Preroll(PREROLL_MS * self._bytes_per_ms)
        self._kept = Preroll(KEPT_MS * self._bytes_per_ms)
        self._stt: SttStream | None = None
        self._continuous = False
        self._ready: asyncio.Future[SttStream] = asyncio.get_running_loop().create_future()
        self._utterance: int | None = None
        self._onset_ms = 0.0
        self._expectation = Expectation()

    # -- from the channel -----------------------------------------------------------------------------------------

    def audio(self, payload: bytes, now_ms: float) -> None:
        pcm = self._decode(payload)
        if not pcm:
            return
        if self._utterance is None:
            self._preroll.push(pcm)
            if self._continuous and self._stt is not None:
                self._stt.push(pcm)
        elif self._stt is not None:
            self._stt.push(pcm)
        else:
            self._kept.push(pcm)
        self._push_voice(pcm, now_ms)

    # -- the recogniser -------------------------------------------------------------------------------------------

    async def connect(self, stt: Stt, config: SttConfig) -> None:
        """Open the recogniser; audio of an utterance that began meanwhile is handed to it."""
        try:
            stream = await stt.open(config, self._stt_event)
        except Exception as error:
            if not self._ready.done():
                self._ready.set_exception(SttFailed(str(error)))
                self._ready.exception()
            raise
        self._continuous = stt.capabilities.continuous
        stream.expect(self._expectation)
        if self._utterance is not None:
            stream.begin(self._utterance)
            stream.push(self._kept.take())
        self._stt = stream
        self._ready.set_result(stream)

    def expect(self, expectation: Expectation) -> None:
        self._expectation = expectation
        if self._stt is not None:
            self._stt.expect(expectation)

    # -- commands of the turn machine -----------------------------------------------------------------------------

    def open_utterance(self, utterance: int) -> None:
        self._utterance = utterance
        audio = self._preroll.take()
        since_onset_ms = max(0.0, self._clock.mono_ms() - self._onset_ms)
        wanted = int(since_onset_ms + LEAD_IN_MS) * self._bytes_per_ms
        lead_in = audio[-wanted:] if wanted < len(audio) else audio
        if self._stt is not None:
            self._stt.begin(utterance)
            if not self._continuous:
                self._stt.push(lead_in)
        else:
            self._kept.take()
            self._kept.push(lead_in)

    async def transcribe(self, utterance: int, revision: int) -> None:
        """Ask for the transcript and report it; never raises for the recogniser's failures."""
        try:
            async with asyncio.timeout(OPEN_PATIENCE_MS / 1000):
                stream = self._stt if self._stt is not None else await asyncio.shield(self._ready)
            transcript = await stream.finalize(utterance)
        except (SttFailed, TimeoutError) as error:
            self._dispatch(TranscriptFailed(utterance, revision, str(error) or "the recogniser is not ready"))
        else:
            self._dispatch(TranscriptArrived(utterance, revision, transcript))

    def close_utterance(self, utterance: int) -> None:
        if self._utterance == utterance:
            self._utterance = None
            self._kept.take()
        if self._stt is not None:
            self._stt.end(utterance)

    async def aclose(self) -> None:
        self._voice.close()
        if not self._ready.done():
            self._ready.cancel()
        if self._stt is not None:
            await self._stt.aclose()

    # -- verdicts -------------------------------------------------------------------------------------------------

    def _verdict(self, verdict: VoiceVerdict) -> None:
        match verdict:
            case VoiceStarted(onset_ms):
                self._onset_ms = onset_ms
                self._dispatch(SpeechStarted(onset_ms))
            case VoiceStopped(end_ms):
                self._dispatch(SpeechStopped(end_ms))
            case VoiceFaded(end_ms):
                self._dispatch(SpeechFaded(end_ms))

    def _stt_event(self, event: SttEvent) -> None:
        if isinstance(event, PartialHeard):
            self._dispatch(PartialArrived(event.utterance, event.text))
        self._on_stt_event(event)


def _converting(codec: Codec, rate_hz: int) -> Callable[[bytes], bytes]:
    resampler = Resampler(codec.format.rate_hz, rate_hz)

    def decode(payload: bytes) -> bytes:
        return resampler.push(codec.decode(payload))

    return decode
