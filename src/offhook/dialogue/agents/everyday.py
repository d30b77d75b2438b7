"""What every desk answers: hello, thanks, "say that again", yes and no to nothing in particular, goodbye, what nobody
understood, and the moments of a session that nobody spoke (greeting, silence, keys, failures).
"""

from __future__ import annotations

from collections.abc import Callable

from offhook.contracts.conversation import MEMORY_CLAIMED, ConversationState
from offhook.contracts.speech import Expectation
from offhook.dialogue.agents.elsewhere import LINK, send_link_to_caller
from offhook.dialogue.agents.escalation import HANDOFF
from offhook.dialogue.agents.faq import ANYTHING_ELSE, OFFER_HUMAN, answered
from offhook.dialogue.brains.prompt import MEMORY_SCENARIO, OUTBOUND_REMINDER
from offhook.dialogue.choices import agrees, only_no, smalltalk_kind
from offhook.dialogue.desk import Work
from offhook.dialogue.faq_choice import ask_which
from offhook.dialogue.forms import ASKED_CONFIRM
from offhook.dialogue.guard import ABUSE, BLOCKED, INJECTION, OTHER_CUSTOMER
from offhook.dialogue.languages import TEXT_CHANNELS
from offhook.dialogue.model import (
    MEMORY_LANGUAGE,
    MEMORY_LAST_REPLY,
    MEMORY_NOT_HEARD,
    MEMORY_QUESTION,
    MEMORY_UNRELATED,
    MEMORY_WAITED,
    Delta,
    Line,
    Question,
    open_question,
)
from offhook.turns.voice_requests import VoiceRequest, requested
from offhook.understanding.model import Command

MEMORY_FAREWELL = "farewell"
"""desk_memory key: the line to say before goodbye, as {"key", "values"} (what was booked)."""
MEMORY_WARNED = "warned"
"""desk_memory key: the caller was told that insults end the talk."""
BEFORE_YOU_GO = "before_you_go"
WHAT_NEXT = Question(Line("what_next"))
FIRST_QUESTION = Question(Line("first_question"), again="what_next")
STILL_SUITS = Question(Line("still_suits"), Expectation("yes_no"))
MOVE_OR_CANCEL = Question(Line("move_or_cancel"))
OFFERS_OF_HUMAN = ("offer_human", "offer_human_again", "faq_unknown_offer")
"""Keys of the questions whether a colleague shall call."""

Handler = Callable[[Work, ConversationState, Command], Delta]


async def everyday(work: Work, state: ConversationState, command: Command) -> Delta:
    """Answers the intents of every desk that no other agent takes, and every `moment.*`."""
    if command.intent == "moment.greeting":
        return await _greeting(work, state)
    if command.intent == LINK:
        return await send_link_to_caller(work, state)
    handler = _HANDLERS.get(command.intent, _unknown)
    return handler(work, state, command)


# -- what callers say -------------------------------------------------------------------------------------------------


def _greet(work: Work, state: ConversationState, command: Command) -> Delta:
    hello = (Line("hello_again"),)
    return Delta(lines=hello, question=WHAT_NEXT) if state.pending is None else Delta(lines=hello)


def _thanks(work: Work, state: ConversationState, command: Command) -> Delta:
    return answered(state, Line("welcome"))


def _smalltalk(work: Work, state: ConversationState, command: Command) -> Delta:
    match smalltalk_kind(work.turn.text, work.words(state.language)):
        case "thanks":
            return _thanks(work, state, command)
        case "who":
            line = Line("who_i_am", {"persona": work.business.persona, "business": work.business.name})
        case "wait":
            return Delta(lines=(Line("take_your_time"),), quiet=True, memory={MEMORY_WAITED: True})
        case _:
            line = Line("smalltalk")
    return Delta(lines=(line,), question=WHAT_NEXT) if state.pending is None else Delta(lines=(line,))


def _waited(work: Work, state: ConversationState, command: Command) -> Delta:
    return Delta(resume=True)


def _repeat(work: Work, state: ConversationState, command: Command) -> Delta:
    last = state.desk_memory.get(MEMORY_LAST_REPLY)
    if not isinstance(last, str) or not last:
        return Delta(lines=(Line("repeat_nothing"),))
    return Delta(lines=(Line("repeat", {"text": last}),), quiet=True)


