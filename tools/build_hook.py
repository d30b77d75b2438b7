"""Build hook: takes the silero voice detector out of its wheel, so that torch (which that wheel needs) is not pulled.

Only the ONNX file (MIT, 2.3 MB) and its licence are needed. `pip download --no-deps` fetches the wheel from whatever
index the machine is set up for; nothing happens when the files are already there and whole.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SILERO_VERSION = "6.2.3"
MODEL_NAME = "silero_vad.onnx"


class SileroModelHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is there only while building
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        take_model(Path(self.root) / "src" / "offhook" / "audio" / "vad" / "silero")


def take_model(target: Path) -> None:
    model = target / MODEL_NAME
    stamp = target / "VERSION"
    if model.exists() and stamp.exists() and stamp.read_text().split() == [SILERO_VERSION, digest(model)]:
        return
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        done = subprocess.run([*command, f"silero-vad=={SILERO_VERSION}"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(
                f"Could not download silero-vad {SILERO_VERSION} for its voice detector model; is the package index "
                f"reachable from here?\n{done.stderr[-2000:]}"
            )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            names = wheel.namelist()
            write(wheel, next(n for n in names if n.endswith(f"/data/{MODEL_NAME}")), model)
            write(wheel, next(n for n in names if "LICENSE" in n.upper()), target / "LICENSE")
    stamp.write_text(f"{SILERO_VERSION} {digest(model)}\n")


def write(wheel: zipfile.ZipFile, name: str, path: Path) -> None:
    path.write_bytes(wheel.read(name))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
