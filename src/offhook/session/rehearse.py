"""Thinking of a turn before it is known to be one: the machine's ThinkAhead.

At most one rehearsal lives. It is used when the turn that is taken has the same words, and thrown away without a trace
when it has others: nothing of it is stored, written or played before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

from offhook.contracts.conversation import Conversations, Rehearsal, TurnInput
from offhook.kit.sentences import SentenceSplitter

PATIENCE_S = 0.15
"""How long a turn waits for a rehearsal of it that is under way, before it begins anew."""
SURE = 0.5
"""A recogniser's confidence from which on words count as they are (see dialogue/reader.py)."""

Spawn = Callable[[Coroutine[object, object, None], str], asyncio.Task[None]]


class Rehearsals:
    """Of one call."""

    def __init__(
        self, conversations: Conversations, session_id: str, spawn: Spawn, prepare: Callable[[str], Awaitable[None]]
    ) -> None:
        """`prepare` makes the audio of the first sentence, and may be cancelled."""
        self.on_understood: Callable[[int, str], None] = lambda utterance, text: None
        """Told the utterance and the text that can be acted on, while the turn is not taken yet."""
        self._conversations = conversations
        self._session_id = session_id
        self._spawn = spawn
        self._prepare = prepare
        self._turn: TurnInput | None = None
        self._task: asyncio.Task[None] | None = None
        self._found: asyncio.Future[Rehearsal | None] | None = None
        self._said: asyncio.Task[None] | None = None
        """Of the rehearsal that was used: it may still be making audio, which is being said."""

    def begin(self, turn: TurnInput, utterance: int) -> None:
        if self._turn is not None and same_words(self._turn, turn):
            return
        self.drop()
        self._turn = turn
        self._found = asyncio.get_running_loop().create_future()
        self._task = self._spawn(self._think(turn, utterance, self._found), f"think ahead {turn.turn_id}")

    async def take(self, turn: TurnInput) -> Rehearsal | None:
        """The rehearsal of this turn, if there is one. It is not given twice."""
        found, rehearsed = self._found, self._turn
        if found is None or rehearsed is None or not same_words(rehearsed, turn):
            self.drop()
            return None
        await asyncio.wait([found], timeout=PATIENCE_S)
        if not found.done() or found.cancelled():
            self.drop()
            return None
        self._said, self._turn, self._found, self._task = self._task, None, None, None
        return found.result()

    def drop(self) -> None:
        for task in (self._task, self._said):
            if task is not None:
                task.cancel()
        if self._found is not None:
            self._found.cancel()
        self._turn = self._task = self._found = self._said = None

    async def _think(self, turn: TurnInput, utterance: int, found: asyncio.Future[Rehearsal | None]) -> None:
        rehearsal = await self._conversations.rehearse(self._session_id, turn)
        if found.cancelled():
            return
        found.set_result(rehearsal)
        if rehearsal is not None and rehearsal.understood:
            self.on_understood(utterance, turn.text)
        if rehearsal is not None and rehearsal.said:
            splitter = SentenceSplitter()
            sentences = [sentence for text in rehearsal.said for sentence in splitter.push(text)]
            await self._prepare((sentences or [*splitter.flush(), ""])[0])


def same_words(one: TurnInput, other: TurnInput) -> bool:
    """Whether understanding would read the same in both: the same turn, text, language and other hearings of it."""

    def hearings(turn: TurnInput) -> object:
        return turn.alternatives if len(turn.alternatives) > 1 else ()

    def sure(turn: TurnInput) -> object:
        return None if turn.confidence is None or turn.confidence >= SURE else turn.confidence

    return (one.turn_id, one.source, one.text, one.language, hearings(one), sure(one)) == (
        other.turn_id,
        other.source,
        other.text,
        other.language,
        hearings(other),
        sure(other),
    )
