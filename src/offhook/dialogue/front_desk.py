"""What every desk can do without a book of its own: greet, give hours, address and FAQ, fetch a human, say goodbye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from offhook.contracts.business import Business
from offhook.contracts.desk import AnyTool, UnitOfWork
from offhook.dialogue.agents.escalation import HANDOFF, handoff
from offhook.dialogue.agents.everyday import everyday
from offhook.dialogue.agents.faq import faq
from offhook.dialogue.agents.fetch_human import fetch_human
from offhook.dialogue.desk import Agent, Desk, Facts, Reader
from offhook.dialogue.faq_search import faq_index
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.dialogue.tools.opening_hours import opening_hours
from offhook.dialogue.tools.request_human import request_human
from offhook.dialogue.tools.search_faq import search_faq
from offhook.store.business_book import BusinessBook

FRONT_AGENTS: Mapping[str, Agent] = {"faq": faq, "escalation": handoff, "response": everyday}
FRONT_ROUTES: Mapping[str, str] = {"faq": "faq", HANDOFF: "escalation"}
FRONT_TOOLS: tuple[AnyTool, ...] = (opening_hours, search_faq, request_human)

FRONT_ERRANDS = {HANDOFF: fetch_human}


def front_desk(name: str, reader: Reader, folder: Path) -> Desk:
    """A desk of these parts alone. `folder` holds its `templates/` and `policy.md`. Raises TemplateError."""
    return Desk(
        name=name,
        templates=Templates.load((SHARED_TEMPLATES, folder / "templates")),
        reader=reader,
        agents=FRONT_AGENTS,
        routes=FRONT_ROUTES,
        load_facts=load_facts,
        prompt=(folder / "policy.md").read_text(encoding="utf-8"),
        tools=FRONT_TOOLS,
        errands=FRONT_ERRANDS,
    )


async def load_facts(uow: UnitOfWork, business: Business) -> Facts:
    book = BusinessBook(uow)
    return Facts(faq=faq_index(tuple(await book.faq())), blocked=await book.blocked())
