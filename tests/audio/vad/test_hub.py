from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import numpy as np
import pytest
from vad_voice import vowels

from offhook.audio.level import noise, silence
from offhook.audio.vad.energy import EnergyModel
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.lane import HubSettings
from offhook.audio.vad.model import Floats, Rows, VoiceModel
from offhook.audio.vad.silero import MODEL_PATH, SileroModel
from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceStream, VoiceVerdict


class SetClock:
    def __init__(self) -> None:
        self.time_ms = 5000.0

    def now(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC)

    def mono_ms(self) -> float:
        return self.time_ms


class LevelModel:
    """Calls every window speech that has a sound in it; remembers what it was asked."""

    name = "level"
    deaf_ms = 0.0

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def bank(self, rate_hz: int) -> LevelBank:
        if rate_hz != 8000:
            raise ValueError("8000 only")
        return LevelBank(self.batches)


class LevelBank:
    window_samples = 256

    def __init__(self, batches: list[list[int]]) -> None:
        self._batches = batches

    def reset(self, row: int) -> None:
        pass

    def run(self, rows: Rows, windows: Floats) -> Floats:
        self._batches.append(rows.tolist())
        probabilities: Floats = (np.abs(windows).mean(axis=1) > 100).astype(np.float32)
        return probabilities


LOUD = vowels(2000, 8000, 120)


class Call:
    """Feeds a stream in 20 ms frames and notes the verdicts with the time at which they came."""

    def __init__(self, hub: VoiceHub, clock: SetClock) -> None:
        self.clock = clock
        self.verdicts: list[VoiceVerdict] = []
        self.known_ms: list[float] = []
        self.faded: list[tuple[float, float]] = []
        self.stream: VoiceStream = hub.open(8000, self.take)
        self.hub = hub

    def take(self, verdict: VoiceVerdict) -> None:
        if isinstance(verdict, VoiceFaded):
            self.faded.append((verdict.end_ms, self.clock.time_ms))
            return
        self.verdicts.append(verdict)
        self.known_ms.append(self.clock.time_ms)

    def play(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), 320):
            self.clock.time_ms += 20
            self.stream.push(pcm[at : at + 320], self.clock.time_ms)
            while self.hub.tick():
                pass


def hub_of(model: VoiceModel, settings: HubSettings | None = None) -> tuple[VoiceHub, SetClock]:
    clock = SetClock()
    return VoiceHub(model, clock, settings), clock


def models() -> list[VoiceModel]:
    return [LevelModel(), EnergyModel(), *([SileroModel()] if MODEL_PATH.is_file() else [])]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_speech_over_line_noise_is_found_and_dated(model: VoiceModel) -> None:
    hub, clock = hub_of(model)
    call = Call(hub, clock)
    rng = np.random.default_rng(4)
    call.play(noise(8000, -62.0, rng))
    onset_ms = clock.time_ms
    call.play(LOUD)
    end_ms = clock.time_ms
    call.play(noise(8000, -62.0, rng))
    started, stopped = call.verdicts[0], call.verdicts[-1]
    assert isinstance(started, VoiceStarted)
    assert isinstance(stopped, VoiceStopped)
    assert len(call.verdicts) == 2
    assert started.onset_ms == pytest.approx(onset_ms, abs=60)
    assert call.known_ms[0] - onset_ms <= 160
    assert stopped.end_ms == pytest.approx(end_ms, abs=60)
    assert call.known_ms[-1] - end_ms <= 200
    (*_, (faded_ms, known_ms)) = call.faded
    assert faded_ms == stopped.end_ms
    assert known_ms - end_ms <= 120


def test_a_silent_line_costs_the_model_nothing() -> None:
    model = LevelModel()
    hub, clock = hub_of(model)
    Call(hub, clock).play(silence(3000, 8000))
    assert model.batches == []
    assert hub.counters.windows == 93
    assert hub.counters.windows_heard == 0


def test_a_model_that_must_know_the_noise_first_is_not_believed_before() -> None:
    model = LevelModel()
    model.deaf_ms = 320.0
    hub, clock = hub_of(model)
    call = Call(hub, clock)
    opened_ms = clock.time_ms
    call.play(LOUD[:8000])
    assert len(call.verdicts) == 1
    assert call.known_ms[0] - opened_ms == pytest.approx(352, abs=20)


def test_calls_meet_in_one_batch() -> None:
    model = LevelModel()
    hub, clock = hub_of(model)
    calls = [Call(hub, clock) for _ in range(5)]
    for call in calls:
        call.stream.push(LOUD[:512], clock.time_ms)
    assert hub.tick() is False
    assert [sorted(batch) for batch in model.batches] == [[0, 1, 2, 3, 4]]
    assert all(len(call.verdicts) == 1 for call in calls)


def test_a_batch_is_bounded_and_the_rest_keeps_its_turn() -> None:
    model = LevelModel()
    hub, clock = hub_of(model, HubSettings(max_batch=2))
    for call in [Call(hub, clock) for _ in range(5)]:
        call.stream.push(LOUD[:1024], clock.time_ms)
    ticks = 1
    while hub.tick():
        ticks += 1
    assert ticks == 5
    assert model.batches == [[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]]


