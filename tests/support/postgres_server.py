"""A PostgreSQL server for one test run: its own folder, its own port on loopback, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


class NoPostgres(Exception):
    """Why the tests that need PostgreSQL cannot run here."""


def find_binaries() -> Path:
    """The folder of initdb and pg_ctl. Raises NoPostgres."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres("PostgreSQL's initdb and pg_ctl are not installed (Debian: apt-get install postgresql)")


@dataclass
class PostgresServer:
    binaries: Path
    folder: Path
    port: int
    user: str | None
    """The system user that runs it where we are root (PostgreSQL refuses to run as root); None for ourselves."""

    @property
    def url(self) -> str:
        return f"postgresql://offhook@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "30", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        with contextlib.suppress(NoPostgres):  # a test may have stopped it
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            cwd=self.folder,
            user=self.user,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be held open by the server
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        if done.returncode:
            raise NoPostgres(f"{program} failed with exit code {done.returncode}")


def make_server() -> PostgresServer:
    """A fresh cluster, started. Raises NoPostgres."""
    user = None
    if os.geteuid() == 0:
        user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
        if user is None:
            raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody to run it")
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="offhook-pg-"))
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    server = PostgresServer(binaries, folder, _free_port(), user)
    try:
        server._run("initdb", "-D", "data", "-U", "offhook", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
        server.start()
    except (NoPostgres, OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(f"a PostgreSQL server could not be started: {error}") from None
    return server


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
