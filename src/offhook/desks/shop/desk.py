"""The shop's desk: its book by voice, in Hinglish. Which agent does what, with which tools, words and policy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from offhook.contracts.conversation import MEMORY_OPERATOR
from offhook.contracts.desk import AnyTool
from offhook.desks.shop.agents.batch import MEMORY_BATCH, fold
from offhook.desks.shop.agents.called import reminds, small_talk
from offhook.desks.shop.agents.checking import MEMORY_CAREFUL
from offhook.desks.shop.agents.deeds import DEEDS, apart
from offhook.desks.shop.agents.gate import recognise
from offhook.desks.shop.agents.ledger import ledger
from offhook.desks.shop.agents.memory import MEMORY_LAST_PRODUCT
from offhook.desks.shop.agents.read_back import MEMORY_READ_BACK
from offhook.desks.shop.agents.still_known import still_known
from offhook.desks.shop.facts import ShopFactsReader
from offhook.desks.shop.reader import ShopReader
from offhook.desks.shop.speakers import proven, speaker_of
from offhook.desks.shop.toolbox import CONFIRMED, LEDGER_TOOLS
from offhook.desks.shop.tools.batch import BATCH
from offhook.desks.shop.tools.customers import create_customer
from offhook.desks.shop.tools.prove_speaker import PROVE
from offhook.dialogue.agents.faq import ANYTHING_ELSE
from offhook.dialogue.desk import Desk, Reader
from offhook.dialogue.front_desk import FRONT_AGENTS, FRONT_ROUTES, FRONT_TOOLS, front_desk
from offhook.dialogue.guard import ABUSE, INJECTION
from offhook.dialogue.policy import Policy

_HERE = Path(__file__).parent
LANGUAGE_FOLDER = _HERE / "language"
FORGETS_AFTER_S = 300.0
TOOLS: tuple[AnyTool, ...] = (*FRONT_TOOLS, *LEDGER_TOOLS)


def shop_desk(reader: Reader) -> Desk:
    """Raises TemplateError when a template file is wrong."""
    desk = front_desk("shop", reader, _HERE)
    return replace(
        desk,
        reader=ShopReader(reader, [desk.templates.words(language) for language in ("en", "hi", "hi-Latn")]),
        agents={**FRONT_AGENTS, "ledger": ledger, "response": small_talk},
        routes={**FRONT_ROUTES, **dict.fromkeys((*DEEDS, BATCH, PROVE, "deny", "correct"), "ledger")},
        load_facts=ShopFactsReader(),
        # The shop's callers own its book: to ask for a customer's number is their work.
        policy=Policy(refused=(ABUSE, INJECTION), confirmed=CONFIRMED),
        tools=TOOLS,
        reads_back=frozenset(intent for intent, deed in DEEDS.items() if deed.writes),
        book_open_to=lambda state: speaker_of(state) is not None or MEMORY_OPERATOR in state.desk_memory,
        proves=proven,
        open_tools=frozenset(tool.name for tool in FRONT_TOOLS),
        apart=apart,
        fold=fold,
        facts_change_by=frozenset({create_customer.name, BATCH}),
        reminds=reminds,
        asks_when_reminded=ANYTHING_ELSE,
        recognise=recognise,
        holds=still_known,
        forgets_after_s=FORGETS_AFTER_S,
        forgets=(MEMORY_CAREFUL, MEMORY_LAST_PRODUCT, MEMORY_READ_BACK, MEMORY_BATCH),
    )
