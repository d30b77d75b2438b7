"""Speech for the turn-taking benchmark: `say.py ASKED MADE` reads [voice, words per minute, text] rows and writes PCM16
at 22,050 Hz, hexadecimal, in the same order. A process of its own: espeak-ng can crash the one it lives in."""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

import espeakng_loader

SYNCHRONOUS, UTF8, RATE = 2, 1, 1


def main(asked: Path, made: Path) -> None:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    pieces: list[bytes] = []

    def take(wav: ctypes.c_void_p, samples: int, events: ctypes.c_void_p) -> int:
        if samples > 0:
            pieces.append(ctypes.string_at(wav, 2 * samples))
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(take)
    library.espeak_SetSynthCallback(callback)
    spoken = []
    for voice, rate, text in json.loads(asked.read_text()):
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SystemExit(f"espeak-ng has no voice {voice!r}")
        library.espeak_SetParameter(RATE, rate, 0)
        pieces.clear()
        data = text.encode() + b"\0"
        library.espeak_Synth(data, len(data), 0, 1, 0, UTF8, None, None)
        library.espeak_Synchronize()
        spoken.append(b"".join(pieces).hex())
    made.write_text(json.dumps(spoken))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
