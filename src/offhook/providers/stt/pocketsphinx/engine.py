"""The engine process of embedded recognition: utterances of many calls, one after the other on one thread.

A channel is one call. Messages from the server, arrays whose first item names them:
    ["expect", kind, [phrases]]   ["begin", utterance]   ["audio", pcm]   ["end", utterance]
Messages to the server: ["partial", utterance, text]. Requests on a channel: "finalize" with the utterance's number;
"ready" with nothing, answered once the domain's models are loaded.

While nothing else waits, a pause in a caller's speech is used to decode what was said so far: when the server asks a
moment later, the answer is there.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr

from offhook.providers.engine.errors import EngineFault
from offhook.providers.engine.serving import Engine, EngineSession
from offhook.providers.stt.pocketsphinx import hearing
from offhook.providers.stt.pocketsphinx.features import RATE_HZ
from offhook.providers.stt.pocketsphinx.models import DomainModels
from offhook.providers.stt.pocketsphinx.recogniser import Recogniser
from offhook.providers.stt.pocketsphinx.utterance import Utterance

MAX_DOMAINS = 4
"""Domains kept loaded in one process; the one not used for longest goes first."""


def create(config: dict[str, object]) -> Engine:
    """`config`: {"domains": [path of a domain file, …]}, loaded before the process says that it is ready."""
    engine = PocketsphinxEngine()
    domains = config.get("domains", [])
    assert isinstance(domains, list)
    for path in domains:
        engine.recogniser(str(path))
    return engine


class PocketsphinxEngine(Engine):
    def __init__(self) -> None:
        self._hearing = hearing.load()
        self._recognisers: OrderedDict[str, Recogniser] = OrderedDict()
        self._sessions: dict[int, _Session] = {}

    def recogniser(self, domain_path: str) -> Recogniser:
        found = self._recognisers.get(domain_path)
        if found is None:
            found = Recogniser(DomainModels(Path(domain_path), self._hearing))
            self._recognisers[domain_path] = found
            if len(self._recognisers) > MAX_DOMAINS:
                self._recognisers.popitem(last=False)
        self._recognisers.move_to_end(domain_path)
        return found

    def open(self, payload: object, emit: Callable[[object], None]) -> EngineSession:
        """`payload`: {"domain": path, "rate_hz": rate of the audio}."""
        assert isinstance(payload, dict)
        session = _Session(self, str(payload["domain"]), int(payload["rate_hz"]), emit)
        self._sessions[id(session)] = session
        return session

    def forget(self, session: _Session) -> None:
        self._sessions.pop(id(session), None)

    def new_utterance(self, recogniser: Recogniser, number: int, kind: str) -> Utterance:
        return Utterance(number, kind, recogniser, self._hearing)

    def idle(self) -> bool:
        for session in self._sessions.values():
            if session.look_ahead():
                return True
        return any(recogniser.prepare() for recogniser in self._recognisers.values())


class _Session(EngineSession):
    def __init__(
        self, engine: PocketsphinxEngine, domain_path: str, rate_hz: int, emit: Callable[[object], None]
    ) -> None:
        self._engine = engine
        self._domain_path = domain_path
        self._rate_hz = rate_hz
        self._emit = emit
        self._kind = "open"
        self._utterance: Utterance | None = None
        self._resampler: soxr.ResampleStream | None = None

    def receive(self, message: object) -> None:
        match message:
            case ["audio", bytes() as pcm]:
                self._audio(pcm)
            case ["begin", int() as number]:
                self._drop()
                recogniser = self._engine.recogniser(self._domain_path)
                self._utterance = self._engine.new_utterance(recogniser, number, self._kind)
                if self._rate_hz != RATE_HZ:
                    self._resampler = soxr.ResampleStream(self._rate_hz, RATE_HZ, 1, dtype="int16", quality="LQ")
            case ["expect", str() as kind, list()]:
                self._kind = kind
            case ["end", int() as number]:
                if self._utterance is not None and self._utterance.number == number:
                    self._drop()
            case _:
                raise EngineFault("a message that this engine does not know")

    def call(self, method: str, payload: object) -> object:
        if method == "ready":
            self._engine.recogniser(self._domain_path)
            return None
        if method != "finalize":
            return super().call(method, payload)
        utterance = self._utterance
        if utterance is None or utterance.number != payload:
            raise EngineFault(f"utterance {payload} is not open")
        began = time.perf_counter()
        heard = utterance.final()
        return {
            "text": heard.text,
            "alternatives": [[text, score] for text, score in heard.alternatives],
            "confidence": heard.confidence,
            "audio_ms": utterance.audio_ms,
            "engine_ms": (time.perf_counter() - began) * 1000.0,
        }

    def close(self) -> None:
        self._drop()
        self._engine.forget(self)

    def look_ahead(self) -> bool:
        return self._utterance is not None and self._utterance.look_ahead()

    def _audio(self, pcm: bytes) -> None:
        utterance = self._utterance
        if utterance is None:
            return
        if self._resampler is not None:
            pcm = self._resampler.resample_chunk(np.frombuffer(pcm, dtype=np.int16)).tobytes()
        text = utterance.push(pcm)
        if text is not None:
            self._emit(["partial", utterance.number, text])

    def _drop(self) -> None:
        if self._utterance is not None:
            self._utterance.close()
        self._utterance = None
        self._resampler = None
