"""`offhook serve` as its users run it: a child process on a free port with a folder of its own, which a test may kill,
restart on the same folder, or rob of its engines and its database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx
import psutil

NOW = "2026-11-18T09:00:00-06:00"
"""A Wednesday morning at the demo dealership."""
QUICK = {"OFFHOOK_STT": "fake", "OFFHOOK_TTS": "fake"}
"""For tests whose subject is not speech: no engine processes."""
HEARD = "What are your opening hours on Saturday"
"""What a recogniser of fixed words hears, whatever is said to it."""
_START_S = 90.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH")


class ServerProcess:
    """One server and its folder. `start` again after `kill` or `stop` is a restart."""

    def __init__(self, folder: Path, *, worker: bool = False, **settings: str) -> None:
        """`worker`: with the worker for jobs beside it, which most tests can do without."""
        self.folder = folder
        self._worker = "--worker" if worker else "--no-worker"
        self.url = ""
        self._port = "0"
        self._settings = {"OFFHOOK_NOW": NOW, "OFFHOOK_LOG_LEVEL": "WARNING"} | settings
        self._process: subprocess.Popen[bytes] | None = None

    # -- life

    def start(self) -> ServerProcess:
        """Wait until it is ready. Raises AssertionError with its last words when it is not."""
        self._process = process = self._spawn()
        lines: Queue[bytes] = Queue()
        assert process.stdout is not None
        threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True).start()
        give_up = time.monotonic() + _START_S
        while True:
            with suppress(Empty, ValueError):
                event = json.loads(lines.get(timeout=0.2))
                if event.get("event") == "ready":
                    self.url = f"http://127.0.0.1:{event['port']}"
                    return self
            assert process.poll() is None, f"the server ended with {process.returncode}\n{self.log()}"
            assert time.monotonic() < give_up, f"the server did not get ready\n{self.log()}"

    def start_again(self) -> ServerProcess:
        """On the port that it had: pages that are open find it again."""
        self._port = self.url.rpartition(":")[2]
        return self.start()

    def run_to_end(self) -> tuple[int, str]:
        """For a server that should refuse to start: its exit code and what it said."""
        process = self._spawn()
        try:
            out, _ = process.communicate(timeout=_START_S)
        finally:
            process.kill()
        return process.returncode, out.decode() + self.log()

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def exit_code(self, within_s: float) -> int:
        """Raises TimeoutExpired."""
        assert self._process is not None
        return self._process.wait(within_s)

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(8)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")[-6000:]

    # -- inside

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def engines(self, name: str) -> list[int]:
        """Process ids of the engines whose command line has `name`."""
        assert self._process is not None
        found = []
        for child in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.Error):
                if any(name in part for part in child.cmdline()):
                    found.append(child.pid)
        return found

    @property
    def most_open_files(self) -> int:
        assert self._process is not None
        soft, _ = psutil.Process(self._process.pid).rlimit(psutil.RLIMIT_NOFILE)
        return int(soft)

    async def until_quiet(self) -> None:
        """Until every call is over. Raises TimeoutError."""
        async with asyncio.timeout(30):
            while self.counters().get("offhook_active_calls"):  # noqa: ASYNC110  # another process has no event for us
                await asyncio.sleep(0.05)

    def counters(self) -> dict[str, float]:
        """Counters of `/metrics` that are not zero, as `name{labels}` -> value."""
        text = httpx.get(f"{self.url}/metrics").raise_for_status().text
        pairs = (line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#")
        return {name: float(value) for name, _, value in pairs if float(value)}

    # -- the book

    @property
    def book(self) -> Path:
        return self.folder / "offhook.db"

    def appointments(self) -> list[dict[str, Any]]:
        """What the database holds, oldest first; times in UTC."""
        return self.rows(
            "select service_name, starts_at, customer_name, customer_phone, status, session_id, appointment_id"
            " from appointments order by created_at"
        )

    def rows(self, query: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.book}?mode=ro", uri=True, timeout=10)) as book:
            book.row_factory = sqlite3.Row
            return [dict(row) for row in book.execute(query)]

    @contextmanager
    def locked_book(self) -> Iterator[None]:
        """Another program holds the write lock for as long as the block lasts."""
        with closing(sqlite3.connect(self.book, isolation_level=None, timeout=10)) as other:
            other.execute("begin immediate")
            try:
                yield
            finally:
                other.execute("rollback")

    @contextmanager
    def missing_book(self) -> Iterator[None]:
        """The database's file is gone, and comes back when the block ends."""
        away = self.book.with_name("away.db")
        self.book.rename(away)
        try:
            yield
        finally:
            away.rename(self.book)

    def _spawn(self) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "offhook",
                    "serve",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    self._port,
                    self._worker,
                    "--json",
                ],
                cwd=self.folder,
                env={**kept, "OFFHOOK_DATA_DIR": str(self.folder), **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )


@contextmanager
def serving(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[ServerProcess]:
    """A server that is ready; ended with the block."""
    server = ServerProcess(folder, **(settings or {}))
    try:
        yield server.start()
    finally:
        server.stop()


def _read_lines(stream: Any, lines: Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
