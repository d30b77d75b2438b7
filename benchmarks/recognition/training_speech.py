"""Makes a shard of training data for `hearing.npz`: spoken sentences, their phones, what a telephone leaves of them.

Every sentence is spoken by espeak-ng (many voices, accents, speeds and pitches; none of the held-out ones, and some
kept back to see how strangers fare) or, where it is installed, by flite, whose voices come from recorded people. The
wide-band sound is aligned with its words by the acoustic model itself; then the sound goes through the line several
times. Written: `line` (frames, 20) log mel spectra, `state` (frames,), `ends` (utterances,) index past the last frame.

    python benchmarks/recognition/training_speech.py SHARD_NUMBER COUNT OUT.npz
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import wave
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pocketsphinx
import soxr
from line import Voice, through_the_line
from numpy.typing import NDArray
from synthesize import Synthesizer

from offhook.desks.dealership.speech import speech_domain
from offhook.providers.stt.pocketsphinx import lexicon
from offhook.providers.stt.pocketsphinx.features import LineSpectra
from offhook.providers.stt.pocketsphinx.hearing import PHONES, STATES_PER_PHONE

WIDE_HZ = 16_000
LINES = 2
"""How often a sentence goes through the line, each time another one."""
ACCENTS = {"en-us": 6, "en": 4, "en-029": 2, "en-gb-x-gbcwmd": 2, "en-us-nyc": 1.5}
"""The held-out accents (RP, Scottish) and one kept back (Lancaster) are not here."""
VARIANTS = (
    *("", "", "m1", "m2", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f5"),
    *(
        "Alex",
        "Alicia",
        "Andrea",
        "Andy",
        "Annie",
        "Denis",
        "Gene",
        "Henrique",
        "Hugo",
        "Jacky",
        "Lee",
        "Marco",
        "Mario",
    ),
    *("Michael", "Mike", "Reed", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david"),
    *(
        "ed",
        "edward",
        "grandma",
        "grandpa",
        "ian",
        "iven",
        "john",
        "kaukovalta",
        "klatt2",
        "klatt3",
        "linda",
        "marcelo",
    ),
    *("max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby"),
    *("steph", "travis", "victor", "zac"),
)
"""f3 is held out; m3 and f4 are kept back."""
FLITE_VOICES = ("awb", "kal16", "rms", "slt")
FLITE_SHARE = 0.2
_PLACES = {phone: number for number, phone in enumerate(PHONES)}
_SILENCE = _PLACES["SIL"]
_SERVICES = (
    "oil change", "full service", "interim service", "brake inspection", "tire rotation", "wheel alignment",
    "battery replacement", "state inspection", "air conditioning service", "diagnostic check", "detailing",
    "transmission service", "windscreen repair", "safety check", "tyre fitting", "coolant flush", "clutch repair",
)  # fmt: skip


def main(shard: int, count: int, out: Path) -> None:
    dice = random.Random(1000 + shard)  # noqa: S311 - a reproducible draw, no secret
    domain = speech_domain([(name, ()) for name in _SERVICES])
    groups = [domain.sentences, domain.sentences, *domain.by_expectation.values()]
    words = sorted({word for group in groups for sentence in group for word in sentence.split()})
    lines: list[NDArray[np.float16]] = []
    states: list[NDArray[np.int16]] = []
    with tempfile.TemporaryDirectory() as folder:
        dictionary = Path(folder) / "dict"
        # espeak-ng spells the words as well; it bears only one use in a process.
        with ProcessPoolExecutor(1) as apart:
            apart.submit(write_dictionary, words, dict(domain.pronunciations), dictionary).result()
        synthesizer = Synthesizer()
        aligner = Aligner(dictionary)
        while len(lines) < count * LINES:
            mixed = dice.random() < 0.15
            text = " ".join(dice.choices(words, k=dice.randint(3, 8))) if mixed else dice.choice(dice.choice(groups))
            wide = spoken(text, dice, synthesizer, Path(folder))
            spoken_states = aligner.states(wide, text)
            if spoken_states is None:
                continue
            for _ in range(LINES):
                pcm = through_the_line(wide, WIDE_HZ, dice)
                line = LineSpectra().push(pcm)
                frames = min(len(line), len(spoken_states))
                lines.append(line[:frames].astype(np.float16))
                states.append(spoken_states[:frames])
    ends = np.cumsum([len(line) for line in lines])
    np.savez(out, line=np.concatenate(lines), state=np.concatenate(states), ends=ends)


def spoken(text: str, dice: random.Random, synthesizer: Synthesizer, folder: Path) -> NDArray[np.float32]:
    """Samples at 16 kHz, some quiet around them, somewhat faster or slower and so with longer or shorter throats."""
    path = folder / "spoken.wav"
    if shutil.which("flite") and dice.random() < FLITE_SHARE:
        stretch = f"duration_stretch={dice.uniform(0.85, 1.2):.2f}"
        command = ["flite", "-voice", dice.choice(FLITE_VOICES), "--setf", stretch, "-t", text, "-o", str(path)]
        subprocess.run(command, check=True)  # noqa: S603
    else:
        accent = dice.choices(list(ACCENTS), list(ACCENTS.values()))[0]
        variant = dice.choice(VARIANTS)
        voice = Voice(f"{accent}+{variant}" if variant else accent, dice.randint(125, 200), dice.randint(25, 75))
        synthesizer.write(voice.name, voice.rate_wpm, voice.pitch, text, path)
    with wave.open(str(path), "rb") as source:
        rate_hz = source.getframerate()
        samples = np.frombuffer(source.readframes(source.getnframes()), dtype=np.int16).astype(np.float32) / 32768.0
    throat = dice.uniform(0.88, 1.14) if dice.random() < 0.6 else 1.0
    speech = soxr.resample(samples, rate_hz * throat, WIDE_HZ)
    quiet = [np.zeros(int(dice.uniform(0.1, 0.5) * WIDE_HZ), dtype=np.float32) for _ in range(2)]
    return np.concatenate([quiet[0], speech, quiet[1]])


def write_dictionary(words: list[str], hints: dict[str, tuple[str, ...]], path: Path) -> None:
    known = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    path.write_text(lexicon.as_text(lexicon.build(words, hints, known)), encoding="utf-8")


class Aligner:
    """Which state of which phone each 10 ms of wide-band speech are, its words being known."""

    def __init__(self, dictionary: Path) -> None:
        self._decoder = pocketsphinx.Decoder(
            hmm=pocketsphinx.get_model_path("en-us/en-us"), dict=str(dictionary), lm=None, loglevel="FATAL"
        )

    def states(self, wide: NDArray[np.float32], text: str) -> NDArray[np.int16] | None:
        """None when the words and the sound do not come together."""
        loud = wide / max(float(np.abs(wide).max()), 1e-3) * 0.5
        loud = loud + np.random.default_rng(0).standard_normal(loud.size) * 3e-4
        pcm = (np.clip(loud, -1, 1) * 32767).astype(np.int16).tobytes()
        decoder = self._decoder
        try:
            decoder.set_align_text(text)
            self._pass(pcm)
            decoder.set_alignment()
            self._pass(pcm)
            found = [
                (_PLACES.get(phone.name, _SILENCE) * STATES_PER_PHONE + number, state.start, state.duration)
                for word in decoder.get_alignment()
                for phone in word
                for number, state in enumerate(phone)
            ]
        except (RuntimeError, TypeError):
            return None
        if not found or sum(length for _, _, length in found) < decoder.n_frames() * 0.95:
            return None
        states = np.zeros(found[-1][1] + found[-1][2], dtype=np.int16)
        for state, start, length in found:
            states[start : start + length] = state
        return states

    def _pass(self, pcm: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
