"""Runs a desk's tools: arguments checked, policy enforced, one transaction, once under its key, within its deadline.

READ tools may be cancelled at any time. A WRITE tool, once started, runs to its end whatever happens to the turn; its
outcome is stored in the same transaction under (key, command), and a second run under that key returns the stored
outcome and writes nothing; with other arguments it is an error. The command is the tool's name, and for all but the
first of a turn's commands its place among them. A tool that answers Retry or Failed leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import NotInRehearsal
from offhook.contracts.desk import (
    AnyTool,
    Caller,
    Effect,
    Failed,
    Ok,
    Retry,
    Tool,
    ToolContext,
    ToolOutcome,
    UnitOfWorkFactory,
)
from offhook.contracts.errors import AppError, CommandReused, Conflict
from offhook.dialogue.forms import ReadBack, digest
from offhook.dialogue.late_writes import LateWrite, LateWrites, Outcome
from offhook.dialogue.policy import Policy
from offhook.telemetry.log import get_logger

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

HARD_STOP_FACTOR = 10
"""A READ tool is given up after that many times its deadline; once past the deadline itself the caller is told that it
takes a moment."""
WRITE_PATIENCE_MS = 4000.0
"""How long a turn waits for a WRITE before it goes on without its outcome (the write itself goes on, too)."""

SAY_UNAVAILABLE = "failed_unavailable"
SAY_SLOW_READ = "failed_slow"
SAY_SLOW_WRITE = "failed_slow_write"
SAY_BROKEN = "failed_tool"
"""Template keys for failures of ours, which every desk has."""


@dataclass(frozen=True, slots=True)
class ToolScope:
    """For whom and when a tool runs."""

    business: Business
    caller: Caller
    now: datetime
    """Aware, in the business's zone."""
    turn_id: str
    rehearsal: bool = False
    """The turn is only thought of: no WRITE."""
    by_model: bool = False
    """A language model asked for it: every WRITE needs a read-back that was answered in a later turn."""
    part: int = 0
    """Which of the turn's commands this is, from 0."""
    on_slow: Callable[[], None] = lambda: None
    """Told when the tool passes its deadline, while it is waited for: the caller is to hear something."""


@dataclass(frozen=True, slots=True)
class ToolReport:
    """How a call went, for metrics: `outcome` is ok, retry, failed or the code of an error."""

    tool: str
    outcome: str
    elapsed_ms: float