def _yes(work: Work, state: ConversationState, command: Command) -> Delta:
    question = open_question(state)
    if question is not None and question.line.key in OFFERS_OF_HUMAN:
        return Delta(then=(Command(intent=HANDOFF, slots={"said": said_before(work, state)}),), question=None)
    if question is not None and question.line.key == STILL_SUITS.line.key:
        return Delta(lines=(Line("reminder_stands"),), question=ANYTHING_ELSE)
    if question is not None and question.line.key == "anything_else":
        if agrees(work.turn.text, work.words(state.language)):
            # The rest of a yes to the question before ("yes … that's right") wants nothing more.
            return Delta(question=ANYTHING_ELSE)
        return Delta(lines=(Line("go_ahead"),))
    return Delta(lines=(Line("confirm_nothing"),), question=WHAT_NEXT)


def said_before(work: Work, state: ConversationState) -> str:
    """What made us offer a colleague: that is what they must know, not the yes to the offer."""
    earlier = (m.content for m in reversed(state.messages) if m.role == "user" and m.turn_id != work.turn.turn_id)
    return next(earlier, work.turn.text)


def _no(work: Work, state: ConversationState, command: Command) -> Delta:
    question = open_question(state)
    if question is not None and question.line.key == STILL_SUITS.line.key:
        return Delta(question=MOVE_OR_CANCEL)
    if question is not None and question.line.key == "anything_else":
        # A no that says more ("no, the name is wrong") is about something: nobody is let go on that.
        plain = only_no(work.turn.text, work.words(state.language))
        return _goodbye(work, state, command) if plain else _unrelated(work, state, command)
    return Delta(lines=(Line("confirm_nothing"),), question=ANYTHING_ELSE)


def _goodbye(work: Work, state: ConversationState, command: Command) -> Delta:
    if work.reading is not None and [one.intent for one in work.reading.commands[:1]] == ["confirm"]:
        return _confirmed_goodbye(work, state)
    question = open_question(state)
    asked_already = question is not None and question.line.key == BEFORE_YOU_GO
    if state.pending is not None and state.pending.asked == ASKED_CONFIRM and not asked_already:
        # "That's it" may be a yes as well as a farewell: what was read back is not dropped without asking.
        return Delta(question=Question(Line(BEFORE_YOU_GO), Expectation("yes_no")))
    return _leave(work, state)


def _confirmed_goodbye(work: Work, state: ConversationState) -> Delta:
    """ "Yes, thank you, goodbye": nobody is let go before what was confirmed is done; what was just said is enough."""
    if state.pending is not None:
        return Delta()
    name = {"business": work.business.name}
    return Delta(lines=(Line("goodbye", name),), question=None, hang_up=True)


def _leave(work: Work, state: ConversationState) -> Delta:
    name = {"business": work.business.name}
    if state.pending is not None and state.pending.intent != HANDOFF:
        return Delta(lines=(Line("goodbye_open", name),), pending=None, question=None, hang_up=True)
    return Delta(lines=(*_farewell(state), Line("goodbye", name)), pending=None, question=None, hang_up=True)


def _farewell(state: ConversationState) -> tuple[Line, ...]:
    stored = state.desk_memory.get(MEMORY_FAREWELL)
    if not isinstance(stored, dict) or not isinstance(stored.get("values"), dict):
        return ()
    values = stored["values"]
    assert isinstance(values, dict)
    return (Line(str(stored["key"]), {name: str(value) for name, value in values.items()}),)


def _unrelated(work: Work, state: ConversationState, command: Command) -> Delta:
    reason = command.slots.get("reason")
    if reason == ABUSE:
        return _abuse(work, state)
    if reason in (INJECTION, OTHER_CUSTOMER):
        line = Line("refuse_other_customer" if reason == OTHER_CUSTOMER else "refuse_injection")
        return Delta(lines=(line,), resume=True) if state.pending is not None else Delta((line,), WHAT_NEXT)
    wish = requested(work.turn.text)
    if wish is not None:
        return _voice(work, wish)
    found = work.facts.faq.answer(work.turn.text)
    if found.best is not None:
        return answered(state, Line("faq_answer", {"answer": found.best.answer}))
    if len(found.candidates) > 1:
        return ask_which(work, state, found.candidates)
    stored = state.desk_memory.get(MEMORY_UNRELATED)
    times = stored + 1 if isinstance(stored, int) else 1
    if times >= work.desk.policy.out_of_scope_before_human:
        if state.pending is not None:
            return Delta(lines=(Line("out_of_scope"), Line("human_is_there")), memory={MEMORY_UNRELATED: times})
        return Delta(question=OFFER_HUMAN, memory={MEMORY_UNRELATED: 0})
    lines = (Line("out_of_scope"),) if state.pending is not None else (Line("out_of_scope"), Line("abilities"))
    return Delta(lines=lines, memory={MEMORY_UNRELATED: times}, resume=state.pending is not None)


