"""READ tool: who of the shop's people speaks, by the number they call from or by the session that they opened."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.store.users import User, Users


class SpeakerQuestion(msgspec.Struct, frozen=True, kw_only=True):
    phone: str | None = None
    """E.164, as the carrier gave it."""
    user_id: str | None = None


class SpeakerFound(msgspec.Struct, frozen=True, kw_only=True):
    user: User | None
    pins: bool
    """Whether anybody of this business has a PIN."""


async def _run(ctx: ToolContext, asked: SpeakerQuestion) -> ToolOutcome[SpeakerFound]:
    users = Users(ctx.uow)
    found = None
    if asked.user_id is not None:
        found = await users.by_id(asked.user_id)
    elif asked.phone is not None:
        found = await users.by_phone(asked.phone)
    return Ok(SpeakerFound(user=found, pins=(found is not None and found.has_pin) or await users.any_pin()))


find_speaker: Tool[SpeakerQuestion, SpeakerFound] = Tool(
    name="find_speaker",
    effect=Effect.READ,
    description="Who of the shop's people is speaking.",
    arguments=SpeakerQuestion,
    result=SpeakerFound,
    run=_run,
    personal=True,
)