class ToolRunner:
    def __init__(
        self,
        *,
        policy: Policy,
        uow: UnitOfWorkFactory,
        clock: Clock,
        late: LateWrites,
        on_report: Callable[[ToolReport], None] = lambda report: None,
        on_written: Callable[[str, str], None] = lambda business_id, tool: None,
    ) -> None:
        """`on_written(business_id, tool)`: a WRITE was committed."""
        self._policy = policy
        self._uow = uow
        self._clock = clock
        self._late = late
        self._on_report = on_report
        self._on_written = on_written

    async def run(
        self,
        tool: Tool[A, R],
        arguments: A | Mapping[str, object],
        scope: ToolScope,
        read_back: ReadBack | None = None,
    ) -> ToolOutcome[R]:
        """Call `tool`. Never raises for failures of the tool or of the store; they come as Failed or Retry.

        `read_back` is the proof of confirmation that the desk's policy may ask for; its turn id is then the key that
        the write is stored under, else the present turn's id is. Raises NotInRehearsal for a WRITE in a rehearsal.
        """
        if scope.rehearsal and tool.effect is not Effect.READ:
            raise NotInRehearsal
        checked = _validated(tool, arguments)
        if isinstance(checked, Retry):
            return checked
        refused = self._refusal(tool, checked, scope, read_back)
        if refused is not None:
            return refused
        key = read_back.turn_id if read_back is not None else scope.turn_id
        if read_back is not None:
            scope = replace(scope, part=0)  # the read-back's turn asked for one thing
        began = self._clock.mono_ms()
        late = asyncio.get_running_loop().call_later(tool.deadline_ms / 1000, scope.on_slow)
        try:
            if tool.effect is Effect.READ:
                outcome, label = await self._read(tool, checked, scope, key)
            else:
                outcome, label = await self._write(tool, checked, scope, key, _answers(read_back, checked, scope))
        finally:
            late.cancel()
        elapsed = self._clock.mono_ms() - began
        self._on_report(ToolReport(tool.name, label, elapsed))
        return outcome

    async def follow(self, tool: AnyTool, arguments: msgspec.Struct, scope: ToolScope) -> None:
        """A WRITE that follows from a committed turn (dialogue/sequels.py), under that turn's id. Never raises; only
        the report tells of it."""
        began = self._clock.mono_ms()
        outcome = await self._commit(tool, arguments, scope, scope.turn_id)
        elapsed = self._clock.mono_ms() - began
        self._on_report(ToolReport(tool.name, _label(outcome), elapsed))

    async def recall(self, tool: Tool[A, R], key: str, scope: ToolScope) -> R | None:
        """What an earlier run of this WRITE under `key` brought, if one was committed; None also if the store fails."""
        try:
            async with self._uow(scope.business.business_id, Effect.READ) as uow:
                stored = await uow.recall(_own(key, scope), _command(tool, scope))
        except AppError:
            return None
        return None if stored is None else msgspec.json.decode(stored, type=tool.result)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _refusal(
        self, tool: AnyTool, arguments: msgspec.Struct, scope: ToolScope, read_back: ReadBack | None
    ) -> Retry | None:
        name = tool.name
        # What no model can ask for (a hold while the form is filled) is the desk's own step on the way.
        wished = scope.by_model and tool.effect is Effect.WRITE and bool(tool.intent)
        if name not in self._policy.confirmed and not wished:
            return None
        if read_back is None or read_back.digest != digest(arguments):
            return Retry(f"{name} needs a read-back of exactly these arguments first.")
        if not _answers(read_back, arguments, scope):
            return Retry(f"{name} needs the caller's yes in a turn after the read-back.")
        return None

    async def _read(self, tool: Tool[A, R], arguments: A, scope: ToolScope, key: str) -> tuple[ToolOutcome[R], str]:
        try:
            async with asyncio.timeout(tool.deadline_ms * HARD_STOP_FACTOR / 1000.0):
                async with self._uow(scope.business.business_id, Effect.READ) as uow:
                    outcome = await tool.run(_context(scope, tool.name, key, uow), arguments)
        except TimeoutError:
            return Failed(SAY_SLOW_READ), "timeout"
        except AppError as error:
            return _failure(error), error.code
        return outcome, _label(outcome)

    async def _write(
        self, tool: Tool[A, R], arguments: A, scope: ToolScope, key: str, confirmed: bool
    ) -> tuple[ToolOutcome[R], str]:
        session_id = scope.caller.session_id
        command = _command(tool, scope)
        write = self._late.running(session_id, command, key)
        if write is None:
            # lint: naked-create-task: it outlives its turn; kept and awaited by LateWrites
            task: asyncio.Task[Outcome] = asyncio.get_running_loop().create_task(
                self._commit(tool, arguments, scope, key, confirmed), name=f"{tool.name} {key}"
            )
            write = LateWrite(session_id, tool.name, command, key, task)
            self._late.add(write)
        try:
            async with asyncio.timeout(WRITE_PATIENCE_MS / 1000.0):
                outcome = await asyncio.shield(write.task)
        except TimeoutError:
            return Failed(SAY_SLOW_WRITE), "timeout"
        return outcome, _label(outcome)  # type: ignore[return-value]  # the task ran this very tool

    async def _commit(
        self, tool: Tool[A, R], arguments: A, scope: ToolScope, key: str, confirmed: bool = False
    ) -> Outcome:
        """The write itself; ends with an outcome, whatever happens."""
        business_id = scope.business.business_id
        command, own = _command(tool, scope), _own(key, scope)
        # What is secret is not kept, not even as a digest: a PIN is soon guessed from one.
        payload = None if tool.secret else digest(arguments)
        try:
            async with self._uow(business_id, Effect.WRITE) as uow:
                stored = await uow.recall(own, command, payload)
                if stored is not None:
                    return Ok(msgspec.json.decode(stored, type=tool.result))
                outcome = await tool.run(_context(scope, command, own, uow, confirmed), arguments)
                if not isinstance(outcome, Ok):
                    raise _NothingDone(outcome)
                await uow.remember(own, command, msgspec.json.encode(outcome.value), payload)
            self._on_written(business_id, tool.name)
            return Ok(outcome.value)
        except _NothingDone as nothing:
            return nothing.outcome
        except CommandReused as error:
            return _failure(error)
        except Conflict:
            twin = await self.recall(tool, key, scope)
            return Ok(twin) if twin is not None else Failed(SAY_BROKEN)
        except AppError as error:
            return _failure(error)
        except Exception:  # lint: broad-except: supervises the task, whose turn may be gone; nothing was committed
            self._on_report(ToolReport(tool.name, "crashed", 0.0))
            get_logger("dialogue").exception("tool_failed", tool=tool.name)  # lint: pii-in-log: a name of ours
            return Failed(SAY_BROKEN)


class _NothingDone(Exception):
    """Rolls the transaction back when a tool declines."""

    def __init__(self, outcome: Retry | Failed) -> None:
        super().__init__()
        self.outcome: Retry | Failed = outcome


def _validated(tool: Tool[A, R], arguments: A | Mapping[str, object]) -> A | Retry:
    if isinstance(arguments, tool.arguments):
        return arguments
    try:
        return msgspec.convert(arguments, tool.arguments)
    except msgspec.ValidationError as error:
        text = str(error)
        field = text.rpartition("`$.")[2].rstrip("`") if "`$." in text else None
        return Retry(text, field)


def _own(key: str, scope: ToolScope) -> str:
    """The key of a WRITE in the store: clients choose the ids of their messages, each session its own."""
    return f"{scope.caller.session_id}:{key}"


def _command(tool: AnyTool, scope: ToolScope) -> str:
    return f"{tool.name}#{scope.part}" if scope.part else tool.name


def _answers(read_back: ReadBack | None, arguments: msgspec.Struct, scope: ToolScope) -> bool:
    """Whether this turn is the yes to a read-back of exactly these arguments."""
    return read_back is not None and read_back.digest == digest(arguments) and read_back.turn_id != scope.turn_id


def _context(scope: ToolScope, command: str, key: str, uow: object, confirmed: bool = False) -> ToolContext:
    return ToolContext(
        business=scope.business,
        caller=scope.caller,
        now=scope.now,
        turn_id=key,
        command=command,
        uow=uow,  # type: ignore[arg-type]
        confirmed=confirmed,
    )


def _failure(error: AppError) -> Failed:
    return Failed(SAY_UNAVAILABLE if error.status == 503 else SAY_BROKEN)


def _label(outcome: object) -> str:
    match outcome:
        case Ok():
            return "ok"
        case Retry():
            return "retry"
        case _:
            return "failed"
