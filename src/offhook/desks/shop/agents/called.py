"""A call that we placed to remind of dues: who answers is a customer, and no one of the shop."""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Ok
from offhook.desks.shop.agents.memory import spoken_for
from offhook.desks.shop.tools.due_of_called import CalledQuestion, due_of_called
from offhook.dialogue.agents.escalation import HANDOFF
from offhook.dialogue.agents.everyday import everyday
from offhook.dialogue.brains.prompt import MEMORY_SCENARIO, OUTBOUND_REMINDER
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line
from offhook.understanding.model import Command


def we_called(state: ConversationState) -> bool:
    return state.desk_memory.get(MEMORY_SCENARIO) == OUTBOUND_REMINDER


async def reminds(work: Work, state: ConversationState) -> Line | None:
    """`Desk.reminds`: None where nothing is due any more."""
    if state.caller_phone is None:
        return None
    match await work.call(due_of_called, CalledQuestion(phone=state.caller_phone), state):
        case Ok(told) if told.owes.amount > 0:
            amount = spoken_for(work, state).sum(told.owes)
            return Line("reminds_of_dues", {"amount": amount, "business": work.business.name})
        case _:
            return None


_CANNOT = {
    "goods_back": Line("cannot_goods_back"),
    "bill_shown": Line("cannot_bill_shown"),
    "bulk_later": Line("cannot_bulk_later"),
    "waived": Line("cannot_waived"),
    "spoilt": Line("cannot_spoilt"),
    "own_money": Line("cannot_own_money"),
    "list_fixed": Line("cannot_list_fixed"),
    "price": Line("cannot_price"),
    "history": Line("cannot_history"),
    "unwritten": Line("nothing_of_it"),
    "each_day": Line("cannot_each_day"),
    "ordering": Line("cannot_order"),
    "own_message": Line("cannot_own_message"),
    "reminders_of_all": Line("cannot_stop_all"),
    "told_of": Line("cannot_told_of"),
}
"""What is of the book's trade and not done by it -> what to do instead."""


async def small_talk(work: Work, state: ConversationState, command: Command) -> Delta:
    """What no command of the book is: whom we called is not told what may be asked of it."""
    if we_called(state) and command.intent == "out_of_scope" and state.pending is None and work.turn.text:
        return word_for_the_shop(work)
    line = _CANNOT.get(str(command.slots.get("reason", "")))
    if line is not None:
        return Delta(lines=(line,), resume=state.pending is not None)
    return await everyday(work, state, command)


def word_for_the_shop(work: Work) -> Delta:
    """What a customer says of the book when we called ("I'll pay tomorrow", "I have paid") is word for the shop: nobody
    outside writes to its book, or hears more of it."""
    command = Command(intent=HANDOFF, slots={"reason": "request", "said": work.turn.text[:200]})
    return Delta(lines=(Line("word_for_the_shop"),), then=(command,), question=None)
