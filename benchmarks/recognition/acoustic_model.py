"""The en-us acoustic model as arrays: Gaussians, their mixture weights, and which senone is which.

Formats after sphinxbase and pocketsphinx (BSD): `bin_mdef.c` (model definition), `ms_gauden.c` (means, variances),
`ptm_mgau.c` (`sendump`: eight-bit logarithms of the mixture weights).
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STREAMS, DENSITIES, WIDTH = 3, 128, 13
_VARIANCE_FLOOR = 1e-4
_WEIGHT_STEP = math.log(1.0001) * 1024
"""`sendump` holds -log(weight) in these."""


@dataclass(frozen=True, slots=True)
class AcousticModel:
    means: NDArray[np.float32]
    """(codebook, stream, density, 13)"""
    variances: NDArray[np.float32]
    log_weights: NDArray[np.float32]
    """(stream, density, senone)"""
    codebook: NDArray[np.int64]
    """(senone,) the phone whose Gaussians the senone mixes."""
    state: NDArray[np.int64]
    """(senone,) which of the phone's states it is."""


def load(folder: Path) -> AcousticModel:
    """Read `mdef`, `means`, `variances` and `sendump`. Raises OSError, ValueError."""
    codebook, state = _places((folder / "mdef").read_bytes())
    variances = np.maximum(_gaussians(folder / "variances"), _VARIANCE_FLOOR)
    return AcousticModel(_gaussians(folder / "means"), variances, _weights(folder / "sendump"), codebook, state)


def _gaussians(path: Path) -> NDArray[np.float32]:
    data = path.read_bytes()
    at = data.index(b"endhdr\n") + len(b"endhdr\n") + 4
    codebooks, streams, densities = struct.unpack_from("<3i", data, at)
    if (streams, densities) != (STREAMS, DENSITIES):
        raise ValueError(f"{path}: {streams} streams of {densities} densities; the en-us ptm model is needed.")
    at += 12 + 4 * streams + 4  # the streams' widths, the number of values
    values = np.frombuffer(data, dtype="<f4", offset=at, count=codebooks * streams * densities * WIDTH)
    return values.reshape(codebooks, streams, densities, WIDTH).copy()


def _weights(path: Path) -> NDArray[np.float32]:
    data = path.read_bytes()
    at = 0
    while (length := struct.unpack_from("<i", data, at)[0]) != 0:
        at += 4 + length
    densities, senones = struct.unpack_from("<2i", data, at + 4)
    ids = np.frombuffer(data, dtype=np.uint8, offset=len(data) - STREAMS * densities * senones)
    return -ids.reshape(STREAMS, densities, senones).astype(np.float32) * np.float32(_WEIGHT_STEP)


def _places(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Senone → context-independent phone, and number of the state."""
    skip = struct.unpack_from("<i", data, 8)[0]
    at = 12 + skip
    n_ci, n_phones, n_states, n_ci_senones, n_senones, _, n_sequences, _, n_tree, _ = struct.unpack_from(
        "<10i", data, at
    )
    at += 40
    for _ in range(n_ci):
        at = data.index(b"\0", at) + 1
    at = (at + 3) // 4 * 4 + 8 * n_tree
    phones = np.frombuffer(
        data, dtype=np.dtype([("seq", "<i4"), ("tmat", "<i4"), ("ctx", "u1", 4)]), offset=at, count=n_phones
    )
    at += 12 * n_phones + 4
    sequences = np.frombuffer(data, dtype="<u2", offset=at, count=n_sequences * n_states).reshape(n_sequences, n_states)
    codebook = np.zeros(n_senones, dtype=np.int64)
    ci = np.where(np.arange(n_phones) < n_ci, np.arange(n_phones), phones["ctx"][:, 1])
    codebook[sequences[phones["seq"]].ravel()] = np.repeat(ci, n_states)
    codebook[:n_ci_senones] = np.repeat(np.arange(n_ci), n_states)
    state = np.zeros(n_senones, dtype=np.int64)
    state[sequences[phones["seq"]].ravel()] = np.tile(np.arange(n_states), n_phones)
    return codebook, state
