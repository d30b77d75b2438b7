"""Debian's Chromium with a WAV file for a microphone, and a recording of what a page hears and plays."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offhook.audio.resample import resample
from offhook.audio.wav import write_mono
from offhook.callers.voice import at_speech_level
from offhook.contracts.clock import Clock
from offhook.contracts.speech import Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

MICROPHONE_HZ = 48_000
_SPOKEN_HZ = 16_000
_NOISE = 20.0
"""RMS of the room's hiss in the microphone, 16-bit units: 50 dB under speech."""

RECORDER = """
(() => {
  // Left: the microphone as the page gets it. Right: what the page plays. Sample by sample on one clock.
  const heard = (window.__heard = { rate: 0, pieces: [], began: [] });
  const taps = new WeakMap();
  const tap = context => {
    if (taps.has(context)) return taps.get(context);
    const merger = context.createChannelMerger(2), script = context.createScriptProcessor(4096, 2, 1);
    taps.set(context, merger);
    heard.rate = context.sampleRate;
    script.onaudioprocess = ({ inputBuffer }) => {
      const piece = new Int16Array(inputBuffer.length * 2);
      for (const side of [0, 1]) {
        const samples = inputBuffer.getChannelData(side);
        for (let i = 0; i < samples.length; i++) piece[2 * i + side] = Math.max(-1, Math.min(1, samples[i])) * 32767;
      }
      heard.pieces.push(piece);
    };
    plain.call(merger, script);
    plain.call(script, context.destination);
    return merger;
  };
  const plain = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (this instanceof MediaStreamAudioSourceNode) plain.call(this, tap(this.context), 0, 0);
    const player = to instanceof AudioDestinationNode && this instanceof AudioWorkletNode;
    if (player) plain.call(this, tap(this.context), 0, 1);
    return plain.call(this, to, ...more);
  };
  window.__recording = () => {
    const bytes = new Uint8Array(heard.pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = 0;
    for (const piece of heard.pieces) {
      bytes.set(new Uint8Array(piece.buffer), at);
      at += piece.byteLength;
    }
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return { rate: heard.rate, data: btoa(text) };
  };
})();
"""


MICROPHONE = """
const sound = new AudioContext(), mouth = sound.createMediaStreamDestination();
window.takeMicrophone = hissDbfs => {
  const quiet = sound.createBuffer(1, sound.sampleRate * 7, sound.sampleRate);
  const level = 10 ** (hissDbfs / 20) * Math.sqrt(3);
  quiet.getChannelData(0).forEach((_, at, all) => (all[at] = level * (2 * Math.random() - 1)));
  const hiss = new AudioBufferSourceNode(sound, { buffer: quiet, loop: true });
  hiss.connect(mouth);
  hiss.start();
  navigator.mediaDevices.getUserMedia = async () => mouth.stream;
};
window.say = async wav => {
  const bytes = Uint8Array.from(atob(wav), letter => letter.charCodeAt(0));
  const source = new AudioBufferSourceNode(sound, { buffer: await sound.decodeAudioData(bytes.buffer) });
  source.connect(mouth);
  await new Promise(done => {
    source.onended = done;
    source.start();
  });
};
"""
"""In place of the machine's microphone: `takeMicrophone(hiss)` first, then `say(wav)` sounds it, to its end."""


class NoBrowser(Exception):
    """Why tests in a browser cannot run here."""


def chromium() -> str:
    """Raises NoBrowser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise NoBrowser("Chromium is not installed (Debian: apt-get install chromium)")
    return found


def flags(wav: Path | None = None) -> list[str]:
    args = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--no-sandbox"]
    if wav is not None:
        args += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={wav}%noloop"]
    return args


async def write_speech(
    path: Path, script: Sequence[str | float], voice: str = "en-us+f3", clock: Clock | None = None
) -> None:
    """A microphone's file: what is said, and seconds of quiet."""
    tts = EspeakTts(clock or SystemClock())
    rng = np.random.default_rng(7)
    pieces: list[bytes] = []
    try:
        await tts.warm(Voice(), _SPOKEN_HZ)
        for item in script:
            if isinstance(item, str):
                named = Voice(name=voice, language="en")
                spoken = b"".join([piece async for piece in tts.synthesize(item, named, _SPOKEN_HZ)])
                pieces.append(at_speech_level(spoken))
            else:
                pieces.append(bytes(2 * round(item * _SPOKEN_HZ)))
    finally:
        await tts.aclose()
    pcm = np.frombuffer(resample(b"".join(pieces), _SPOKEN_HZ, MICROPHONE_HZ), dtype="<i2").astype(float)
    pcm += rng.normal(0, _NOISE, pcm.size)
    write_mono(path, pcm.clip(-32768, 32767).astype("<i2").tobytes(), MICROPHONE_HZ)


class Recording:
    """What a page with RECORDER heard and played."""

    def __init__(self, data: dict[str, Any]) -> None:
        both: NDArray[np.int16] = np.frombuffer(base64.b64decode(data["data"]), dtype="<i2").reshape(-1, 2)
        self.rate_hz = int(data["rate"])
        self.microphone = both[:, 0]
        self.played = both[:, 1]

    def sounds(self, samples: NDArray[np.int16], *, dbfs: float, gap_s: float) -> list[tuple[float, float]]:
        """(begin, end) in seconds of what is louder than `dbfs`; shorter gaps are bridged."""
        size = self.rate_hz // 100
        whole = samples[: len(samples) // size * size].reshape(-1, size).astype(float)
        loud = np.sqrt((whole**2).mean(axis=1)) > 32768 * 10 ** (dbfs / 20)
        found: list[tuple[float, float]] = []
        for at in np.flatnonzero(loud) / 100:
            if found and at - found[-1][1] <= gap_s:
                found[-1] = (found[-1][0], at + 0.01)
            else:
                found.append((float(at), float(at) + 0.01))
        return found
