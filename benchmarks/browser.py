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
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
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
from support.tap import Tap

CONSOLE = Console()
NOTES = """
window.__notes = [];
new MutationObserver(changes => {
  for (const { addedNodes, target, type } of changes) {
    const kind = type === "attributes" ? target.dataset.voice : addedNodes[0]?.dataset?.type;
    if (kind) window.__notes.push([kind, Date.now()]);
  }
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-voice"] });
"""
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


async def open_page(browser: Browser, url: str) -> Page:
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
            page = await open_page(browser, url)
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
    if not call.done:
        CONSOLE.print(call.said, markup=False)
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
            call.replies_ms.append(round((answers[0] - end) * 1000))


def silences(tap: Tap, notes: list[tuple[str, float]]) -> list[float]:
    """From each `clear` on the wire to the page's player being silent."""
    silent = [at for kind, at in notes if kind == "interrupted"]
    pairs = ((clear, min((at for at in silent if at >= clear - 1), default=None)) for clear in tap.clears)
    return [round(at - clear, 1) for clear, at in pairs if at is not None]


async def interrupt(chrome: BrowserType, server: ServerProcess, folder: Path) -> list[float]:
    wav = folder / "interruption.wav"
    await write_speech(wav, INTERRUPTION)
    tap = Tap(int(server.url.rpartition(":")[2]))
    async with tap.listening() as url:
        browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
        try:
            page = await open_page(browser, url)
            await asyncio.sleep(28)
            return silences(tap, await page.evaluate("__notes"))
        finally:
            await browser.close()


async def reconnect(chrome: BrowserType, server: ServerProcess, folder: Path) -> dict[str, Any]:
    """The connection is cut twice in the middle of the greeting: how soon it is back, and whether a hole is heard."""
    wav = folder / "quiet.wav"
    await write_speech(wav, [30.0])
    tap = Tap(int(server.url.rpartition(":")[2]))
    browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
    figures: dict[str, Any] = {}
    try:
        async with tap.listening() as url:
            for name, cuts in (("undisturbed", 0), ("cut", 2)):
                page = await open_page(browser, url)
                for _ in range(cuts):
                    await asyncio.sleep(1.7)
                    tap.cut(b"/media/")
                await asyncio.sleep(9)
                recording = Recording(await page.evaluate("__recording()"))
                sounds = recording.sounds(recording.played, dbfs=-45, gap_s=0.01)
                spoken_s = sum(end - begin for begin, end in sounds)
                hole_s = max((after[0] - before[1] for before, after in pairwise(sounds)), default=0.0)
                figures[name] = {"spoken_s": round(spoken_s, 2), "longest_hole_ms": round(hole_s * 1000)}
                if cuts:
                    notes = await page.evaluate("__notes")
                    live = [at for kind, at in notes if kind == "live"]
                    gone = [at for kind, at in notes if kind == "away"]
                    figures["back_ms"] = [min((back for back in live if back >= at), default=None) for at in gone]
                    figures["back_ms"] = [
                        None if back is None else back - at for back, at in zip(figures["back_ms"], gone, strict=True)
                    ]
                await page.close()
    finally:
        await browser.close()
    return figures


def percentile(values: Sequence[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]) if ordered else None


async def run(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What was measured, call by call."""
    raw: dict[str, Any] = {"calls": [], "interruptions_ms": [], "reconnect": None}
    with serving(folder / "server") as server:
        async with async_playwright() as playwright:
            chrome, lines = playwright.chromium, asyncio.Semaphore(given.at_once)

            async def limited(one: Caller) -> Call:
                async with lines:
                    return await make_call(chrome, server, one, folder)

            wanted = CALLERS[given.skip : given.skip + given.calls]
            raw["calls"] = [asdict(call) for call in await asyncio.gather(*(limited(one) for one in wanted))]
            if given.rest:
                raw["interruptions_ms"] = await interrupt(chrome, server, folder)
                raw["reconnect"] = await reconnect(chrome, server, folder)
    return raw


def together(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        "calls": [*before["calls"], *after["calls"]],
        "interruptions_ms": [*before["interruptions_ms"], *after["interruptions_ms"]],
        "reconnect": after["reconnect"] or before["reconnect"],
    }


def summary(raw: dict[str, Any], at_once: int) -> dict[str, Any]:
    calls = raw["calls"]
    replies = [ms for call in calls for ms in call["replies_ms"]]
    silent = [*raw["interruptions_ms"], *(ms for call in calls for ms in call["silent_ms"])]
    return {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "at_once": at_once},
        "calls": len(calls),
        "done": sum(call["done"] for call in calls),
        "wrong_appointments": sum(len(call["wrong_rows"]) for call in calls),
        "end_of_speech_to_audible_ms": {
            "limit_p95": 900,
            "p50": percentile(replies, 0.5),
            "p95": percentile(replies, 0.95),
            "count": len(replies),
        },
        "decision_to_silent_ms": {
            "limit": 100,
            "p50": percentile(silent, 0.5),
            "worst": percentile(silent, 1.0),
            "count": len(silent),
        },
        "reconnect": raw["reconnect"],
        "raw": raw,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=len(CALLERS))
    parser.add_argument("--skip", type=int, default=0, help="callers to leave out, for machines free only for minutes")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument(
        "--no-rest", dest="rest", action="store_false", help="calls alone: nobody interrupts or is cut off"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--go-on", action="store_true", help="add to what the file holds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw = asyncio.run(run(given, Path(folder)))
    if given.go_on:
        raw = together(json.loads(given.json.read_text(encoding="utf-8"))["raw"], raw)
    figures = summary(raw, given.at_once)
    CONSOLE.print_json(json.dumps({name: value for name, value in figures.items() if name != "raw"}))
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
