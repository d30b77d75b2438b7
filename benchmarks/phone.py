"""One server, its embedded engines, and callers over the real protocol: how long everything takes on the wire.

Measures, beside the figure each is held to: start to ready and idle memory of the server process (engines aside), the
webhook, stream start to the first greeting audio, the caller's last sound to the agent's first (endpointing included),
the caller's first sound to `clear` on a barge-in, and a rules turn over `POST /api/chat`.

    python benchmarks/phone.py [--calls 6] [--json benchmarks/results/phone.json]

The phone speaks with espeak-ng over line noise, in real time; times are the phone's own, from the wire. The control is
a request to /health/live, so that the machine's own slowness can be told from ours.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import BufferCleared, TurnMeasured
from offhook.callers.own_server import own_server
from offhook.callers.phone import Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.callers.voice import Speaker
from offhook.kit.clock import SystemClock

START = "2026-11-18T09:00:00-06:00"
TALK = (
    "What are your opening hours?",
    "I would like to book a brake inspection.",
    "Next Tuesday.",
    "At two in the afternoon.",
    "My name is Maria Lopez.",
    "No.",
    "Where are you located?",
)
INTERRUPTION = "Wait, I have a question about the price of an oil change."
CHAT = ("what are your opening hours", "i need an oil change", "next friday", "where are you located")


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def webhook_and_greeting(url: str, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """(control, webhook, stream start to first media), milliseconds."""
    control: list[float] = []
    webhook: list[float] = []
    greeting: list[float] = []
    async with httpx.AsyncClient(base_url=url) as http:
        for _ in range(rounds):
            began = time.perf_counter()
            await http.get("/health/live")
            control.append((time.perf_counter() - began) * 1000)
            call = f"CA{secrets.token_hex(16)}"
            form = {"CallSid": call, "AccountSid": "AC" + "0" * 32, "From": "+12025550142", "To": "+12025550110"}
            began = time.perf_counter()
            answer = await http.post("/twilio/voice", data=form)
            webhook.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
            token = answer.text.split('name="call_token" value="')[1].split('"')[0]
            greeting.append(await first_media(url, call, token))
    return control, webhook, greeting


async def first_media(url: str, call: str, token: str) -> float:
    stream = f"MZ{secrets.token_hex(16)}"
    async with connect(url.replace("http", "ws") + "/media/twilio", compression=None) as socket:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        start = {
            "streamSid": stream,
            "accountSid": "AC" + "0" * 32,
            "callSid": call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"call_token": token},
        }
        began = time.perf_counter()
        await socket.send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": stream, "start": start}))
        async for message in socket:
            if json.loads(message)["event"] == "media":
                break
        return (time.perf_counter() - began) * 1000


async def talk(url: str, speaker: Speaker, calls: int) -> list[float]:
    """Total latency of each answered turn, milliseconds."""
    totals: list[float] = []
    for n in range(calls):
        settings = PhoneSettings(url=url, from_number=f"+1202555{100 + n:04d}", seed=n, limit_s=120)
        phone = Phone(settings, speaker, SystemClock(), lambda event: None)
        outcome = await phone.call(Script(steps=tuple(Step(say=line) for line in TALK)))
        totals += [e.total_ms for e in outcome.events if isinstance(e, TurnMeasured)]
    return totals


async def interrupt(url: str, speaker: Speaker, calls: int) -> list[float]:
    """Onset of the caller's speech over the greeting to `clear`, milliseconds."""
    lags: list[float] = []
    for n in range(calls):
        settings = PhoneSettings(url=url, from_number=f"+1202555{150 + n:04d}", seed=n, limit_s=60)
        phone = Phone(settings, speaker, SystemClock(), lambda event: None)
        step = Step(say=INTERRUPTION, barge_in_after_ms=800 + 130 * n)
        outcome = await phone.call(Script(steps=(step,)))
        lags += [e.since_onset_ms for e in outcome.events if isinstance(e, BufferCleared) and e.since_onset_ms]
    return lags


async def chat(url: str, rounds: int) -> list[float]:
    took: list[float] = []
    async with httpx.AsyncClient(base_url=url) as http:
        for _ in range(rounds):
            session = (await http.post("/api/sessions", json={"desk": "dealership"})).json()
            for line in CHAT:
                began = time.perf_counter()
                answer = await http.post("/api/chat", json={"session_id": session["session_id"], "message": line})
                took.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
    return took


def server_memory_mb() -> float:
    """Resident memory of the server process itself; its children are the engines."""
    for child in psutil.Process().children(recursive=True):
        if "serve" in child.cmdline():
            return float(child.memory_info().rss) / 1e6
    raise RuntimeError("the server process was not found")


async def run(calls: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        async with own_server(Path(folder), {"OFFHOOK_NOW": START}) as url, embedded_speaker() as speaker:
            ready_s = time.perf_counter() - began
            memory_mb = server_memory_mb()
            control, webhook, greeting = await webhook_and_greeting(url, 30)
            chats = await chat(url, 60)
            totals = await talk(url, speaker, calls)
            lags = await interrupt(url, speaker, calls)
    rows = [
        ("start to ready, s", ready_s, ready_s, 5.0),
        ("idle memory of the server process, MB", memory_mb, memory_mb, 300.0),
        ("control: GET /health/live, ms", statistics.median(control), percentile(control, 0.95), None),
        ("webhook answered, ms", statistics.median(webhook), percentile(webhook, 0.95), 100.0),
        ("stream start to greeting audio, ms", statistics.median(greeting), percentile(greeting, 0.95), 300.0),
        (
            f"end of speech to reply audio, ms ({len(totals)})",
            statistics.median(totals),
            percentile(totals, 0.95),
            900.0,
        ),
        (f"onset to clear, ms ({len(lags)})", statistics.median(lags), percentile(lags, 0.95), 450.0),
        ("POST /api/chat, ms (p95 held to 15)", statistics.median(chats), percentile(chats, 0.95), 15.0),
    ]
    return {
        "machine": {"cores": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version()},
        "load": os.getloadavg()[0],
        "rows": [
            {"what": what, "p50": round(p50, 2), "p95": round(p95, 2), "held_to": held} for what, p50, p95, held in rows
        ],
    }


def show(result: dict[str, object]) -> None:
    table = Table(title="offhook on the wire", title_justify="left")
    for column in ("what", "p50", "p95", "held to (p95)"):
        table.add_column(column, justify="left" if column == "what" else "right")
    rows = result["rows"]
    assert isinstance(rows, list)
    for row in rows:
        held = "" if row["held_to"] is None else f"{row['held_to']:g}"
        over = row["held_to"] is not None and row["p95"] > row["held_to"]
        table.add_row(row["what"], f"{row['p50']:.1f}", f"{row['p95']:.1f}", held, style="red" if over else None)
    Console(width=110).print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=6)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = asyncio.run(run(arguments.calls))
    show(result)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
