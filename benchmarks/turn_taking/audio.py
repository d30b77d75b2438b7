"""The callers' speech as sound: espeak-ng at three speeds over line noise, and what the real detector makes of it.

All lines run at once through one hub, as in benchmarks/vad.py; a line's verdicts come with the moment they were told.
Coughs, clicks and breath are those of vad_noise.py, trimmed to the timeline's length.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import vad_noise
from simulate import Verdict
from timelines import BEGIN_MS, Segment, Timeline

from offhook.audio.g711 import mulaw_decode, mulaw_encode
from offhook.audio.level import active_dbfs, gain, mix, noise
from offhook.audio.resample import resample
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.silero import SileroModel
from offhook.contracts.audio import VoiceVerdict

RATE_HZ = 8000
BYTES_PER_MS = RATE_HZ // 1000 * 2
RATES_WPM = (135, 175, 215)
SPEECH_DBFS = -22.0
NOISE_DBFS = (-62.0, -47.0, -42.0)
AFTER_MS = 1500
SOUNDS_DBFS = -40.0
PART_MS = 10


@dataclass(frozen=True, slots=True)
class Line:
    timeline: Timeline
    segments: tuple[Segment, ...]
    """Where its speech really sounds."""
    verdicts: list[Verdict]


class _Clock:
    time_ms = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time_ms / 1000, UTC)

    def mono_ms(self) -> float:
        return self.time_ms


@functools.cache
def _lines(timelines: tuple[Timeline, ...]) -> tuple[Line, ...]:
    spoken = _synthesise(timelines)
    tracks, placed = [], []
    for timeline in timelines:
        pcm, segments = _track(timeline, spoken)
        tracks.append(pcm)
        placed.append(segments)
    verdicts = _listen(tracks)
    return tuple(
        Line(timeline, segments, told) for timeline, segments, told in zip(timelines, placed, verdicts, strict=True)
    )


def lines(timelines: list[Timeline]) -> tuple[Line, ...]:
    return _lines(tuple(timelines))


def _voice(timeline: Timeline) -> tuple[str, int]:
    voices = ("hi",) if timeline.language == "hi" else ("en-us", "en+f3", "en", "en-us+m3")
    return voices[timeline.seed % len(voices)], RATES_WPM[timeline.seed // 7 % len(RATES_WPM)]


def _synthesise(timelines: tuple[Timeline, ...]) -> dict[tuple[str, int, str], bytes]:
    """Speech of every segment; made in a process of its own, since espeak-ng can crash the one it lives in."""
    wanted = sorted({(*_voice(t), s.text) for t in timelines for s in t.segments if s.text})
    with tempfile.TemporaryDirectory() as folder:
        asked, made = Path(folder, "asked.json"), Path(folder, "made.json")
        asked.write_text(json.dumps(wanted))
        script = Path(__file__).with_name("say.py")
        subprocess.run([sys.executable, str(script), str(asked), str(made)], check=True)  # noqa: S603  # our own script
        hexes = json.loads(made.read_text())
    return {(voice, rate, text): bytes.fromhex(pcm) for (voice, rate, text), pcm in zip(wanted, hexes, strict=True)}


def _track(timeline: Timeline, spoken: dict[tuple[str, int, str], bytes]) -> tuple[bytes, tuple[Segment, ...]]:
    rng = np.random.default_rng(timeline.seed)
    track = bytearray(_silence(BEGIN_MS))
    segments = []
    before = None
    for segment in timeline.segments:
        if before is not None:
            track += _silence(segment.start_ms - before.end_ms)
        before = segment
        pcm = _sound(timeline, segment, spoken, rng)
        start_ms = len(track) / BYTES_PER_MS
        track += pcm
        segments.append(Segment(segment.text, start_ms, len(track) / BYTES_PER_MS))
    track += _silence(AFTER_MS)
    level_dbfs = NOISE_DBFS[timeline.seed // 3 % len(NOISE_DBFS)]
    line = mix(bytes(track), noise(len(track) // 2, level_dbfs, rng))
    return mulaw_decode(mulaw_encode(line)), tuple(segments)


def _silence(length_ms: float) -> bytes:
    return bytes(round(length_ms) * BYTES_PER_MS)


def _sound(
    timeline: Timeline, segment: Segment, spoken: dict[tuple[str, int, str], bytes], rng: np.random.Generator
) -> bytes:
    if not segment.text:
        samples = round(segment.end_ms - segment.start_ms) * RATE_HZ // 1000
        sound = vad_noise.cough(rng)[:samples]
        return vad_noise.to_pcm(sound)
    speech = resample(spoken[(*_voice(timeline), segment.text)], 22050, RATE_HZ)
    return _trimmed(gain(speech, SPEECH_DBFS - active_dbfs(speech)))


def _trimmed(pcm: bytes) -> bytes:
    """Without the silence that espeak puts around a sentence."""
    size = PART_MS * BYTES_PER_MS
    parts = np.frombuffer(pcm[: len(pcm) // size * size], "<i2").astype(float).reshape(-1, size // 2)
    loud = np.flatnonzero(10 * np.log10((parts**2).mean(axis=1) + 1e-9) - 90.31 > SOUNDS_DBFS)
    return pcm[loud[0] * size : (loud[-1] + 1) * size] if len(loud) else pcm


def _listen(tracks: list[bytes]) -> list[list[Verdict]]:
    clock = _Clock()
    hub = VoiceHub(SileroModel(), clock)
    told: list[list[Verdict]] = [[] for _ in tracks]

    def note(index: int, verdict: VoiceVerdict) -> None:
        told[index].append((clock.time_ms, verdict))

    streams = [hub.open(RATE_HZ, lambda verdict, i=i: note(i, verdict)) for i in range(len(tracks))]
    for step in range(max(map(len, tracks)) // 320 * 2):
        clock.time_ms = (step + 1) * 10.0
        if step % 2:
            at = step // 2 * 320
            for stream, track in zip(streams, tracks, strict=True):
                if at + 320 <= len(track):
                    stream.push(track[at : at + 320], clock.time_ms)
        clock.time_ms += 5.0
        while hub.tick():
            pass
    return told
