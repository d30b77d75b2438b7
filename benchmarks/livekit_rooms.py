"""Calls in rooms of a real LiveKit server, judged by what the database then holds.

Hypothesis: of ten callers at least nine end with the right appointment and none with a wrong one, whether they come by
LiveKit's Python library or by its JavaScript one in Chromium. Both are the test suite's strangers, who hold a
conversation: in the page each answer is a WAV that its microphone sounds when the agent, as it is heard in the page,
has finished. Control: the same strangers on the telephone (`benchmarks/calls.py`). `interrupted` speaks over the
greeting. `load` tells what a room costs: N rooms at once with fake engines, callers who speak every few seconds;
processor time of the server and of its process for rooms, per second of a call.

`answered_ms` is not one measure: pages count from the last sound that is audible in the microphone, Python's users from
the end of what they play, with the quiet at the end of each sentence in it, which makes their waits look shorter. One
WAV from beginning to end is no caller for these scripts: the words that are right depend on what the desk has doubted,
and with sentences at fixed moments none of the ten was booked, nor a wrong one (tests/e2e/test_livekit_rooms.py has a
call that is booked so).

    python benchmarks/livekit_rooms.py python|chromium|interrupted|load [--callers strangers|calls] [--only 1-5]
        [--at-once 3] [--rooms 1,5,10] [--json out.json]

Parts are written into the one file, callers of several runs (`--only`) together; each takes minutes of real time.
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
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from e2e_server import HEARD, QUICK, ServerProcess, serving
from ten_callers import CALLS, STRANGERS, Caller, load_callers

from offhook.audio.resample import resample
from offhook.callers.actor import Actor
from offhook.callers.cli import embedded_speaker
from offhook.callers.voice import at_speech_level
from support.js_clients import js_clients
from support.livekit_page import ORIGIN, in_room_by_page
from support.livekit_server import LiveKitServer, prepared_livekit
from support.livekit_talker import RoomTalker
from support.livekit_user import RATE_HZ, in_room, open_session, ticket_for
from support.voices import Voices, voices

LIMIT_S = 150.0
CHILD = "offhook.channels.livekit.child"
TALK_S = 20.0
ALL = "1-10"
Entering = Callable[[ServerProcess, Mapping[str, str]], AbstractAsyncContextManager[RoomTalker]]


@dataclass
class Made:
    caller: Caller
    session_id: str
    why: str = ""
    waits_ms: list[float] = field(default_factory=list)
    silenced_ms: list[float] = field(default_factory=list)
    """From the caller's first sound over the agent to the agent's last."""
    after_ms: list[float] = field(default_factory=list)
    """From the agent's state that says so to its last sound."""
    words: list[str] = field(default_factory=list)


@contextmanager
def house(folder: Path, **settings: str) -> Iterator[tuple[ServerProcess, LiveKitServer]]:
    livekit = prepared_livekit()
    try:
        with serving(folder, {**livekit.settings, "OFFHOOK_CORS_ORIGINS": ORIGIN, **settings}) as server:
            livekit.webhook = f"{server.url}/livekit/webhook"
            livekit.start()
            yield server, livekit
    finally:
        livekit.remove()


async def each(work: Any, callers: Sequence[Caller], at_once: int) -> list[Made]:
    lines = asyncio.Semaphore(at_once)
    async with voices() as speaking:

        async def one(caller: Caller) -> Made:
            async with lines:
                return await work(caller, speaking)

        return await asyncio.gather(*(one(caller) for caller in callers))


@asynccontextmanager
async def python_user(server: ServerProcess, headers: Mapping[str, str]) -> AsyncIterator[RoomTalker]:
    async with in_room(await ticket_for(server.url, dict(headers))) as user:
        yield user


@asynccontextmanager
async def page_user(server: ServerProcess, headers: Mapping[str, str]) -> AsyncIterator[RoomTalker]:
    async with in_room_by_page(js_clients(), server.url, headers["Authorization"].removeprefix("Bearer ")) as user:
        yield user


async def conversation(entering: Entering, server: ServerProcess, caller: Caller, speaking: Voices) -> Made:
    script = caller.script()
    audio = await speaking.all(script.lines, caller.voice)
    phone = {"customer_phone": caller.from_number} if caller.from_number else {}
    session_id, headers = await open_session(server.url, **phone)
    made = Made(caller, session_id)
    async with entering(server, headers) as user:
        try:
            made.why = await user.play(Actor(script), audio, LIMIT_S)
        except TimeoutError:
            made.why = "time_limit"
        made.waits_ms = user.reply_waits_ms()
        made.words = [f"{'caller' if s.of == user.me else 'agent'}: {s.text}" for s in user.segments.values()]
    return made


async def interrupted(entering: Entering, server: ServerProcess, caller: Caller, speaking: Voices) -> Made:
    """One who speaks over the greeting."""
    stop = await speaking.say("Stop, please stop. What are your opening hours on Saturday?", caller.voice)
    session_id, headers = await open_session(server.url)
    made = Made(caller, session_id)
    async with entering(server, headers) as user, asyncio.timeout(LIMIT_S):
        while not user.audible:
            await asyncio.sleep(user.look_every_s)
            await user.look()
        await asyncio.sleep(1.0)
        await user.say(stop)
        await user.look()
        onset = user.said[0][0]
        end = next((end for begin, end in user.audible if begin < onset < end), None)
        told = next((at for at, state in user.states if at > onset and state != "speaking"), None)
        if end is not None and told is not None:
            made.silenced_ms, made.after_ms = [(end - onset) * 1000], [max(0.0, end - told) * 1000]
    return made


