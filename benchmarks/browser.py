"""Calls from a real browser: the page at `/` in Chromium, a server with its embedded engines, one caller at a time.

Each caller books one appointment; the database tells whether it is the one that was asked for. A caller's microphone is
the page's own (`tests/support/page_caller.py`): it sounds his next sentence when the page shows that the agent has
fallen silent, and he answers what he is asked. Both directions are recorded in the page on one clock: what the page
gets from the microphone, and what it plays. From them comes the time from the end of speech to the audible reply;
beside it stands what the call's record says of each turn. A proxy in front of the server notes when a `clear` leaves
it, which is the decision to be silent; the page tells when its player has become silent.

`file` is a caller of fixed sentences: a WAV as Chromium's microphone, with pauses long enough for any answer. He cannot
say anything again. One more caller interrupts, and one is robbed of his socket in the middle of the greeting.

    python benchmarks/browser.py [--callers own|strangers] [--only 1-5] [--parts calls,file,rest] [--json results.json]

Callers of several runs (`--only`) go together into one file. The sentences of `own` were written before the first of
them was run, and none was changed since; `strangers` are the test suite's, who chose nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from e2e_server import ServerProcess, serving
from playwright.async_api import BrowserType, Page, async_playwright
from rich.console import Console
from ten_callers import STRANGERS, Answers, Caller, Wanted, load_callers

from offhook.callers.actor import Actor
from support.chromium import MICROPHONE, RECORDER, Recording, chromium, flags, write_speech
from support.page_caller import LOOKS, PageCaller, with_number
from support.tap import Tap
from support.voices import Voices, voices

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
LIMIT_S = 150.0
ALL = "1-10"


def caller(
    voice: str, wish: str, name: str, phone: str, service: str, starts_at: str, digits: str, *, day: str, time: str
) -> Caller:
    """One whose number is not known beforehand. `day`, `time`: his words when he is asked for them again."""
    at = datetime.fromisoformat(starts_at)
    hour = f"{at.hour % 12 or 12}:{at:%M}".removesuffix(":00") + f" {at:%p}"
    said = f"{at:%A, %B} {at.day}(st|nd|rd|th)"
    number = f"My number is {phone}."
    return Caller(
        name=name,
        voice=voice,
        from_number="",
        opens=[wish],
        read_back=f"{service}, on {said} at {hour}",
        right=[service, f"{said}( at {hour})?", hour, name],
        answers=Answers(
            all=[wish],
            service=[wish, f"{service}."],
            day=[f"{day}."],
            time=[f"{time}."],
            day_and_time=[f"{day} {time}."],
            name=[f"My name is {name}.", f"{name}."],
            phone=(number, phone),
        ),
        wanted=Wanted(service=service, starts_at=f"{starts_at}-06:00", phone=f"+1202{digits}"),
    )


CALLERS = (
    caller("en-us+f3", "I would like to book an oil change tomorrow at ten in the morning.", "Susan Clark",
           "two zero two, five five five, zero one nine seven", "Oil change", "2026-11-19T10:00:00", "5550197",
           day="tomorrow", time="at ten in the morning"),
    caller("en-us+m3", "I need a brake inspection on Friday at eleven.", "David Miller",
           "two zero two, five five five, zero one six three", "Brake inspection", "2026-11-20T11:00:00", "5550163",
           day="on Friday", time="at eleven"),
    caller("en-us+f2", "Can I bring my car in for a tire rotation next Tuesday at two p.m.?", "Karen White",
           "two zero two, five five five, zero one eight nine", "Tire rotation", "2026-11-24T14:00:00", "5550189",
           day="next Tuesday", time="at two p.m."),
    caller("en-gb", "I'd like to book a battery replacement on Thursday at three in the afternoon.", "Peter Hall",
           "two zero two, five five five, zero one seven five", "Battery replacement", "2026-11-19T15:00:00",
           "5550175", day="on Thursday", time="at three in the afternoon"),
    caller("en-us+m7", "I want to schedule an oil change for Monday at nine thirty.", "Brian Scott",
           "two zero two, five five five, zero one six eight", "Oil change", "2026-11-23T09:30:00", "5550168",
           day="on Monday", time="at nine thirty"),
    caller("en-us", "I'd like a wheel alignment on Friday at two in the afternoon, please.", "Laura Adams",
           "two zero two, five five five, zero one nine three", "Wheel alignment", "2026-11-20T14:00:00", "5550193",
           day="on Friday", time="at two in the afternoon"),
    caller("en-us+f4", "Hi, I need an oil change on Thursday at one p.m.", "Emily Baker",
           "two zero two, five five five, zero one seven nine", "Oil change", "2026-11-19T13:00:00", "5550179",
           day="on Thursday", time="at one p.m."),
    caller("en-gb+f2", "Could I book a brake inspection for next Wednesday at ten?", "Alice Turner",
           "two zero two, five five five, zero one six one", "Brake inspection", "2026-11-25T10:00:00", "5550161",
           day="next Wednesday", time="at ten"),
    caller("en-us+m2", "I would like to make an appointment for a tire rotation on Monday at eleven in the morning.",
           "Kevin Moore", "two zero two, five five five, zero one eight six", "Tire rotation", "2026-11-23T11:00:00",
           "5550186", day="on Monday", time="at eleven in the morning"),
    caller("en-us+f1", "I need my brakes inspected tomorrow at four p.m.", "Linda Evans",
           "two zero two, five five five, zero one nine nine", "Brake inspection", "2026-11-19T16:00:00", "5550199",
           day="tomorrow", time="at four p.m."),
)  # fmt: skip
FILE = (12.0, CALLERS[1].opens[0], 14.0, CALLERS[1].answers.name[0], 14.0, CALLERS[1].answers.phone[0], 18.0,
        "Yes, that's right.", 40.0)  # fmt: skip
INTERRUPTION = (4.0, "Wait, I have a question about the price of an oil change.", 7.0, "Where are you located?", 2.5,
                "And on Saturday, what are your opening hours?", 20.0)  # fmt: skip


@dataclass
class Call:
    """What one call came to."""

    name: str
    done: bool = False
    ended: str = ""
    wrong_rows: list[dict[str, Any]] = field(default_factory=list)
    replies_ms: list[float] = field(default_factory=list)
    silent_ms: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    """Of the server's record: what was heard and how long each part of the turn took."""


