"""The call log: a call's record is written beside the call, never on its path (contracts/store.py: CallLog).

`put` notes that a call's record changed and returns; one writer task stores what changed, at most every `PAUSE_S`, as
it stands then: many calls and many changes of one meet in one transaction. Bound and overflow policy: one waiting
record per call, so the queue cannot hold more than there are calls. When the database does not take a record it stays
waiting and is tried again, up to MAX_WAITING calls; beyond that the oldest ended call is dropped and counted. So is a
record that the database refuses for good (its business does not exist).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.errors import AppError, Conflict
from offhook.contracts.store import CallRecord
from offhook.contracts.webhooks import DomainEvent
from offhook.store.codec import to_text
from offhook.store.engine import Database
from offhook.store.schema import calls
from offhook.store.unit_of_work import SqlUnitOfWork
from offhook.store.webhooks import publish

MAX_WAITING = 10_000
RETRY_S = 1.0
PAUSE_S = 1.0
"""Between two rounds of writing: what a crash may cost of a call's record, and nothing of the book."""
BATCH = 100
_KEY = ("call_id", "business_id")
_FIND = (
    select(calls.c.record)
    .where(or_(calls.c.call_id == bindparam("call"), calls.c.call_sid == bindparam("call")))
    .order_by(calls.c.updated_at.desc())
    .limit(1)
)


def _upsert(insert: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return insert.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={column.name: column for column in insert.excluded if column.name not in _KEY},
    )


_UPSERT_SQLITE = _upsert(sqlite.insert(calls))
_UPSERT_POSTGRES = _upsert(postgresql.insert(calls))
"""Made once: making one costs more than running it."""

_record = msgspec.json.Decoder(CallRecord)


class SqlCallLog:
    """CallLog on the database. Start it with `start` (or `async with`), end it with `aclose`, which writes the rest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._live: dict[str, CallRecord] = {}
        self._by_sid: dict[str, str] = {}
        self._waiting: dict[str, CallRecord] = {}
        """call_id -> its record, in order of waiting."""
        self._in_flight: dict[str, CallRecord] = {}
        """Those that a transaction is storing now."""
        self._changed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self.dropped = 0
        """Records given up because the database took none for too long."""

    @property
    def waiting(self) -> int:
        """Records that are not stored as they are now."""
        return len(self._waiting) + len(self._in_flight)

    def start(self) -> None:
        if self._writer is None:
            # lint: naked-create-task: held, cancelled and awaited in aclose
            self._writer = asyncio.create_task(self._write_forever(), name="call-log-writer")

    async def __aenter__(self) -> SqlCallLog:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def put(self, record: CallRecord) -> None:
        if record.ended_at is None:
            self._live[record.call_id] = record
            self._by_sid[record.call_sid] = record.call_id
        else:
            self._live.pop(record.call_id, None)
            self._by_sid.pop(record.call_sid, None)
        self._waiting[record.call_id] = record
        if len(self._waiting) > MAX_WAITING:
            self._drop_one()
        self._changed.set()

    def live(self, call: str) -> CallRecord | None:
        return self._live.get(call) or self._live.get(self._by_sid.get(call, ""))

    async def get(self, call: str) -> CallRecord | None:
        """Raises Unavailable when the call is neither live nor waiting and the database cannot be asked."""
        live = self.live(call)
        if live is not None:
            return live
        for record in (*self._waiting.values(), *self._in_flight.values()):
            if call in (record.call_id, record.call_sid):
                return record
        async with self._database.transaction(write=False, snapshot=False) as connection:
            text = (await connection.execute(_FIND, {"call": call})).scalars().first()
        return None if text is None else _record.decode(text)

    async def flush(self) -> None:
        """Everything put so far is stored when this returns. Raises Unavailable; nothing is lost then."""
        while self._waiting:
            await self._write_waiting()

    async def aclose(self) -> None:
        """Stop the writer and write the rest. Idempotent. Raises Unavailable when the rest cannot be written."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None
        await self.flush()

    async def _write_forever(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._write_waiting()
                await asyncio.sleep(PAUSE_S)
            except AppError:  # kept waiting; the database may come back
                await asyncio.sleep(RETRY_S)
                self._changed.set()

    async def _write_waiting(self) -> None:
        async with self._writing:
            batch = dict(list(self._waiting.items())[:BATCH])
            try:
                await self._store(batch)
            except Conflict:
                for call_id, record in batch.items():
                    await self._store_or_drop(call_id, record)
            if self._waiting:
                self._changed.set()

    async def _store_or_drop(self, call_id: str, record: CallRecord) -> None:
        """A record that the database refuses (its business is gone) must not hold up the others."""
        try:
            await self._store({call_id: record})
        except Conflict:
            self._waiting.pop(call_id, None)
            self.dropped += 1

    async def _store(self, batch: dict[str, CallRecord]) -> None:
        """Raises AppError; the batch waits again then."""
        if not batch:
            return
        upsert = _UPSERT_SQLITE if self._database.is_sqlite else _UPSERT_POSTGRES
        now = self._clock.now()
        rows = [_row(record, now) for record in batch.values()]
        self._in_flight = batch
        for call_id in batch:
            self._waiting.pop(call_id, None)
        stored = False
        try:
            async with self._database.transaction(write=True, durable=False) as connection:
                await connection.execute(upsert, rows)
                for record in batch.values():
                    if record.ended_at is not None:
                        await _told_outside(connection, record, now)
            stored = True
        finally:
            self._in_flight = {}
            if not stored:
                self._waiting = {**batch, **self._waiting}

    def _drop_one(self) -> None:
        ended = (call_id for call_id, record in self._waiting.items() if record.ended_at is not None)
        del self._waiting[next(ended, next(iter(self._waiting)))]
        self.dropped += 1


_TOLD = (
    "call_id",
    "call_sid",
    "session_id",
    "channel",
    "direction",
    "from_number",
    "to_number",
    "status",
    "end_reason",
    "started_at",
    "ended_at",
    "duration_s",
)
"""What webhooks hear of a call."""


async def _told_outside(connection: AsyncConnection, record: CallRecord, now: datetime) -> None:
    """A call is over: webhooks are told once, however often its record is written afterwards."""
    told: dict[str, object] = {name: getattr(record, name) for name in _TOLD}
    event = DomainEvent("call.ended", record.call_id, told, key=f"call.ended:{record.call_id}")
    await publish(SqlUnitOfWork(connection, record.business_id, now), event, now=now)


def _row(record: CallRecord, now: datetime) -> dict[str, Any]:
    return {
        "call_id": record.call_id,
        "business_id": record.business_id,
        "call_sid": record.call_sid,
        "session_id": record.session_id,
        "channel": record.channel,
        "direction": record.direction,
        "from_number": record.from_number,
        "to_number": record.to_number,
        "status": record.status,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "record": to_text(record),
        "updated_at": now,
    }
