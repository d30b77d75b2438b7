"""A LiveKit server for one test run: the real one, built from its module once, on ports of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

MODULE = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
API_KEY = "devkey"
API_SECRET = "secret-for-tests-0123456789abcdef0123"
_BUILD_S = 600


class NoLiveKit(Exception):
    """Why the tests that need LiveKit cannot run here."""


@dataclass
class LiveKitServer:
    folder: Path
    port: int
    tcp_port: int
    udp_port: int
    webhook: str | None = None
    """Where it tells of its rooms."""
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """For the environment of our server."""
        return {"LIVEKIT_URL": self.url, "LIVEKIT_API_KEY": API_KEY, "LIVEKIT_API_SECRET": API_SECRET}

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> LiveKitServer:
        options = f"rtc:\n  tcp_port: {self.tcp_port}\n  udp_port: {self.udp_port}\n  use_external_ip: false\n"
        options += "  enable_loopback_candidate: true\n"
        if self.webhook is not None:
            options += f"webhook:\n  api_key: {API_KEY}\n  urls: ['{self.webhook}']\n"
        arguments = ["--dev", "--bind", "127.0.0.1", "--node-ip", "127.0.0.1", "--port", str(self.port)]
        arguments += ["--keys", f"{API_KEY}: {API_SECRET}", "--config-body", options]
        with (self.folder / "livekit.log").open("ab") as log:
            self.process = subprocess.Popen([_binary(), *arguments], cwd=self.folder, stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise NoLiveKit(f"LiveKit did not begin to listen within ten seconds: {self.log()[-500:]}")

    def log(self) -> str:
        return (self.folder / "livekit.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _gopath_bin() -> Path:
    return Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin"


def _binary() -> str:
    """The server's program, built first where it is missing. Raises NoLiveKit."""
    installed = shutil.which("livekit-server")
    if installed is not None:
        return installed
    program = _gopath_bin() / "server"
    if program.exists():
        return str(program)
    if shutil.which("go") is None:
        raise NoLiveKit("Go is not installed, which builds LiveKit's server (https://go.dev, Debian: golang-go)")
    program.parent.mkdir(parents=True, exist_ok=True)
    with (program.parent / ".livekit.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several test processes ask at once
        if not program.exists():
            built = subprocess.run(
                ["go", "install", MODULE], capture_output=True, text=True, check=False, timeout=_BUILD_S
            )
            if built.returncode != 0:
                raise NoLiveKit(f"go install {MODULE} failed: {built.stderr[-300:]}")
    return str(program)


def prepared_livekit() -> LiveKitServer:
    """Its ports chosen, not started: whoever it tells of its rooms needs its address first. Raises NoLiveKit."""
    _binary()
    return LiveKitServer(Path(tempfile.mkdtemp(prefix="offhook-livekit-")), *_free_ports())


def _free_ports() -> tuple[int, int, int]:
    with socket.socket() as one, socket.socket() as two, socket.socket(type=socket.SOCK_DGRAM) as three:
        for held in (one, two, three):
            held.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1], three.getsockname()[1]