@asynccontextmanager
async def a_page(
    chrome: BrowserType, server: ServerProcess, *scripts: str, wav: Path | None = None, number: str = ""
) -> AsyncIterator[tuple[Page, Tap]]:
    """The page at `/`, its session opened, behind a tap."""
    tap = Tap(int(server.url.rpartition(":")[2]))
    async with tap.listening() as url:
        browser = await chrome.launch(executable_path=chromium(), args=flags(wav))
        try:
            context = await browser.new_context()
            await context.add_init_script(RECORDER + NOTES + "".join(scripts))
            page = await context.new_page()
            if number:
                await with_number(page, number)
            await page.goto(f"{url}/?desk=dealership")
            await page.wait_for_selector(".said li")
            yield page, tap
        finally:
            await browser.close()


async def make_call(chrome: BrowserType, server: ServerProcess, one: Caller, speaking: Voices) -> Call:
    """One who answers what he is asked."""
    script = one.script()
    audio = await speaking.all(script.lines, one.voice)
    async with a_page(chrome, server, MICROPHONE, LOOKS, number=one.from_number) as (page, tap):
        talker = PageCaller(page=page)
        await talker.talk()
        try:
            ended = await talker.play(Actor(script), audio, LIMIT_S)
        except TimeoutError:
            ended = "time_limit"
        return await judged(server, page, tap, one, ended)


async def call_of_a_file(chrome: BrowserType, server: ServerProcess, folder: Path) -> Call:
    """One whose microphone is a file: sentences at fixed moments."""
    one = CALLERS[1]
    wav = folder / "microphone.wav"
    await write_speech(wav, FILE, one.voice)
    async with a_page(chrome, server, wav=wav) as (page, tap):
        await page.click(".talk")
        await asyncio.sleep(sum(item if isinstance(item, float) else 4.0 for item in FILE) - 32.0)
        return await judged(server, page, tap, one, "the file's end")


async def judged(server: ServerProcess, page: Page, tap: Tap, one: Caller, ended: str) -> Call:
    call = Call(one.name, ended=ended)
    call.said = await page.locator(".said li p").all_inner_texts()
    call.replies_ms = waits_ms(Recording(await page.evaluate("__recording()")))
    call.silent_ms = silences(tap, await page.evaluate("__notes"))
    session_id = await page.evaluate(SESSION)
    rows = [row for row in server.appointments() if row["session_id"] == session_id]
    right = [row for row in rows if one.wanted.is_booked_by(row)]
    call.done = len(right) == 1 and len(rows) == 1
    call.wrong_rows = [row for row in rows if row not in right] + right[1:]
    call.turns = turns_of(server, session_id)
    CONSOLE.print(f"{'done' if call.done else 'NOT done'}: {one.name}: {one.opens[0]} {call.replies_ms}")
    if not call.done:
        CONSOLE.print(call.said, markup=False)
    return call


def turns_of(server: ServerProcess, session_id: str) -> list[dict[str, Any]]:
    kept = ("caller", "endpoint_ms", "stt_ms", "think_ms", "tts_ms", "total_ms")
    return [
        {name: turn[name] for name in kept}
        for row in server.rows("select session_id, record from calls")
        if row["session_id"] == session_id
        for turn in json.loads(row["record"])["turns"]
        if turn["total_ms"] is not None
    ]


