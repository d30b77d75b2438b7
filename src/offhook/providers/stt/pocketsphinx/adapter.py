"""Embedded recognition as a port: pocketsphinx in engine processes, with the desk's own language.

The audio of the running utterance stays here until it ends: when an engine process dies, everything is said again to
the next one, and whoever waits for a final gets it from there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from offhook.contracts.clock import Clock
from offhook.contracts.speech import (
    EngineLost,
    EngineRestored,
    Expectation,
    Hypothesis,
    PartialHeard,
    SpeechDomain,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttFailed,
    Transcript,
)
from offhook.providers.engine.channel import EngineChannel
from offhook.providers.engine.errors import EngineDied, EngineError
from offhook.providers.engine.pool import EnginePool
from offhook.providers.engine.process import EngineSpec
from offhook.providers.engine.status import EngineStarted, PoolEvent, PoolStatus
from offhook.providers.stt.pocketsphinx.plain_domain import plain_domain

log = logging.getLogger(__name__)

_ENGINE = "offhook.providers.stt.pocketsphinx.engine:create"
_READY_MS = 20_000.0
_PUSH_MS = 60
"""Audio goes to the engine in pieces of about this length; a message for each 20 ms frame would cost more."""


class PocketsphinxStt:
    """Args:
    clock: the source of time.
    pool_size: engine processes; each decodes one utterance at a time.
    models_dir: where built models are kept between starts; None for a private temporary folder.
    final_ms: how long a final may take, a restart of the engine process included, before SttFailed.
    """

    def __init__(
        self, clock: Clock, *, pool_size: int = 2, models_dir: Path | None = None, final_ms: float = 3000.0
    ) -> None:
        self._clock = clock
        self._pool_size = pool_size
        self._final_ms = final_ms
        self._keep_models = models_dir is not None
        self._models_dir = models_dir
        self._pool: EnginePool | None = None
        self._warming = asyncio.Lock()
        self._warm_keys: set[str] = set()

    @property
    def name(self) -> str:
        return "pocketsphinx"

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(partials=True, n_best=True, continuous=False, languages=("en",))

    async def warm(self, config: SttConfig) -> None:
        """Start the processes and load the domain in each. Raises SttFailed when none can be started."""
        domain = config.domain or plain_domain()
        async with self._warming:
            if domain.key in self._warm_keys and self._pool is not None:
                return
            try:
                path = await asyncio.to_thread(self._written, domain)
                if self._pool is None:
                    spec = EngineSpec(
                        self.name,
                        _ENGINE,
                        {"domains": [str(path)]},
                        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                    )
                    self._pool = EnginePool(spec, size=self._pool_size, clock=self._clock, on_event=_log_event)
                await self._pool.start()
                await self._load_everywhere(self._pool, path)
            except (EngineError, OSError) as error:
                raise SttFailed(f"pocketsphinx could not be started: {error}") from None
            self._warm_keys.add(domain.key)

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> PocketsphinxStream:
        await self.warm(config)
        assert self._pool is not None
        domain = config.domain or plain_domain()
        opening = {"domain": str(self._domain_path(domain)), "rate_hz": config.rate_hz}
        stream = PocketsphinxStream(self._clock, config.rate_hz, self._final_ms, on_event)
        try:
            stream.attach(self._pool.open_channel(opening, stream))
        except EngineDied as error:
            raise SttFailed(str(error)) from None
        return stream

    def status(self) -> PoolStatus | None:
        """The pool's state for health; None before `warm`."""
        return self._pool.status() if self._pool is not None else None

    async def aclose(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()
        if self._models_dir is not None and not self._keep_models:
            await asyncio.to_thread(shutil.rmtree, self._models_dir, True)
            self._models_dir = None

    async def _load_everywhere(self, pool: EnginePool, path: Path) -> None:
        """Channels go to the process with the fewest, so that `pool_size` of them reach every process."""
        deaf = _NoListener()
        channels = [pool.open_channel({"domain": str(path), "rate_hz": 8000}, deaf) for _ in range(self._pool_size)]
        try:
            ready = (c.request("ready", None, deadline_ms=_READY_MS) for c in channels if c.attached)
            await asyncio.gather(*ready)
        finally:
            for channel in channels:
                channel.close()

    def _domain_path(self, domain: SpeechDomain) -> Path:
        assert self._models_dir is not None
        return self._models_dir / f"{domain.key}.domain"

    def _written(self, domain: SpeechDomain) -> Path:
        if self._models_dir is None:
            self._models_dir = Path(tempfile.mkdtemp(prefix="offhook-stt-"))
        self._models_dir.mkdir(parents=True, exist_ok=True)
        path = self._domain_path(domain)
        if not path.exists():
            partial = path.with_name(f"{path.name}.{os.getpid()}")
            partial.write_bytes(msgspec.msgpack.encode(domain))
            partial.replace(path)
        return path


class PocketsphinxStream:
    """The recogniser of one call. Bound: 30 s of audio per utterance; later audio is dropped and counted."""

    def __init__(self, clock: Clock, rate_hz: int, final_ms: float, on_event: Callable[[SttEvent], None]) -> None:
        self._clock = clock
        self._final_ms = final_ms
        self._on_event = on_event
        self._most_bytes = rate_hz * 2 * 30
        self._push_bytes = rate_hz * 2 * _PUSH_MS // 1000
        self._channel: EngineChannel | None = None
        self._expectation = Expectation()
        self._utterance: int | None = None
        self._audio = bytearray()
        self._sent_bytes = 0
        self._behind = False
        """A message was refused: the engine must be told everything again."""
        self._attached = asyncio.Event()
        self.dropped_bytes = 0

    def attach(self, channel: EngineChannel) -> None:
        self._channel = channel
        if channel.attached:
            self._attached.set()

    # -- SttStream

    def expect(self, expectation: Expectation) -> None:
        self._expectation = expectation
        self._tell(self._expect_message())

    def begin(self, utterance: int) -> None:
        self._utterance = utterance
        self._audio.clear()
        self._sent_bytes = 0
        self._tell(["begin", utterance])

    def push(self, pcm: bytes) -> None:
        if self._utterance is None:
            return
        if len(self._audio) + len(pcm) > self._most_bytes:
            self.dropped_bytes += len(pcm)
            return
        self._audio += pcm
        if len(self._audio) - self._sent_bytes >= self._push_bytes:
            self._flush()

    async def finalize(self, utterance: int) -> Transcript:
        if utterance != self._utterance or self._channel is None:
            raise SttFailed(f"utterance {utterance} is not open")
        began_ms = self._clock.mono_ms()
        try:
            async with asyncio.timeout(self._final_ms / 1000):
                answer = await self._final(self._channel, utterance)
        except TimeoutError:
            raise SttFailed(f"no transcript within {self._final_ms:.0f} ms") from None
        return Transcript(
            utterance=utterance,
            text=answer.text,
            alternatives=tuple(Hypothesis(text, score) for text, score in answer.alternatives),
            confidence=answer.confidence,
            language="en",
            audio_ms=answer.audio_ms,
            decode_ms=self._clock.mono_ms() - began_ms,
        )

    def end(self, utterance: int) -> None:
        if utterance == self._utterance:
            self._utterance = None
            self._audio.clear()
            self._tell(["end", utterance])

    async def aclose(self) -> None:
        self._utterance = None
        if self._channel is not None:
            self._channel.close()

    # -- ChannelListener

    def on_message(self, message: object) -> None:
        match message:
            case ["partial", int() as utterance, str() as text] if utterance == self._utterance:
                self._on_event(PartialHeard(utterance, text))

    def on_lost(self, reason: str) -> None:
        self._attached.clear()
        self._on_event(EngineLost(reason))

    def on_restored(self, gap_ms: float) -> None:
        self._replay()
        self._attached.set()
        self._on_event(EngineRestored(gap_ms))

    # -- inside

    async def _final(self, channel: EngineChannel, utterance: int) -> _Final:
        while True:
            await self._attached.wait()
            if self._behind:
                self._replay()
            self._flush()
            try:
                answer = await channel.request("finalize", utterance, deadline_ms=self._final_ms)
                return msgspec.convert(answer, _Final)
            except EngineDied:
                # on_lost may not have been called yet: it comes in the loop's next round
                await asyncio.sleep(0)
            except (EngineError, msgspec.ValidationError) as error:
                raise SttFailed(str(error)) from None

    def _replay(self) -> None:
        self._behind = False
        self._tell(self._expect_message())
        if self._utterance is not None:
            self._tell(["begin", self._utterance])
            self._sent_bytes = 0
            self._flush()

    def _flush(self) -> None:
        if self._sent_bytes < len(self._audio):
            self._tell(["audio", bytes(self._audio[self._sent_bytes :])])
            self._sent_bytes = len(self._audio)

    def _expect_message(self) -> list[object]:
        return ["expect", self._expectation.kind, list(self._expectation.phrases)]

    def _tell(self, message: list[object]) -> None:
        if self._channel is not None and not self._channel.send(message):
            self._behind = True


class _Final(msgspec.Struct):
    """The engine's answer to "finalize"."""

    text: str
    alternatives: list[tuple[str, float]]
    confidence: float
    audio_ms: float


class _NoListener:
    def on_message(self, message: object) -> None: ...

    def on_lost(self, reason: str) -> None: ...

    def on_restored(self, gap_ms: float) -> None: ...


def _log_event(event: PoolEvent) -> None:
    if isinstance(event, EngineStarted):
        log.info("%s: engine process %d ready after %.0f ms", event.engine, event.pid, event.start_ms)
    else:
        later_ms = event.restart_in_ms
        log.warning("%s: engine process ended (%s); next start in %.0f ms", event.engine, event.reason, later_ms)
