"""Files: whole or not there, bounded, shared with other processes, never trusted."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from offhook.providers.speech_cache.clips import packed
from offhook.providers.speech_cache.disk import ClipFolder, DamagedClip

NAMES = [f"{number:040x}" for number in range(8)]
ONE = len(packed(b"x" * 100))


def folder_at(path: Path, clips: int = 4) -> ClipFolder:
    folder = ClipFolder(path, clips * ONE)
    folder.open()
    return folder


def test_a_clip_outlives_the_process_and_is_for_our_eyes(tmp_path: Path) -> None:
    folder_at(tmp_path / "speech").write(NAMES[0], b"x" * 100)
    again = folder_at(tmp_path / "speech")
    assert NAMES[0] in again
    assert again.read(NAMES[0]) == b"x" * 100
    assert stat.S_IMODE((tmp_path / "speech").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "speech" / NAMES[0]).stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"RIFF" + data[4:]])
def test_a_damaged_file_is_removed_not_played(tmp_path: Path, damage: object) -> None:
    folder = folder_at(tmp_path)
    folder.write(NAMES[0], b"x" * 100)
    path = tmp_path / NAMES[0]
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DamagedClip):
        folder.read(NAMES[0])
    assert not path.exists()
    assert folder.read(NAMES[0]) is None
    assert folder.bytes == 0


def test_the_one_not_used_for_longest_goes_first_across_restarts(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    for age, name in zip((40, 30, 20, 10), NAMES, strict=False):
        folder.write(name, b"x" * 100)
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    assert folder.read(NAMES[0])
    again = folder_at(tmp_path)
    again.write(NAMES[4], b"x" * 100)
    assert [name in again for name in NAMES[:5]] == [True, False, True, True, True]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == again.bytes == 4 * ONE


def test_a_smaller_bound_is_kept_at_the_next_start(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    for name in NAMES[:4]:
        folder.write(name, b"x" * 100)
    assert folder_at(tmp_path, clips=2).bytes == 2 * ONE
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_dead_process_left_half_written_is_thrown_out_and_nothing_else(tmp_path: Path) -> None:
    old, fresh, not_ours = tmp_path / ".a.1.part", tmp_path / ".b.2.part", tmp_path / "notes.txt"
    for path in (old, fresh, not_ours):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    folder = folder_at(tmp_path)
    assert (old.exists(), fresh.exists(), not_ours.exists()) == (False, True, True)
    assert folder.bytes == 0


def test_a_file_that_another_process_removed_is_a_miss(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    folder.write(NAMES[0], b"x" * 100)
    (tmp_path / NAMES[0]).unlink()
    assert folder.read(NAMES[0]) is None
    assert NAMES[0] not in folder


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    folder = folder_at(tmp_path / "speech")
    for path in (tmp_path / "speech",):
        path.rmdir()
    with pytest.raises(OSError, match="No such file"):
        folder.write(NAMES[0], b"x" * 100)
    assert folder.bytes == 0
