"""The set: who says what when. A line of `sets/*/*.txt` becomes a timeline with its own times, the same in every run.

Speaking rate, the detector's lag, the recogniser's delay and whether it sends partials are drawn for each timeline from
a generator seeded with its text. Only the half `tune` may be looked at while rules or thresholds are changed; `heldout`
is for scoring. `drill` belongs to neither half: sentences that nearly all break off somewhere, to find rules with.
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

Half = Literal["tune", "drill", "heldout"]

SETS = Path(__file__).parent / "sets"
BEGIN_MS = 2000.0
"""When the caller begins to speak."""
SYLLABLE_MS = 175.0
LEAST_MS = 180.0
_PAUSE = re.compile(r"\((\d+(?:\.\d+)?)\)")
_VOWELS = re.compile(r"[aeiouyAEIOUY]+|[\u0905-\u0914\u093e-\u094c]|[\u0915-\u0939](?![\u093e-\u094d])")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Segment:
    """Speech without a pause inside."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Timeline:
    language: str
    kind: str
    """What the agent has asked (an ExpectKind), or "backchannel", "noise", "stop", "interrupt" over his speech."""
    text: str
    """As in the file."""
    segments: tuple[Segment, ...]
    misheard: str
    """noise: what the recogniser makes of it."""
    half: Half
    seed: int

    @property
    def over(self) -> bool:
        return self.kind in ("backchannel", "noise", "stop", "interrupt")

    @property
    def words(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def end_ms(self) -> float:
        return self.segments[-1].end_ms


def load(folder: Path = SETS) -> list[Timeline]:
    """Raises ValueError naming the file and the line that cannot be read."""
    found = []
    for path in sorted(folder.glob("*/*.txt")):
        half = cast("Half", path.parent.name)
        if half not in get_args(Half):
            raise ValueError(f"{path}: timelines lie in one of the folders {', '.join(get_args(Half))}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            kind, bar, text = line.partition("|")
            if not bar or not text.strip():
                raise ValueError(f"{path}:{number}: a timeline is `kind | what the caller says`")
            found.append(
                timeline(path.stem.rstrip("-0123456789"), kind.strip().removeprefix("over").strip(), text.strip(), half)
            )
    return found


def timeline(language: str, kind: str, text: str, half: Half) -> Timeline:
    digest = hashlib.sha256(f"{kind}|{text}".encode()).digest()
    seed = int.from_bytes(digest[:4])
    chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
    misheard = ""
    if kind == "noise":
        length, _, misheard = text.strip("{}").partition(" ")
        segments: tuple[Segment, ...] = (Segment("", BEGIN_MS, BEGIN_MS + 1000 * float(length)),)
    else:
        segments = _spoken(text, chance.choice((0.8, 1.0, 1.0, 1.25)))
    return Timeline(language, kind, text, segments, misheard.strip(), half, seed)


def _spoken(text: str, slowness: float) -> tuple[Segment, ...]:
    pieces = _PAUSE.split(text)
    segments = []
    at_ms = BEGIN_MS
    for place, piece in enumerate(pieces):
        if place % 2:
            at_ms += 1000 * float(piece)
            continue
        words = piece.strip()
        length_ms = max(LEAST_MS, slowness * sum(word_ms(word) for word in words.split()))
        segments.append(Segment(words, at_ms, at_ms + length_ms))
        at_ms += length_ms
    return tuple(segments)


def word_ms(word: str) -> float:
    """About how long a word takes: its syllables, or its digits."""
    digits = len(_DIGITS.findall(word))
    return SYLLABLE_MS * max(1, digits if digits else len(_VOWELS.findall(word))) + 40.0
