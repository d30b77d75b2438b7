"""Calls from a real browser: a WAV as Chromium's microphone, the page at `/`, a server with its embedded engines.

Each caller books one appointment; the database tells whether it is the one that was asked for. Both directions are
recorded in the page on one clock: what the page gets from the microphone, and what it plays. From them come the time
from the end of speech to the audible reply and the holes in what is heard. A proxy in front of the server notes when a
`clear` leaves it, which is the decision to be silent; the page tells when its player has become silent. One more call
is robbed of its socket in the middle of the greeting.

    python benchmarks/browser.py [--calls 10] [--at-once 2] [--json benchmarks/results/browser.json]

A caller's sentences are fixed beforehand, with pauses for the answers; he cannot say anything again. The scripts were
written before the first of them was run, and none was changed since.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from e2e_server import ServerProcess, serving
from playwright.async_api import Browser, BrowserType, Page, async_playwright
from rich.console import Console
from ten_callers import Wanted

from support.chromium import RECORDER, Recording, chromium, flags, write_speech

CONSOLE = Console()
NOTES = """
window.__notes = [];
new MutationObserver(changes => {
  for (const { addedNodes, target, type } of changes) {
    const kind = type === "attributes" ? target.dataset.voice : addedNodes[0]?.dataset?.type;
    if (kind) window.__notes.push([kind, Date.now()]);
  }
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-voice"] });
window.__sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...args) { super(...args); window.__sockets.push(this); }
};
"""
CUT = 'for (const socket of __sockets) if (socket.url.includes("/media/")) socket.close()'
SESSION = "JSON.parse(sessionStorage[Object.keys(sessionStorage)[0]]).session_id"
GREETING_S = 12.0
LONGEST_S = 110.0
QUIET_S = 4.0
"""Behind the last sentence of a caller who has booked."""


@dataclass(frozen=True)
class Caller:
    voice: str
    wish: str
    name: str
    phone: str
    wanted: Wanted

    def script(self) -> tuple[str | float, ...]:
        return (GREETING_S, self.wish, 9.0, self.name, 8.0, self.phone, 14.0, "Yes, that's right.", 30.0)


def caller(voice: str, wish: str, name: str, phone: str, service: str, starts_at: str, digits: str) -> Caller:
    wanted = Wanted(service=service, starts_at=f"{starts_at}-06:00", phone=f"+1202{digits}")
    return Caller(voice, wish, f"My name is {name}.", f"My number is {phone}.", wanted)


CALLERS = (
    caller("en-us+f3", "I would like to book an oil change tomorrow at ten in the morning.", "Susan Clark",
           "two zero two, five five five, zero one nine seven", "Oil change", "2026-11-19T10:00:00", "5550197"),
    caller("en-us+m3", "I need a brake inspection on Friday at eleven.", "David Miller",
           "two zero two, five five five, zero one six three", "Brake inspection", "2026-11-20T11:00:00", "5550163"),
    caller("en-us+f2", "Can I bring my car in for a tire rotation next Tuesday at two p.m.?", "Karen White",
           "two zero two, five five five, zero one eight nine", "Tire rotation", "2026-11-24T14:00:00", "5550189"),
    caller("en-gb", "I'd like to book a battery replacement on Thursday at three in the afternoon.", "Peter Hall",
           "two zero two, five five five, zero one seven five", "Battery replacement", "2026-11-19T15:00:00",
           "5550175"),
    caller("en-us+m7", "I want to schedule an oil change for Monday at nine thirty.", "Brian Scott",
           "two zero two, five five five, zero one six eight", "Oil change", "2026-11-23T09:30:00", "5550168"),
    caller("en-us", "I'd like a wheel alignment on Friday at two in the afternoon, please.", "Laura Adams",
           "two zero two, five five five, zero one nine three", "Wheel alignment", "2026-11-20T14:00:00", "5550193"),
    caller("en-us+f4", "Hi, I need an oil change on Thursday at one p.m.", "Emily Baker",
           "two zero two, five five five, zero one seven nine", "Oil change", "2026-11-19T13:00:00", "5550179"),
    caller("en-gb+f2", "Could I book a brake inspection for next Wednesday at ten?", "Alice Turner",
           "two zero two, five five five, zero one six one", "Brake inspection", "2026-11-25T10:00:00", "5550161"),
    caller("en-us+m2", "I would like to make an appointment for a tire rotation on Monday at eleven in the morning.",
           "Kevin Moore", "two zero two, five five five, zero one eight six", "Tire rotation", "2026-11-23T11:00:00",
           "5550186"),
    caller("en-us+f1", "I need my brakes inspected tomorrow at four p.m.", "Linda Evans",
           "two zero two, five five five, zero one nine nine", "Brake inspection", "2026-11-19T16:00:00", "5550199"),
)  # fmt: skip
INTERRUPTION = (4.0, "Wait, I have a question about the price of an oil change.", 7.0, "Where are you located?", 2.5,
                "And on Saturday, what are your opening hours?", 20.0)  # fmt: skip


@dataclass
class Call:
    """What one call came to."""

    voice: str
    done: bool = False
    wrong_rows: list[dict[str, Any]] = field(default_factory=list)
    replies_ms: list[float] = field(default_factory=list)
    silent_ms: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Tap:
    """A proxy in front of the server that notes when a `clear` passes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.clears: list[float] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._port)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pass(reader, forth, watch=False))
            tasks.create_task(self._pass(back, writer, watch=True))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, watch: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if watch and b'{"type":"clear"' in data:
                    self.clears.append(time.time() * 1000)
                writer.write(data)
                await writer.drain()
        writer.close()


