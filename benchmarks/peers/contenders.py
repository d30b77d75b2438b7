"""The servers that are compared, each started on a core of its own, and one measured row of one of them."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import uvloop

from offhook.audio.vad.silero import MODEL_PATH
from offhook.callers.load.bench import TAKE_ALL, BenchSettings, Spread, bench, on_cores

START_S = 60.0
SETTLE_S = 6.0
GREETING_WITHIN_S = 1.0
"""The peers have no greeting: callers begin after that."""
OTHERS_CORES, LATE_MS = 0.35, 5.0
"""More than that, and the row is disturbed: processor time of other programs, lateness (p95) of the client."""
ALL_CALLS = 10_000
"""offhook would turn calls away before it is late; here it is to be late, as the others are."""
HERE = Path(__file__).parent
Tell = Callable[[str, float], None]


class ServerFailed(Exception):
    """The server did not come up; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    title: str
    script: str | None
    """None: offhook itself, started by the client."""
    fixed: tuple[int, ...]
    """Numbers of calls that are always measured."""
    arguments: tuple[str, ...] = ()
    environment: str | None = None
    """Of `environments.py`; None: of the same name."""


FEW, MANY = (1, 10, 20, 40), (1, 10, 20, 40, 100, 200, 400)
CONTENDERS = (
    Contender("offhook", "offhook", None, MANY),
    Contender("limit", "limit server", "limit.py", MANY, ("--model", str(MODEL_PATH))),
    Contender("pipecat", "pipecat, 8 kHz, lean", "serve_pipecat.py", FEW),
    Contender("livekit", "livekit-agents, one process, no WebRTC, 8 kHz", "serve_livekit.py", FEW),
    Contender(
        "livekit-room",
        "livekit-agents, the same, its room's 24 kHz and pace",
        "serve_livekit.py",
        FEW,
        ("--room",),
        "livekit",
    ),
)


def own_versions() -> dict[str, str]:
    names = ("offhook", "picows", "msgspec", "numpy", "uvicorn", "uvloop")
    return {name: version(name) for name in names}


def row(contender: Contender, python: Path | None, calls: int, seconds: float, tell: Tell) -> dict[str, Any]:
    """Fresh server, N callers, one row of figures. Raises ServerFailed."""
    watch = _Watch()
    cores = sorted(os.sched_getaffinity(0))
    settings = BenchSettings(
        calls=calls,
        seconds=seconds,
        settle_s=SETTLE_S,
        connect_s=max(min(5.0, calls / 4), calls / 40),
        own_settings={"MAX_CONCURRENT_CALLS": str(ALL_CALLS)},
    )

    def progress(what: str, share: float) -> None:
        watch.saw(what, share)
        tell(what, share)

    with tempfile.TemporaryDirectory(prefix="offhook-peers-") as folder:
        if contender.script is None:
            result = uvloop.run(bench(replace(settings, own_settings=TAKE_ALL), progress)).as_data()
            part = result["our_part_ms"]
        else:
            tell("starting the server", 0.0)
            parts = Path(folder) / "parts"
            with _server(contender, python, parts, cores) as url, _pinned(cores[1:]):
                settings = BenchSettings(
                    calls=calls,
                    seconds=seconds,
                    settle_s=settings.settle_s,
                    connect_s=settings.connect_s,
                    against=url,
                    greeting_within_s=GREETING_WITHIN_S,
                )
                result = uvloop.run(bench(settings, progress)).as_data()
            part = _spread_of(parts)
    del result["our_part_ms"], result["clear_ms"], result["not_cleared"], result["machine"]
    server_cores = result["core_share"] or 0.0
    others = watch.others_cores(server_cores)
    late = result["client_late_ms"]["p95"]
    disturbed = others > OTHERS_CORES or (late or 0.0) > LATE_MS
    return {
        "contender": contender.name,
        "part_ms": part,
        "others_cores": round(others, 3),
        "load_before": round(watch.load, 2),
        "disturbed": disturbed,
        **result,
    }


def _spread_of(parts: Path) -> dict[str, Any]:
    values = [float(line) for line in parts.read_text(encoding="ascii").split()] if parts.exists() else []
    spread = Spread.of(values)
    return {name: getattr(spread, name) for name in ("count", "p50", "p95", "p99", "most")}


class _Watch:
    """Who else used the machine while the figures were taken."""

    def __init__(self) -> None:
        self.load = os.getloadavg()[0]
        self._from: tuple[float, float, float] | None = None
        self._to: tuple[float, float, float] | None = None

    def saw(self, what: str, share: float) -> None:
        if what == "calls come in" and share >= 1.0:
            self._from = self._now()
        elif what == "measuring" and share >= 1.0:
            self._to = self._now()

    def others_cores(self, server_cores: float) -> float:
        if self._from is None or self._to is None:
            return 0.0
        took, busy, own = (after - before for before, after in zip(self._from, self._to, strict=True))
        return max(0.0, (busy - own) / took - server_cores)

    @staticmethod
    def _now() -> tuple[float, float, float]:
        machine, own = psutil.cpu_times(), psutil.Process().cpu_times()
        idle = machine.idle + getattr(machine, "iowait", 0.0)
        return time.perf_counter(), sum(machine[:8]) - idle, own.user + own.system


def _pinned(cores: list[int]) -> Any:
    return on_cores(cores) if cores else nullcontext()


@contextmanager
def _server(contender: Contender, python: Path | None, parts: Path, cores: list[int]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = parts.with_name("log")
    command = [str(python), str(HERE / str(contender.script)), "--port", str(port), "--parts", str(parts)]
    with log.open("wb") as out, _pinned(cores[:1] if len(cores) > 1 else []):
        process = subprocess.Popen([*command, *contender.arguments], stdout=out, stderr=out)  # noqa: S603
    try:
        _await(process, port, log)
        yield f"ws://127.0.0.1:{port}/media"
    finally:
        process.terminate()
        try:
            process.wait(8.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    words = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
    raise ServerFailed("the server did not come up:\n" + "\n".join(words))