def waits_ms(recording: Recording) -> list[float]:
    """From the end of each sentence to the first sound of the reply, where the agent was quiet at that end."""
    spoken = recording.sounds(recording.microphone, dbfs=-42, gap_s=0.6)
    played = recording.sounds(recording.played, dbfs=-45, gap_s=0.25)
    waits = []
    for (_, end), following in zip(spoken, [*(begin for begin, _ in spoken[1:]), 1e9], strict=True):
        if any(begin < end < finish for begin, finish in played):
            continue
        answers = [begin for begin, _ in played if end <= begin < following]
        if answers:
            waits.append(float(round((answers[0] - end) * 1000)))
    return waits


def silences(tap: Tap, notes: list[tuple[str, float]]) -> list[float]:
    """From each `clear` on the wire to the page's player being silent."""
    silent = [at for kind, at in notes if kind == "interrupted"]
    pairs = ((clear, min((at for at in silent if at >= clear - 1), default=None)) for clear in tap.clears)
    return [round(at - clear, 1) for clear, at in pairs if at is not None]


async def interrupt(chrome: BrowserType, server: ServerProcess, folder: Path) -> list[float]:
    wav = folder / "interruption.wav"
    await write_speech(wav, INTERRUPTION)
    async with a_page(chrome, server, wav=wav) as (page, tap):
        await page.click(".talk")
        await asyncio.sleep(28)
        return silences(tap, await page.evaluate("__notes"))


async def reconnect(chrome: BrowserType, server: ServerProcess, folder: Path) -> dict[str, Any]:
    """The connection is cut twice in the middle of the greeting: how soon it is back, and whether a hole is heard."""
    wav = folder / "quiet.wav"
    await write_speech(wav, [30.0])
    figures: dict[str, Any] = {}
    for name, cuts in (("undisturbed", 0), ("cut", 2)):
        async with a_page(chrome, server, wav=wav) as (page, tap):
            await page.click(".talk")
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
                live, gone = ([at for kind, at in notes if kind == state] for state in ("live", "away"))
                back = [(min((at for at in live if at >= left), default=None), left) for left in gone]
                figures["back_ms"] = [None if at is None else at - left for at, left in back]
    return figures


def percentile(values: Sequence[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]) if ordered else None


async def run(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What was measured, part by part."""
    raw: dict[str, Any] = {}
    first, _, last = given.only.partition("-")
    wanted = (load_callers(STRANGERS) if given.callers == "strangers" else CALLERS)[int(first) - 1 : int(last)]
    with serving(folder / "server") as server:
        async with async_playwright() as playwright, voices() as speaking:
            chrome = playwright.chromium
            if "calls" in given.parts:
                made = [await make_call(chrome, server, one, speaking) for one in wanted]
                raw[given.callers] = {call.name: asdict(call) for call in made}
            if "file" in given.parts:
                raw["file"] = asdict(await call_of_a_file(chrome, server, folder))
            if "rest" in given.parts:
                raw["interruptions_ms"] = await interrupt(chrome, server, folder)
                raw["reconnect"] = await reconnect(chrome, server, folder)
    return raw


def together(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Callers of both; of all else what was measured last."""
    callers = {who: {**before.get(who, {}), **after.get(who, {})} for who in ("own", "strangers")}
    return {**before, **after, **{who: calls for who, calls in callers.items() if calls}}


def summary(raw: dict[str, Any]) -> dict[str, Any]:
    silent = list(raw.get("interruptions_ms", []))
    told: dict[str, Any] = {"machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "at_once": 1}}
    for who in ("own", "strangers"):
        if calls := list(raw.get(who, {}).values()):
            replies = [ms for call in calls for ms in call["replies_ms"]]
            silent += [ms for call in calls for ms in call["silent_ms"]]
            told[who] = {
                "calls": len(calls),
                "done": sum(call["done"] for call in calls),
                "wrong_appointments": sum(len(call["wrong_rows"]) for call in calls),
                "end_of_speech_to_audible_ms": {"limit_p95": 900, **shares(replies)},
            }
    if "file" in raw:
        told["file"] = {"done": raw["file"]["done"], "replies_ms": raw["file"]["replies_ms"]}
    told["decision_to_silent_ms"] = {"limit": 100, **shares(silent)}
    return {**told, "reconnect": raw.get("reconnect"), "raw": raw}


def shares(values: Sequence[float]) -> dict[str, float | None]:
    return {
        "p50": percentile(values, 0.5),
        "p95": percentile(values, 0.95),
        "worst": percentile(values, 1.0),
        "count": len(values),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--callers", choices=("own", "strangers"), default="own")
    parser.add_argument("--only", default=ALL, help="of the callers, from the first to the last of these")
    parser.add_argument("--parts", default="calls,file,rest", type=lambda text: text.split(","))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw = asyncio.run(run(given, Path(folder)))
    if given.json is not None and given.json.exists():
        raw = together(json.loads(given.json.read_text(encoding="utf-8"))["raw"], raw)
    figures = summary(raw)
    CONSOLE.print_json(json.dumps({name: value for name, value in figures.items() if name != "raw"}))
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
