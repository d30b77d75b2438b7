"""The worker is killed again and again while events are on their way to an endpoint: each arrives, twice perhaps
but under its own id, and all can be verified."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.webhooks import DomainEvent
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.kit.webhook_signature import signature
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import open_database
from offhook.store.migrate import prepare
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.webhooks import DELIVER, Webhooks, publish
from support.http_carrier import http_carrier
from support.set_clock import SetClock

pytestmark = pytest.mark.e2e

EVENTS = 200
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)


def test_every_event_arrives_under_one_id(tmp_path: Path) -> None:
    dice = random.Random(20261118)
    crashes = 0
    with http_carrier((204, None)) as receiver:
        asyncio.run(_events(tmp_path, f"{receiver.url}/hooks"))
        receiver.delay_s = 0.5
        give_up = time.monotonic() + 150
        while _open_rows(tmp_path):
            assert time.monotonic() < give_up, _states(tmp_path)
            worker = _worker(tmp_path)
            lives_until = time.monotonic() + dice.uniform(0.5, 4.0)
            while _open_rows(tmp_path) and time.monotonic() < lives_until:
                time.sleep(0.005)
            crashes += bool(_open_rows(tmp_path))
            worker.kill()
            worker.wait()
    told = Counter(asked.headers["webhook-id"] for asked in receiver.asked)
    print(f"{crashes} crashes, {dict(_states(tmp_path))}, {len(receiver.asked)} requests, {len(told)} events")
    assert crashes >= 2
    assert _states(tmp_path) == {"sent": EVENTS}
    assert len(told) == EVENTS
    for asked in receiver.asked:
        event_id, stamp = asked.headers["webhook-id"], int(asked.headers["webhook-timestamp"])
        assert asked.headers["webhook-signature"] == signature(SECRET, event_id, stamp, asked.body)
        assert asked.json["id"] == event_id
    assert {asked.json["data"]["n"] for asked in receiver.asked} == set(range(EVENTS))


def _worker(folder: Path) -> subprocess.Popen[bytes]:
    settings = {
        "OFFHOOK_DATA_DIR": str(folder),
        "OFFHOOK_NOW": NOW.isoformat(),
        "OFFHOOK_LOG_LEVEL": "ERROR",
        "OFFHOOK_WORKER_LOST_S": "1",
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    worker = subprocess.Popen(
        [sys.executable, "-m", "offhook", "worker", "--json"],
        cwd=folder,
        env=kept | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert json.loads(worker.stdout.readline())["event"] == "ready"
    return worker


def _states(folder: Path) -> Counter[str]:
    with closing(sqlite3.connect(f"file:{folder}/offhook.db?mode=ro", uri=True, timeout=10)) as book:
        query = "select state, count(*) from jobs where kind = ? group by state"
        return Counter(dict(book.execute(query, (DELIVER,)).fetchall()))


def _open_rows(folder: Path) -> int:
    states = _states(folder)
    return states["queued"] + states["sending"]


async def _events(folder: Path, url: str) -> None:
    clock = SetClock(NOW)
    database = open_database(f"sqlite:///{folder}/offhook.db")
    await prepare(database, metadata, demo_businesses(clock))
    business_id = (await SqlBusinesses(database, clock).default("sales")).business_id
    async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
        await Webhooks(uow).add(url, SECRET, (), "", actor="test", now=NOW)
        for n in range(EVENTS):
            await publish(uow, DomainEvent("lead.created", f"lead_{n}", {"n": n}), now=NOW)
    await database.aclose()
