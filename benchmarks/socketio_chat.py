"""The chat under load and under a bad network: `python benchmarks/socketio_chat.py [--json out.json]`.

Load. Hypothesis: 500 Socket.IO clients that say something every 5 s each have the whole reply of the rules within 50 ms
(p95); meanwhile on `/ws` a message's first event comes within 20 ms (p95). Control: `GET /health/live` at the same
time, which goes through the same server, middleware and log and does nothing.

Network. Hypothesis: with connections that are cut at random moments, 1,000 times for each of the two doors, no event
of a session is lost, every message is answered, and none runs twice. A client sends again what has no answer, under the
same id, and resumes from its last seq. Messages come by HTTP as well, while clients are away and while they are there.

The server is a child of this program, with its own folder: SQLite, no speech. Everything random comes from --seed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from offhook.callers.own_server import own_server

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.chat_clients import Begun, Client, SocketIoClient, WsClient, begin

SETTINGS = {"OFFHOOK_STT": "fake", "OFFHOOK_TTS": "fake", "OFFHOOK_NOW": "2026-11-18T09:00:00-06:00"}
EVERY_S = 5.0
MUST = {"reply_p95_ms": 50.0, "ws_first_p95_ms": 20.0, "lost": 0}
SAID = (
    "when are you open",
    "where are you",
    "how much is an oil change",
    "do you have a waiting room",
    "I need an oil change next Tuesday",
    "at ten",
    "no thanks",
    "do you do brakes",
    "what about Saturday",
    "thank you",
)
PATIENCE_S = 1.5
"""Without an answer for so long a message is sent again."""


# -- load -------------------------------------------------------------------------------------------------------------


async def load(url: str, clients: int, watchers: int, seconds: float, chance: random.Random) -> dict[str, Any]:
    sockets: list[Client] = [SocketIoClient(url, one) for one in await _begin_many(url, clients)]
    sockets += [WsClient(url, one) for one in await _begin_many(url, watchers)]
    for one in sockets:
        await one.connect()
    measured: dict[str, list[float]] = {"piece": [], "reply": [], "ws_first": [], "ws_reply": [], "control": []}
    unanswered = 0
    began = time.perf_counter()

    async def talk(client: Client, phase_s: float, words: random.Random) -> None:
        nonlocal unanswered
        await asyncio.sleep(phase_s)
        number = 0
        while (now := time.perf_counter()) < began + seconds:
            waited = await client.say(f"m{number}", words.choice(SAID))
            try:
                await asyncio.wait_for(waited.done.wait(), EVERY_S)
            except TimeoutError:
                unanswered += 1
            if waited.first and waited.whole and now > began + EVERY_S:  # the first round is for warming up
                kinds = ("ws_first", "ws_reply") if isinstance(client, WsClient) else ("piece", "reply")
                for kind, at in zip(kinds, (waited.first, waited.whole), strict=True):
                    measured[kind].append((at - waited.sent) * 1000)
            number += 1
            await asyncio.sleep(max(0.0, now + EVERY_S - time.perf_counter()))

    async def control() -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            while time.perf_counter() < began + seconds:
                asked = time.perf_counter()
                await client.get("/health/live")
                measured["control"].append((time.perf_counter() - asked) * 1000)
                await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(control())
        for one in sockets:
            tasks.create_task(talk(one, chance.uniform(0, EVERY_S), _another(chance)))
    for one in sockets:
        await one.close()
    return {
        "clients": clients,
        "ws_clients": watchers,
        "every_s": EVERY_S,
        "seconds": seconds,
        "unanswered": unanswered,
        **{f"{kind}_ms": summary(values) for kind, values in measured.items()},
    }


async def _begin_many(url: str, count: int) -> list[Begun]:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        return [await begin(client) for _ in range(count)]


# -- a bad network ----------------------------------------------------------------------------------------------------


async def disconnects(
    url: str, kind: type[SocketIoClient] | type[WsClient], sessions: int, cuts_each: int, chance: random.Random
) -> dict[str, Any]:
    """`sessions` clients, each cut off `cuts_each` times at a random moment. What was lost, what ran twice."""
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=20)) as http:
        tasks = [asyncio.create_task(_cut_often(url, kind, cuts_each, _another(chance), http)) for _ in range(sessions)]
        found = [await task for task in tasks]
    return {
        "disconnects": sum(one["cuts"] for one in found),
        "messages": sum(one["messages"] for one in found),
        "events": sum(one["events"] for one in found),
        "lost_events": sum(one["lost_events"] for one in found),
        "unanswered": sum(one["unanswered"] for one in found),
        "ran_twice": sum(one["ran_twice"] for one in found),
        "out_of_order": sum(one["out_of_order"] for one in found),
    }


async def _cut_often(
    url: str, kind: type[SocketIoClient] | type[WsClient], cuts: int, chance: random.Random, http: httpx.AsyncClient
) -> dict[str, int]:
    begun = await begin(http)
    client = kind(url, begun)
    await client.connect(after=begun.seq)
    said: list[str] = []
    number = 0
    for _ in range(cuts):
        message_id = f"m{number}"
        number += 1
        said.append(message_id)
        text = chance.choice(SAID)
        waited = await client.say(message_id, text)
        await asyncio.sleep(chance.uniform(0, 0.04))
        await client.cut()
        if chance.random() < 0.5:
            said.append(f"h{number}")
            body = {"session_id": begun.session_id, "message": chance.choice(SAID), "message_id": said[-1]}
            speaking = asyncio.create_task(
                http.post("/api/chat", json=body, headers={"Authorization": f"Bearer {begun.token}"})
            )
            if chance.random() < 0.5:
                await speaking
        else:
            speaking = None
        await client.connect(after=client.seq)
        while not waited.done.is_set():
            await client.say(message_id, text)
            try:
                await asyncio.wait_for(waited.done.wait(), PATIENCE_S)
            except TimeoutError:
                continue
        if speaking is not None:
            (await speaking).raise_for_status()
    headers = {"Authorization": f"Bearer {begun.token}"}
    last = (await http.get("/api/chat/history", headers=headers)).json()["seq"]
    async with asyncio.timeout(10):
        while client.seq < last:  # noqa: ASYNC110 - the last events are on their way
            await asyncio.sleep(0.02)
    await client.close()
    state = (await http.get(f"/api/sessions/{begun.session_id}", headers=headers)).json()
    ran = [message["turn_id"] for message in state["messages"] if message["role"] == "user"]
    news = [seq for before, seq in zip([begun.seq, *client.seen], client.seen, strict=False) if seq > before]
    return {
        "cuts": cuts,
        "messages": len(said),
        "events": last - begun.seq,
        "lost_events": len(set(range(begun.seq + 1, last + 1)) - set(client.seen)),
        "unanswered": sum(f"msg:{one}" not in ran for one in said),
        "ran_twice": len(ran) - len(set(ran)),
        "out_of_order": int(news != sorted(news)),
    }


def _seeded(seed: float) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable, not secret


def _another(chance: random.Random) -> random.Random:
    return _seeded(chance.random())


def summary(values_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    if not ordered:
        return {"n": 0}
    at = {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        for name, share in (("p95", 0.95), ("p99", 0.99))
    }
    shown = {"p50": statistics.median(ordered), **at, "max": ordered[-1]}
    return {"n": len(ordered), **{name: round(value, 2) for name, value in shown.items()}}


async def run(given: argparse.Namespace) -> dict[str, Any]:
    chance = _seeded(given.seed)
    told: dict[str, Any] = {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
        },
        "seed": given.seed,
        "must": MUST,
    }
    settings = SETTINGS | {"OFFHOOK_CHAT_PER_MINUTE": "6000"}
    with tempfile.TemporaryDirectory() as folder:
        async with own_server(Path(folder), settings) as url:
            if not given.no_load:
                told["load"] = await load(url, given.clients, given.watchers, given.seconds, chance)
            if given.disconnects:
                each = max(1, given.disconnects // given.sessions)
                told["disconnects"] = {
                    name: await disconnects(url, kind, given.sessions, each, chance)
                    for name, kind in (("socketio", SocketIoClient), ("ws", WsClient))
                }
    told["ok"] = _holds(told)
    return told


def _holds(told: dict[str, Any]) -> bool:
    under = told.get("load")
    if under is not None and (
        under["unanswered"]
        or under["reply_ms"]["p95"] > MUST["reply_p95_ms"]
        or under["ws_first_ms"]["p95"] > MUST["ws_first_p95_ms"]
    ):
        return False
    wrong = ("lost_events", "unanswered", "ran_twice", "out_of_order")
    return not any(one[name] for one in told.get("disconnects", {}).values() for name in wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--watchers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=35.0)
    parser.add_argument("--disconnects", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--no-load", action="store_true")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    told = asyncio.run(run(given))
    text = json.dumps(told, indent=2) + "\n"
    if given.json is not None:
        given.json.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0 if told["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
