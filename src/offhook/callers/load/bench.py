"""One measured run: N callers against a server, its processor time and memory beside the callers' own figures.

Everything about time is the callers' own, from the wire, but for "our part" of a turn, which the server's call records
split: from the decision that the caller is done to the first audio sent, less what the fake providers were told to
take. CPU is that of the server's process tree, from the operating system.
"""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from offhook.callers.cli import embedded_speaker
from offhook.callers.load.material import Material, record
from offhook.callers.load.swarm import Swarm, SwarmSettings, call_records, now_ms
from offhook.callers.own_server import own_server

Progress = Callable[[str, float], None]
"""(what is being done, share of it that is done)"""

_SLICE_S = 0.25
FAKES_MS = {"stt": 100, "llm": 100, "tts": 50}
BENCH_SETTINGS = {
    "OFFHOOK_STT": "fake",
    "OFFHOOK_LLM": "fake",
    "OFFHOOK_TTS": "fake",
    "OFFHOOK_BRAIN": "llm",
    "OFFHOOK_FAKE_STT_MS": str(FAKES_MS["stt"]),
    "OFFHOOK_FAKE_LLM_MS": str(FAKES_MS["llm"]),
    "OFFHOOK_FAKE_TTS_MS": str(FAKES_MS["tts"]),
    "OFFHOOK_FAKE_TTS_AUDIO_MS": "2000",
    "OFFHOOK_FAKE_TRANSCRIPT": "so tell me a little about that",
    "OFFHOOK_ENDPOINTING_MS": "500",
}
"""A server whose engines cost nothing and take a set time, so that what is measured is ours."""
TAKE_ALL = {"MAX_CONCURRENT_CALLS": "1000000"}
"""Beside them: a server that refuses nobody, however late it answers."""


@dataclass(frozen=True, slots=True)
class BenchSettings:
    calls: int = 10
    seconds: float = 20.0
    against: str | None = None
    """A running server; None starts one of our own with the fakes, on a core of its own."""
    settle_s: float = 8.0
    """From the last call's start to the first figure."""
    connect_s: float = 5.0
    interrupt_every: int = 0
    webhook: bool = True
    greeting_within_s: float = 10.0
    """A server that says nothing for so long has no greeting: the caller begins."""
    own_settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of a server of our own."""


@dataclass(frozen=True, slots=True)
class Spread:
    count: int
    p50: float | None
    p95: float | None
    p99: float | None
    most: float | None

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        ordered = sorted(values)

        def at(share: float) -> float | None:
            return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None

        return cls(len(ordered), at(0.5), at(0.95), at(0.99), at(1.0))


@dataclass(frozen=True, slots=True)
class Result:
    calls: int
    live: int
    """Calls that were up when the figures were taken."""
    refused: int
    told: int
    """Of those, the ones that were told in words, and politely sent away."""
    first_refusal: str
    dropped: int
    """Calls that the server ended meanwhile."""
    seconds: float
    cpu_ms_per_call_second: float | None
    core_share: float | None
    """Processor time over time: 1.0 is one whole core."""
    memory_idle_mb: float | None
    memory_per_call_mb: float | None
    turn_ms: Spread
    our_part_ms: Spread
    """Endpoint decision to first outbound message, less the fakes."""
    greeting_ms: Spread
    clear_ms: Spread
    replies: int
    starved: int
    unanswered: int
    not_cleared: int
    faults: int
    loop_blocks: int | None
    """Times that the server's event loop was held for over 20 ms, by its own watchdog."""
    loop_blocks_connecting: int | None
    """The same while the calls came in and settled."""
    client_late_ms: Spread
    """How late our own ticks were: over 10 ms at p95 the client is the bottleneck, not the server."""
    machine: dict[str, Any]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


async def bench(settings: BenchSettings, progress: Progress = lambda what, share: None) -> Result:
    """Run once. Raises what a server of our own that does not start raises (ServerFailed)."""
    progress("speaking the callers' sentences", 0.0)
    async with embedded_speaker() as speaker:
        material = await record(speaker)
    async with _server(settings) as url:
        return await _measure(settings, url, material, progress)


