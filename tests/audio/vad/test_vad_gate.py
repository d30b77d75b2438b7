from __future__ import annotations

import numpy as np
import pytest

from offhook.audio.level import to_pcm
from offhook.audio.vad.gate import BANDS, PARTS, GateBank, GateSettings, part_levels
from offhook.audio.vad.model import Floats

SETTINGS = GateSettings()
ROW = np.array([0], np.intp)
NO, YES = np.array([False]), np.array([True])


def noise(windows: int, level_dbfs: float, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 32768 * 10 ** (level_dbfs / 20), (windows, 256)).astype(np.float32)


def sine(hz: float, level_dbfs: float) -> Floats:
    amplitude = 32768 * 10 ** (level_dbfs / 20) * 2**0.5
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(256) / 8000)).astype(np.float32)[None, :]


def bank() -> GateBank:
    gates = GateBank(SETTINGS)
    gates.reset(0)
    return gates


def feed(gates: GateBank, windows: Floats, speech: bool = False) -> tuple[list[list[bool]], list[bool]]:
    parts, passes = [], []
    for window in windows:
        loud, passing = gates.look(ROW, window[None, :])
        gates.learn(ROW, np.array([speech]))
        parts.append(loud[0].tolist())
        passes.append(bool(passing[0]))
    return parts, passes


def test_levels_by_band() -> None:
    low, high = part_levels(np.concatenate([sine(300, -20), sine(3700, -20)]))
    assert low.shape == (PARTS, BANDS)
    assert low[:, 0] == pytest.approx(-20, abs=1.5)
    assert low[:, 1].max() < -35
    assert high[:, 1] == pytest.approx(-20, abs=1.5)
    assert high[:, 0].max() < -35
    assert part_levels(np.full((1, 256), 900, np.float32)).max() <= -100, "a constant offset is no sound"


@pytest.mark.parametrize("level_dbfs", [-60.0, -45.0, -35.0])
def test_steady_noise_is_kept_back_once_it_is_known(level_dbfs: float) -> None:
    gates = bank()
    feed(gates, noise(60, level_dbfs))
    _, passes = feed(gates, noise(500, level_dbfs, seed=2))
    assert sum(passes) <= 50
    assert gates.floor_dbfs(0) == pytest.approx((level_dbfs - 3, level_dbfs - 3), abs=1.0)


def test_nothing_passes_on_a_silent_line_and_speech_passes_at_once() -> None:
    gates = bank()
    _, passes = feed(gates, np.zeros((50, 256), np.float32))
    assert not any(passes)
    parts, passes = feed(gates, sine(300, -40))
    assert passes == [True]
    assert parts == [[True] * PARTS]


def test_the_first_windows_of_a_noisy_line_pass_until_the_noise_is_known() -> None:
    _, passes = feed(bank(), noise(1, -35))
    assert passes == [True]


def test_after_a_loud_window_some_quiet_ones_pass() -> None:
    gates = bank()
    feed(gates, np.zeros((50, 256), np.float32))
    feed(gates, sine(300, -20), speech=True)
    _, passes = feed(gates, np.zeros((20, 256), np.float32))
    assert passes == [True] * SETTINGS.hold_windows + [False] * (20 - SETTINGS.hold_windows)


def test_the_end_of_a_sound_is_found_within_some_parts() -> None:
    late = []
    for seed in range(40):
        gates = bank()
        feed(gates, noise(100, -50, seed))
        windows = noise(2, -50, seed + 1000)
        windows[0, :128] += sine(300, -25)[0, :128]
        parts, _ = feed(gates, windows, speech=True)
        line = parts[0] + parts[1]
        assert line[:2] == [True, True]
        late.append(max(n for n, loud in enumerate(line) if loud) - 1)
    assert sorted(late)[20] <= 2
    assert max(late) <= 3


def test_speech_does_not_raise_the_floor_at_once_but_its_pauses_do_in_time() -> None:
    gates = bank()
    loud, quiet = sine(300, -20), noise(1, -45, seed=4)
    feed(gates, np.concatenate([loud] * 5), speech=True)
    assert max(gates.floor_dbfs(0)) < -60
    feed(gates, np.concatenate([loud, loud, loud, quiet] * 10), speech=True)
    assert gates.floor_dbfs(0)[0] == pytest.approx(-48, abs=2)


def test_one_long_sound_is_not_taken_for_noise() -> None:
    gates = bank()
    feed(gates, np.concatenate([sine(300, -20)] * 80), speech=True)
    assert gates.floor_dbfs(0)[0] < -60


def test_the_floor_has_a_ceiling_so_that_shouting_passes() -> None:
    gates = bank()
    feed(gates, noise(200, -8))
    assert gates.floor_dbfs(0) == pytest.approx((SETTINGS.floor_most_dbfs,) * 2)


def test_what_lies_far_under_the_loudest_speech_is_not_loud() -> None:
    gates = bank()
    feed(gates, np.zeros((30, 256), np.float32))
    breath = sine(300, -52)
    assert feed(gates, breath)[0] == [[True] * PARTS]
    feed(gates, np.concatenate([sine(300, -10)] * 3), speech=True)
    feed(gates, np.zeros((2, 256), np.float32), speech=True)
    assert feed(gates, breath, speech=True)[0] == [[False] * PARTS]


def test_rows_do_not_influence_each_other_and_the_bank_grows() -> None:
    together, alone = GateBank(SETTINGS, rows=1), [bank(), bank()]
    rows = np.array([0, 9], np.intp)
    for row in rows.tolist():
        together.reset(row)
    lines = [noise(80, -40, seed=5), np.zeros((80, 256), np.float32)]
    lines[1][40:] = noise(40, -30, seed=6)
    for n in range(80):
        loud, passing = together.look(rows, np.stack([lines[0][n], lines[1][n]]))
        together.learn(rows, np.array([False, n > 50]))
        for index, gates in enumerate(alone):
            expected_loud, expected_pass = gates.look(ROW, lines[index][n][None, :])
            gates.learn(ROW, YES if index == 1 and n > 50 else NO)
            assert loud[index].tolist() == expected_loud[0].tolist()
            assert bool(passing[index]) == bool(expected_pass[0])
    together.reset(9)
    assert together.floor_dbfs(9) == (SETTINGS.first_floor_dbfs,) * 2


def test_windows_of_another_rate_have_the_same_parts() -> None:
    gates = bank()
    loud, passing = gates.look(ROW, np.frombuffer(to_pcm(np.full(512, 0.0)), "<i2").astype(np.float32)[None, :])
    assert loud.shape == (1, PARTS)
    assert not passing[0]
