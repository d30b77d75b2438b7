"""How loud each line is against its own noise, for many lines at once.

It serves two ends. Windows in which nothing rises over the noise never reach the model (most of a call is listening
to a silent line), and the parts of a window that do rise date the beginning and end of what the model calls speech.

A window is cut into PARTS of about 8 ms and two bands, below and above a quarter of the sampling rate (sum and
difference of neighbouring samples), because vowels and hisses each leave one band alone, and white noise has 3 dB less
in half a band. A part is loud when in either band
- it rises `part_db` over the line's noise floor (8 ms of white noise in half a band scatter by 1.1 dB), or
- it and the three before it together rise `run_db` over it (scatter 0.5 dB) and it rises at all: weak endings.
Noise that rumbles scatters more than white noise; the thresholds rise with the scatter found on the line.

The floor follows what is known not to be speech: windows kept back by the gate, or found empty by the model. While
somebody speaks it may only fall, or rise to the quietest moment of the last second of speech (the noise of a line is
no louder than that), which is how it is learned on a call that begins in mid-sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from offhook.audio.level import FULL_SCALE
from offhook.audio.vad.model import Floats, Rows

PARTS = 4
BANDS = 2
_PER_PART = np.float32(1.0 / PARTS)

Bools = npt.NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class GateSettings:
    part_db: float = 5.0
    """One part over the floor by so much is loud, ..."""
    part_spreads: float = 5.5
    """... and by so many times the mean deviation of the line's noise (0.9 dB if it is white)."""
    run_db: float = 2.2
    """Four parts over the floor by so much in the mean are loud, ..."""
    run_cap_db: float = 4.0
    """A part counts in that mean with at most so much: a loud one does not make loud what follows it."""
    run_spreads: float = 2.6
    """... and by so many mean deviations, ..."""
    rise_db: float = 1.0
    """... those of them that rise by so much themselves."""
    least_dbfs: float = -68.0
    """In a band quieter than this nothing is speech, whatever the floor: the codes of a silent G.711 line."""
    floor_most_dbfs: float = -30.0
    """The floor is never taken to be louder, so that shouting over machinery still reaches the model."""
    first_floor_dbfs: float = -68.0
    """Low, so that nothing is missed before the floor is known."""
    reach_db: float = 36.0
    """The floor is never taken to lie deeper under the line's loudest speech: breath after a word is no speech."""
    forget_db: float = 0.1
    """What the memory of the loudest speech loses per window."""
    spread_most_db: float = 2.0
    """The mean deviation is never taken to be larger: what scatters more is no noise of a line."""
    learn: float = 0.15
    """Share of a window in the floor."""
    learn_spread: float = 0.05
    """Share of a window in the mean deviation."""
    hold_windows: int = 8
    """Windows that pass after a loud one, so that the model hears a whole sound with its end."""
    memory_windows: int = 32
    """The "last second" of the floor's lower bound while speaking."""
    speech_over_noise_db: float = 12.0
    """Speech rises at least that much over its quietest moment; less is one long sound and tells nothing."""


