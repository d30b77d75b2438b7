"""READ tool: what the business's own FAQ answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.dialogue.faq_search import SUGGEST_AT, faq_index
from offhook.store.business_book import BusinessBook

TOLD = 3


class FaqQuestion(msgspec.Struct, frozen=True, kw_only=True):
    question: Annotated[str, Meta(min_length=1, max_length=500)]


class FaqHit(msgspec.Struct, frozen=True, kw_only=True):
    question: str
    answer: str


class FaqHits(msgspec.Struct, frozen=True, kw_only=True):
    entries: list[FaqHit] = []
    """Best first; empty where nothing comes near."""
    sure: bool = False
    """The first one answers the question; else ask which is meant."""


async def _run(ctx: ToolContext, asked: FaqQuestion) -> ToolOutcome[FaqHits]:
    index = faq_index(tuple(await BusinessBook(ctx.uow).faq()))
    found = [one.entry for one in index.search(asked.question, TOLD) if one.score >= SUGGEST_AT]
    return Ok(
        FaqHits(
            entries=[FaqHit(question=entry.question, answer=entry.answer) for entry in found],
            sure=index.answer(asked.question).best is not None,
        )
    )


search_faq: Tool[FaqQuestion, FaqHits] = Tool(
    name="search_faq",
    effect=Effect.READ,
    description="What the business's own FAQ says about a question.",
    arguments=FaqQuestion,
    result=FaqHits,
    run=_run,
)
