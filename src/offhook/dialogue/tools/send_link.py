"""WRITE tool: have a link sent by which the caller goes on with this talk in a chat.

It leaves a job: the code is made when the message goes out (desks/session_link.py), so that it waits nowhere in the
clear, and the number is that of the call's own record.
"""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.store.outbox import NewJob, enqueue

LINK_JOB = "session.link"
LINK_GOOD_FOR_MIN = 10


class LinkWanted(msgspec.Struct, frozen=True, kw_only=True):
    language: str = "en"


class LinkPromised(msgspec.Struct, frozen=True, kw_only=True):
    job_id: str


async def _run(ctx: ToolContext, wanted: LinkWanted) -> ToolOutcome[LinkPromised]:
    session_id = ctx.caller.session_id
    payload = {"session_id": session_id, "language": wanted.language, "asked_at": ctx.now.isoformat()}
    key = f"{LINK_JOB}:{session_id}:{ctx.turn_id}"
    job_id = await enqueue(ctx.uow, NewJob(LINK_JOB, key, payload, ctx.now, subject=session_id), now=ctx.now)
    return Ok(LinkPromised(job_id=job_id))


send_link: Tool[LinkWanted, LinkPromised] = Tool(
    name="send_link",
    effect=Effect.WRITE,
    description="Send the caller a link that opens this talk in a chat.",
    arguments=LinkWanted,
    result=LinkPromised,
    run=_run,
    intent="session.link",
)
