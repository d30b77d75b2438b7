"""What only Redis does: several servers hear one another; a server that is away is named, within its two seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from offhook.contracts.conversation import ConversationState, SessionEvent
from offhook.contracts.errors import Unavailable, VersionConflict
from offhook.store.sessions_redis import RedisSessionStore
from support.redis_server import NoRedis, make_redis
from support.set_clock import SetClock

STATE = ConversationState(session_id="sess_1", business_id="biz_1", desk="dealership", channel="chat")


def event(n: int) -> SessionEvent:
    return SessionEvent(type="transcript", session_id="sess_1", timestamp="2026-11-25T15:00:00+00:00", data={"n": n})


@asynccontextmanager
async def node(url: str) -> AsyncIterator[RedisSessionStore]:
    store = RedisSessionStore(url, SetClock())
    await store.start()
    try:
        yield store
    finally:
        await store.aclose()


async def until_listening(store: RedisSessionStore, other: RedisSessionStore) -> None:
    """Subscribing takes a moment: speak until one hears the other."""
    heard = store.subscribe("probe")
    async with asyncio.timeout(5):
        while True:
            other.publish(msgspec.structs.replace(event(0), session_id="probe"))
            try:
                async with asyncio.timeout(0.05):
                    await anext(heard)
                    return
            except TimeoutError:
                continue


async def test_what_one_server_commits_the_others_hear_in_order(redis_url: str) -> None:
    async with node(redis_url) as one, node(redis_url) as two:
        await until_listening(two, one)
        await one.create(STATE)
        heard = two.subscribe("sess_1")
        for n in range(20):
            state = await one.load("sess_1")
            assert state is not None
            await one.commit(state, None, [event(2 * n), event(2 * n + 1)])
        one.publish(msgspec.structs.replace(event(99), type="partial"))
        async with asyncio.timeout(5):
            received = [await anext(heard) for _ in range(41)]
        assert [each.seq for each in received] == [*range(1, 41), 0]
        assert [each.data["n"] for each in received] == [*range(40), 99]


async def test_of_two_servers_that_write_one_loses(redis_url: str) -> None:
    async with node(redis_url) as one, node(redis_url) as two:
        await one.create(STATE)
        mine, theirs = await one.load("sess_1"), await two.load("sess_1")
        assert mine is not None and theirs is not None
        await two.commit(msgspec.structs.replace(theirs, turn_count=1))
        with pytest.raises(VersionConflict):
            await one.commit(msgspec.structs.replace(mine, turn_count=9))
        newest = await one.load("sess_1")
        assert newest is not None and newest.turn_count == 1


async def test_a_server_that_does_not_answer_is_named_at_the_start() -> None:
    store = RedisSessionStore("redis://:secret@127.0.0.1:1", SetClock())
    with pytest.raises(Unavailable) as refused:
        await store.start()
    assert "127.0.0.1:1" in refused.value.message and "OFFHOOK_REDIS_URL" in refused.value.message
    assert "secret" not in refused.value.message
    await store.aclose()


async def test_a_server_that_goes_away_fails_each_operation_and_comes_back() -> None:
    try:
        server = make_redis()
    except NoRedis as reason:
        pytest.skip(str(reason))
    try:
        async with node(server.url) as store:
            await store.create(STATE)
            waiting = store.subscribe("sess_1")
            server.stop()
            for operation in (store.load("sess_1"), store.resume("sess_1", "t"), store.commit(STATE), store.ping()):
                with pytest.raises(Unavailable):
                    await operation
            async with asyncio.timeout(10):
                assert [each async for each in waiting] == [], "who listens is ended, and resumes"
            server.start()
            await store.ping()
            assert await store.load("sess_1") is None
    finally:
        server.remove()


async def test_a_call_token_that_one_server_took_is_refused_by_the_others(redis_url: str) -> None:
    now = SetClock().now()
    async with node(redis_url) as one, node(redis_url) as other:
        assert await one.spend("token", now.timestamp() + 300, now)
        assert not await other.spend("token", now.timestamp() + 300, now)
        assert not await one.spend("token", now.timestamp() + 300, now)
        assert await other.spend("another", now.timestamp() + 300, now)


async def test_a_spent_token_is_forgotten_when_it_has_expired(redis_url: str) -> None:
    now = SetClock().now()
    async with node(redis_url) as store:
        assert await store.spend("token", now.timestamp() - 1, now)
        await asyncio.sleep(0.05)
        assert await store.spend("token", now.timestamp() - 1, now)
