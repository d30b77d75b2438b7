"""The language-model brain: answers talk; it has no tools and decides no command.

Numbers, dates and names come from our own understanding, and whatever changes the book goes through the desk's forms,
so this brain is only asked where nothing of that kind was said (brains/choice.py). Its system prompt is the desk's
policy and the facts that the business's book holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from offhook.contracts.conversation import ConversationState, Message, Say
from offhook.contracts.llm import Llm, LlmFailed, LlmMessage, LlmRequest, TextDelta
from offhook.dialogue.brains.model import BrainFailed, Call
from offhook.dialogue.desk import Work
from offhook.kit.closing import closing

FIRST_TOKEN_MS = 2500.0
"""How long to wait for the model's first words before the rules answer."""
BETWEEN_TOKENS_MS = 2000.0
HISTORY_CHARACTERS = 4000
"""Budget of the history sent along, about 1,000 tokens; older messages are left out."""
REPLY_CHARACTERS = 1200
"""The reply is cut there: nobody listens longer."""


class LlmBrain:
    def __init__(self, llm: Llm) -> None:
        self._llm = llm

    @property
    def name(self) -> str:
        return "llm"

    async def decide(self, work: Work, state: ConversationState) -> AsyncIterator[Say | Call]:
        """Words as they come. Raises BrainFailed when the model fails, stalls or says nothing."""
        said = 0
        try:
            async with closing(self._llm.stream(_request(work, state))) as events:
                wait_ms = FIRST_TOKEN_MS
                while said < REPLY_CHARACTERS:
                    async with asyncio.timeout(wait_ms / 1000.0):
                        event = await anext(events, None)
                    if event is None:
                        break
                    if isinstance(event, TextDelta) and event.text:
                        said += len(event.text)
                        wait_ms = BETWEEN_TOKENS_MS
                        yield Say(event.text)
        except LlmFailed as error:
            raise BrainFailed(str(error)) from None
        except TimeoutError:
            raise BrainFailed("the model was too slow") from None
        if not said:
            raise BrainFailed("the model said nothing")


def _request(work: Work, state: ConversationState) -> LlmRequest:
    messages = [LlmMessage("system", system_prompt(work, state))]
    messages += [LlmMessage(message.role, message.content) for message in _recent(state.messages)]
    messages.append(LlmMessage("user", work.turn.text))
    return LlmRequest(messages)


def system_prompt(work: Work, state: ConversationState) -> str:
    business = work.business
    parts = [
        f"You are {business.persona}, the automated assistant of {business.name}. "
        f"Reply in the language of the tag {state.language}, for the ear: one or two short sentences, no lists, "
        "no markup.",
        work.desk.prompt.strip(),
        f"Now: {work.now:%A %Y-%m-%d %H:%M}. Address: {business.address or 'unknown'}.",
        work.facts.brief(business),
    ]
    return "\n\n".join(part for part in parts if part)


def _recent(messages: list[Message]) -> list[Message]:
    """The newest messages that fit the budget, in order."""
    kept: list[Message] = []
    left = HISTORY_CHARACTERS
    for message in reversed(messages):
        left -= len(message.content)
        if left < 0:
            break
        kept.append(message)
    return kept[::-1]