def lost(before: ConversationState, after: ConversationState) -> bool:
    """Whether the turn that led from one state to the other was answered with no more than that we did not follow."""
    times = after.desk_memory.get(MEMORY_UNRELATED)
    return times is not None and times != before.desk_memory.get(MEMORY_UNRELATED)


def _abuse(work: Work, state: ConversationState) -> Delta:
    """One warning; the next time the talk is over."""
    if MEMORY_WARNED not in state.desk_memory:
        return Delta(lines=(Line("abuse_warning"),), memory={MEMORY_WARNED: True}, resume=True)
    return _over(Line("abuse_end", {"business": work.business.name}))


def _blocked(work: Work, state: ConversationState, command: Command) -> Delta:
    return _over(Line("blocked_end", {"business": work.business.name}))


def _over(line: Line) -> Delta:
    """A polite end that leaves nothing open."""
    return Delta(lines=(line,), pending=None, question=None, hang_up=True, quiet=True, status="COMPLETED")


def _voice(work: Work, wish: VoiceRequest) -> Delta:
    """The caller wants to hear us otherwise; the voice itself has been changed already."""
    if wish.language is None:
        return Delta(lines=(Line("voice_changed"),), resume=True)
    if wish.language not in work.business.languages:
        return Delta(lines=(Line("language_unknown"),), resume=True)
    return Delta(lines=(Line("language_changed"),), memory={MEMORY_LANGUAGE: wish.language}, resume=True)


def _too_much(work: Work, state: ConversationState, command: Command) -> Delta:
    return Delta(lines=(Line("too_much"),))


def _unknown(work: Work, state: ConversationState, command: Command) -> Delta:
    """Understood, but not among this desk's work: say so and offer a human."""
    key = f"cannot.{command.intent}"
    lines = (Line(key),) if work.desk.templates.has(state.language, key) else (Line("cannot"),)
    if state.pending is not None:
        return Delta(lines=lines)
    return Delta(lines=lines, question=Question(Line("offer_human_again"), Expectation("yes_no"), "offer_human_again"))


# -- moments that nobody spoke ----------------------------------------------------------------------------------------


async def _greeting(work: Work, state: ConversationState) -> Delta:
    if any(message.role == "user" for message in state.messages):
        return Delta(lines=(Line("here_again"),), resume=True)
    known = Delta()
    claimed = state.desk_memory.get(MEMORY_CLAIMED)  # a name said to it would tell anybody whose number it is
    if work.desk.recognise is not None and state.caller_phone is not None and not claimed:
        known = await work.desk.recognise(work, state)
    customer = known.customer if known.customer else state.customer
    name = customer.name.split()[0] if customer.name else ""
    if state.desk_memory.get(MEMORY_SCENARIO) == OUTBOUND_REMINDER:
        return await _reminds(work, state, known, name)
    own = work.business.greeting
    lines: list[Line] = []
    if own:
        lines.append(Line("greeting_own", {"text": own}))
    else:
        key = "greeting_text" if state.channel in TEXT_CHANNELS else "greeting"
        values = {"business": work.business.name}
        lines.append(Line(f"{key}_known", {**values, "name": name}) if name else Line(key, values))
    if work.business.announce_automated:
        if not (own and "automated" in own.lower()):
            lines.append(Line("introduction", {"persona": work.business.persona}))
    elif not own:
        lines.append(Line("introduction_person", {"persona": work.business.persona}))
    if own and own.rstrip().endswith("?"):
        # The business's own greeting asks already; the question is only kept for asking again.
        memory = {**known.memory, MEMORY_QUESTION: FIRST_QUESTION.pack()}
        return Delta(lines=tuple(lines), customer=known.customer, memory=memory)
    return Delta(lines=tuple(lines), customer=known.customer, question=FIRST_QUESTION, memory=known.memory)


