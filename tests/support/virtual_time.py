"""An asyncio event loop that never sleeps: calls scripted in seconds run in milliseconds, the same way every time.

Timing tests on the real clock race: the scheduler wakes a timer late, two things change places, a count is off by one.
Here time is a number that belongs to the loop. While anything can run, it stands still; when all tasks wait for time,
it jumps to the next timer. So durations in a test are exact, and `==` on a time stamp is right.

    @virtual_time
    async def test_silence(clock: VirtualClock) -> None:
        await asyncio.sleep(8)                  # no time at all
        assert clock.mono_ms() == 8000

The decorated test may ask for other (synchronous) fixtures; `clock` is given by the decorator where the test names it.

Rules:
- Timers that are due at the same moment fire in the order in which they were made.
- Work handed to `loop.run_in_executor` / `asyncio.to_thread` is waited for in real time while the virtual clock stands.
  Other threads and sockets the loop cannot know of: time may run ahead of them, so keep them out of such tests.
- When everything waits and no timer exists, nothing can happen any more: `Stalled` is raised instead of a hang.
- `limit_s` bounds virtual time, so that a loop of timers that never ends is an error, too.
"""

from __future__ import annotations

import asyncio
import functools
import heapq
import inspect
import selectors
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")

START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""Wall-clock time at virtual zero: a Friday, 9 in the morning in Chicago."""
REAL_WAIT_S = 10.0
"""How long executor work may take, real seconds."""


class Stalled(Exception):
    """Nothing can happen any more, or virtual time has run past its limit."""


class _Selector(selectors.BaseSelector):
    """Polls the real selector, and moves virtual time on instead of waiting."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._real = selectors.DefaultSelector()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._loop.threads_at_work:
            ready = self._real.select(REAL_WAIT_S)
            if not ready:
                raise Stalled(f"executor work has not ended within {REAL_WAIT_S} real seconds")
            return ready
        if timeout is None:
            raise Stalled("every task waits and no timer is set: nothing will ever happen")
        self._loop.advance()
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class _Timer(asyncio.TimerHandle):
    """Timers of one moment fire in the order in which they were made; asyncio's own leave that to chance."""

    made = 0

    def __lt__(self, other: asyncio.TimerHandle) -> bool:
        return (self.when(), self.made) < (other.when(), getattr(other, "made", 0))


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and moves only when there is nothing else to do."""

    def __init__(self, *, limit_s: float = 3600.0) -> None:
        self._now_s = 0.0
        self._limit_s = limit_s
        self._timers_made = 0
        self.threads_at_work = 0
        self.complaints: list[dict[str, Any]] = []
        super().__init__(_Selector(self))
        self._clock_resolution = 1e-9
        self.set_exception_handler(lambda _, context: self.complaints.append(context))

    def time(self) -> float:
        return self._now_s

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        timer = _Timer(when, callback, args, self, context)
        self._timers_made += 1
        timer.made = self._timers_made
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def advance(self) -> None:
        """Jump to the next timer (the loop has dropped cancelled ones from the top)."""
        self._now_s = max(self._now_s, self._scheduled[0].when())
        if self._now_s > self._limit_s:
            raise Stalled(f"virtual time ran past {self._limit_s} s: something sets timers for ever")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self.threads_at_work += 1
        future.add_done_callback(self._thread_done)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        self.threads_at_work += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self.threads_at_work -= 1

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self.threads_at_work -= 1


class VirtualClock:
    """The Clock port (contracts/clock.py) on the loop's time."""

    def __init__(self, loop: VirtualTimeLoop, start: datetime = START) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(milliseconds=self.mono_ms())

    def mono_ms(self) -> float:
        return round(self._loop.time() * 1000.0, 6)

    async def at_ms(self, moment_ms: float) -> None:
        """Wait for a moment of the script; at once if it has passed."""
        await asyncio.sleep(max(0.0, moment_ms - self.mono_ms()) / 1000.0)


def run_virtual(
    main: Callable[[VirtualClock], Awaitable[Result]], *, start: datetime = START, limit_s: float = 3600.0
) -> Result:
    """Run `main(clock)` to its end in virtual time.

    Raises Stalled, and AssertionError when a task outlives `main` or an error was reported to the loop only.
    """
    loop = VirtualTimeLoop(limit_s=limit_s)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:

        async def watched() -> Result:
            result = await main(VirtualClock(loop, start))
            await asyncio.sleep(0)  # tasks that were just cancelled get their turn
            left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            assert not left, f"tasks left over: {', '.join(sorted(left))}"
            return result

        result = runner.run(watched())
    assert not loop.complaints, f"errors reported to the loop only: {loop.complaints}"
    return result


def virtual_time(
    test: Callable[..., Awaitable[None]] | None = None, *, start: datetime = START, limit_s: float = 3600.0
) -> Any:
    """Decorator: run an async test in virtual time. See the module's docstring."""
    if test is None:
        return functools.partial(virtual_time, start=start, limit_s=limit_s)
    signature = inspect.signature(test)
    takes_clock = "clock" in signature.parameters
    function = test

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        async def main(clock: VirtualClock) -> None:
            await function(*args, **kwargs, **({"clock": clock} if takes_clock else {}))

        run_virtual(main, start=start, limit_s=limit_s)

    fixtures = [parameter for name, parameter in signature.parameters.items() if name != "clock"]
    run.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]  # what pytest reads
    del run.__wrapped__  # type: ignore[attr-defined]  # else pytest looks through to the coroutine function
    return run
