"""What no brain and no retry gets round: checked arguments, confirmation, once under its key, nothing half-written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from offhook.contracts.business import Business
from offhook.contracts.desk import Caller, Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.contracts.errors import Conflict, Unavailable
from offhook.dialogue.forms import ReadBack, digest
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.policy import Policy
from offhook.dialogue.tool_runner import SAY_BROKEN, SAY_UNAVAILABLE, ToolReport, ToolRunner, ToolScope
from support.fake_units import FakeUnits
from support.set_clock import SetClock


class Args(msgspec.Struct, frozen=True):
    what: str
    times: int = 1


class Result(msgspec.Struct, frozen=True):
    number: int


class Counting:
    """A tool's body that counts how often it ran."""

    def __init__(self) -> None:
        self.ran = 0
        self.entered = asyncio.Event()
        self.gate: asyncio.Event | None = None
        self.answer: ToolOutcome[Result] | Exception | None = None

    async def __call__(self, ctx: ToolContext, args: Args) -> ToolOutcome[Result]:
        self.ran += 1
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or Ok(Result(self.ran))

    def tool(self, effect: Effect, name: str = "count") -> Tool[Args, Result]:
        return Tool(name, effect, "Counts.", Args, Result, self, deadline_ms=20)


BUSINESS = Business(business_id="biz_1", name="B", desk="dealership", timezone="UTC")


def scope(turn: str = "t2", session: str = "sess_1") -> ToolScope:
    return ToolScope(BUSINESS, Caller(session, "chat"), datetime(2026, 11, 25, tzinfo=UTC), turn)


class Bench:
    def __init__(self, *confirmed: str) -> None:
        self.units = FakeUnits()
        self.late = LateWrites()
        self.reports: list[ToolReport] = []
        self.runner = ToolRunner(
            policy=Policy(confirmed=frozenset(confirmed)),
            uow=self.units.open,
            clock=SetClock(),
            late=self.late,
            on_report=self.reports.append,
        )


async def test_arguments_are_checked_before_anything_runs() -> None:
    bench, body = Bench(), Counting()
    outcome = await bench.runner.run(body.tool(Effect.WRITE), {"what": "x", "times": "many"}, scope())
    assert isinstance(outcome, Retry)
    assert outcome.field == "times"
    assert body.ran == 0
    assert bench.units.opened == []


async def test_a_write_runs_once_under_its_turn() -> None:
    bench, body = Bench(), Counting()
    tool = body.tool(Effect.WRITE)
    first = await bench.runner.run(tool, Args("x"), scope())
    bench.late.told("sess_1")
    again = await bench.runner.run(tool, Args("x"), scope())
    assert first == again == Ok(Result(1))
    assert body.ran == 1
    assert await bench.runner.recall(tool, "t2", scope()) == Result(1)


@pytest.mark.parametrize("effect", list(Effect))
async def test_past_its_deadline_the_caller_is_told_and_the_tool_goes_on(effect: Effect) -> None:
    bench, body, told = Bench(), Counting(), asyncio.Event()
    body.gate = asyncio.Event()
    running = asyncio.ensure_future(bench.runner.run(body.tool(effect), Args("x"), replace(scope(), on_slow=told.set)))
    await told.wait()
    assert not running.done()
    body.gate.set()
    assert await running == Ok(Result(1))


async def test_a_tool_in_time_tells_nothing() -> None:
    bench, body = Bench(), Counting()
    told: list[str] = []
    quick = replace(body.tool(Effect.READ), deadline_ms=60_000)
    await bench.runner.run(quick, Args("x"), replace(scope(), on_slow=lambda: told.append("late")))
    await asyncio.sleep(0)
    assert told == []


async def test_twins_at_the_same_time_write_once() -> None:
    bench, body = Bench(), Counting()
    body.gate = asyncio.Event()
    tool = body.tool(Effect.WRITE)
    twins = [asyncio.ensure_future(bench.runner.run(tool, Args("x"), scope())) for _ in range(3)]
    await body.entered.wait()
    body.gate.set()
    assert await asyncio.gather(*twins) == [Ok(Result(1))] * 3
    assert body.ran == 1


async def test_a_twin_in_another_process_wins_and_its_outcome_is_told() -> None:
    bench, body = Bench(), Counting()
    tool = body.tool(Effect.WRITE)
    body.gate = asyncio.Event()
    running = asyncio.ensure_future(bench.runner.run(tool, Args("x"), scope()))
    await body.entered.wait()
    bench.units.outcomes[("biz_1", "sess_1:t2", "count")] = msgspec.json.encode(Result(77))
    body.gate.set()
    assert await running == Ok(Result(77))
    assert bench.units.committed == 1  # the read that recalled it


