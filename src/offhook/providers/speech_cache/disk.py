"""Clips on disk: one file each in a folder of their own, bounded in bytes, the one not used for longest goes first.

Several processes may share the folder: a file appears whole (written beside, then renamed) or not at all, and one that
another process removed is a miss. Everything here blocks; call it from a thread, one call at a time.
"""

from __future__ import annotations

import os
import re
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from offhook.providers.speech_cache.clips import packed, unpacked

_CLIP = re.compile(r"[0-9a-f]{40}")
_HALF_WRITTEN = ".part"
_ABANDONED_S = 60.0
"""A file that is being written for longer belonged to a process that died."""


class DamagedClip(Exception):
    """A file that was not whole; it has been removed."""


class ClipFolder:
    """`open` it before use. What goes wrong with the disk is raised as OSError, and costs the clip alone."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.bytes = 0
        self._folder = folder
        self._max_bytes = max_bytes
        self._sizes: OrderedDict[str, int] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def open(self) -> None:
        """Make the folder, see what is in it, throw out what was left half written and what is too much."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found: list[tuple[float, str, int]] = []
        for entry in os.scandir(self._folder):
            about = entry.stat(follow_symlinks=False)
            if _CLIP.fullmatch(entry.name):
                found.append((about.st_mtime, entry.name, about.st_size))
            elif entry.name.endswith(_HALF_WRITTEN) and time.time() - about.st_mtime > _ABANDONED_S:
                Path(entry.path).unlink(missing_ok=True)
        self._sizes = OrderedDict((name, size) for _, name, size in sorted(found))
        self.bytes = sum(self._sizes.values())
        self._make_room(0)

    def read(self, name: str) -> bytes | None:
        """The audio; None where there is none (any more). Raises DamagedClip, OSError."""
        path = self._folder / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            self._forget(name)
            return None
        audio = unpacked(data)
        if audio is None:
            self._remove(name)
            raise DamagedClip(name)
        if name in self._sizes:
            self._sizes.move_to_end(name)
        with suppress(OSError):
            os.utime(path)  # so that the order of use outlives the process
        return audio

    def write(self, name: str, audio: bytes) -> None:
        """Raises OSError."""
        data = packed(audio)
        if len(data) * 4 > self._max_bytes:
            return
        self._forget(name)
        self._make_room(len(data))
        beside = self._folder / f".{name}.{os.getpid()}{_HALF_WRITTEN}"
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
            beside.replace(self._folder / name)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        self._sizes[name] = len(data)
        self.bytes += len(data)

    def _make_room(self, size: int) -> None:
        while self._sizes and self.bytes + size > self._max_bytes:
            self._remove(next(iter(self._sizes)))

    def _remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)
        self._forget(name)

    def _forget(self, name: str) -> None:
        self.bytes -= self._sizes.pop(name, 0)
