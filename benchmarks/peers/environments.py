"""An environment of its own for each peer, made once and kept outside the repository.

They are never ours: nothing here enters the project's dependencies. The versions are those that the servers beside
this file were written against; `newest` takes what the package index has today.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PICOWS = "picows==2.3.1"
UVLOOP = "uvloop>=0.21"


class EnvironmentFailed(Exception):
    """It could not be made; the text holds pip's last words."""


@dataclass(frozen=True, slots=True)
class Environment:
    name: str
    needs: tuple[str, ...]
    told: tuple[str, ...]
    """Packages whose versions go into the results."""


ENVIRONMENTS = {
    "limit": Environment(
        "limit", (PICOWS, UVLOOP, "msgspec", "numpy", "onnxruntime"), ("picows", "msgspec", "onnxruntime", "uvloop")
    ),
    "pipecat": Environment(
        "pipecat",
        ("pipecat-ai[websocket]==1.14.0", "uvicorn", "websockets", UVLOOP),
        ("pipecat-ai", "onnxruntime", "uvicorn", "uvloop", "websockets"),
    ),
    "livekit": Environment(
        "livekit",
        ("livekit-agents==1.8.9", PICOWS, UVLOOP),
        ("livekit-agents", "livekit", "livekit-local-inference", "picows", "uvloop"),
    ),
}


def default_folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "offhook" / "benchmark-peers"


def make(environment: Environment, folder: Path, newest: bool, tell: Callable[[str], None]) -> Path:
    """The environment's interpreter; pip runs only when what is needed has changed. Raises EnvironmentFailed."""
    home = folder / (environment.name + ("-newest" if newest else ""))
    python, stamp = home / "bin" / "python", home / "made-for.json"
    needs = [re.sub("==.*", "", need) if newest else need for need in environment.needs]
    made_for = json.dumps([needs, sys.version])
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == made_for:
        return python
    tell("making the environment")
    try:
        venv.create(home, with_pip=True, clear=True)
        _install(python, needs, tell)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EnvironmentFailed(f"{environment.name}: no environment in {home}: {error}") from None
    stamp.write_text(made_for, encoding="utf-8")
    return python


def _install(python: Path, needs: Sequence[str], tell: Callable[[str], None]) -> None:
    """With pip's own lines as progress."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", *needs]
    last: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603
        assert pip.stdout is not None
        for line in pip.stdout:
            tell(line.strip()[:70])
            last = [*last[-11:], line.rstrip()]
    if pip.returncode:
        raise EnvironmentFailed("pip could not install " + ", ".join(needs) + ":\n" + "\n".join(last))


def versions(python: Path, names: Sequence[str]) -> dict[str, str]:
    script = (
        "import json, platform, sys; from importlib.metadata import version; "
        "print(json.dumps({'python': platform.python_version()} | {n: version(n) for n in sys.argv[1:]}))"
    )
    done = subprocess.run([python, "-c", script, *names], capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, str] = json.loads(done.stdout)
    return found
