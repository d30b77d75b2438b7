from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from offhook.store.engine import Database, create_file, open_database
from offhook.store.sqlite_driver import OneHopConnection, connect


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one table; the space and the sign must survive the way into a URI."""
    path = tmp_path / "a book?#1.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT)")
    connection.close()
    return path


async def test_a_statement_brings_its_rows_along(path: Path) -> None:
    connection = await connect(path.as_uri(), busy_timeout_ms=100)
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO t VALUES (?, ?)", [(1, "one"), (2, "two")])
    assert cursor.rowcount == 2
    await cursor.execute("SELECT n, word FROM t ORDER BY n")
    assert [column[0] for column in cursor.description] == ["n", "word"]
    assert await cursor.fetchall() == [(1, "one"), (2, "two")]
    assert await cursor.fetchall() == []
    await cursor.execute("DELETE FROM t WHERE n = ?", (2,))
    assert (cursor.rowcount, cursor.description) == (1, None)
    with pytest.raises(sqlite3.OperationalError):
        await cursor.execute("SELECT nothing")
    await connection.close()


async def test_commit_and_rollback_end_a_transaction_or_do_nothing(path: Path) -> None:
    connection = await connect(path.as_uri(), busy_timeout_ms=100)
    cursor = connection.cursor()
    await connection.commit()
    await connection.rollback()
    for end, left in ((connection.rollback, []), (connection.commit, [(1,)])):
        await cursor.execute("BEGIN")
        await cursor.execute("INSERT INTO t VALUES (1, 'one')")
        await end()
        await cursor.execute("SELECT n FROM t")
        assert await cursor.fetchall() == left
    await connection.close()


async def test_a_transaction_begins_with_its_first_statement(path: Path) -> None:
    one, two = [await connect(path.as_uri(), busy_timeout_ms=0) for _ in range(2)]
    mine, other = one.cursor(), two.cursor()
    await mine.execute("BEGIN IMMEDIATE")
    await one.rollback()
    await mine.execute("SELECT n FROM t")
    assert not one.in_transaction, "what was rolled back before it began does not begin later"
    await mine.execute("BEGIN IMMEDIATE")
    await mine.execute("SELECT n FROM t")
    await other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await other.execute("SELECT n FROM t")
    assert not two.in_transaction
    await one.commit()
    await other.execute("BEGIN IMMEDIATE")
    await other.executemany("INSERT INTO t VALUES (?, 'x')", [(1,), (2,)])
    await two.commit()
    await mine.execute("SELECT count(*) FROM t")
    assert await mine.fetchall() == [(2,)]
    for connection in (one, two):
        await connection.close()


async def test_a_path_with_signs_of_its_own(path: Path) -> None:
    database = open_database(f"sqlite:///{str(path).replace('?', '%3F').replace('#', '%23')}")
    if database.path != path:
        await database.aclose()
        pytest.fail(f"another file was opened: {database.path}")
    assert await count(database) == 0
    await database.aclose()


async def test_a_writer_cancelled_while_it_waits_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "offhook.db"
    database = open_database(f"sqlite:///{path}", busy_timeout_ms=30_000)
    create_file(database)
    async with database.transaction(write=True) as connection:
        await connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.transaction(write=True) as connection:
            await connection.execute(text("INSERT INTO t VALUES (1)"))

    waiting = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    waiting.cancel()
    holder.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await waiting

    holder.execute("PRAGMA busy_timeout=10000")
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("ROLLBACK")
    holder.close()
    assert await count(database) == 0
    await write()
    assert await count(database) == 1
    await database.aclose()


async def count(database: Database) -> int:
    async with database.transaction(write=False) as connection:
        return int((await connection.execute(text("SELECT count(*) FROM t"))).scalar_one())


async def opened(path: Path, *, patience_ms: int) -> OneHopConnection:
    return await connect(path.as_uri(), busy_timeout_ms=patience_ms)


async def test_a_new_file_that_another_writes_to_is_waited_for(path: Path) -> None:
    """SQLite refuses the way into WAL at once then, whatever the busy timeout."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (1, 'one')")
    opening = asyncio.ensure_future(opened(path, patience_ms=10_000))
    await asyncio.sleep(0.1)
    assert not opening.done(), "it waits for the writer"
    other.execute("COMMIT")
    other.close()
    connection = await opening
    cursor = await connection.cursor().execute("PRAGMA journal_mode")
    assert [tuple(row) for row in await cursor.fetchall()] == [("wal",)]
    await connection.close()


async def test_one_who_never_stops_writing_is_given_up(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connection = connect(path.as_uri(), busy_timeout_ms=50)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await connection
    await asyncio.to_thread(connection._thread.join)  # it ends by itself
    other.close()


async def test_what_was_only_read_ends_before_whatever_comes_next(path: Path) -> None:
    reader, writer = [await connect(path.as_uri(), busy_timeout_ms=100) for _ in range(2)]
    reads, writes = reader.cursor(), writer.cursor()
    for end in (reader.commit, reader.rollback, reader.commit):
        await reads.execute("BEGIN")
        await reads.execute("SELECT count(*) FROM t")
        (before,) = (await reads.fetchall())[0]
        await writes.execute("INSERT INTO t (word) VALUES ('more')")
        await reads.execute("SELECT count(*) FROM t")
        assert await reads.fetchall() == [(before,)], "one moment of the book"
        await end()
        await end()
        await reads.execute("SELECT count(*) FROM t")
        assert await reads.fetchall() == [(before + 1,)]
        assert not reader.in_transaction
        await reads.execute("BEGIN IMMEDIATE")
        await reads.execute("INSERT INTO t (word) VALUES ('mine')")
        await reader.commit()
    for connection in (reader, writer):
        await connection.close()
