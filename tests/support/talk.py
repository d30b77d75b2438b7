"""One session talked through the dialogue engine, without channels: for tests of the dialogue and the desks."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.conversation import ConversationState, Say, TurnDone, TurnInput, TurnResult, TurnSource
from offhook.contracts.speech import Hypothesis
from offhook.dialogue.engine import DialogueEngine
from offhook.kit.closing import closing


class Talk:
    """Holds the session's state between turns, as the session store would."""

    def __init__(
        self,
        engine: DialogueEngine,
        business: Business,
        *,
        caller: str | None = "+12025550199",
        channel: str = "twilio",
        session_id: str = "sess_talk",
    ) -> None:
        self.engine = engine
        self.business = business
        self.state = ConversationState(
            session_id=session_id,
            business_id=business.business_id,
            desk=business.desk,
            channel=channel,
            caller_phone=caller,
        )
        self.results: list[TurnResult] = []
        self.elapsed_ms: list[float] = []

    async def greeting(self) -> str:
        return await self.turn("", source="greeting")

    async def say(self, text: str, *, confidence: float | None = None, alternatives: Sequence[str] = ()) -> str:
        n_best = (
            tuple(Hypothesis(one, -float(i)) for i, one in enumerate((text, *alternatives))) if alternatives else ()
        )
        return await self.turn(text, source="speech", confidence=confidence, alternatives=n_best)

    async def turn(
        self,
        text: str,
        *,
        source: TurnSource = "speech",
        attempt: int = 0,
        turn_id: str | None = None,
        confidence: float | None = None,
        alternatives: tuple[Hypothesis, ...] = (),
        keep: bool = True,
    ) -> str:
        """Run one turn and return the reply; `keep=False` loses the new state, as a crash before the commit would."""
        turn = TurnInput(
            turn_id=turn_id or f"{self.state.session_id}.{len(self.results)}",
            source=source,
            text=text,
            attempt=attempt,
            confidence=confidence,
            alternatives=alternatives,
        )
        before = msgspec.json.encode(self.state)
        pieces: list[str] = []
        began = time.perf_counter()
        async with closing(self.engine.run(self.state, turn, self.business)) as outputs:
            async for output in outputs:
                match output:
                    case Say():
                        pieces.append(output.text)
                    case TurnDone():
                        self.elapsed_ms.append((time.perf_counter() - began) * 1000)
                        assert msgspec.json.encode(self.state) == before, "the given state must not be changed"
                        assert output.state.version == self.state.version
                        assert output.result.reply == "".join(pieces)
                        self.results.append(output.result)
                        if keep:
                            self.engine.committed(self.state, output.state, turn, self.business)
                            await self.engine.settled(self.state.session_id)
                            # As the store does: what does not survive JSON is lost here, too.
                            self.state = msgspec.json.decode(msgspec.json.encode(output.state), type=ConversationState)
        return self.last.reply

    @property
    def last(self) -> TurnResult:
        return self.results[-1]
