"""A Redis server for one test run: its own folder, its own port on loopback, nothing on disk, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path


class NoRedis(Exception):
    """Why the tests that need Redis cannot run here."""


@dataclass
class RedisServer:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [_binary(), *options], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise NoRedis("redis-server did not begin to listen within ten seconds")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _binary() -> str:
    found = shutil.which("redis-server")
    if found is None:
        raise NoRedis("redis-server is not installed (Debian: apt-get install redis-server)")
    return found


def make_redis() -> RedisServer:
    """Started. Raises NoRedis."""
    _binary()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = RedisServer(Path(tempfile.mkdtemp(prefix="offhook-redis-")), port)
    server.start()
    return server