def test_the_model_hears_the_window_before_speech() -> None:
    model = LevelModel()
    hub, clock = hub_of(model)
    call = Call(hub, clock)
    call.play(silence(640, 8000))
    call.stream.push(LOUD[:512], clock.time_ms)
    hub.tick()
    assert model.batches == [[0], [0]]


def test_what_waits_too_long_is_dropped_from_the_front_and_counted() -> None:
    hub, clock = hub_of(LevelModel(), HubSettings(max_buffered_ms=320))
    call = Call(hub, clock)
    call.stream.push(silence(10_000, 8000) + LOUD[:512], clock.time_ms)
    while hub.tick():
        pass
    assert hub.counters.windows == 9
    assert hub.counters.dropped_bytes == 304 * 512
    started = call.verdicts[0]
    assert isinstance(started, VoiceStarted)
    assert clock.time_ms - started.onset_ms == pytest.approx(64, abs=33)


def test_speech_whose_audio_breaks_off_ends() -> None:
    hub, clock = hub_of(LevelModel())
    call = Call(hub, clock)
    call.play(LOUD[:16000])
    last_ms = clock.time_ms
    assert len(call.verdicts) == 1
    clock.time_ms += 599
    hub.tick()
    assert len(call.verdicts) == 1
    clock.time_ms += 2
    hub.tick()
    stopped = call.verdicts[1]
    assert isinstance(stopped, VoiceStopped)
    assert stopped.end_ms == pytest.approx(last_ms, abs=40)
    hub.tick()
    assert len(call.verdicts) == 2


def test_a_closed_line_says_nothing_and_its_row_begins_anew() -> None:
    model = LevelModel()
    hub, clock = hub_of(model)
    call, other = Call(hub, clock), Call(hub, clock)
    call.stream.push(LOUD[:512], clock.time_ms)
    call.stream.close()
    call.stream.close()
    call.stream.push(LOUD, clock.time_ms)
    other.stream.push(LOUD[:512], clock.time_ms)
    hub.tick()
    assert call.verdicts == []
    assert len(other.verdicts) == 1
    again = Call(hub, clock)
    again.stream.push(LOUD[:512], clock.time_ms)
    hub.tick()
    assert model.batches == [[1], [0]]
    assert len(again.verdicts) == 1


def test_a_line_closed_by_its_own_or_another_verdict() -> None:
    hub, clock = hub_of(LevelModel())
    heard: list[int] = []
    second: list[VoiceStream] = []

    def close_both(verdict: VoiceVerdict) -> None:
        heard.append(1)
        first.close()
        second[0].close()

    first = hub.open(8000, close_both)
    second.append(hub.open(8000, lambda verdict: heard.append(2)))
    for stream in (first, second[0]):
        stream.push(LOUD[:2048], clock.time_ms)
    while hub.tick():
        pass
    assert heard == [1]


def test_a_callback_that_fails_loses_its_own_line_only(caplog: pytest.LogCaptureFixture) -> None:
    hub, clock = hub_of(LevelModel())

    def fail(verdict: VoiceVerdict) -> None:
        raise RuntimeError("the call's own fault")

    broken, call = hub.open(8000, fail), Call(hub, clock)
    broken.push(LOUD[:512], clock.time_ms)
    call.stream.push(LOUD[:512], clock.time_ms)
    with caplog.at_level(logging.ERROR):
        hub.tick()
    assert hub.counters.failed_callbacks == 1
    assert len(call.verdicts) == 1
    assert "the call's own fault" in caplog.text
    broken.push(LOUD, clock.time_ms)
    assert hub.tick() is False


def test_half_a_sample_and_unknown_rates_are_refused() -> None:
    hub, clock = hub_of(LevelModel())
    with pytest.raises(ValueError, match="whole samples"):
        hub.open(8000, lambda verdict: None).push(b"123", clock.time_ms)
    with pytest.raises(ValueError, match="8000 only"):
        hub.open(44100, lambda verdict: None)


async def test_run_ticks_when_audio_comes_and_ends_speech_that_stalls() -> None:
    hub, clock = hub_of(LevelModel(), HubSettings(tick_ms=0.5, stall_ms=1.0))
    verdicts: asyncio.Queue[VoiceVerdict] = asyncio.Queue(maxsize=10)
    stream = hub.open(8000, verdicts.put_nowait)
    task = asyncio.create_task(hub.run(), name="voice hub")
    try:
        await asyncio.sleep(0)
        assert hub.counters.batches == 0
        stream.push(LOUD[:512], clock.time_ms)
        async with asyncio.timeout(20):
            assert isinstance(await verdicts.get(), VoiceStarted)
            clock.time_ms += 5
            assert isinstance(await verdicts.get(), VoiceStopped)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert hub.counters.windows == 1
