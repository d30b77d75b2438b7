"""The page's player and resampler, run by Node: what is heard of sound that comes in pieces, late, or is taken back."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

PRELUDE = """
import { Playout } from "./playout.js";
import { Resampler } from "./resampler.js";
const frame = value => new Int16Array(320).fill(value);
const sine = (hz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
const level = samples => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const inPieces = (resampler, samples, size) => {
  const out = [];
  for (let i = 0; i < samples.length; i += size) out.push(...resampler.push(samples.subarray(i, i + size)));
  return out;
};
const play = (playout, blocks, before = () => {}) => {
  const told = [], sound = [];
  for (let n = 0; n < blocks; n++) {
    before(n);
    const block = new Float32Array(128);
    for (const event of playout.fill(block)) told.push(event);
    sound.push(...block);
  }
  return { told: told.filter(event => event.level === undefined), sound };
};
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed (https://nodejs.org, or Debian: apt-get install nodejs)")
    folder = tmp_path_factory.mktemp("web")
    web = resources.files("offhook.channels.browser").joinpath("web")
    for name in ("playout.js", "resampler.js"):
        (folder / name).write_bytes(web.joinpath(name).read_bytes())
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def test_every_module_can_be_read(modules: Path) -> None:
    web = resources.files("offhook.channels.browser").joinpath("web")
    for item in web.iterdir():
        if item.name.endswith(".js"):
            (modules / item.name).write_bytes(item.read_bytes())
            done = subprocess.run(["node", "--check", modules / item.name], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


def run(modules: Path, script: str) -> Any:
    source = modules / "script.js"
    source.write_text(PRELUDE + script)
    done = subprocess.run(["node", source.name], cwd=modules, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48_000, 16_000), (44_100, 16_000), (16_000, 48_000), (96_000, 16_000)])
def test_the_resampler_keeps_speech_and_lets_no_alias_through(modules: Path, from_hz: int, to_hz: int) -> None:
    told = run(
        modules,
        f"""
        const rates = [{from_hz}, {to_hz}], levels = {{}};
        for (const hz of [300, 3000, 6500]) {{
          const out = inPieces(new Resampler(...rates), sine(hz, rates[0], 1), 128);
          levels[hz] = level(out.slice(500, -500));
          levels.count = out.length;
        }}
        const tooHigh = sine(9500, rates[0], 1);
        if (rates[0] > rates[1]) levels.alias = level(inPieces(new Resampler(...rates), tooHigh, 128).slice(500, -500));
        console.log(JSON.stringify(levels));
        """,
    )
    for hz in ("300", "3000", "6500"):
        assert told[hz] == pytest.approx(0.7071, rel=0.02)
    assert told["count"] == pytest.approx(to_hz, abs=to_hz * 0.002)
    assert told.get("alias", 0) < 0.0007, "60 dB down"


def test_the_resampler_makes_the_same_of_any_pieces(modules: Path) -> None:
    worst = run(
        modules,
        """
        const samples = sine(440, 44100, 0.5);
        const whole = inPieces(new Resampler(44100, 16000), samples, samples.length);
        let worst = 0;
        for (const size of [1, 7, 128, 1000]) {
          const out = inPieces(new Resampler(44100, 16000), samples, size);
          worst = Math.max(worst, Math.abs(out.length - whole.length), ...out.map((x, i) => Math.abs(x - whole[i])));
        }
        console.log(JSON.stringify(worst));
        """,
    )
    assert worst < 1e-4


def test_a_mark_is_reported_once_all_before_it_was_played(modules: Path) -> None:
    told = run(
        modules,
        """
        const playout = new Playout(16000, 16000);
        for (let i = 0; i < 4; i++) playout.audio(frame(8000));
        playout.mark("a");
        playout.audio(frame(8000));
        playout.mark("b");
        const { told, sound } = play(playout, 20);
        console.log(JSON.stringify({ told, loud: sound.filter(x => x !== 0).length }));
        """,
    )
    assert told["told"] == [{"began": True}, {"played": "a"}, {"played": "b"}, {"ended": True}]
    assert told["loud"] == 5 * 320


def test_a_clear_silences_at_once_and_reports_no_mark_of_what_was_dropped(modules: Path) -> None:
    told = run(
        modules,
        """
        const playout = new Playout(16000, 16000);
        for (let i = 0; i < 50; i++) playout.audio(frame(8000));
        playout.mark("a");
        const { told, sound } = play(playout, 40, n => n === 10 && playout.clear());
        playout.audio(frame(4000));
        playout.mark("b");
        const after = play(playout, 20);
        console.log(JSON.stringify({
          told, last: sound.findLastIndex(x => x !== 0), step: Math.max(...sound.map((x, i) => sound[i - 1] - x || 0)),
          after: after.told, loud: after.sound.filter(x => x !== 0).length,
        }));
        """,
    )
    assert told["told"] == [{"began": True}, {"silent": True}, {"ended": True}]
    assert told["last"] < 10 * 128 + 4 * 16, "four milliseconds of fading"
    assert told["step"] < 0.02, "no click"
    assert told["after"] == [{"began": True}, {"played": "b"}, {"ended": True}]
    assert told["loud"] == 320


def test_what_comes_late_is_waited_for_longer_the_next_time(modules: Path) -> None:
    told = run(
        modules,
        """
        const playout = new Playout(16000, 16000);
        playout.audio(frame(8000));
        playout.audio(frame(8000));
        const first = play(playout, 8).told;
        const waited = playout.startMs;
        playout.audio(frame(8000));
        playout.audio(frame(8000));
        const early = play(playout, 1).told;
        const late = play(playout, 20).told;
        console.log(JSON.stringify({ first, waited, early, late }));
        """,
    )
    assert told["first"] == [{"began": True}, {"gap": 1}, {"ended": True}]
    assert (told["waited"], told["early"]) == (80, [])
    assert told["late"][0] == {"began": True}, "it does not wait for ever"


def test_a_single_frame_that_is_all_there_is_is_played(modules: Path) -> None:
    told = run(
        modules,
        """
        const playout = new Playout(48000, 16000);
        playout.audio(frame(8000));
        playout.mark("a");
        console.log(JSON.stringify(play(playout, 20).told));
        """,
    )
    assert told == [{"began": True}, {"played": "a"}, {"ended": True}]
