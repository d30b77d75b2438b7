"""One contract for every session store: in memory, on SQLite, on PostgreSQL, in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from offhook.contracts.conversation import ConversationState, Message, SessionEvent, TurnResult
from offhook.contracts.errors import Conflict, NotFound, VersionConflict
from offhook.contracts.store import SessionStore, StoredTurn
from offhook.store.engine import open_database
from offhook.store.session_events import KEPT_EVENTS, QUEUED_PER_SUBSCRIBER
from offhook.store.sessions import SqlSessionStore
from offhook.store.sessions_memory import MemorySessionStore
from offhook.store.sessions_redis import RedisSessionStore
from support.set_clock import SetClock

BUSINESS = "biz_01KDV00000000000000000000A"


@pytest.fixture
async def sql_store(seeded_url: str, clock: SetClock) -> AsyncIterator[SessionStore]:
    database = open_database(seeded_url)
    yield SqlSessionStore(database, clock)
    await database.aclose()


@pytest.fixture
def memory_store(clock: SetClock) -> SessionStore:
    return MemorySessionStore(clock)


def state(session_id: str = "sess_1", **changes: object) -> ConversationState:
    fresh = ConversationState(session_id=session_id, business_id=BUSINESS, desk="dealership", channel="chat")
    return msgspec.structs.replace(fresh, **changes)


def event(n: int, session_id: str = "sess_1") -> SessionEvent:
    return SessionEvent(type="transcript", session_id=session_id, timestamp="2026-11-25T15:00:00+00:00", data={"n": n})


def turn(turn_id: str) -> StoredTurn:
    return StoredTurn(turn_id=turn_id, text="hello", result=TurnResult(turn_id=turn_id, reply="Hi.", agent="faq"))


class SessionStoreContract:
    async def test_what_was_created_is_loaded(self, store: SessionStore) -> None:
        created = state(
            messages=[Message(role="user", content="नमस्ते", at="2026-11-25T15:00:00+00:00")],
            desk_memory={"offers": [{"at": "10:00", "n": 2}], "seen": True, "nothing": None},
        )
        await store.create(created)
        assert await store.load("sess_1") == created
        assert await store.load("sess_2") is None

    async def test_the_newest_seq_is_told(self, store: SessionStore) -> None:
        await store.create(state(), [event(1)])
        await store.commit(state(), events=[event(2), event(3)])
        assert await store.last_seq("sess_1") == 3
        assert await store.last_seq("sess_2") == 0

    async def test_a_session_is_created_once(self, store: SessionStore) -> None:
        await store.create(state())
        with pytest.raises(Conflict):
            await store.create(state(language="hi"))
        assert (await loaded(store)).language == "en"

    async def test_a_commit_raises_the_version(self, store: SessionStore) -> None:
        await store.create(state())
        before = await loaded(store)
        await store.commit(msgspec.structs.replace(before, turn_count=1))
        after = await loaded(store)
        assert (after.turn_count, after.version) == (1, before.version + 1)

    async def test_a_commit_on_an_older_version_changes_nothing(self, store: SessionStore) -> None:
        await store.create(state())
        stale = await loaded(store)
        await store.commit(msgspec.structs.replace(stale, turn_count=1))

        with pytest.raises(VersionConflict):
            await store.commit(msgspec.structs.replace(stale, turn_count=9), turn("turn_1"), [event(1)])

        assert (await loaded(store)).turn_count == 1
        assert await store.stored_turn("sess_1", "turn_1") is None
        assert await store.events_after("sess_1", 0) == []

    async def test_of_concurrent_commits_one_wins(self, store: SessionStore) -> None:
        await store.create(state())
        mine = await loaded(store)

        async def commit(n: int) -> bool:
            try:
                await store.commit(msgspec.structs.replace(mine, turn_count=n), turn(f"turn_{n}"), [event(n)])
            except VersionConflict:
                return False
            return True

        assert (await asyncio.gather(*(commit(n) for n in range(8)))).count(True) == 1
        assert len(await store.events_after("sess_1", 0) or []) == 1

    async def test_an_unknown_session_is_not_found(self, store: SessionStore) -> None:
        with pytest.raises(NotFound):
            await store.commit(state())

    async def test_a_turn_is_stored_with_its_commit_and_once(self, store: SessionStore) -> None:
        await store.create(state())
        await store.commit(await loaded(store), turn("turn_1"))
        assert await store.stored_turn("sess_1", "turn_1") == turn("turn_1")
        assert await store.stored_turn("sess_1", "turn_2") is None
        assert await store.resume("sess_1", "turn_1") == (await loaded(store), turn("turn_1"))
        assert await store.resume("sess_1", "turn_2") == (await loaded(store), None)
        assert await store.resume("sess_x", "turn_1") is None

        again = await loaded(store)
        with pytest.raises(VersionConflict):
            await store.commit(msgspec.structs.replace(again, turn_count=5), turn("turn_1"))
        assert await loaded(store) == again

    async def test_a_recent_state_is_what_was_committed(self, store: SessionStore) -> None:
        await store.create(state())
        assert await store.resume("sess_1", "turn_1", recent=True) == (await loaded(store), None)
        changed = msgspec.structs.replace(await loaded(store), desk_memory={"offers": ("10:00",)}, status="ACTIVE")
        await store.commit(changed, turn("turn_1"))
        assert await store.resume("sess_1", "turn_2", recent=True) == (await loaded(store), None)
        assert await store.resume("sess_1", "turn_1", recent=True) == (await loaded(store), turn("turn_1"))
        assert await store.resume("sess_x", "turn_1", recent=True) is None

    async def test_an_expired_session_is_not_a_recent_one(self, store: SessionStore, clock: SetClock) -> None:
        await store.create(state())
        clock.advance(seconds=31)
        assert await store.expire(clock.now()) == 1
        resumed = await store.resume("sess_1", "turn_1", recent=True)
        assert resumed is not None and resumed[0].status == "EXPIRED"

    async def test_events_are_numbered_without_gaps(self, store: SessionStore) -> None:
        first = await store.create(state(), [event(1)])
        second = await store.commit(await loaded(store), None, [event(2), event(3)])
        await store.commit(await loaded(store))
        third = await store.commit(await loaded(store), None, [event(4)])

        assert [each.seq for each in [*first, *second, *third]] == [1, 2, 3, 4]
        kept = await store.events_after("sess_1", 1)
        assert [(each.seq, each.data) for each in kept or []] == [(2, {"n": 2}), (3, {"n": 3}), (4, {"n": 4})]
        assert await store.events_after("sess_1", 4) == []

    async def test_what_cannot_be_resumed_asks_for_a_resync(self, store: SessionStore) -> None:
        await store.create(state(), [event(1)])
        assert await store.events_after("sess_1", 2) is None, "further than there are events"
        assert await store.events_after("sess_2", 0) is None

    async def test_the_last_events_are_kept(self, store: SessionStore) -> None:
        await store.create(state())
        for lot in range(6):
            await store.commit(await loaded(store), None, [event(lot * 100 + n) for n in range(1, 101)])
        assert await store.events_after("sess_1", 600 - KEPT_EVENTS - 1) is None
        kept = await store.events_after("sess_1", 600 - KEPT_EVENTS)
        assert [each.seq for each in kept or []] == list(range(101, 601))

    async def test_events_are_kept_for_ten_minutes(self, store: SessionStore, clock: SetClock) -> None:
        await store.create(state(), [event(1)])
        clock.advance(minutes=9)
        await store.commit(await loaded(store), None, [event(2)])
        assert len(await store.events_after("sess_1", 0) or []) == 2
        clock.advance(minutes=2)
        assert await store.events_after("sess_1", 0) is None
        assert len(await store.events_after("sess_1", 1) or []) == 1
        await store.expire(clock.now())
        assert await store.events_after("sess_1", 0) is None
        assert len(await store.events_after("sess_1", 1) or []) == 1

    async def test_subscribers_hear_commits_and_what_is_published(self, store: SessionStore) -> None:
        await store.create(state())
        heard = store.subscribe("sess_1")
        other = store.subscribe("sess_2")
        await store.commit(await loaded(store), None, [event(1)])
        store.publish(msgspec.structs.replace(event(0), type="partial"))
        await store.commit(await loaded(store), None, [event(2)])

        received = [await anext(heard) for _ in range(3)]
        assert [(each.type, each.seq) for each in received] == [("transcript", 1), ("partial", 0), ("transcript", 2)]
        store.publish(event(7, "sess_2"))
        assert (await anext(other)).data == {"n": 7}

    async def test_a_lost_commit_is_not_heard(self, store: SessionStore) -> None:
        await store.create(state())
        stale = await loaded(store)
        await store.commit(stale)
        heard = store.subscribe("sess_1")
        with pytest.raises(VersionConflict):
            await store.commit(stale, None, [event(1)])
        store.publish(event(2))
        assert (await anext(heard)).data == {"n": 2}

    async def test_a_subscriber_that_does_not_read_is_ended_and_others_go_on(self, store: SessionStore) -> None:
        await store.create(state())
        asleep, awake = store.subscribe("sess_1"), store.subscribe("sess_1")
        received = []
        for n in range(QUEUED_PER_SUBSCRIBER + 5):
            store.publish(event(n))
            received.append(await anext(awake))
        assert len(received) == QUEUED_PER_SUBSCRIBER + 5
        assert len([each async for each in asleep]) == QUEUED_PER_SUBSCRIBER

    async def test_idle_sessions_expire_and_a_late_commit_loses(self, store: SessionStore, clock: SetClock) -> None:
        await store.create(state("sess_1"))
        await store.create(state("sess_done", status="COMPLETED"))
        clock.advance(minutes=31)
        await store.create(state("sess_new"))
        late = await loaded(store)

        assert await store.expire(clock.now().replace(minute=1)) == 1
        assert await store.expire(clock.now().replace(minute=1)) == 0

        assert (await loaded(store)).status == "EXPIRED"
        assert (await loaded(store, "sess_done")).status == "COMPLETED"
        assert (await loaded(store, "sess_new")).status == "ACTIVE"
        with pytest.raises(VersionConflict):
            await store.commit(late)

    async def test_what_is_changed_after_storing_is_not_stored(self, store: SessionStore) -> None:
        mine = state(messages=[Message(role="user", content="one", at="")])
        await store.create(mine)
        mine.messages.append(Message(role="user", content="two", at=""))
        assert len((await loaded(store)).messages) == 1


class TestMemory(SessionStoreContract):
    @pytest.fixture
    def store(self, memory_store: SessionStore) -> SessionStore:
        return memory_store


class TestSql(SessionStoreContract):
    @pytest.fixture
    def store(self, sql_store: SessionStore) -> SessionStore:
        return sql_store

    async def test_another_process_is_noticed_at_the_commit(self, seeded_url: str, clock: SetClock) -> None:
        first, second = open_database(seeded_url), open_database(seeded_url)
        mine, other = SqlSessionStore(first, clock), SqlSessionStore(second, clock)
        await mine.create(state())
        await other.commit(msgspec.structs.replace(await loaded(other), turn_count=1), turn("turn_1"))

        resumed = await mine.resume("sess_1", "turn_1", recent=True)
        assert resumed == (state(), None)
        with pytest.raises(VersionConflict):
            await mine.commit(resumed[0], turn("turn_1"))
        assert await mine.resume("sess_1", "turn_1", recent=True) == (await loaded(other), turn("turn_1"))
        await first.aclose()
        await second.aclose()


class TestRedis(SessionStoreContract):
    @pytest.fixture
    async def store(self, redis_url: str, clock: SetClock) -> AsyncIterator[SessionStore]:
        made = RedisSessionStore(redis_url, clock)
        await made.start()
        yield made
        await made.aclose()


async def loaded(store: SessionStore, session_id: str = "sess_1") -> ConversationState:
    found = await store.load(session_id)
    assert found is not None
    return found