async def _reminds(work: Work, state: ConversationState, known: Delta, name: str) -> Delta:
    """We called: say who calls and why, before anything else."""
    values = {"business": work.business.name, "persona": work.business.persona}
    hello = Line("outbound_hello_known", {**values, "name": name}) if name else Line("outbound_hello", values)
    told = None if work.desk.reminds is None else await work.desk.reminds(work, state)
    if told is None:
        return Delta((hello, Line("reminds_of_nothing")), ANYTHING_ELSE, customer=known.customer, memory=known.memory)
    asked = work.desk.asks_when_reminded or STILL_SUITS
    return Delta((hello, told), asked, customer=known.customer, memory=known.memory)


def _offer_human(work: Work, state: ConversationState, command: Command) -> Delta:
    """A language model thinks that a colleague should call: the caller is asked."""
    return Delta(question=OFFER_HUMAN) if state.pending is None else Delta(lines=(Line("human_is_there"),))


def _no_input(work: Work, state: ConversationState, command: Command) -> Delta:
    return Delta(lines=(Line("no_input"),), resume=True)


def _not_heard(work: Work, state: ConversationState, command: Command) -> Delta:
    stored = state.desk_memory.get(MEMORY_NOT_HEARD)
    times = max(stored + 1 if isinstance(stored, int) else 1, work.turn.attempt)
    key = "not_heard"
    if times >= work.desk.policy.not_heard_before_help:
        key = "not_heard_help_text" if state.channel in TEXT_CHANNELS else "not_heard_help"
    return Delta(lines=(Line(key),), memory={MEMORY_NOT_HEARD: times}, resume=True)


def _time_warning(work: Work, state: ConversationState, command: Command) -> Delta:
    return Delta(lines=(Line("time_warning"),), resume=True)


def _failure(work: Work, state: ConversationState, command: Command) -> Delta:
    return Delta(lines=(Line("failure"),), resume=True)


def _ended(work: Work, state: ConversationState, command: Command) -> Delta:
    if work.turn.text == "no_input":
        key = "no_input_goodbye_open" if state.pending is not None else "no_input_goodbye"
        return Delta(lines=(Line(key),), pending=None, question=None, hang_up=True)
    if work.turn.text == "time_up":
        return Delta(lines=(*_farewell(state), Line("time_up")), question=None, hang_up=True)
    return _leave(work, state)


def _notice(work: Work, state: ConversationState, command: Command) -> Delta:
    """A turn of its own for notifications: check_notifications has put them into words."""
    return Delta(resume=True)


def _keys(work: Work, state: ConversationState, command: Command) -> Delta:
    """Keys of the telephone: 0 fetches a human, a number answers the question for one."""
    digits = "".join(key for key in work.turn.text if key.isdigit())
    if digits == "0":
        return Delta(then=(Command(intent=HANDOFF),))
    pending = state.pending
    if pending is not None and pending.asked in _KEYED:
        return Delta(then=(Command(intent=pending.intent, slots={_KEYED[pending.asked]: digits}),))
    spoken = " ".join(digits)
    return Delta(lines=(Line("keyed_unexpected", {"digits": spoken}),) if digits else (), resume=True)


_KEYED = {"phone": "phone", "verify:phone": "phone", "pin": "pin"}
"""What was asked for -> the slot that keyed digits fill."""

_HANDLERS: dict[str, Handler] = {
    "greet": _greet,
    "thanks": _thanks,
    "smalltalk": _smalltalk,
    "repeat": _repeat,
    "confirm": _yes,
    "deny": _no,
    "correct": _unrelated,
    "goodbye": _goodbye,
    "out_of_scope": _unrelated,
    "too_much": _too_much,
    "moment.waited": _waited,
    "moment.offer_human": _offer_human,
    "moment.no_input": _no_input,
    "moment.not_heard": _not_heard,
    "moment.failure": _failure,
    "moment.time_warning": _time_warning,
    "moment.goodbye": _ended,
    "moment.notification": _notice,
    "moment.dtmf": _keys,
    f"moment.{BLOCKED}": _blocked,
}
