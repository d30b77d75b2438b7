"""Statements made once, in one visit to the database, mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from offhook.contracts.desk import Effect
from offhook.store.engine import Database
from offhook.store.prepared import Rows, adding, in_one_visit
from offhook.store.schema import tasks
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.stored_rows import stored_rows

BUSINESS = "biz_01KDV00000000000000000000A"
_ADD = adding(tasks, "assigned_to", "result")


class Changed(Exception):
    pass


async def test_what_is_whole_is_taken_back_and_the_transaction_goes_on(database: Database, clock: SetClock) -> None:
    now = clock.now()

    def add(rows: Rows, task_id: str) -> None:
        rows.run(
            _ADD,
            business_id=BUSINESS,
            task_id=task_id,
            kind="callback",
            status="QUEUED",
            priority="NORMAL",
            reason="",
            session_id=None,
            customer_name=None,
            customer_phone=None,
            details="{}",
            created_at=now,
            updated_at=now,
            due_at=now + timedelta(hours=1),
        )

    def work(rows: Rows) -> None:
        add(rows, "task_before")
        with pytest.raises(Changed), rows.whole():
            add(rows, "task_taken_back")
            with rows.whole():
                add(rows, "task_taken_back_too")
            raise Changed
        with pytest.raises((IntegrityError, sqlite3.IntegrityError)), rows.whole():
            add(rows, "task_taken_back")
            add(rows, "task_before")
        with rows.whole():
            add(rows, "task_after")

    async with unit_of_work_factory(database, clock)(BUSINESS, Effect.WRITE) as uow:
        await in_one_visit(sql(uow), work)

    stored = await stored_rows(database, "tasks", business_id=BUSINESS)
    assert {row["task_id"] for row in stored} == {"task_before", "task_after"}
    assert all(row["due_at"] == now + timedelta(hours=1) for row in stored)
