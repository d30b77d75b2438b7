"""What an audio frame costs before anything is made of it: wire, call, recogniser's push, voice detector.

Hypothesis: of a call-second, frames take at most 0.3 ms of a core and the detector at most 0.45. Control: the same on
another commit, in turns with this one; processor time drifts by a fifth on a shared machine, so only ratios count.

    python benchmarks/media_path.py [--calls 200] [--seconds 10] [--json FILE]

No sockets and no turns: N calls take the Twilio messages of real speech (two fifths of the time) over line noise in
virtual time, 50 messages a second each, through carrier wire, call and listener to a fake recogniser and the hub with
its real model, which ticks as a server's does. What is printed is this process's processor time.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the `offhook` command does

import argparse
import asyncio
import gc
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from offhook.audio.codec import codec_for
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.silero import SileroModel
from offhook.callers.cli import embedded_speaker
from offhook.callers.load.material import FRAME_MS, Material, record
from offhook.channels.events import StreamStarted
from offhook.channels.media_call import MediaCall
from offhook.channels.twilio.wire import TwilioWire
from offhook.contracts.audio import MULAW_8K
from offhook.contracts.channel import CallInfo, MediaOut
from offhook.contracts.speech import SttConfig
from offhook.contracts.turn import SpeechStarted, TurnEvent
from offhook.providers.stt.fake import FakeStt
from offhook.session.listen import Listener
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

TICK_MS = 16.0
SLOTS = 5
"""Messages of all calls are spread over so many moments of 20 ms."""
PAUSE_FRAMES = 180


class VirtualClock:
    time_ms = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time_ms / 1000, UTC)

    def mono_ms(self) -> float:
        return self.time_ms


class Ear:
    """A call of which only the listening is real."""

    def __init__(self, hub: VoiceHub, clock: VirtualClock) -> None:
        self._utterance = 0
        self.verdicts = 0
        self.listener = Listener(
            codec=codec_for(MULAW_8K),
            rate_hz=8000,
            open_voice=lambda on_verdict: hub.open(8000, on_verdict),
            clock=clock,
            dispatch=self._heard,
            on_stt_event=lambda event: None,
        )
        self.audio = self.listener.audio

    def _heard(self, event: TurnEvent) -> None:
        self.verdicts += 1
        if isinstance(event, SpeechStarted):
            self._utterance += 1
            self.listener.open_utterance(self._utterance)
        else:
            self.listener.close_utterance(self._utterance)

    def stopped(self, reason: str) -> None:
        """Nothing else holds it."""

    async def run(self) -> str:
        await asyncio.Future()
        return ""


class Exchange:
    """Arrivals, switchboard and admission in one: every stream is a call, answered by an ear."""

    def __init__(self, hub: VoiceHub, clock: VirtualClock, calls: int) -> None:
        self._hub = hub
        self._clock = clock
        self._calls = calls
        self.ears: list[Ear] = []
        self.complete = asyncio.Event()

    async def resolve(self, started: StreamStarted, *, trusted: bool) -> CallInfo:
        sid = started.stream_sid
        return CallInfo(sid, sid, sid, "twilio", MULAW_8K, None, None, "benchmark")

    async def starts(self, call: str) -> bool:
        return True

    def answer(self, info: CallInfo, out: MediaOut) -> Ear:
        self.ears.append(Ear(self._hub, self._clock))
        if len(self.ears) == self._calls:
            self.complete.set()
        return self.ears[-1]


def messages(material: Material, call: int, count: int) -> list[memoryview]:
    """One call's line, a message each 20 ms, each call at another place of it."""
    quiet = [material.quiet[n % len(material.quiet)] for n in range(PAUSE_FRAMES)]
    frames = quiet[: call * 37 % PAUSE_FRAMES]
    while len(frames) < count:
        frames += [*material.utterances[(call + len(frames)) % len(material.utterances)].frames, *quiet]
    return [
        memoryview(
            f'{{"event":"media","sequenceNumber":"{n + 2}","media":{{"track":"inbound","chunk":"{n + 1}","timestamp":'
            f'"{n * FRAME_MS}","payload":"{payload}"}},"streamSid":"MZ{call:032d}"}}'.encode()
        )
        for n, payload in enumerate(frames[:count])
    ]


async def measure(calls: int, seconds: float) -> dict[str, Any]:
    async with embedded_speaker() as speaker:
        material = await record(speaker)
    clock = VirtualClock()
    hub = VoiceHub(SileroModel(), clock)
    exchange = Exchange(hub, clock, calls)
    lines = [_line(cast("Any", exchange), clock) for _ in range(calls)]
    running = [asyncio.ensure_future(line.run()) for line in lines]
    for number, line in enumerate(lines):
        line.received(f'{{"event":"start","sequenceNumber":"1","start":{{}},"streamSid":"MZ{number:032d}"}}')
    await exchange.complete.wait()
    for ear in exchange.ears:
        await ear.listener.connect(FakeStt(), SttConfig(rate_hz=8000, language="en"))
    told = [messages(material, number, round(seconds * 1000 / FRAME_MS)) for number in range(calls)]
    gc.collect()
    gc.freeze()
    frames_s, ticks_s = _play(lines, told, hub, clock)
    for task in running:
        task.cancel()
    share = 1000 / (calls * seconds)
    return {
        "benchmark": "media_path",
        "calls": calls,
        "seconds": seconds,
        "frames_ms_per_call_second": round(frames_s * share, 3),
        "detector_ms_per_call_second": round(ticks_s * share, 3),
        "windows_heard": hub.counters.windows_heard,
        "windows": hub.counters.windows,
        "verdicts": sum(ear.verdicts for ear in exchange.ears),
    }


def _line(exchange: Any, clock: VirtualClock) -> MediaCall:
    return MediaCall(
        TwilioWire(),
        cast("Any", None),  # nothing is said
        arrivals=exchange,
        calls=exchange,
        admission=exchange,
        busy=exchange,
        clock=clock,
        metrics=Metrics(),
        log=get_logger("benchmark"),
        trusted=True,
    )


def _play(
    lines: list[MediaCall], told: list[list[memoryview]], hub: VoiceHub, clock: VirtualClock
) -> tuple[float, float]:
    """Processor time of the frames and of the ticks."""
    frames_s = ticks_s = next_tick_ms = 0.0
    for at in range(len(told[0])):
        for slot in range(SLOTS):
            clock.time_ms = at * FRAME_MS + slot * FRAME_MS / SLOTS
            began_s = time.process_time()
            for number in range(slot, len(lines), SLOTS):
                lines[number].received_utf8(told[number][at])
            between_s = time.process_time()
            frames_s += between_s - began_s
            if clock.time_ms >= next_tick_ms:
                next_tick_ms = clock.time_ms + TICK_MS
                hub.tick()
                ticks_s += time.process_time() - between_s
    return frames_s, ticks_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    result = asyncio.run(measure(given.calls, given.seconds))
    text = json.dumps(result, indent=1)
    if given.json is not None:
        given.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