USERS: dict[str, Entering] = {"python": python_user, "chromium": page_user}


def judged(server: ServerProcess, made: Sequence[Made]) -> dict[str, Any]:
    """Each caller's outcome, by name."""
    rows, told = server.appointments(), {}
    for one in made:
        own = [row for row in rows if row["session_id"] == one.session_id]
        good = [row for row in own if one.caller.wanted.is_booked_by(row)]
        wrong = len(own) - len(good) + max(0, len(good) - 1)
        told[one.caller.name] = {
            "right": bool(good) and not wrong,
            "wrong_appointments": wrong,
            "ended": one.why,
            "waits_ms": [round(ms) for ms in one.waits_ms],
            **({} if good else {"words": one.words}),
        }
    return told


def summed(calls: dict[str, Any]) -> dict[str, Any]:
    waits = [ms for one in calls.values() for ms in one["waits_ms"]]
    return {
        "calls": len(calls),
        "right": sum(one["right"] for one in calls.values()),
        "wrong_appointments": sum(one["wrong_appointments"] for one in calls.values()),
        "answers": len(waits),
        "answered_ms": figures(waits),
        "callers": calls,
    }


def figures(values: Sequence[float]) -> dict[str, int]:
    return {f"p{at}": round(float(np.percentile(values, at))) for at in (50, 95)} if values else {}


async def conversations_part(
    entering: Entering, folder: Path, callers: Sequence[Caller], at_once: int
) -> dict[str, Any]:
    with house(folder) as (server, _):
        work = partial(conversation, entering, server)
        return judged(server, await each(work, callers, at_once))


async def interrupted_part(folder: Path, callers: Sequence[Caller]) -> dict[str, Any]:
    with house(folder) as (server, _):
        return {
            name: silences(await each(partial(interrupted, entering, server), callers, 1))
            for name, entering in USERS.items()
        }


def silences(made: Sequence[Made]) -> dict[str, Any]:
    silenced = [ms for one in made for ms in one.silenced_ms]
    return {
        "calls": len(made),
        "interrupted": len(silenced),
        "first_sound_to_silence_ms": figures(silenced),
        "decision_to_silence_ms": figures([ms for one in made for ms in one.after_ms]),
    }


async def load_part(folder: Path, rooms: Sequence[int]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    async with embedded_speaker() as speaker:
        words = resample(at_speech_level(await speaker(HEARD, "en-us+f3")), 8_000, RATE_HZ)
    with house(folder, **QUICK, OFFHOOK_FAKE_TRANSCRIPT=HEARD, OFFHOOK_FAKE_TTS_AUDIO_MS="3000") as (server, livekit):
        for count in rooms:
            async with AsyncExitStack() as stack:
                sessions = [await open_session(server.url) for _ in range(count)]
                tickets = [await ticket_for(server.url, headers) for _, headers in sessions]
                users = [await stack.enter_async_context(in_room(ticket)) for ticket in tickets]
                await asyncio.sleep(4)
                parts = {"server": server.pid, "rooms": server.engines(CHILD)[0], "livekit": livekit.pid}
                before = {name: _cpu_s(pid) for name, pid in parts.items()}
                began = time.monotonic()
                while time.monotonic() - began < TALK_S:
                    await asyncio.gather(*(user.say(words) for user in users))
                    await asyncio.sleep(3)
                spent_s = (time.monotonic() - began) * count
                waits = [ms for user in users for ms in user.reply_waits_ms()]
                told[str(count)] = {
                    "cpu_ms_per_call_second": {
                        name: round((_cpu_s(pid) - before[name]) * 1000 / spent_s, 1) for name, pid in parts.items()
                    },
                    "rooms_process_mb": round(psutil.Process(parts["rooms"]).memory_info().rss / 1e6),
                    "answers": len(waits),
                    "answered_ms": figures(waits),
                }
            await asyncio.sleep(12)  # until their calls are over
    return told


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("python", "chromium", "interrupted", "load"))
    parser.add_argument("--callers", choices=("strangers", "calls"), default="strangers")
    parser.add_argument("--only", default=ALL, help="of the callers, from the first to the last of these")
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--rooms", default="1,5,10")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="offhook-livekit-rooms-"))
    first, _, last = given.only.partition("-")
    callers = load_callers(STRANGERS if given.callers == "strangers" else CALLS)[int(first) - 1 : int(last)]
    kept = json.loads(given.json.read_text(encoding="utf-8")) if given.json is not None and given.json.exists() else {}
    if given.part == "load":
        told = asyncio.run(load_part(folder, [int(n) for n in given.rooms.split(",")]))
    elif given.part == "interrupted":
        told = asyncio.run(interrupted_part(folder, callers))
    else:
        before = kept.get(given.part, {}).get("callers", {}) if given.only != ALL else {}
        now = asyncio.run(conversations_part(USERS[given.part], folder, callers, given.at_once))
        told = summed({**before, **now})
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    if given.json is not None:
        kept["machine"] = {"python": platform.python_version(), "cores": os.cpu_count()}
        kept[given.part] = told
        given.json.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
