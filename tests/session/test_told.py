"""What clients of a session are told of its customer."""

from __future__ import annotations

import msgspec

from offhook.contracts.conversation import MEMORY_CLAIMED, ConversationState, CustomerRef
from offhook.dialogue.model import MEMORY_VERIFIED
from offhook.session.told import shown_customer, state_update

MARIA = CustomerRef(
    customer_id="cust_1",
    name="Maria",
    phone="+12025550141",
    email="maria@example.com",
    vehicles=[{"make": "Toyota", "model": "Corolla"}],
)
STATE = ConversationState(session_id="s", business_id="b", desk="dealership", channel="chat", customer=MARIA)


def test_who_only_gave_a_number_is_told_nothing_of_its_owner() -> None:
    greeted = CustomerRef(customer_id="cust_1", name="Maria", phone="+12025550141")
    other = msgspec.structs.replace(STATE, desk_memory={MEMORY_VERIFIED: "cust_2"})
    for state in (STATE, other):
        assert shown_customer(state) == greeted
        assert state_update(state, "").data["customer"] == msgspec.to_builtins(greeted)
    assert STATE.customer is MARIA


def test_a_number_that_was_only_typed_tells_no_name() -> None:
    claimed = msgspec.structs.replace(STATE, desk_memory={MEMORY_CLAIMED: True})
    assert shown_customer(claimed) == CustomerRef(phone="+12025550141")
    proved = msgspec.structs.replace(STATE, desk_memory={MEMORY_CLAIMED: True, MEMORY_VERIFIED: "cust_1"})
    assert shown_customer(proved) == MARIA


def test_who_has_proved_to_be_the_customer_sees_all() -> None:
    proved = msgspec.structs.replace(STATE, desk_memory={MEMORY_VERIFIED: "cust_1"})
    assert shown_customer(proved) == MARIA
