"""What a desk's tool is: a typed function, READ or WRITE, that works on the business's book for one caller.

`tool(ctx, args) -> Ok | Retry(hint) | Failed(say)`. The tool runner (dialogue/) gives the deadline, the transaction and
the idempotency key; a tool never commits, and never touches another business: its context exists for one only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import msgspec

from offhook.contracts.business import Business


class Effect(Enum):
    READ = "read"
    """Changes nothing; may be cancelled at any time."""
    WRITE = "write"
    """Changes the book; runs to its end once started, commits once under (turn, command)."""


class UnitOfWork(Protocol):
    """One transaction of one business. Leaving the context without an exception commits, with one rolls back.

    The store's implementation carries the connection; only repositories look at it.
    """

    @property
    def business_id(self) -> str: ...

    async def recall(self, turn_id: str, command: str, payload: str | None = None) -> bytes | None:
        """The stored outcome of this command of this turn, if it was committed before. Raises CommandReused where it
        was committed with another payload (a digest of its arguments)."""
        ...

    async def remember(self, turn_id: str, command: str, outcome: bytes, payload: str | None = None) -> None:
        """Store the outcome with the transaction. A concurrent twin makes the commit fail with Conflict."""
        ...


UnitOfWorkFactory = Callable[[str, Effect], AbstractAsyncContextManager[UnitOfWork]]
"""(business_id, effect) -> a transaction; WRITE takes the write lock at its beginning (no read-then-upgrade)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who we talk to. A phone number from the carrier greets; it proves nothing."""

    session_id: str
    channel: str
    phone: str | None = None
    customer_id: str | None = None
    verified: bool = False
    language: str = "en"
    """That the session is held in."""
    proven: bool = False
    """Of the business's own people: more than a caller id says so."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    business: Business
    caller: Caller
    now: datetime
    """Aware, in the business's zone."""
    turn_id: str
    command: str
    uow: UnitOfWork
    confirmed: bool = False
    """Exactly these arguments were read back, and answered with a yes in a later turn."""


R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Ok(Generic[R]):
    value: R


@dataclass(frozen=True, slots=True)
class Retry:
    """The arguments cannot be used as they are; `hint` says what would do (read by a model or a form)."""

    hint: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be done; `say` is the template key to tell the caller with."""

    say: str
    offers: tuple[str, ...] = ()
    """What could be done instead: moments, ISO local without offset."""


ToolOutcome = Ok[R] | Retry | Failed

A = TypeVar("A", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A, R]):
    name: str
    effect: Effect
    description: str
    arguments: type[A]
    result: type[R]
    run: Callable[[ToolContext, A], Awaitable[ToolOutcome[R]]]
    deadline_ms: int = 300
    intent: str = ""
    """The command (CONTRACT's intents) that a brain's wish for this tool becomes. A WRITE must have one: the desk's
    agent for it fills its form, reads back and writes after the yes. For a READ, which is run as it is, the command in
    whose light the caller's words are searched for its arguments."""
    secret: bool = False
    """Its arguments hold what nothing keeps a trace of."""
    personal: bool = False
    """Its result holds a customer's data: a model may ask for it only for a verified caller, and only for their own."""


AnyTool: TypeAlias = "Tool[Any, Any]"  # tools of a list have each its own types; the runner converts by them
