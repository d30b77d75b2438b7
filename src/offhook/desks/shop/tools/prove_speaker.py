"""WRITE tool: whose PIN this is. It writes only that a wrong one was given; those of all callers count together."""

from __future__ import annotations

import asyncio

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.kit.pin import LONGEST, SHORTEST, pin_hash
from offhook.store.users import User, Users

PROVE = "speaker.prove"
"""The command that a PIN is given for."""


class PinGiven(msgspec.Struct, frozen=True, kw_only=True):
    pin: str


class PinChecked(msgspec.Struct, frozen=True, kw_only=True):
    user: User | None
    closed: bool = False
    """So many wrong ones came of late that none is taken."""


async def _run(ctx: ToolContext, given: PinGiven) -> ToolOutcome[PinChecked]:
    users = Users(ctx.uow)
    await users.one_at_a_time()
    if await users.pins_closed(ctx.now):
        return Ok(PinChecked(user=None, closed=True))
    user = None
    if given.pin.isascii() and given.pin.isdigit() and SHORTEST <= len(given.pin) <= LONGEST:
        # In a thread: slow on purpose, and it lets the interpreter go meanwhile.
        user = await users.by_pin(await asyncio.to_thread(pin_hash, given.pin, ctx.business.business_id))
    if user is None:
        await users.pin_failed(ctx.caller.session_id, ctx.now)
    return Ok(PinChecked(user=user))


prove_speaker: Tool[PinGiven, PinChecked] = Tool(
    name="prove_speaker",
    effect=Effect.WRITE,
    description="Whose PIN this is.",
    arguments=PinGiven,
    result=PinChecked,
    run=_run,
    intent=PROVE,
    secret=True,
)
