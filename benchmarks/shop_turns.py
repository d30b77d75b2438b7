"""How long a turn at the shop takes over `/ws`: from the message sent to the answer's transcript, seen by a client.

Hypothesis: reads p50 3 ms and p95 5 ms; writes, which are on disk before they are answered, p95 15 ms. Control: `ping`
on the same socket, which passes through the same server and does nothing.

    offhook serve --port 8000 &
    python benchmarks/shop_turns.py [--url http://127.0.0.1:8000] [--rounds 100] [--json out.json]

On one socket after the other (`--sessions`), each round asks for a balance, for what is in stock, writes a payment and
udhaar of the same sum. Exit code 1 when the figures are missed or a turn is not answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect

READS = ("Rahul ka balance batao", "cheeni kitni bachi hai", "Suresh ka phone number batao")
WRITES = ("Rahul ne {amount} rupaye diye cash mein", "Rahul ko {amount} udhaar diya")
MUST_READ_MS, MUST_WRITE_P95_MS = (3.0, 5.0), 15.0
WARM = 5


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


async def answered(socket: ClientConnection, sent: dict[str, str], until: str) -> tuple[float, dict[str, object]]:
    """(milliseconds, the event) from sending `sent` to the first event of type `until` that is ours."""
    began = time.perf_counter()
    await socket.send(json.dumps(sent))
    async with asyncio.timeout(10):
        while True:
            event = json.loads(await socket.recv())
            mine = event["type"] == until and (until != "transcript" or event.get("role") == "assistant")
            if mine:
                return (time.perf_counter() - began) * 1000, event


async def session(url: str, number: int, rounds: int, took: dict[str, list[float]], odd: list[str]) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        opened = (await client.post("/api/sessions", json={"desk": "shop", "language": "hi"})).json()
    address = f"{url.replace('http', 'ws', 1)}/ws/{opened['session_id']}?token={opened['token']}"
    async with connect(address) as socket:
        for n in range(rounds + WARM):
            amount = 100 + (number * rounds + n) % 700
            turns = [("read", text) for text in READS] + [("write", text.format(amount=amount)) for text in WRITES]
            for k, (kind, text) in enumerate(turns):
                message = {"type": "message", "text": text, "message_id": f"{number}.{n}.{k}"}
                elapsed_ms, event = await answered(socket, message, "transcript")
                content = str(event.get("content", ""))
                if kind == "write" and str(amount) not in content:
                    odd.append(f"{text!r} -> {content!r}")
                if n >= WARM:
                    took[kind].append(elapsed_ms)
            if n >= WARM:
                took["control"].append((await answered(socket, {"type": "ping"}, "pong"))[0])


async def measure(url: str, sessions: int, rounds: int) -> tuple[dict[str, list[float]], list[str]]:
    took: dict[str, list[float]] = {"read": [], "write": [], "control": []}
    odd: list[str] = []
    for number in range(sessions):
        await session(url, number, rounds, took, odd)
    return took, odd


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--sessions", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    try:
        took, odd = asyncio.run(measure(given.url, given.sessions, given.rounds))
    except (httpx.HTTPError, OSError) as error:
        sys.stderr.write(f"{given.url} cannot be used: {error!r}. Start `offhook serve` first.\n")
        return 2
    told = {kind: summary(values) for kind, values in took.items()}
    read, write = told["read"], told["write"]
    good = read["p50"] <= MUST_READ_MS[0] and read["p95"] <= MUST_READ_MS[1] and write["p95"] <= MUST_WRITE_P95_MS
    report = {
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 2)},
        **{f"{kind}_ms": values for kind, values in told.items()},
        "unexpected": odd[:5],
        "ok": good and not odd,
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    if given.json is not None:
        given.json.write_text(text)
    sys.stdout.write(text)
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
