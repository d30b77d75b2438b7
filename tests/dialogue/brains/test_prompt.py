"""The fixed part of every prompt fits its budget, and the scenario is the session's."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from offhook.contracts.business import Business
from offhook.contracts.conversation import ConversationState, Message
from offhook.desks.registry import build_desks
from offhook.dialogue.brains.prompt import (
    FIXED_TOKENS,
    HISTORY_TOKENS,
    MEMORY_SCENARIO,
    SCENARIOS,
    fixed_prompt,
    recent,
    scenario_of,
)
from offhook.kit.tokens import tokens_at_most

DESKS = build_desks()
LONG = Business(
    business_id="biz", name="The Old Mill Garage and Motor Works of Springfield", desk="shop", timezone="UTC"
)
STATE = ConversationState(session_id="s", business_id="biz", desk="dealership", channel="twilio")


@pytest.mark.parametrize("desk", sorted(DESKS))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_fixed_part_is_within_its_budget(desk: str, scenario: str) -> None:
    told = fixed_prompt(DESKS[desk], LONG, scenario, "twilio", "hi")  # type: ignore[arg-type]
    assert tokens_at_most(told) <= FIXED_TOKENS
    assert "You are Sophie" in told
    assert "{" not in told


def test_who_speaks_is_the_business_own_persona() -> None:
    told = fixed_prompt(DESKS["shop"], msgspec.structs.replace(LONG, persona="Asha"), "inbound_service", "chat", "en")
    assert "You are Asha" in told
    assert "in a chat" in told


def test_the_scenario_is_what_the_session_was_opened_for_or_what_the_caller_wants() -> None:
    desk = DESKS["dealership"]
    assert scenario_of(desk, STATE) == "inbound_service"
    assert scenario_of(DESKS["sales"], STATE) == "sales_enquiry"
    buying = msgspec.structs.replace(STATE, detected_intent="testdrive.book")
    assert scenario_of(desk, buying) == "sales_enquiry"
    rung = msgspec.structs.replace(buying, desk_memory={MEMORY_SCENARIO: "outbound_reminder"})
    assert scenario_of(desk, rung) == "outbound_reminder"
    odd = msgspec.structs.replace(STATE, desk_memory={MEMORY_SCENARIO: "nonsense"})
    assert scenario_of(replace(desk), odd) == "inbound_service"


def test_history_is_the_newest_messages_within_the_budget() -> None:
    messages = [Message(role="user", content=f"{n} " + "word " * 99, at="") for n in range(50)]
    kept = recent(messages)
    assert kept[-1].content == messages[-1].content
    assert sum(tokens_at_most(message.content) for message in kept) <= HISTORY_TOKENS
    assert len(kept) == 5
    assert recent([Message(role="user", content="word " * 5000, at="")]) == []
