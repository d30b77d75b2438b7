"""Speech for the voice detector's benchmark: made with espeak-ng, with the truth about when it sounds.

Run as a process of its own (`python benchmarks/vad_speech.py FILE`), since espeak-ng can crash the process it lives in.
Writes its `Sentence`s to FILE as JSON.
"""

from __future__ import annotations

import base64
import ctypes
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

VOICES = ("en", "en-us", "en+f3", "en-us+m3", "hi")
RATES = (110, 150, 175, 220)
"""Words per minute; 175 is espeak's own."""
TEXTS = (
    "I'd like to book a service for my car, please.",
    "Tomorrow at half past ten.",
    "Yes.",
    "My number is nine, eight, double seven, six, zero.",
    "Could you perhaps tell me how much an oil change costs?",
    "No, stop.",
    "Catch up the ticket at eighteen eighty-eight street.",
    "She thinks the fast fix was for Fischer's four-stroke sixty-six.",
)
HINDI_TEXTS = ("मेरी गाड़ी की सर्विस बुक करनी है।", "कल सुबह दस बजे।", "हाँ जी।", "पाँच सौ रुपये दे दो।")
ESPEAK_RATE_HZ = 22050
SYNCHRONOUS, UTF8, RATE = 2, 1, 1
EVENT_END, EVENT_WORD = 0, 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """PCM16 at 22,050 Hz without any noise, and where its words begin."""

    voice: str
    words_per_minute: int
    text: str
    pcm: bytes
    word_starts_ms: tuple[float, ...]


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def synthesise_all() -> list[Sentence]:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    pieces: list[bytes] = []
    words: list[float] = []

    def take(wav: ctypes.Array[ctypes.c_short], samples: int, events: ctypes.Array[_Event]) -> int:
        if samples > 0:
            pieces.append(ctypes.string_at(wav, 2 * samples))
        at = 0
        while events[at].type != EVENT_END:
            if events[at].type == EVENT_WORD:
                words.append(float(events[at].audio_position))
            at += 1
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    sentences = []
    for voice in VOICES:
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SystemExit(f"espeak-ng has no voice {voice!r}")
        for rate in RATES:
            library.espeak_SetParameter(RATE, rate, 0)
            for text in HINDI_TEXTS if voice == "hi" else TEXTS:
                pieces.clear()
                words.clear()
                data = text.encode() + b"\0"
                library.espeak_Synth(data, len(data), 0, 1, 0, UTF8, None, None)
                library.espeak_Synchronize()
                sentences.append(Sentence(voice, rate, text, b"".join(pieces), tuple(words)))
    return sentences


def write_sentences(path: Path, sentences: list[Sentence]) -> None:
    rows = [{**asdict(sentence), "pcm": base64.b64encode(sentence.pcm).decode()} for sentence in sentences]
    path.write_text(json.dumps(rows))


def read_sentences(path: Path) -> list[Sentence]:
    return [
        Sentence(
            voice=row["voice"],
            words_per_minute=row["words_per_minute"],
            text=row["text"],
            pcm=base64.b64decode(row["pcm"]),
            word_starts_ms=tuple(row["word_starts_ms"]),
        )
        for row in json.loads(path.read_text())
    ]


if __name__ == "__main__":
    write_sentences(Path(sys.argv[1]), synthesise_all())
