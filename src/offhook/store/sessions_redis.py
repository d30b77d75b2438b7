"""Sessions in Redis, for several servers (contracts/store.py: SessionStore).

A commit is one script: the compare-and-set that also hands out the events' numbers, the turn, the events. Each session
is three keys, which go by themselves a day after the session was last touched. What one server commits or publishes,
the others hear on one channel. Every operation has two seconds; what fails is `Unavailable`, naming the server.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from offhook.contracts.clock import Clock
from offhook.contracts.conversation import ConversationState, SessionEvent
from offhook.contracts.errors import Conflict, NotFound, Unavailable, VersionConflict
from offhook.contracts.store import StoredTurn
from offhook.kit.ids import new_id
from offhook.store.session_events import KEPT_EVENTS, EventHub, Subscription, kept_since, oldest_kept
from offhook.telemetry.log import get_logger

LIMIT_S = 2.0
KEPT = timedelta(days=1)
"""How long a session's keys stay after it was touched last."""
_CHANNEL = "offhook:events"
_TOUCHED = "offhook:touched"
_WAITING = 4096
"""Events that may wait to be told to other servers; the oldest are dropped: they are in the session's own list."""
_RETRY_S = 1.0
_EXPIRED_AT_ONCE = 500

_CREATE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
redis.call('HSET', KEYS[1], 'business', ARGV[1], 'state', ARGV[2], 'status', ARGV[3], 'version', ARGV[4],
  'last_seq', #ARGV - 6, 'touched', ARGV[5])
for n = 7, #ARGV do redis.call('ZADD', KEYS[3], n - 6, (n - 6) .. ':' .. ARGV[n]) end
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3]}) do redis.call('PEXPIRE', key, ARGV[6]) end
redis.call('ZADD', KEYS[4], ARGV[5], KEYS[1])
return #ARGV - 6
"""
_COMMIT = """
local business, version = unpack(redis.call('HMGET', KEYS[1], 'business', 'version'))
if not business or business ~= ARGV[1] then return -1 end
if version ~= ARGV[2] then return -2 end
if ARGV[5] ~= '' and redis.call('HSETNX', KEYS[2], ARGV[5], ARGV[6]) == 0 then return -2 end
local count = #ARGV - 9
local last = redis.call('HINCRBY', KEYS[1], 'last_seq', count)
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'status', ARGV[4], 'touched', ARGV[7])
redis.call('HINCRBY', KEYS[1], 'version', 1)
for n = 1, count do
  local seq = last - count + n
  redis.call('ZADD', KEYS[3], seq, seq .. ':' .. ARGV[9 + n])
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', last - tonumber(ARGV[9]))
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3]}) do redis.call('PEXPIRE', key, ARGV[8]) end
redis.call('ZADD', KEYS[4], ARGV[7], KEYS[1])
return last
"""
_EXPIRE = """
local status, touched = unpack(redis.call('HMGET', KEYS[1], 'status', 'touched'))
if not status or tonumber(touched) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[2], KEYS[1])
if status ~= 'IDLE' and status ~= 'ACTIVE' then return 0 end
redis.call('HSET', KEYS[1], 'status', 'EXPIRED')
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
"""

_encoder = msgspec.json.Encoder()
_state = msgspec.json.Decoder(ConversationState)
_turn = msgspec.json.Decoder(StoredTurn)
T = TypeVar("T")


class _Kept(msgspec.Struct):
    """An event as it is kept; its seq is the score."""

    at: float
    event: SessionEvent


class _Told(msgspec.Struct):
    """An event as the other servers hear it."""

    node: str
    event: SessionEvent


_kept = msgspec.json.Decoder(_Kept)
_told = msgspec.json.Decoder(_Told)


class RedisSessionStore:
    """Call `start` before use: it pings, and begins to listen to the other servers. Raises Unavailable."""

    def __init__(self, url: str, clock: Clock) -> None:
        """`url`: redis://[:password@]host[:port][/db], or rediss:// for TLS."""
        self._redis: Redis = Redis.from_url(url, socket_timeout=LIMIT_S, socket_connect_timeout=LIMIT_S)
        self._listener: Redis = Redis.from_url(url, socket_connect_timeout=LIMIT_S)
        where = self._redis.connection_pool.connection_kwargs
        self._name = f"{where.get('host', 'localhost')}:{where.get('port', 6379)}"
        self._clock = clock
        self._hub = EventHub()
        self._node = new_id("node")
        self._waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._to_tell = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._open = True
        self._create = self._redis.register_script(_CREATE)
        self._commit = self._redis.register_script(_COMMIT)
        self._expire = self._redis.register_script(_EXPIRE)

    async def start(self) -> None:
        """Raises Unavailable naming the server that does not answer."""
        await self.ping()
        for work in (self._listen(), self._tell()):
            # lint: naked-create-task: as long as the store; cancelled and awaited in aclose
            self._tasks.append(asyncio.get_running_loop().create_task(work, name="sessions in redis"))

    @property
    def label(self) -> str:
        """For people: which server, without its password."""
        return f"Redis at {self._name}"

    async def ping(self) -> None:
        await self._limited(self._redis.ping())

    async def aclose(self) -> None:
        self._open = False
        while any(not task.done() for task in self._tasks):
            # The driver may take one cancellation for a broken line.
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=LIMIT_S)
        await self._listener.aclose()
        await self._redis.aclose()

    # -- sessions -------------------------------------------------------------------------------------------------

    async def create(self, state: ConversationState, events: Sequence[SessionEvent] = ()) -> list[SessionEvent]:
        """Raises Conflict when it exists."""
        about = (state.business_id, _encoder.encode(state), state.status, state.version)
        values: list[Any] = [*about, self._now_ms(), _ms(KEPT)]
        last = await self._limited(self._create(keys=_keys(state.session_id), args=[*values, *self._as_kept(events)]))
        if last < 0:
            raise Conflict("session_exists", "The session exists already.")
        return self._heard(events, int(last))

    async def load(self, session_id: str) -> ConversationState | None:
        found = await self._limited(
            cast("Awaitable[list[Any]]", self._redis.hmget(_keys(session_id)[0], ["state", "status", "version"]))
        )
        return _state_of(found)

    async def resume(
        self, session_id: str, turn_id: str, *, recent: bool = False
    ) -> tuple[ConversationState, StoredTurn | None] | None:
        hash_key, turns_key, *_ = _keys(session_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(hash_key, ["state", "status", "version"])
            pipe.hget(turns_key, turn_id)
            found, turn = await self._limited(pipe.execute())
        state = _state_of(found)
        return None if state is None else (state, None if turn is None else _turn.decode(turn))

    async def commit(
        self, state: ConversationState, turn: StoredTurn | None = None, events: Sequence[SessionEvent] = ()
    ) -> list[SessionEvent]:
        values: list[Any] = [
            state.business_id,
            state.version,
            _encoder.encode(state),
            state.status,
            turn.turn_id if turn is not None else "",
            _encoder.encode(turn) if turn is not None else b"",
            self._now_ms(),
            _ms(KEPT),
            KEPT_EVENTS,
        ]
        last = await self._limited(self._commit(keys=_keys(state.session_id), args=[*values, *self._as_kept(events)]))
        if last == -1:
            raise NotFound("This session")
        if last == -2:
            raise VersionConflict(state.session_id)
        return self._heard(events, int(last))

    async def stored_turn(self, session_id: str, turn_id: str) -> StoredTurn | None:
        found = await self._limited(cast("Awaitable[bytes | None]", self._redis.hget(_keys(session_id)[1], turn_id)))
        return None if found is None else _turn.decode(found)

    # -- events ---------------------------------------------------------------------------------------------------

    async def events_after(self, session_id: str, seq: int) -> list[SessionEvent] | None:
        hash_key, _, events_key, _ = _keys(session_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hget(hash_key, "last_seq")
            pipe.zrange(events_key, seq + 1, "+inf", byscore=True, withscores=True)
            newest, rows = await self._limited(pipe.execute())
        last_seq = int(newest or 0)
        if newest is None or seq > last_seq or seq + 1 < oldest_kept(last_seq):
            return None
        kept = [(_kept.decode(value.partition(b":")[2]), int(score)) for value, score in rows]
        since = kept_since(self._clock.now()).timestamp()
        if len(kept) < last_seq - seq or any(one.at < since for one, _ in kept):
            return None
        return [msgspec.structs.replace(one.event, seq=score) for one, score in kept]

    async def last_seq(self, session_id: str) -> int:
        found = await self._limited(cast("Awaitable[bytes | None]", self._redis.hget(_keys(session_id)[0], "last_seq")))
        return int(found or 0)

    def subscribe(self, session_id: str) -> Subscription:
        """Hears everything from this call on, on whichever server it happens."""
        return self._hub.subscribe(session_id)

    def publish(self, event: SessionEvent) -> None:
        self._hub.send(event.session_id, [event])
        self._tell_others([event])

    async def expire(self, idle_since: datetime) -> int:
        before = int(idle_since.timestamp() * 1000)
        found = await self._limited(
            cast(
                "Awaitable[list[bytes]]",
                self._redis.zrange(_TOUCHED, "-inf", f"({before}", byscore=True, offset=0, num=_EXPIRED_AT_ONCE),
            )
        )
        count = 0
        for key in found:
            count += int(await self._limited(self._expire(keys=[key, _TOUCHED], args=[before])))
        return count

    # -- inside ---------------------------------------------------------------------------------------------------

    # -- call tokens ----------------------------------------------------------------------------------------------

    async def spend(self, token: str, expires_at: float, now: datetime) -> bool:
        """Port `SpentTokens`: True the first time at any of the servers. Raises Unavailable."""
        left_ms = max(1, round((expires_at - now.timestamp()) * 1000))
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return bool(await self._limited(self._redis.set(f"offhook:spent:{digest}", 1, nx=True, px=left_ms)))

    async def _limited(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(LIMIT_S):
                return await work
        except (RedisError, OSError, TimeoutError) as error:
            why = "it did not answer within two seconds" if isinstance(error, TimeoutError) else "it cannot be reached"
            raise Unavailable(
                "sessions_gone", f"Redis at {self._name} cannot be used: {why}. Check OFFHOOK_REDIS_URL and the server."
            ) from error

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _as_kept(self, events: Sequence[SessionEvent]) -> list[bytes]:
        at = self._clock.now().astimezone(UTC).timestamp()
        return [_encoder.encode(_Kept(at, event)) for event in events]

    def _heard(self, events: Sequence[SessionEvent], last_seq: int) -> list[SessionEvent]:
        first = last_seq - len(events) + 1
        numbered = [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(events, first)]
        if numbered:
            self._hub.send(numbered[0].session_id, numbered)
            self._tell_others(numbered)
        return numbered

    def _tell_others(self, events: Sequence[SessionEvent]) -> None:
        self._waiting.extend(_encoder.encode(_Told(self._node, event)) for event in events)
        self._to_tell.set()

    async def _tell(self) -> None:
        """Pass on what was committed and published here, in order."""
        while self._open:
            await self._to_tell.wait()
            self._to_tell.clear()
            while self._waiting:
                lot = [self._waiting.popleft() for _ in range(min(64, len(self._waiting)))]
                try:
                    async with self._redis.pipeline(transaction=False) as pipe:
                        for one in lot:
                            pipe.publish(_CHANNEL, one)
                        await self._limited(pipe.execute())
                except Unavailable as error:
                    get_logger("sessions").warning("events_not_told", count=len(lot), reason=error.code)
                    await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        """Hear what the other servers do. After a gap the clients of this one are ended, and resume."""
        while self._open:
            try:
                async with self._listener.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(_CHANNEL)
                    async for message in channel.listen():
                        told = _told.decode(message["data"])
                        if told.node != self._node:
                            self._hub.send(told.event.session_id, [told.event])
            except (RedisError, OSError, msgspec.DecodeError) as error:
                get_logger("sessions").warning("events_not_heard", reason=type(error).__name__)
                self._hub.end_all()
            await asyncio.sleep(_RETRY_S)


def _keys(session_id: str) -> list[str]:
    """Of the state, the turns, the events, and the index of when sessions were touched."""
    own = f"offhook:{{{session_id}}}"
    return [own, f"{own}:turns", f"{own}:events", _TOUCHED]


def _state_of(found: Sequence[Any]) -> ConversationState | None:
    text, status, version = found
    if text is None:
        return None
    state = _state.decode(text)
    state.status, state.version = status.decode(), int(version)
    return state


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
