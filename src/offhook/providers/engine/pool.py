"""A pool of equal engine processes: restarts them, spreads work over them, keeps channels pinned.

Work: `request` and `stream` take the first process that holds no work; while all are busy they wait in a queue of
`spec.max_queue`, in order, each until its own deadline (overflow: refused with EngineBusy and counted). Channels are
spread by number; what a channel asks goes straight to its process.

A process that dies fails its work at once and comes back after 0.1 s, doubled at each early death up to 5 s; one that
had lived 10 s comes back at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from offhook.contracts.clock import Clock
from offhook.providers.engine import wire
from offhook.providers.engine.channel import ChannelListener, EngineChannel
from offhook.providers.engine.errors import EngineBusy, EngineDied, EngineError, EngineTimeout
from offhook.providers.engine.link import EngineLink
from offhook.providers.engine.process import EngineProcess, EngineSpec
from offhook.providers.engine.status import ChildStatus, EngineStarted, EngineStopped, PoolEvent, PoolStatus
from offhook.providers.engine.streaming import StreamedWork

_HEALTHY_LIFE_MS = 10_000.0
_BACKOFF_FIRST_S = 0.1
_BACKOFF_MOST_S = 5.0
_WATCH_EVERY_S = 1.0


class _Place:
    """One place in the pool: the process that holds it now and its history."""

    def __init__(self) -> None:
        self.process: EngineProcess | None = None
        self.task: asyncio.Task[None] | None = None
        self.first_outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """"" once ready for the first time, else why the first start failed."""
        self.restarts = 0
        self.last_error = ""

    @property
    def link(self) -> EngineLink | None:
        return self.process.link if self.process is not None else None


class EnginePool:
    def __init__(
        self, spec: EngineSpec, *, size: int, clock: Clock, on_event: Callable[[PoolEvent], None] | None = None
    ) -> None:
        if size < 1:
            raise ValueError(f"{spec.name}: a pool needs at least one process, {size} were asked for")
        self.name = spec.name
        self.clock = clock
        self._spec = spec
        self._size = size
        self._on_event = on_event
        self._places: list[_Place] = []
        self._watch: asyncio.Task[None] | None = None
        self._waiting: deque[asyncio.Future[EngineLink]] = deque()
        """Bounded by spec.max_queue in `_free_link`."""
        self._channels: dict[int, EngineChannel] = {}
        self._numbers = itertools.count(1)
        self._closing = False
        self._refused = 0
        self._timed_out = 0
        self._dropped = 0

    # -- life

    async def start(self) -> None:
        """Start all processes, wait for each one's first outcome. Idempotent. Raises EngineDied when none got ready."""
        if self._closing:
            raise EngineDied(f"{self.name}: the pool is closed")
        if not self._places:
            self._places = [_Place() for _ in range(self._size)]
            # The tasks live as long as the pool, whose `aclose` awaits them: no scope of a caller could hold them.
            for n, place in enumerate(self._places):
                # lint: naked-create-task: kept in its place, awaited by `aclose`
                place.task = asyncio.create_task(self._keep_alive(place), name=f"engine:{self.name}:{n}")
            # lint: naked-create-task: kept, awaited by `aclose`
            self._watch = asyncio.create_task(self._watch_for_hangs(), name=f"engine-watch:{self.name}")
        outcomes = await asyncio.gather(*(asyncio.shield(place.first_outcome) for place in self._places))
        if not self.status().ready and all(outcomes):
            raise EngineDied(outcomes[0])

    async def aclose(self) -> None:
        """End all processes. Idempotent; work under way fails with EngineDied, listeners hear nothing more."""
        self._closing = True
        for channel in list(self._channels.values()):
            channel.close()
        for future in self._waiting:
            if not future.done():
                future.set_exception(EngineDied(f"{self.name}: the pool is closed"))
        self._waiting.clear()
        tasks = [place.task for place in self._places if place.task is not None]
        if self._watch is not None:
            tasks.append(self._watch)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def status(self) -> PoolStatus:
        return PoolStatus(
            name=self.name,
            children=tuple(_child_status(place) for place in self._places),
            queue_depth=len(self._waiting),
            queue_max=self._spec.max_queue,
            refused=self._refused,
            timed_out=self._timed_out,
            dropped_messages=self._dropped,
        )

    # -- work

    async def request(self, method: str, payload: object, *, deadline_ms: float) -> object:
        """One request, one reply. Raises EngineDied, EngineBusy, EngineTimeout, EngineFault."""
        began_ms = self.clock.mono_ms()
        link = await self._free_link(deadline_ms)
        left_ms = max(1.0, deadline_ms - (self.clock.mono_ms() - began_ms))
        with self._promised(link):
            answer = link.ask(lambda work_id: wire.Call(work_id, method, payload))
        return await answer.within(left_ms)

    async def stream(self, method: str, payload: object, *, deadline_ms: float) -> AsyncIterator[object]:
        """The items of streamed work as they come; `deadline_ms` holds for the first one. `aclose` cancels the rest.

        Raises what `request` raises, also in the middle.
        """
        began_ms = self.clock.mono_ms()
        link = await self._free_link(deadline_ms)
        left_ms = max(1.0, deadline_ms - (self.clock.mono_ms() - began_ms))
        work = StreamedWork()
        with self._promised(link):
            work_id = link.begin(lambda work_id: wire.Call(work_id, method, payload, streamed=True), work)
        try:
            async for item in work.items(left_ms):
                yield item
        finally:
            link.cancel(work_id)

    def open_channel(self, opening: object, listener: ChannelListener) -> EngineChannel:
        """A channel pinned to the process with the fewest; `opening` goes to `Engine.open`, again after each loss.

        When no process lives now, the channel is not `attached` yet and the listener hears `on_restored` once it is.
        Raises EngineDied when the pool is closed.
        """
        if self._closing:
            raise EngineDied(f"{self.name}: the pool is closed")
        channel = EngineChannel(self, next(self._numbers), opening, listener)
        self._channels[id(channel)] = channel
        for link in self._links_by_channels():
            if channel.pin(link):
                break
        return channel

    # -- what channels and links tell us

    def forget(self, channel: EngineChannel) -> None:
        self._channels.pop(id(channel), None)

    def count_dropped(self) -> None:
        self._dropped += 1

    def find_process_for(self, channel: EngineChannel) -> None:
        if not self._closing and not channel.attached and not channel.closed:
            any(channel.restore(link) for link in self._links_by_channels())

    def link_ready(self, link: EngineLink) -> None:
        loop = asyncio.get_running_loop()
        for channel in self._channels.values():
            if not channel.attached:
                loop.call_soon(self.find_process_for, channel)  # a listener's failure must not break the link
        self.link_free(link)

    def link_free(self, link: EngineLink) -> None:
        while self._waiting and link.load == 0:
            future = self._waiting.popleft()
            if not future.done():
                link.reserved += 1
                future.set_result(link)

    def link_lost(self, link: EngineLink, reason: str) -> None:
        for channel in list(self._channels.values()):
            if channel.link is link:
                channel.lose(reason)

    # -- inside

    def _links_by_channels(self) -> list[EngineLink]:
        links = [place.link for place in self._places if place.link is not None and place.link.ready]
        return sorted(links, key=lambda link: link.channels)

    async def _free_link(self, deadline_ms: float) -> EngineLink:
        """A living process without work, already reserved (`reserved`) for the one who asked."""
        if self._closing or not self._places:
            await self.start()
        if not self._waiting:
            for place in self._places:
                if place.link is not None and place.link.ready and place.link.load == 0:
                    place.link.reserved += 1
                    return place.link
        if len(self._waiting) >= self._spec.max_queue:
            self._refused += 1
            raise EngineBusy(f"{self.name}: {len(self._waiting)} requests wait already; try again later")
        future: asyncio.Future[EngineLink] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                return await future
        except TimeoutError:
            self._give_back(future)
            self._timed_out += 1
            raise EngineTimeout(f"{self.name}: no process was free within {deadline_ms:.0f} ms") from None
        except asyncio.CancelledError:
            self._give_back(future)
            raise

    @contextlib.contextmanager
    def _promised(self, link: EngineLink) -> Iterator[None]:
        """The promise is kept inside; if that fails, the process is free for the next one."""
        link.reserved -= 1
        try:
            yield
        except EngineError:
            self.link_free(link)
            raise

    def _give_back(self, future: asyncio.Future[EngineLink]) -> None:
        """Nobody waits for this promise any more: out of the queue, or the process promised goes to the next one."""
        if future in self._waiting:
            self._waiting.remove(future)
        elif future.done() and not future.cancelled() and future.exception() is None:
            link = future.result()
            link.reserved -= 1
            self.link_free(link)

    async def _keep_alive(self, place: _Place) -> None:
        try:
            await self._restart_forever(place)
        finally:
            if not place.first_outcome.done():
                place.first_outcome.set_result(f"{self.name}: the pool was closed while it started")

    async def _restart_forever(self, place: _Place) -> None:
        early_deaths = 0
        while not self._closing:
            began_ms = self.clock.mono_ms()
            place.process = EngineProcess(self._spec, _PlaceOwner(self, place, began_ms), self.clock)
            try:
                reason = await place.process.run()
            except (EngineDied, OSError) as error:
                reason = str(error)
            early_deaths = 0 if self.clock.mono_ms() - began_ms >= _HEALTHY_LIFE_MS else early_deaths + 1
            backoff_s = min(_BACKOFF_MOST_S, _BACKOFF_FIRST_S * 2 ** (early_deaths - 1)) if early_deaths else 0.0
            place.last_error = reason
            place.restarts += 1
            if not place.first_outcome.done():
                place.first_outcome.set_result(reason)
            self.tell(EngineStopped(self.name, reason, backoff_s * 1000))
            await asyncio.sleep(backoff_s)

    async def _watch_for_hangs(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            for place in self._places:
                if place.link is not None and place.link.silent_ms() > self._spec.hang_ms:
                    place.link.abort(f"it owed an answer and was silent for {self._spec.hang_ms:.0f} ms")

    def tell(self, event: PoolEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)


class _PlaceOwner:
    """Passes what a link tells to the pool, and marks the place as started."""

    def __init__(self, pool: EnginePool, place: _Place, began_ms: float) -> None:
        self._pool = pool
        self._place = place
        self._began_ms = began_ms

    def link_ready(self, link: EngineLink) -> None:
        if not self._place.first_outcome.done():
            self._place.first_outcome.set_result("")
        self._pool.link_ready(link)
        self._pool.tell(EngineStarted(self._pool.name, link.pid or 0, self._pool.clock.mono_ms() - self._began_ms))

    def link_free(self, link: EngineLink) -> None:
        self._pool.link_free(link)

    def link_lost(self, link: EngineLink, reason: str) -> None:
        self._pool.link_lost(link, reason)


def _child_status(place: _Place) -> ChildStatus:
    link = place.link
    return ChildStatus(
        pid=link.pid if link is not None and link.ready else None,
        ready=link is not None and link.ready,
        restarts=place.restarts,
        works=link.load if link is not None else 0,
        channels=link.channels if link is not None else 0,
        backlog_bytes=link.backlog_bytes if link is not None else 0,
        last_error=place.last_error,
    )