async def open_page(browser: Browser, server: ServerProcess, url: str) -> Page:
    context = await browser.new_context()
    await context.add_init_script(RECORDER + NOTES)
    page = await context.new_page()
    await page.goto(f"{url}/?desk=dealership")
    await page.wait_for_selector(".said li")
    await page.click(".talk")
    return page


async def make_call(chrome: BrowserType, server: ServerProcess, one: Caller, folder: Path) -> Call:
    call = Call(one.voice)
    wav = folder / f"{one.wanted.phone}.wav"
    await write_speech(wav, one.script(), one.voice)
    tap = Tap(int(server.url.rpartition(":")[2]))
    async with tap.listening() as url:
        browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
        try:
            page = await open_page(browser, server, url)
            session_id = await page.evaluate(SESSION)
            give_up = time.monotonic() + LONGEST_S
            while time.monotonic() < give_up:
                await asyncio.sleep(1)
                if any(row["session_id"] == session_id for row in server.appointments()):
                    await asyncio.sleep(QUIET_S)
                    break
            call.said = await page.locator(".said li p").all_inner_texts()
            measure(call, Recording(await page.evaluate("__recording()")))
            call.silent_ms = silences(tap, await page.evaluate("__notes"))
        finally:
            await browser.close()
    rows = [row for row in server.appointments() if row["session_id"] == session_id]
    right = [row for row in rows if one.wanted.is_booked_by(row)]
    call.done = len(right) == 1 and len(rows) == 1
    call.wrong_rows = [row for row in rows if row not in right] + right[1:]
    CONSOLE.print(f"{'done' if call.done else 'NOT done'}: {one.voice}: {one.wish}")
    return call


def measure(call: Call, recording: Recording) -> None:
    """From the end of each sentence to the first sound of the reply, where the agent was quiet at that end."""
    spoken = recording.sounds(recording.microphone, dbfs=-42, gap_s=0.6)
    played = recording.sounds(recording.played, dbfs=-45, gap_s=0.25)
    for (_, end), following in zip(spoken, [*(begin for begin, _ in spoken[1:]), 1e9], strict=True):
        if any(begin < end < finish for begin, finish in played):
            continue
        answers = [begin for begin, _ in played if end <= begin < following]
        if answers:
            call.replies_ms.append((answers[0] - end) * 1000)


