"""The official JavaScript clients that tests drive the server with, installed from `tests/js` by npm."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "js"


class NoNode(Exception):
    """Why the tests that need Node cannot run here."""


def js_clients() -> Path:
    """`tests/js` with its `node_modules` as its lock file says. Raises NoNode."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoNode("Node and npm are not installed (https://nodejs.org, or Debian: apt-get install nodejs npm)")
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    with (FOLDER / ".install.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several test processes ask at once
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            done = subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise NoNode(f"npm could not install the JavaScript clients: {done.stderr[-300:]}")
    return FOLDER
