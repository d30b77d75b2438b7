"""The worker is killed again and again while reminders are due (200 of a dealership, 500 of a shop's customers): nobody
gets one twice, nobody is forgotten, and at most one a crash is of unknown fate."""

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
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from offhook.contracts.desk import Effect
from offhook.desks.dealership.follow_up import REMINDER
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import appointments
from offhook.desks.demo import demo_businesses
from offhook.desks.shop.reminding import REMINDER as SHOP_REMINDER
from offhook.desks.shop.reminding import Reminders
from offhook.desks.shop.repository import ShopBook
from offhook.desks.tables import metadata
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, open_database
from offhook.store.message_rules import stamp
from offhook.store.migrate import prepare
from offhook.store.outbox import NewJob, enqueue
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.http_carrier import http_carrier
from support.set_clock import SetClock
from support.shop_book import OpenShop

pytestmark = pytest.mark.e2e

NOW = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
"""Noon at the demo dealership: no quiet hours."""
SHOP_NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
"""Half past eleven at the demo shop."""
ANSWER = (200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.X", "message_status": "accepted"}]})


@dataclass(frozen=True)
class Due:
    """Reminders that are all due at once."""

    kind: str
    count: int
    now: datetime
    write: Callable[[Database, SetClock, int], Awaitable[None]]
    seed: int


@pytest.mark.parametrize("desk", ["dealership", "shop"])
def test_no_reminder_twice_and_one_unknown_at_most_per_crash(desk: str, tmp_path: Path) -> None:
    due = DUE[desk]
    asyncio.run(_prepared(tmp_path, due))
    dice = random.Random(due.seed)
    crashes = 0
    with http_carrier(ANSWER) as carrier:
        carrier.delay_s = 0.02
        give_up = time.monotonic() + 200
        while _open_rows(tmp_path, due):
            assert time.monotonic() < give_up, _states(tmp_path, due)
            worker = _worker(tmp_path, carrier.url, due.now)
            lives_until = time.monotonic() + dice.uniform(0.3, 4.0)
            while _open_rows(tmp_path, due) and time.monotonic() < lives_until:
                time.sleep(0.005)
            if _open_rows(tmp_path, due):
                crashes += 1
            worker.kill()
            worker.wait()
    states, sent = _states(tmp_path, due), Counter(asked.json["biz_opaque_callback_data"] for asked in carrier.asked)
    print(f"{crashes} crashes, {dict(states)}, {len(carrier.asked)} requests")
    assert crashes >= 3
    assert max(sent.values()) == 1
    assert len({asked.json["to"] for asked in carrier.asked}) == len(carrier.asked)
    assert set(states) <= {"sent", "unknown"}
    assert sum(states.values()) == due.count
    assert states["unknown"] <= crashes
    assert len(carrier.asked) >= states["sent"]


def _worker(folder: Path, carrier_url: str, now: datetime) -> subprocess.Popen[bytes]:
    settings = {
        "OFFHOOK_DATA_DIR": str(folder),
        "OFFHOOK_NOW": now.isoformat(),
        "OFFHOOK_LOG_LEVEL": "ERROR",
        "OFFHOOK_WORKER_LOST_S": "1",
        "WHATSAPP_TOKEN": "token",
        "WHATSAPP_PHONE_NUMBER_ID": "123",
        "WHATSAPP_API_URL": carrier_url,
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


def _states(folder: Path, due: Due) -> Counter[str]:
    with closing(sqlite3.connect(f"file:{folder}/offhook.db?mode=ro", uri=True, timeout=10)) as book:
        query = "select state, count(*) from jobs where kind = ? group by state"
        return Counter(dict(book.execute(query, (due.kind,)).fetchall()))


def _open_rows(folder: Path, due: Due) -> int:
    states = _states(folder, due)
    return states["queued"] + states["sending"]


async def _prepared(folder: Path, due: Due) -> None:
    clock = SetClock(due.now)
    database = open_database(f"sqlite:///{folder}/offhook.db")
    await prepare(database, metadata, demo_businesses(clock))
    await due.write(database, clock, due.count)
    await database.aclose()


async def _of_customers_who_owe(database: Database, clock: SetClock, count: int) -> None:
    shop = OpenShop(database, clock)

    def add(book: ShopBook) -> list[str]:
        added = [
            book.create_customer(f"Grahak {n}", phone=f"+91999991{n:04d}", opening_balance=10_000 + n)
            for n in range(count)
        ]
        return [one.customer_id for one in added]

    for customer_id in await shop.write(add):
        async with shop.units(shop.business_id, Effect.WRITE) as uow:
            await Reminders(uow).schedule(
                customer_id, clock.now(), recurrence="", at="11:30", channel=None, session_id=None, now=clock.now()
            )


async def _of_appointments(database: Database, clock: SetClock, count: int) -> None:
    business_id = (await SqlBusinesses(database, clock).default("dealership")).business_id
    starts_at = NOW + timedelta(days=1)
    async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
        bay = (await DealershipRepository(uow).resources())[0]
        for n in range(count):
            appointment_id = f"appt_{n:04d}"
            row = {column.name: None for column in appointments.columns} | {
                "business_id": business_id,
                "appointment_id": appointment_id,
                "kind": "service",
                "status": "booked",
                "service_name": "Oil change",
                "resource_id": bay.resource_id,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=45),
                "customer_name": f"Customer {n}",
                "customer_phone": f"+91999990{n:04d}",
                "notes": "",
                "created_via": "test",
                "created_at": NOW,
            }
            await sql(uow).execute(insert(appointments), _filled(row))
            about = {"appointment_id": appointment_id, "starts_at": stamp(starts_at)}
            await enqueue(uow, NewJob(REMINDER, f"reminder:{n}", about, NOW, subject=appointment_id), now=NOW)


DUE = {
    "dealership": Due(REMINDER, 200, NOW, _of_appointments, 20261118),
    "shop": Due(SHOP_REMINDER, 500, SHOP_NOW, _of_customers_who_owe, 20261119),
}


def _filled(row: dict[str, object]) -> dict[str, object]:
    """Columns that may be empty stay away, so that the table's own rules fill them."""
    return {name: value for name, value in row.items() if value is not None}