async def _measure(settings: BenchSettings, url: str, material: Material, progress: Progress) -> Result:
    tree = _ProcessTree.listening_on(url)
    idle = tree.memory_mb() if tree is not None else None
    swarm_settings = SwarmSettings(
        url,
        settings.calls,
        settings.connect_s,
        settings.interrupt_every,
        settings.webhook,
        settings.greeting_within_s,
    )
    swarm = Swarm(swarm_settings, material)
    blocks_before = await _loop_blocks(url)
    progress("calls come in", 0.0)
    async with asyncio.TaskGroup() as tasks:
        opening = tasks.create_task(swarm.open())
        await _run(swarm, settings.connect_s, "calls come in", progress)
        while not opening.done():  # a server may let calls ring for a while
            await swarm.run(_SLICE_S)
    await _run(swarm, settings.settle_s, "calls settle", progress)
    swarm.count(True)
    blocks_settled = await _loop_blocks(url)
    live = swarm.live
    swarm.late_ms.clear()
    cpu_before, began = tree.cpu_s() if tree is not None else 0.0, now_ms()
    await _run(swarm, settings.seconds, "measuring", progress)
    took_s = (now_ms() - began) / 1000
    cpu_s = tree.cpu_s() - cpu_before if tree is not None else None
    swarm.count(False)
    memory = tree.memory_mb() if tree is not None else None
    blocks = await _loop_blocks(url)
    still = swarm.live
    swarm.hang_up()
    await asyncio.sleep(1.0)
    records = await call_records(url, swarm.lines) if url.startswith("http") else []
    figures = [line.call.figures for line in swarm.lines]
    measured = cpu_s is not None and live > 0
    return Result(
        calls=settings.calls,
        live=live,
        refused=swarm.refused,
        told=swarm.told,
        first_refusal=swarm.first_refusal,
        dropped=live - still,
        seconds=round(took_s, 2),
        cpu_ms_per_call_second=round(cpu_s * 1000 / live / took_s, 3) if cpu_s is not None and measured else None,
        core_share=round(cpu_s / took_s, 3) if cpu_s is not None else None,
        memory_idle_mb=None if idle is None else round(idle, 1),
        memory_per_call_mb=None if memory is None or idle is None or not live else round((memory - idle) / live, 3),
        turn_ms=Spread.of([ms for f in figures for ms in f.reply_ms]),
        our_part_ms=Spread.of(list(_our_parts(records))),
        greeting_ms=Spread.of([f.greeting_ms for f in figures if f.greeting_ms is not None]),
        clear_ms=Spread.of([ms for f in figures for ms in f.clear_ms]),
        replies=sum(f.replies for f in figures),
        starved=sum(f.starved for f in figures),
        unanswered=sum(f.unanswered for f in figures),
        not_cleared=sum(f.not_cleared for f in figures),
        faults=sum(f.faults for f in figures),
        loop_blocks=_difference(blocks, blocks_settled),
        loop_blocks_connecting=_difference(blocks_settled, blocks_before),
        client_late_ms=Spread.of(swarm.late_ms),
        machine=machine(),
    )


async def _run(swarm: Swarm, seconds: float, what: str, progress: Progress) -> None:
    """In slices, so that the progress can be told."""
    slices = max(1, round(seconds))
    for number in range(slices):
        await swarm.run(seconds / slices)
        progress(what, (number + 1) / slices)


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "offhook": version("offhook"),
        "load": round(os.getloadavg()[0], 2),
    }


def _our_parts(records: list[dict[str, Any]]) -> Iterator[float]:
    less = FAKES_MS["llm"] + FAKES_MS["tts"]
    for call in records:
        for turn in call["turns"]:
            if turn["source"] == "caller" and turn["total_ms"] is not None and turn["endpoint_ms"] is not None:
                yield turn["total_ms"] - turn["endpoint_ms"] - less


def _difference(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


async def _loop_blocks(url: str) -> int | None:
    """Blocks over 20 ms so far, from the server's metrics; None where it has no such figure."""
    if not url.startswith("http"):
        return None
    try:
        async with httpx.AsyncClient(timeout=10.0) as http:
            text = (await http.get(f"{url}/metrics")).text
    except httpx.HTTPError:
        return None
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("offhook_loop_block_seconds"))
    count, short = (values.get(f"offhook_loop_block_seconds{name}") for name in ("_count", '_bucket{le="0.02"}'))
    return None if count is None or short is None else round(float(count) - float(short))


class _ProcessTree:
    """A server's processes, jobs' worker excepted."""

    def __init__(self, root: psutil.Process) -> None:
        self._root = root

    @classmethod
    def listening_on(cls, url: str) -> _ProcessTree | None:
        """The process that listens on the URL's port of this machine; None when it is not to be found."""
        parts = urlsplit(url)
        port = parts.port or 80
        try:
            found = psutil.net_connections(kind="tcp")
        except psutil.AccessDenied:
            return None
        for connection in found:
            at = connection.laddr
            if connection.status == psutil.CONN_LISTEN and at and at.port == port and connection.pid:
                return cls(psutil.Process(connection.pid))
        return None

    def _processes(self) -> list[psutil.Process]:
        children = self._root.children(recursive=True)
        return [self._root, *(child for child in children if "worker" not in child.cmdline())]

    def cpu_s(self) -> float:
        times = [process.cpu_times() for process in self._processes()]
        return float(sum(t.user + t.system for t in times))

    def memory_mb(self) -> float:
        return float(sum(process.memory_info().rss for process in self._processes())) / 1e6


@asynccontextmanager
async def _server(settings: BenchSettings) -> AsyncIterator[str]:
    if settings.against is not None:
        yield settings.against
        return
    with tempfile.TemporaryDirectory(prefix="offhook-bench-") as folder:
        cores = sorted(os.sched_getaffinity(0))
        pinned = on_cores(cores[:1]) if len(cores) > 1 else nullcontext()
        started = own_server(Path(folder), {**BENCH_SETTINGS, **settings.own_settings})
        with pinned:
            url = await started.__aenter__()
        try:
            with on_cores(cores[1:]) if len(cores) > 1 else nullcontext():
                yield url
        finally:
            await started.__aexit__(None, None, None)


@contextmanager
def on_cores(cores: list[int]) -> Iterator[None]:
    """This process, and what it starts, on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
