from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vad_voice import vowels

from offhook.audio.vad.energy import EnergyModel
from offhook.audio.vad.model import Floats, VoiceModel
from offhook.audio.vad.onnx_file import float_arrays
from offhook.audio.vad.silero import CONTEXT_SAMPLES, MODEL_PATH, SileroModel, VadModelMissing

needs_file = pytest.mark.skipif(not MODEL_PATH.is_file(), reason="the silero model was not built in: `make setup`")


@pytest.fixture(scope="module")
def silero() -> SileroModel:
    return SileroModel()


def lines(rate_hz: int, count: int, windows: int) -> Floats:
    """[line, window, sample]: voices of several pitches and levels, and noise."""
    size = rate_hz * 32 // 1000
    rng = np.random.default_rng(3)
    out = np.empty((count, windows, size), np.float32)
    for n in range(count):
        voice = np.frombuffer(vowels(windows * 32, rate_hz, 90 + 20 * n), "<i2").astype(np.float32)
        out[n] = (voice * 0.3 * n + rng.normal(0, 50, len(voice))).reshape(windows, size)
    return out


@needs_file
@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_probabilities_are_those_of_the_model_in_a_general_runtime(silero: SileroModel, rate_hz: int) -> None:
    audio = lines(rate_hz, 5, 30)
    bank, context = silero.bank(rate_hz), np.zeros((5, CONTEXT_SAMPLES[rate_hz]), np.float32)
    for row in range(5):
        bank.reset(row)
    runtime = onnxruntime.InferenceSession(MODEL_PATH.read_bytes(), providers=["CPUExecutionProvider"])
    state = np.zeros((2, 5, 128), np.float32)
    seen = []
    for at in range(30):
        heard = np.concatenate([context, audio[:, at] / 32768], axis=1, dtype=np.float32)
        given = {"input": heard, "state": state, "sr": np.array(rate_hz, np.int64)}
        expected, state = runtime.run(None, given)
        context = heard[:, -context.shape[1] :]
        probabilities = bank.run(np.arange(5, dtype=np.intp), audio[:, at])
        np.testing.assert_allclose(probabilities, expected[:, 0], atol=1e-5)
        seen += probabilities.tolist()
    assert min(seen) < 0.05
    assert max(seen) > 0.9


@needs_file
@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_a_batch_gives_what_single_runs_give(silero: SileroModel, rate_hz: int) -> None:
    audio = lines(rate_hz, 5, 20)
    batch = silero.bank(rate_hz)
    singles = [silero.bank(rate_hz) for _ in range(5)]
    for row in range(5):
        batch.reset(row)
        singles[row].reset(0)
    rng = np.random.default_rng(1)
    at = [0] * 5
    while min(at) < 15:
        rows = [row for row in rng.permutation(5).tolist() if rng.random() < 0.7 and at[row] < 20]
        if not rows:
            continue
        together = batch.run(np.array(rows, np.intp), np.stack([audio[row, at[row]] for row in rows]))
        for row, probability in zip(rows, together.tolist(), strict=True):
            alone = singles[row].run(np.array([0], np.intp), audio[row, at[row]][None, :])
            assert probability == pytest.approx(float(alone[0]), abs=1e-4)
            at[row] += 1


@needs_file
def test_state_belongs_to_a_row_until_it_is_reset(silero: SileroModel) -> None:
    audio = lines(8000, 5, 20)[4]
    bank, row = silero.bank(8000), np.array([40], np.intp)
    bank.reset(40)
    first = [float(bank.run(row, window[None, :])[0]) for window in audio]
    carried = float(bank.run(row, audio[0][None, :])[0])
    assert carried != pytest.approx(first[0], abs=1e-3)
    bank.reset(40)
    assert [float(bank.run(row, window[None, :])[0]) for window in audio] == pytest.approx(first, abs=1e-6)


@needs_file
@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_voice_is_told_from_silence_and_noise(silero: SileroModel, rate_hz: int) -> None:
    bank, size = silero.bank(rate_hz), rate_hz * 32 // 1000
    rng = np.random.default_rng(2)
    voice = np.frombuffer(vowels(960, rate_hz, 120), "<i2").astype(np.float32).reshape(-1, size)
    for row in range(3):
        bank.reset(row)
    rows = np.arange(3, dtype=np.intp)
    for window in voice:
        hiss = rng.normal(0, 400, size).astype(np.float32)
        last = bank.run(rows, np.stack([window, np.zeros(size, np.float32), hiss]))
    assert last[0] > 0.8
    assert max(last[1], last[2]) < 0.2


@needs_file
@pytest.mark.parametrize("samples", [255, 257, 512, 0])
def test_another_window_size_is_refused(silero: SileroModel, samples: int) -> None:
    bank = silero.bank(8000)
    bank.reset(0)
    with pytest.raises(ValueError, match="exactly 256 samples at 8000 Hz"):
        bank.run(np.array([0], np.intp), np.zeros((1, samples), np.float32))


@needs_file
def test_an_unknown_rate_is_refused(silero: SileroModel) -> None:
    with pytest.raises(ValueError, match="8000 or 16000 Hz, not 44100"):
        silero.bank(44100)


def test_a_missing_or_broken_file_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(VadModelMissing, match=r"nothing\.onnx; run `make setup`"):
        SileroModel(tmp_path / "nothing.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    with pytest.raises(VadModelMissing, match="cannot be read"):
        SileroModel(tmp_path / "broken.onnx")


@needs_file
def test_a_file_that_is_not_whole_or_of_another_model_is_refused(tmp_path: Path) -> None:
    whole = MODEL_PATH.read_bytes()
    for kept in (0, 1, 3, 100, 5_000, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.onnx").write_bytes(whole[:kept])
        with pytest.raises(VadModelMissing, match="cannot be read"):
            SileroModel(tmp_path / "cut.onnx")
    (tmp_path / "other.onnx").write_bytes(whole.replace(b"forward_basis_buffer", b"forward_basis_bufger"))
    with pytest.raises(VadModelMissing, match="cannot be read"):
        SileroModel(tmp_path / "other.onnx")


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_arrays_or_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match="ONNX"):
        float_arrays(content)


def test_the_energy_detector_tells_voice_from_silence() -> None:
    model: VoiceModel = EnergyModel()
    bank = model.bank(8000)
    for row in range(2):
        bank.reset(row)
    for window in np.frombuffer(vowels(1280, 8000, 120), "<i2").astype(np.float32).reshape(-1, 256):
        last = bank.run(np.arange(2, dtype=np.intp), np.stack([window, np.zeros(256, np.float32)]))
    assert last.tolist() == [0.5, 0.0]
    with pytest.raises(ValueError, match="exactly 256"):
        bank.run(np.array([0], np.intp), np.zeros((1, 100), np.float32))
    with pytest.raises(ValueError, match="resample first"):
        model.bank(11025)


def test_a_server_without_the_model_ends_with_one_line_that_names_the_remedy(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "from offhook.audio.vad import silero\n"
        "silero.SileroModel.__init__.__defaults__ = (pathlib.Path('nothing.onnx'),)\n"
        "sys.argv = ['offhook', 'serve', '--port', '0', '--no-worker']\n"
        "from offhook.cli import main\n"
        "main()\n"
    )
    settings = {"OFFHOOK_DATA_DIR": str(tmp_path), "OFFHOOK_STT": "fake", "OFFHOOK_TTS": "fake"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    said = done.stderr.strip().splitlines()
    assert (done.returncode, len(said)) == (1, 1), done.stderr
    assert said[0].startswith("voice_detector_missing: ")
    assert "make setup" in said[0]