def silences(tap: Tap, notes: list[tuple[str, float]]) -> list[float]:
    """From each `clear` on the wire to the page's player being silent."""
    silent = [at for kind, at in notes if kind == "interrupted"]
    pairs = ((clear, min((at for at in silent if at >= clear - 1), default=None)) for clear in tap.clears)
    return [at - clear for clear, at in pairs if at is not None]


async def interrupt(chrome: BrowserType, server: ServerProcess, folder: Path) -> list[float]:
    wav = folder / "interruption.wav"
    await write_speech(wav, INTERRUPTION)
    tap = Tap(int(server.url.rpartition(":")[2]))
    async with tap.listening() as url:
        browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
        try:
            page = await open_page(browser, server, url)
            await asyncio.sleep(28)
            return silences(tap, await page.evaluate("__notes"))
        finally:
            await browser.close()


async def reconnect(chrome: BrowserType, server: ServerProcess, folder: Path) -> dict[str, Any]:
    """The socket is lost twice in the middle of the greeting: how soon it is back, and whether a hole is heard."""
    wav = folder / "quiet.wav"
    await write_speech(wav, [30.0])
    browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
    try:
        figures: dict[str, Any] = {}
        for name, cuts in (("undisturbed", 0), ("cut", 2)):
            page = await open_page(browser, server, server.url)
            for _ in range(cuts):
                await asyncio.sleep(1.7)
                await page.evaluate(CUT)
            await asyncio.sleep(9)
            recording = Recording(await page.evaluate("__recording()"))
            sounds = recording.sounds(recording.played, dbfs=-45, gap_s=0.01)
            spoken_s = sum(end - begin for begin, end in sounds)
            hole_s = max((b[0] - a[1] for a, b in pairwise(sounds)), default=0.0)
            figures[name] = {"spoken_s": round(spoken_s, 2), "longest_hole_ms": round(hole_s * 1000)}
            if cuts:
                notes = await page.evaluate("__notes")
                away = [at for kind, at in notes if kind == "away"]
                live = [at for kind, at in notes if kind == "live"]
                figures["back_ms"] = [min(at for at in live if at >= gone) - gone for gone in away]
            await page.close()
        return figures
    finally:
        await browser.close()


def percentile(values: Sequence[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]) if ordered else None


async def run(calls: int, at_once: int, folder: Path) -> dict[str, Any]:
    with serving(folder / "server") as server:
        async with async_playwright() as playwright:
            chrome, lines = playwright.chromium, asyncio.Semaphore(at_once)

            async def limited(one: Caller) -> Call:
                async with lines:
                    return await make_call(chrome, server, one, folder)

            made = await asyncio.gather(*(limited(one) for one in CALLERS[:calls]))
            barge_ins = await interrupt(chrome, server, folder)
            back = await reconnect(chrome, server, folder)
    replies = [ms for call in made for ms in call.replies_ms]
    silent = [*barge_ins, *(ms for call in made for ms in call.silent_ms)]
    return {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "at_once": at_once},
        "calls": len(made),
        "done": sum(call.done for call in made),
        "wrong_appointments": sum(len(call.wrong_rows) for call in made),
        "end_of_speech_to_audible_ms": {
            "limit_p95": 900,
            "p50": round(statistics.median(replies)) if replies else None,
            "p95": percentile(replies, 0.95),
            "count": len(replies),
        },
        "decision_to_silent_ms": {"limit": 100, "worst": max(silent, default=None), "count": len(silent)},
        "reconnect": back,
        "not_done": [{"voice": call.voice, "said": call.said} for call in made if not call.done],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=len(CALLERS))
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(given.calls, given.at_once, Path(folder)))
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    CONSOLE.print_json(text)
    if given.json is not None:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
