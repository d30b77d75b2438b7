"""What a model is told before the caller's words: who it is, the scenario, the desk's policy, and the facts of the day.

The fixed part is the same for every turn of a business and scenario; what changes (time, facts) comes after it, so that
servers can keep the fixed part.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from offhook.contracts.business import Business
from offhook.contracts.channel import REMINDER
from offhook.contracts.conversation import ConversationState, Message, SlotValue
from offhook.contracts.llm import LlmMessage
from offhook.dialogue.desk import Desk, Work
from offhook.kit.tokens import roughly_at_most

Scenario = Literal["inbound_service", "sales_enquiry", "outbound_reminder"]
SCENARIOS: tuple[Scenario, ...] = ("inbound_service", "sales_enquiry", "outbound_reminder")
OUTBOUND_REMINDER: Scenario = "outbound_reminder"
MEMORY_SCENARIO = "scenario"
"""desk_memory key: the scenario that the session was opened for, where that is known (calls that we make)."""
FIXED_TOKENS = 400
"""What the fixed part may come to, by kit.tokens (a count from above); a test holds every desk to it."""
HISTORY_TOKENS = 1000
"""Budget of the history that is sent along; older messages are left out."""
_BUYING = frozenset({"inventory.search", "testdrive.book", "tradein"})
_TYPED = frozenset({"chat", "socketio"})
_PROMPTS = Path(__file__).parent / "prompts"


def scenario_memory(about: str) -> dict[str, SlotValue]:
    """What a session remembers from its opening on of why we called; {} where nobody was called."""
    return {MEMORY_SCENARIO: OUTBOUND_REMINDER} if about == REMINDER else {}


def scenario_of(desk: Desk, state: ConversationState) -> Scenario:
    """What the session was opened for, else what the desk and the caller's wish make of it."""
    opened = state.desk_memory.get(MEMORY_SCENARIO)
    for scenario in SCENARIOS:
        if opened == scenario:
            return scenario
    if desk.name == "sales" or state.detected_intent in _BUYING:
        return "sales_enquiry"
    return "inbound_service"


def fixed_prompt(desk: Desk, business: Business, scenario: Scenario, channel: str, language: str) -> str:
    told = _told("core").format(
        persona=business.persona,
        business=business.name,
        channel="in a chat" if channel in _TYPED else "on the telephone",
        language=language,
    )
    return "\n\n".join(part for part in (told, _told(scenario), desk.prompt.strip()) if part)


def facts_prompt(work: Work) -> str:
    business = work.business
    brief = work.facts.brief(business)
    now = f"Now: {work.now:%A %Y-%m-%d %H:%M}. Address: {business.address or 'unknown'}."
    return f"{now}\n{brief}" if brief else now


def recent(messages: list[Message]) -> list[LlmMessage]:
    """The newest messages that fit the budget, in order."""
    kept: list[LlmMessage] = []
    left = HISTORY_TOKENS
    for message in reversed(messages):
        left -= roughly_at_most(message.content)
        if left < 0:
            break
        kept.append(LlmMessage(message.role, message.content))
    return kept[::-1]


@lru_cache
def _told(name: str) -> str:
    return (_PROMPTS / f"{name}.md").read_text(encoding="utf-8").strip()
