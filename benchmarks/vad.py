"""How well and how soon the voice detector tells speech from a telephone line.

Hypothesis: the hub (gate + silero + dating by loudness) knows of speech within 130 ms of its onset, of silence within
180 ms of its end, and that the voice has faded within 125 ms, dates onset and end within 60 ms, and starts on no noise.
Control: the same hub on the WebRTC detector (`--model energy`).

    python benchmarks/vad.py [--model silero|energy] [--json FILE]

Speech: espeak-ng, five voices at four speeds (made in a process of its own), at 8 kHz over µ-law and white noise, each
sentence 1 s into a line of its own. All lines run at once through one hub in virtual time: 20 ms frames arrive when
they are complete, ticks come every 10 ms. So figures are the same on every machine, but for espeak's own dither.

Truth: a part of 8 ms sounds when the clean speech is within 25 dB of its active level and not more than 3 dB under the
noise (what lies deeper is masked). A split is a stop and a start inside one word, before the pause that follows it;
it is "masked" where by that measure nothing sounded for 100 ms (an s, or a closure between two, under the noise).
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import vad_noise
from vad_speech import Sentence, read_sentences

from offhook.audio.g711 import mulaw_decode, mulaw_encode
from offhook.audio.level import active_dbfs, gain, mix, noise
from offhook.audio.resample import resample
from offhook.audio.vad.energy import EnergyModel
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.lane import HubCounters
from offhook.audio.vad.model import VoiceModel
from offhook.audio.vad.silero import SileroModel
from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceVerdict

RATE_HZ = 8000
SPEECH_DBFS = -22.0
LINES = ((None, 0.0), (25.0, 0.0), (25.0, -18.0), (15.0, 0.0))
"""Signal to noise (None: a digitally silent line) and gain of the whole line, dB."""
PART = 64
PART_MS = PART * 1000 / RATE_HZ
Times = npt.NDArray[np.float64]


class VirtualClock:
    def __init__(self) -> None:
        self.time_ms = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time_ms / 1000, UTC)

    def mono_ms(self) -> float:
        return self.time_ms


@dataclass(frozen=True, slots=True)
class Heard:
    verdict: VoiceVerdict
    known_ms: float

    @property
    def at_ms(self) -> float:
        return self.verdict.onset_ms if isinstance(self.verdict, VoiceStarted) else self.verdict.end_ms


@dataclass(slots=True)
class Errors:
    onset_error_ms: list[float] = field(default_factory=list)
    onset_lag_ms: list[float] = field(default_factory=list)
    end_error_ms: list[float] = field(default_factory=list)
    end_lag_ms: list[float] = field(default_factory=list)
    fade_lag_ms: list[float] = field(default_factory=list)
    """From the end of speech to the word that the voice has faded; to that of its stop, where none was given."""
    fades: int = 0
    missed: int = 0
    splits: int = 0
    masked_splits: int = 0


def listen(model: VoiceModel, lines: list[bytes]) -> tuple[list[list[Heard]], HubCounters]:
    """Verdicts of each line (PCM16, 8 kHz), all run through one hub."""
    clock = VirtualClock()
    hub = VoiceHub(model, clock)
    heard: list[list[Heard]] = [[] for _ in lines]

    def note(index: int, verdict: VoiceVerdict) -> None:
        heard[index].append(Heard(verdict, clock.time_ms))

    streams = [hub.open(RATE_HZ, lambda verdict, i=i: note(i, verdict)) for i in range(len(lines))]
    for step in range(max(map(len, lines)) // 320 * 2):
        clock.time_ms = (step + 1) * 10.0
        if step % 2:
            at = step // 2 * 320
            for stream, line in zip(streams, lines, strict=True):
                if at + 320 <= len(line):
                    stream.push(line[at : at + 320], clock.time_ms)
        clock.time_ms += 5.0
        while hub.tick():
            pass
    return heard, hub.counters


def over_line(pcm: bytes, noise_dbfs: float | None, gain_db: float, rng: np.random.Generator) -> bytes:
    if noise_dbfs is not None:
        pcm = mix(pcm, noise(len(pcm) // 2, noise_dbfs, rng))
    return mulaw_decode(mulaw_encode(gain(pcm, gain_db)))


def measure_speech(
    model: VoiceModel, sentences: list[Sentence], snr_db: float | None, gain_db: float
) -> dict[str, object]:
    rng = np.random.default_rng(7)
    lines, truths, leads = [], [], []
    least_dbfs = SPEECH_DBFS - (25.0 if snr_db is None else min(25.0, snr_db + 3.0))
    for sentence in sentences:
        speech = resample(sentence.pcm, 22050, RATE_HZ)
        speech = gain(speech, SPEECH_DBFS - active_dbfs(speech))
        lead = RATE_HZ + int(rng.integers(0, 256))
        clean = bytes(2 * lead) + speech + bytes(2 * RATE_HZ)
        power = np.frombuffer(clean[: len(clean) // (2 * PART) * 2 * PART], "<i2").astype(float).reshape(-1, PART)
        truths.append(np.flatnonzero(10 * np.log10((power**2).mean(axis=1) + 1e-9) - 90.31 > least_dbfs) * PART_MS)
        leads.append(lead / 8)
        lines.append(over_line(clean, None if snr_db is None else SPEECH_DBFS - snr_db, gain_db, rng))
    heard, counters = listen(model, lines)
    errors = Errors()
    for sentence, line, truth, lead_ms in zip(sentences, heard, truths, leads, strict=True):
        judge(errors, sentence, line, truth, lead_ms)
    return {
        "line": "silent" if snr_db is None else f"{snr_db:.0f} dB SNR" + (f", {gain_db:.0f} dB" if gain_db else ""),
        "sentences": len(sentences),
        "missed": errors.missed,
        "splits_in_words": errors.splits,
        "masked_splits": errors.masked_splits,
        "onset_error_ms": spread(errors.onset_error_ms),
        "onset_lag_ms": spread(errors.onset_lag_ms),
        "end_error_ms": spread(errors.end_error_ms),
        "end_error_abs_p95_ms": round(float(np.percentile(np.abs(errors.end_error_ms), 95)), 1),
        "end_lag_ms": spread(errors.end_lag_ms),
        "fade_lag_ms": spread(errors.fade_lag_ms),
        "fades": errors.fades,
        "windows_heard": round(counters.windows_heard / counters.windows, 3),
    }


def judge(errors: Errors, sentence: Sentence, line: list[Heard], truth: Times, lead_ms: float) -> None:
    """`truth`: beginnings of the parts that sound."""
    fades = [heard for heard in line if isinstance(heard.verdict, VoiceFaded)]
    told = [heard for heard in line if not isinstance(heard.verdict, VoiceFaded)]
    starts, stops = told[0::2], told[1::2]
    if not starts or len(stops) < len(starts):
        errors.missed += 1
        return
    onset_ms, end_ms = float(truth[0]), float(truth[-1]) + PART_MS
    errors.onset_error_ms.append(starts[0].at_ms - onset_ms)
    errors.onset_lag_ms.append(starts[0].known_ms - onset_ms)
    errors.end_error_ms.append(stops[-1].at_ms - end_ms)
    errors.end_lag_ms.append(stops[-1].known_ms - end_ms)
    last = next((fade for fade in reversed(fades) if fade.at_ms == stops[-1].at_ms), stops[-1])
    errors.fade_lag_ms.append(last.known_ms - end_ms)
    errors.fades += len(fades)
    words = [lead_ms + start for start in sentence.word_starts_ms] + [np.inf]
    for stop, start in zip(stops, starts[1:], strict=False):
        following = next(word for word in words if word > stop.at_ms + 16)
        if start.at_ms < following - 60:
            around = truth[(truth >= stop.at_ms - 200) & (truth <= start.at_ms + 200)]
            masked = float(np.diff(around).max()) - PART_MS >= 100
            errors.masked_splits += masked
            errors.splits += not masked


def spread(values: list[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(values, q)), 1) for q in (5, 50, 95, 100)}


def measure_noise(model: VoiceModel) -> dict[str, object]:
    """Starts on 60 s of what is not speech: all of them, and those that last long enough to matter to a turn."""
    names, lines = zip(*vad_noise.lines(np.random.default_rng(11)), strict=True)
    heard, _ = listen(model, [mulaw_decode(mulaw_encode(line)) for line in lines])
    result: dict[str, object] = {}
    for name, verdicts in zip(names, heard, strict=True):
        line = [told for told in verdicts if not isinstance(told.verdict, VoiceFaded)]
        lasted = [stop.at_ms - start.at_ms for start, stop in zip(line[0::2], line[1::2], strict=False)]
        result[name] = {"starts": len(line[0::2]), "of_100_ms": sum(ms >= 100 for ms in lasted)}
    return result


def make_speech() -> list[Sentence]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.json"
        command = [sys.executable, Path(__file__).with_name("vad_speech.py"), path]
        subprocess.run(command, check=True)  # noqa: S603 - our own script
        return read_sentences(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", choices=("silero", "energy"), default="silero")
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    model: VoiceModel = SileroModel() if arguments.model == "silero" else EnergyModel()
    sentences = make_speech()
    result = {
        "benchmark": "vad",
        "model": model.name,
        "python": platform.python_version(),
        "speech": [measure_speech(model, sentences, snr_db, gain_db) for snr_db, gain_db in LINES],
        "noise_60_s": measure_noise(model),
    }
    text = json.dumps(result, indent=1)
    sys.stdout.write(text + "\n")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