@pytest.mark.parametrize("effect", list(Effect))
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Failed("taken"), Failed("taken")),
        (Retry("say more"), Retry("say more")),
        (Unavailable("database_busy", "Busy."), Failed(SAY_UNAVAILABLE)),
        (Conflict("other", "No."), Failed(SAY_BROKEN)),
    ],
)
async def test_what_fails_leaves_nothing_behind(
    effect: Effect, answer: ToolOutcome[Result] | Exception, expected: ToolOutcome[Result]
) -> None:
    bench, body = Bench(), Counting()
    body.answer = answer
    assert await bench.runner.run(body.tool(effect), Args("x"), scope()) == expected
    assert bench.units.outcomes == {}


async def test_a_broken_write_tool_is_told_as_a_failure() -> None:
    bench, body = Bench(), Counting()
    body.answer = ZeroDivisionError()
    assert await bench.runner.run(body.tool(Effect.WRITE), Args("x"), scope()) == Failed(SAY_BROKEN)
    assert bench.units.outcomes == {}
    assert "crashed" in {report.outcome for report in bench.reports}


async def test_a_store_that_is_gone_is_told() -> None:
    bench, body = Bench(), Counting()
    bench.units.fails = Unavailable("database_gone", "Gone.")
    for effect in Effect:
        assert await bench.runner.run(body.tool(effect), Args("x"), scope()) == Failed(SAY_UNAVAILABLE)
    assert await bench.runner.recall(body.tool(Effect.WRITE), "t2", scope()) is None
    assert body.ran == 0


async def test_a_read_that_hangs_is_given_up() -> None:
    bench, body = Bench(), Counting()
    body.gate = asyncio.Event()
    outcome = await bench.runner.run(body.tool(Effect.READ), Args("x"), scope())
    assert isinstance(outcome, Failed)
    assert bench.reports[-1].outcome == "timeout"


async def test_a_confirmed_tool_needs_a_read_back_of_the_same_arguments() -> None:
    bench, body = Bench("count"), Counting()
    tool = body.tool(Effect.WRITE)
    right = ReadBack("t1", digest(Args("x")))
    for proof in (None, ReadBack("t1", digest(Args("y"))), ReadBack("t2", digest(Args("x")))):
        assert isinstance(await bench.runner.run(tool, Args("x"), scope("t2"), proof), Retry)
    assert body.ran == 0
    assert await bench.runner.run(tool, Args("x"), scope("t2"), right) == Ok(Result(1))
    bench.late.told("sess_1")
    # A yes that is said again in a later turn finds the outcome under the read-back's key.
    assert await bench.runner.run(tool, Args("x"), scope("t3"), right) == Ok(Result(1))
    assert body.ran == 1


async def test_cancelling_the_turn_stops_a_read_but_not_a_write() -> None:
    bench = Bench()
    for effect, finished in ((Effect.READ, 0), (Effect.WRITE, 1)):
        body = Counting()
        body.gate = asyncio.Event()
        before = bench.units.committed
        turn = asyncio.ensure_future(bench.runner.run(body.tool(effect), Args("x"), scope(f"t_{effect.value}")))
        await body.entered.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        body.gate.set()
        landed = await bench.late.landed("sess_1", 1000)
        assert len(landed) == finished
        assert bench.units.committed - before == finished
    assert [write.task.result() for write in landed] == [Ok(Result(1))]


async def test_a_write_that_failed_may_be_tried_again_under_its_key() -> None:
    bench, body = Bench(), Counting()
    tool = body.tool(Effect.WRITE)
    body.answer = Unavailable("database_busy", "Busy.")
    assert await bench.runner.run(tool, Args("x"), scope()) == Failed(SAY_UNAVAILABLE)
    bench.late.told("sess_1")
    body.answer = None
    assert await bench.runner.run(tool, Args("x"), scope()) == Ok(Result(2))


async def test_what_a_model_asked_for_is_never_written_without_a_read_back() -> None:
    bench, body = Bench(), Counting()
    write = replace(body.tool(Effect.WRITE), intent="count.it")
    arguments = Args("x")
    asked = replace(scope("t2"), by_model=True)
    assert isinstance(await bench.runner.run(write, arguments, asked), Retry)
    same_turn = ReadBack("t2", digest(arguments))
    assert isinstance(await bench.runner.run(write, arguments, asked, same_turn), Retry)
    assert isinstance(await bench.runner.run(write, Args("y"), asked, ReadBack("t1", digest(arguments))), Retry)
    assert body.ran == 0
    assert isinstance(await bench.runner.run(write, arguments, asked, ReadBack("t1", digest(arguments))), Ok)
    assert isinstance(await bench.runner.run(body.tool(Effect.READ), arguments, asked), Ok)
