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


def main() -> None:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 200, espeakng_loader.get_data_path().encode(), 0)
    pieces: list[bytes] = []

    def collect(samples: object, count: int, _events: object) -> int:
        if samples and count:
            pieces.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    for line in sys.stdin:
        job = json.loads(line)
        if library.espeak_SetVoiceByName(job["voice"].encode()) != 0:
            raise SystemExit(f"espeak-ng knows no voice {job['voice']!r}; see voices.VOICES.")
        library.espeak_SetParameter(_RATE_PARAMETER, job["rate_wpm"], 0)
        library.espeak_SetParameter(_PITCH_PARAMETER, job["pitch"], 0)
        text = job["text"].encode() + b"\0"
        library.espeak_Synth(text, len(text), 0, 1, 0, _UTF8, None, None)
        with wave.open(str(Path(job["path"])), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate_hz)
            out.writeframes(b"".join(pieces))
        pieces.clear()


if __name__ == "__main__":
    main()
