"""How long `POST /api/chat` takes for a turn that rules answer, seen by a client of a running server.

Hypothesis: p50 5 ms and p95 15 ms for the whole request, on one keep-alive connection. Control: `GET /health/live` on
the same connection, which goes through the same server, middleware and log and does nothing: the rest is the turn.

    offhook serve --port 8000 &
    python benchmarks/chat.py [--url http://127.0.0.1:8000] [--sessions 60] [--clients 1] [--json out.json]

With --large it makes the book itself (`offhook seed`: 10,000 customers, 16,000 vehicles, 8,000 appointments; its time
must stay under 20 s) and serves it for as long as it measures. `cpu_s` beside that time is what the command computed.

    python benchmarks/chat.py --large [--json out.json]

Each session books a service as a caller would: five messages, one of them an answer from the FAQ; the last one commits
an appointment unless --no-writes. Exit code 1 when the figures are missed or a request fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

import httpx
from e2e_server import NOW, QUICK, serving

MUST_P50_MS, MUST_P95_MS = 5.0, 15.0
MUST_SEED_S = 20.0
LARGE = {"customers": 10_000, "vehicles": 16_000, "appointments": 8_000}
MESSAGES = (
    ("faq", "When are you open?"),
    ("service", "I need an oil change next Tuesday"),
    ("time", "at {hour}"),
    ("name", "Jordan Miller"),
    ("confirm", "yes please"),
)


@dataclass
class Measured:
    by_kind: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind, _ in MESSAGES})
    server_ms: list[float] = field(default_factory=list)
    """The server's own `latency_ms`."""
    control: list[float] = field(default_factory=list)
    sources: dict[str, int] = field(default_factory=dict)
    failed: int = 0

    @property
    def turns(self) -> list[float]:
        return [value for values in self.by_kind.values() for value in values]


def summary(values_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    if not ordered:
        return {}
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "max": round(ordered[-1], 2),
    }


async def timed(client: httpx.AsyncClient, method: str, path: str, **request: object) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    response = await client.request(method, path, **request)  # type: ignore[arg-type]
    return (time.perf_counter() - began) * 1000, response


async def one_session(client: httpx.AsyncClient, number: int, measured: Measured, *, writes: bool) -> None:
    opened = await client.post(
        "/api/sessions", json={"desk": "dealership", "customer_phone": f"+120255501{number % 100:02}"}
    )
    if opened.status_code != 201:
        measured.failed += 1
        return
    session = opened.json()
    headers = {"Authorization": f"Bearer {session['token']}"}
    hour = ("nine", "ten", "eleven", "noon", "two pm", "three pm", "four pm")[number % 7]
    for kind, text in MESSAGES[: None if writes else -1]:
        body = {"session_id": session["session_id"], "message": text.format(hour=hour), "message_id": kind}
        elapsed_ms, response = await timed(client, "POST", "/api/chat", json=body, headers=headers)
        if response.status_code != 200:
            measured.failed += 1
            continue
        reply = response.json()
        measured.by_kind[kind].append(elapsed_ms)
        measured.server_ms.append(reply["latency_ms"])
        measured.sources[reply["source"]] = measured.sources.get(reply["source"], 0) + 1
        elapsed_ms, _ = await timed(client, "GET", "/health/live")
        measured.control.append(elapsed_ms)


async def measure(url: str, sessions: int, clients: int, *, writes: bool) -> Measured:
    warm, measured = Measured(), Measured()

    async def caller(first: int) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            await one_session(client, first, warm, writes=False)
            for number in range(first, sessions, clients):
                await one_session(client, number, measured, writes=writes)

    async with asyncio.TaskGroup() as tasks:
        for first in range(clients):
            tasks.create_task(caller(first))
    return measured


def report(measured: Measured, clients: int) -> dict[str, object]:
    turns = summary(measured.turns)
    return {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
        },
        "clients": clients,
        "turn_ms": turns,
        "turn_ms_by_kind": {kind: summary(values) for kind, values in measured.by_kind.items()},
        "server_ms": summary(measured.server_ms),
        "control_ms": summary(measured.control),
        "sources": measured.sources,
        "failed": measured.failed,
        "ok": bool(turns) and not measured.failed and turns["p50"] <= MUST_P50_MS and turns["p95"] <= MUST_P95_MS,
    }


def seeded(folder: Path) -> dict[str, object]:
    """Make the large book there, as an owner would; how long that took."""
    command = [sys.executable, "-m", "offhook", "seed", "--desk", "dealership"]
    for name, count in LARGE.items():
        command += [f"--{name}", str(count)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    settings = {**os.environ, "OFFHOOK_DATA_DIR": str(folder), "OFFHOOK_NOW": NOW}
    subprocess.run(command, check=True, env=settings, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**LARGE, "seconds": round(seconds, 2), "cpu_s": round(cpu_s, 2), "ok": seconds < MUST_SEED_S}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--sessions", type=int, default=60)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--no-writes", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    seed: dict[str, object] = {}
    try:
        with ExitStack() as stack:
            if given.large:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="offhook-chat-")))
                seed = seeded(folder)
                given.url = stack.enter_context(serving(folder, QUICK)).url
            measured = asyncio.run(measure(given.url, given.sessions, given.clients, writes=not given.no_writes))
    except ExceptionGroup as errors:
        sys.stderr.write(f"{given.url} cannot be used: {errors.exceptions[0]!r}. Start `offhook serve` first.\n")
        return 2
    told = {**report(measured, given.clients), **({"seed": seed} if seed else {})}
    text = json.dumps(told, indent=2) + "\n"
    if given.json is not None:
        given.json.write_text(text)
    sys.stdout.write(text)
    return 0 if told["ok"] and seed.get("ok", True) else 1


if __name__ == "__main__":
    sys.exit(main())
