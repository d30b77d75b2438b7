"""What a telephone line carries, heard as states of phones: a small network, and the decoder's model that goes with it.

The acoustic model that comes with the decoder expects wide-band American speech and takes a telephone's narrow band and
British vowels for other words. So the decoder gets one of our own: a network trained on synthetic speech of many
voices, accents and lines (`benchmarks/recognition/train_hearing.py`) looks at some frames around each one and gives 39
features; its last layer, which tells 120 states of phones by them, is written as the Gaussians of the decoder's model.
A linear layer is such a model exactly: for unit variances log N(x; w) = w·x - |w|²/2 - |x|²/2, one more feature that is
always 0 sets each state's constant right, and |x|² is the same for all states (Heigold et al. 2007, "On the equivalence
of Gaussian HMM and Gaussian HMM-like hidden conditional random fields").
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offhook.providers.stt.pocketsphinx.features import LINE_FILTERS, Array

DATA = Path(__file__).with_name("hearing.npz")
PHONES = (
    *(
        "AA",
        "AE",
        "AH",
        "AO",
        "AW",
        "AY",
        "B",
        "CH",
        "D",
        "DH",
        "EH",
        "ER",
        "EY",
        "F",
        "G",
        "HH",
        "IH",
        "IY",
        "JH",
        "K",
    ),
    *("L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "SIL", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"),
)
STATES_PER_PHONE = 3
_STAY = 0.6
"""Probability of another frame in the same state."""
_PRIOR_SHARE = 0.7
"""How much of a state's frequency in the training speech is taken off: silence was plentiful there."""
_BYTE_ORDER = 0x11223344


@dataclass(frozen=True, slots=True)
class Hearing:
    """Two hidden layers of rectified units and a narrow linear one."""

    context: int
    """Frames looked at on each side."""
    scale: Array
    """(20,) standard deviation of the input's filters."""
    first: Array
    first_bias: Array
    second: Array
    second_bias: Array
    narrow: Array
    narrow_bias: Array
    states: Array
    """(states, 39)"""
    states_bias: Array
    log_prior: Array

    @property
    def key(self) -> str:
        """Stable identity of the weights; a cache key for the written model."""
        return hashlib.sha256(self.means().tobytes()).hexdigest()[:16]

    @property
    def width(self) -> int:
        """Values per frame that the decoder gets."""
        return int(self.narrow.shape[1]) + 1

    def __call__(self, line: Array, mean: Array) -> Array:
        """(frames, 20) log mel spectra and the mean to take off -> (frames, width) features."""
        if not len(line):
            return np.zeros((0, self.width), dtype=np.float32)
        seen = self.context * 2 + 1
        padded = np.pad((line - mean) / self.scale, ((self.context, self.context), (0, 0)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, seen, axis=0).transpose(0, 2, 1)
        looked_at = np.ascontiguousarray(windows).reshape(len(line), seen * LINE_FILTERS)
        active = np.maximum(looked_at @ self.first + self.first_bias, np.float32(0))
        active = np.maximum(active @ self.second + self.second_bias, np.float32(0))
        features: Array = np.zeros((len(line), self.width), dtype=np.float32)
        features[:, :-1] = active @ self.narrow + self.narrow_bias
        return features

    def means(self) -> Array:
        """(states, width) means of unit-variance Gaussians that are the network's last layer."""
        constant = self.states_bias - np.float32(_PRIOR_SHARE) * self.log_prior + (self.states**2).sum(axis=1) / 2
        last = np.sqrt(2 * (constant.max() - constant))
        found: Array = np.concatenate([self.states, last[:, None]], axis=1).astype(np.float32)
        return found


def load(path: Path = DATA) -> Hearing:
    """Read the weights that the training script wrote. Raises OSError, KeyError."""
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name].astype(np.float32) for name in data.files if name != "context"}
        return Hearing(context=int(data["context"]), **arrays)


def write_model(hearing: Hearing, folder: Path) -> None:
    """The decoder's acoustic model as files, written under another name and renamed. Formats: `s3file.c`."""
    if folder.exists():
        return
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    states, width = len(PHONES) * STATES_PER_PHONE, hearing.width
    means = hearing.means()
    _write(partial / "means", (states, 1, 1, width, means.size), means)
    _write(partial / "variances", (states, 1, 1, width, means.size), np.ones_like(means))
    _write(partial / "mixture_weights", (states, 1, 1, states), np.ones(states, dtype=np.float32))
    rows = np.zeros((len(PHONES), STATES_PER_PHONE, STATES_PER_PHONE + 1), dtype=np.float32)
    for state in range(STATES_PER_PHONE):
        rows[:, state, state : state + 2] = _STAY, 1 - _STAY
    _write(partial / "transition_matrices", (len(PHONES), STATES_PER_PHONE, STATES_PER_PHONE + 1, rows.size), rows)
    (partial / "mdef").write_text(_definition(), encoding="ascii")
    (partial / "noisedict").write_text("<s> SIL\n</s> SIL\n<sil> SIL\n", encoding="ascii")
    parameters = f"-feat 1s_c\n-ncep {width}\n-ceplen {width}\n-nfilt {width}\n-agc none\n-cmn none\n-varnorm no\n"
    (partial / "feat.params").write_text(parameters, encoding="ascii")
    try:
        partial.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(partial)


def _write(path: Path, sizes: tuple[int, ...], values: Array) -> None:
    # Means and variances state the width of their one stream before the number of values; the order is the file's.
    head = b"s3\nversion 1.0\nendhdr\n" + struct.pack(f"<I{len(sizes)}i", _BYTE_ORDER, *sizes)
    path.write_bytes(head + values.astype("<f4").tobytes())


def _definition() -> str:
    """Model definition: phones without context, each with states of its own."""
    phones, states = len(PHONES), len(PHONES) * STATES_PER_PHONE
    lines = ["0.3", f"{phones} n_base", "0 n_tri", f"{phones * (STATES_PER_PHONE + 1)} n_state_map"]
    lines += [f"{states} n_tied_state", f"{states} n_tied_ci_state", f"{phones} n_tied_tmat", "#", "# definitions", "#"]
    for number, phone in enumerate(PHONES):
        own = " ".join(str(number * STATES_PER_PHONE + state) for state in range(STATES_PER_PHONE))
        lines.append(f"{phone} - - - {'filler' if phone == 'SIL' else 'n/a'} {number} {own} N")
    return "\n".join(lines) + "\n"
