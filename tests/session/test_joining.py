from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from offhook.contracts.conversation import (
    MEMORY_OPERATOR,
    MEMORY_SPEAKER,
    BookingSlots,
    ConversationState,
    Message,
    Pending,
)
from offhook.contracts.errors import AppError
from offhook.dialogue.model import MEMORY_VERIFIED
from offhook.session.conversation import Sessions
from offhook.session.joining import Joining, goes_on
from offhook.store.sessions_memory import MemorySessionStore
from support.set_clock import SetClock


@dataclass(frozen=True)
class Code:
    code: str
    expires_at: datetime


class OneCode:
    def __init__(self, clock: SetClock) -> None:
        self._clock = clock
        self._open = ""

    async def make(self, business_id: str, session_id: str) -> Code:
        self._open = session_id
        return Code("ABCD-2345", self._clock.now() + timedelta(minutes=10))

    async def spend(self, given: str) -> str | None:
        session_id, self._open = self._open, ""
        return session_id or None


CALL = ConversationState(
    session_id="sess_1",
    business_id="biz_1",
    desk="dealership",
    channel="twilio",
    caller_phone="+12025550142",
    messages=[Message(role="user", content="an oil change tomorrow at ten", at="", turn_id="call_1.1")],
    booking_slots=BookingSlots(service_type="oil change"),
    pending=Pending(intent="service.book", slots={"service": "oil change"}, asked="name"),
    desk_memory={
        MEMORY_VERIFIED: "cust_1",
        MEMORY_OPERATOR: "user_1",
        MEMORY_SPEAKER: {"proven": True},
        "service": "x",
    },
)


async def rig(clock: SetClock, state: ConversationState = CALL) -> tuple[Joining, MemorySessionStore]:
    store = MemorySessionStore(clock)
    await store.create(state)
    sessions = Sessions(store=store, dialogue=None, businesses=None, clock=clock)  # type: ignore[arg-type]  # no turns
    return Joining(sessions, OneCode(clock), clock), store


async def test_everything_goes_along_but_the_proofs(clock: SetClock) -> None:
    joining, _ = await rig(clock)
    joined = await joining.join((await joining.invite("sess_1")).code)
    assert joined.messages == CALL.messages
    assert joined.pending == CALL.pending
    assert joined.booking_slots == CALL.booking_slots
    assert joined.channel == "chat"
    assert not {MEMORY_VERIFIED, MEMORY_OPERATOR, MEMORY_SPEAKER} & set(joined.desk_memory)
    assert joined.desk_memory["service"] == "x"


async def test_those_who_watch_are_told(clock: SetClock) -> None:
    joining, store = await rig(clock)
    before = await store.last_seq("sess_1")
    await joining.join((await joining.invite("sess_1")).code)
    events = await store.events_after("sess_1", before)
    assert events is not None
    assert [event.type for event in events] == ["state_update"]


async def test_a_code_that_opens_nothing(clock: SetClock) -> None:
    joining, _ = await rig(clock)
    await joining.join((await joining.invite("sess_1")).code)
    with pytest.raises(AppError) as refused:
        await joining.join("ABCD-2345")
    assert (refused.value.code, refused.value.status) == ("bad_code", 404)


async def test_a_session_that_is_over_is_not_gone_on_with(clock: SetClock) -> None:
    joining, store = await rig(clock)
    code = (await joining.invite("sess_1")).code
    state = await store.load("sess_1")
    assert state is not None
    state.status = "COMPLETED"
    await store.commit(state)
    for work in (joining.join(code), joining.invite("sess_1")):
        with pytest.raises(AppError) as refused:
            await work
        assert refused.value.code == "session_over"


async def test_a_call_that_says_goodbye_leaves_it_open_while_somebody_may_come(clock: SetClock) -> None:
    joining, store = await rig(clock)

    async def kept() -> bool:
        state = await store.load("sess_1")
        assert state is not None
        return goes_on(state, clock.now())

    assert not await kept()
    code = (await joining.invite("sess_1")).code
    assert await kept()
    clock.advance(minutes=11)
    assert not await kept()
    await joining.join(code)
    assert await kept()
    await joining.invite("sess_1")
    clock.advance(minutes=11)
    assert await kept()