class GateBank:
    """The noise floors of many lines, one row each. Pure: audio in, choices out.

    Each window is first shown to `look`, then, once it is known whether it may be speech, to `learn`.
    """

    def __init__(self, settings: GateSettings, rows: int = 16) -> None:
        self._settings = settings
        self._floor = np.empty((0, BANDS), np.float32)
        self._spread = np.empty((0, BANDS), np.float32)
        self._levels = np.empty((0, 3 + PARTS, BANDS), np.float32)
        self._top = np.empty(0, np.float32)
        self._hold = np.empty(0, np.int32)
        self._memory = np.empty((0, BANDS, settings.memory_windows), np.float32)
        self._memory_at = np.empty(0, np.int32)
        self._grow(rows)

    def floor_dbfs(self, row: int) -> tuple[float, float]:
        """Noise floor of the lower and the upper band."""
        low, high = self._floor[row].tolist()
        return low, high

    def reset(self, row: int) -> None:
        """Begin a new line in this row."""
        if row >= len(self._hold):
            self._grow(max(row + 1, 2 * len(self._hold)))
        first = self._settings.first_floor_dbfs
        self._floor[row] = first
        self._spread[row] = 0.0
        self._levels[row] = first
        self._top[row] = first
        self._hold[row] = 0
        self._memory_at[row] = 0

    def look(self, rows: Rows, windows: Floats) -> tuple[Bools, Bools]:
        """Which parts of the windows [rows, samples] (int16 scale) are loud [rows, PARTS], and which windows pass."""
        settings = self._settings
        recent = self._levels[rows]
        recent[:, :3] = recent[:, PARTS:]
        recent[:, 3:] = part_levels(windows)
        self._levels[rows] = recent
        depth = np.maximum(self._top[rows] - settings.reach_db, settings.least_dbfs - settings.part_db)
        over = recent - np.maximum(self._floor[rows], depth[:, None])[:, None, :]
        parts = over[:, 3:]
        capped = np.minimum(over, settings.run_cap_db)
        runs = (capped[:, 3:] + capped[:, 2:-1] + capped[:, 1:-2] + capped[:, :-3]) * np.float32(0.25)
        spread = self._spread[rows][:, None, :]
        part_db = np.maximum(settings.part_spreads * spread, settings.part_db)
        run_db = np.maximum(settings.run_spreads * spread, settings.run_db)
        in_band = (parts > part_db) | ((runs > run_db) & (parts > settings.rise_db))
        loud = in_band[:, :, 0] | in_band[:, :, 1]
        hold = np.where(np.logical_or.reduce(loud, axis=1), settings.hold_windows, self._hold[rows] - 1)
        self._hold[rows] = np.maximum(hold, -1)
        return loud, hold >= 0

    def learn(self, rows: Rows, speech: Bools) -> None:
        """Take the windows last looked at into the floors. `speech`: they may be part of speech."""
        settings = self._settings
        parts = self._levels[rows, 3:]
        level = np.add.reduce(parts, axis=1) * _PER_PART
        top = self._top[rows] - settings.forget_db
        self._top[rows] = np.where(speech, np.maximum(top, np.maximum.reduce(parts, axis=(1, 2))), top)
        floor = self._floor[rows]
        spread = self._spread[rows]
        away = np.add.reduce(np.abs(parts - floor[:, None, :]), axis=1)
        deviation = np.minimum(away * _PER_PART, settings.spread_most_db)
        self._spread[rows] = np.where(speech[:, None], spread, spread + settings.learn_spread * (deviation - spread))
        follow = ~speech[:, None] | (level < floor)
        floor = np.where(follow, floor + settings.learn * (level - floor), floor)
        self._memory_at[rows[~speech]] = 0
        if np.logical_or.reduce(speech):
            floor = self._bound(rows, speech, level, floor)
        self._floor[rows] = np.minimum(floor, settings.floor_most_dbfs)

    def _bound(self, rows: Rows, speech: Bools, level: Floats, floor: Floats) -> Floats:
        """The floors, raised to the quietest window of the last `memory_windows` of speech where these are full."""
        settings = self._settings
        speaking = rows[speech]
        at = self._memory_at[speaking]
        self._memory[speaking, :, at % settings.memory_windows] = level[speech]
        self._memory_at[speaking] = at + 1
        full = np.flatnonzero(speech)[at + 1 >= settings.memory_windows]
        if len(full):
            memory = self._memory[rows[full]]
            quietest = np.minimum.reduce(memory, axis=2)
            tells = quietest <= np.maximum.reduce(memory, axis=2) - settings.speech_over_noise_db
            floor[full] = np.where(tells, np.maximum(floor[full], quietest), floor[full])
        return floor

    def _grow(self, rows: int) -> None:
        self._floor = _grown(self._floor, rows)
        self._spread = _grown(self._spread, rows)
        self._levels = _grown(self._levels, rows)
        self._top = _grown(self._top, rows)
        self._hold = _grown(self._hold, rows)
        self._memory = _grown(self._memory, rows)
        self._memory_at = _grown(self._memory_at, rows)


def _grown(array: npt.NDArray[Scalar], rows: int) -> npt.NDArray[Scalar]:
    """A copy with so many rows."""
    larger = np.zeros((rows, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def part_levels(windows: Floats) -> Floats:
    """dBFS [rows, PARTS, BANDS] of the lower and the upper half band of windows [rows, samples] (int16 scale)."""
    rows, samples = windows.shape
    mean: Floats = np.add.reduce(windows, axis=1, keepdims=True) * np.float32(1.0 / samples)
    windows = windows - mean
    halves = np.empty((rows, BANDS, samples), np.float32)
    np.add(windows[:, 1:], windows[:, :-1], out=halves[:, 0, 1:])
    np.subtract(windows[:, 1:], windows[:, :-1], out=halves[:, 1, 1:])
    halves[:, :, 0] = halves[:, :, 1]
    parts = halves.reshape(rows, BANDS, PARTS, samples // PARTS)
    power = np.einsum("rbps,rbps->rpb", parts, parts)
    power *= np.float32(PARTS / (4.0 * samples * FULL_SCALE * FULL_SCALE))
    levels: Floats = np.float32(10.0) * np.log10(np.maximum(power, np.float32(1e-12)))
    return levels
