"""Makes spoken test sentences with espeak-ng. Run as a process of its own: the library is not thread-safe.

Reads JSON lines `{"voice", "rate_wpm", "pitch", "text", "path"}` from stdin and writes one 22,050 Hz PCM16 WAV each.
"""

from __future__ import annotations

import ctypes
import json
import sys
import wave
from pathlib import Path

import espeakng_loader

_SYNCHRONOUS = 2
_RATE_PARAMETER, _PITCH_PARAMETER = 1, 3
_UTF8 = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Synthesizer:
    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._rate_hz = self._library.espeak_Initialize(_SYNCHRONOUS, 200, data, 0)
        self._pieces: list[bytes] = []
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: object, count: int, _events: object) -> int:
        if samples and count:
            self._pieces.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    def write(self, voice: str, rate_wpm: int, pitch: int, text: str, path: Path) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SystemExit(f"espeak-ng knows no voice {voice!r}; see line.DEV_VOICES.")
        self._library.espeak_SetParameter(_RATE_PARAMETER, rate_wpm, 0)
        self._library.espeak_SetParameter(_PITCH_PARAMETER, pitch, 0)
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, 1, 0, _UTF8, None, None)
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(self._rate_hz)
            out.writeframes(b"".join(self._pieces))
        self._pieces.clear()


def main() -> None:
    synthesizer = Synthesizer()
    for line in sys.stdin:
        job = json.loads(line)
        synthesizer.write(job["voice"], job["rate_wpm"], job["pitch"], job["text"], Path(job["path"]))


if __name__ == "__main__":
    main()
