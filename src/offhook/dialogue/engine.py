"""The dialogue engine: one turn in, words and the new state out.

A turn never fails for the caller: what breaks becomes something to say. Cancelling a turn (barge-in) cancels its READ
tools and its language model; a WRITE that has begun finishes, and the session's next turn tells of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.background import Staff
from offhook.contracts.business import Business
from offhook.contracts.channel import TransferWords
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import (
    HIDDEN,
    CommandDone,
    ConversationState,
    Message,
    NotInRehearsal,
    Say,
    TurnDone,
    TurnInput,
    TurnOutput,
    TurnResult,
    Working,
    asks_for_secret,
)
from offhook.contracts.desk import UnitOfWorkFactory
from offhook.contracts.llm import Llm
from offhook.contracts.speech import Expectation
from offhook.dialogue.brains.answers import AnswerCache
from offhook.dialogue.brains.choice import BrainMode, Brains
from offhook.dialogue.brains.llm import LlmBrain, LlmLimits
from offhook.dialogue.desk import Desk, Emit, Work, caller_of
from offhook.dialogue.errands import Errands
from offhook.dialogue.facts_cache import FactsCache
from offhook.dialogue.graph import Walk, declare
from offhook.dialogue.guard import OnRefusal, unheard
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.model import MESSAGES_KEPT, open_question
from offhook.dialogue.nodes import CALLER_SOURCES, GraphState
from offhook.dialogue.phrases import fixed_sentences, greeting_sentences, openings
from offhook.dialogue.sequels import Sequels
from offhook.dialogue.tool_runner import ToolReport, ToolRunner, ToolScope
from offhook.dialogue.watch import Watch
from offhook.telemetry.log import get_logger
from offhook.understanding.model import Command

PIECES_AHEAD = 64
"""Pieces of a reply that may wait for the reader; a brain that is faster waits."""


class DialogueEngine:
    """Runs the turns of every desk. One per process; safe for any number of sessions at once."""

    def __init__(
        self,
        desks: Mapping[str, Desk],
        uow: UnitOfWorkFactory,
        clock: Clock,
        *,
        llm: Llm | None = None,
        llm_limits: LlmLimits | None = None,
        brain: BrainMode = "auto",
        on_error: Callable[[str], None] = lambda kind: None,
        on_tool: Callable[[ToolReport], None] = lambda report: None,
        on_answer: Callable[[str], None] = lambda result: None,
        on_refusal: OnRefusal = unheard,
        sends_links: bool = False,
    ) -> None:
        """`on_error(kind)` counts failures that were turned into words; `on_tool` takes each tool call's report;
        `on_answer` hears "hit" or "miss" of the model's answers that are kept; `on_refusal` hears of attempts
        (dialogue/guard.py). `sends_links`: there is an address at which talks go on, and links to it can be sent.
        """
        if not desks:
            raise ValueError("The dialogue needs at least one desk.")
        self._desks = dict(desks)
        self._uow = uow
        self._clock = clock
        self._on_error = on_error
        self._log = get_logger("dialogue")
        self._late = LateWrites()
        self._sequels = Sequels()
        self.facts = FactsCache(uow, clock)
        limits = llm_limits or LlmLimits()
        answers = AnswerCache(clock, most=limits.answers_kept, on_result=on_answer) if limits.answers_kept else None
        model = LlmBrain(llm, limits, answers, on_refusal) if llm is not None else None
        brains = Brains(brain, model, on_error)
        watch = Watch(on_refusal=on_refusal, sends_links=sends_links)
        self._graphs = {name: Walk(declare(desk, brains, self._late, watch)) for name, desk in self._desks.items()}
        self._runners = {
            name: ToolRunner(
                policy=desk.policy,
                uow=uow,
                clock=clock,
                late=self._late,
                on_report=on_tool,
                on_written=self._forget_facts(desk),
            )
            for name, desk in self._desks.items()
        }

    async def run(self, state: ConversationState, turn: TurnInput, business: Business) -> AsyncIterator[TurnOutput]:
        """Run one turn. Yields what is said, as it comes, then `TurnDone` with the new state (same version).

        `state` is not changed. Turns of one session must come one after the other.
        """
        began_ms = self._clock.mono_ms()
        await self.settled(state.session_id)
        pieces: asyncio.Queue[TurnOutput] = asyncio.Queue(maxsize=PIECES_AHEAD)
        # lint: naked-create-task: a generator cannot hold a TaskGroup open; awaited or cancelled below
        deciding = asyncio.get_running_loop().create_task(
            self._supervise(state, turn, business, began_ms, pieces), name=f"turn {turn.turn_id}"
        )
        try:
            while True:
                piece = await pieces.get()
                if isinstance(piece, TurnDone):
                    await deciding
                    self._late.told(state.session_id)
                    yield piece
                    return
                yield piece
        finally:
            if not deciding.done():
                deciding.cancel()
                with suppress(asyncio.CancelledError):
                    await deciding

    def committed(
        self, before: ConversationState, after: ConversationState, turn: TurnInput, business: Business
    ) -> None:
        """The turn that led from one state to the other is committed: begin what follows from it."""
        desk = self._desks.get(after.desk) or self._desks[business.desk]
        sequel = desk.sequel(before, after)
        if sequel is not None:
            now = self._clock.now().astimezone(ZoneInfo(business.timezone))
            scope = ToolScope(business, caller_of(after), now, turn.turn_id)
            following = self._runners[desk.name].follow(sequel.tool, sequel.arguments, scope)
            self._sequels.begin(after.session_id, following)

    async def settled(self, session_id: str) -> None:
        """Wait for what follows from the session's last turn."""
        await self._sequels.settled(session_id)

    async def rehearse(
        self, state: ConversationState, turn: TurnInput, business: Business
    ) -> tuple[tuple[str, ...], TurnDone] | None:
        """What the turn would come to, without its writes; None when it must be run to know."""
        said: list[str] = []

        async def emit(text: str, whole: bool = False) -> None:
            said.append(text)

        thought = replace(turn, rehearsal=True)
        try:
            done = await self._decide(state, thought, business, self._clock.mono_ms(), emit)
        except NotInRehearsal:
            return None
        except Exception:  # lint: broad-except: the turn itself meets the same fault, and tells of it
            self._on_error("rehearsal")
            return None
        return tuple(said), done

    def filler(self, language: str, turn: int, desk: str | None = None) -> str:
        """What to say while an answer takes long."""
        chosen = self._desks.get(desk or "") or next(iter(self._desks.values()))
        return chosen.templates.render(language, "filler", {}, turn)

    def apology(self, language: str, desk: str | None = None) -> str:
        """What to say when a turn could not be run at all."""
        chosen = self._desks.get(desk or "") or next(iter(self._desks.values()))
        return chosen.templates.render(language, "apology", {}, 0)

    def lines_busy(self, language: str) -> str:
        """What a caller hears whom the server cannot serve now."""
        return next(iter(self._desks.values())).templates.render(language, "lines_busy", {}, 0)

    def transfer_words(self, business: Business) -> TransferWords:
        """What is said while a call is put through."""
        templates, language = self._desk_of(business).templates, business.languages[0]
        whisper = templates.render(language, "transfer_whisper", {"business": business.name}, 0)
        return TransferWords(whisper, templates.render(language, "transfer_nobody", {}, 0), language)

    def fixed_sentences(self, business: Business) -> frozenset[str]:
        """What this business's calls say again and again and that holds nobody's data."""
        return fixed_sentences(self._desk_of(business).templates, business)

    def greeting_sentences(self, business: Business, language: str) -> list[str]:
        """What an unknown caller hears first."""
        return greeting_sentences(self._desk_of(business).templates, business, language)

    def openings(self, business: Business, language: str) -> frozenset[str]:
        """How sentences begin that hold a value: words that hold nobody's data and are said again and again."""
        return openings(self._desk_of(business).templates, business, language)

    def _desk_of(self, business: Business) -> Desk:
        return self._desks.get(business.desk) or next(iter(self._desks.values()))

    def errands(self, staff: Staff) -> Errands:
        """What carries out the sessions' background tasks, with these people behind it."""
        return Errands(self._desks, self._uow, self._clock, staff)

    async def aclose(self) -> None:
        """Wait for writes that are still running."""
        await self._sequels.aclose()
        await self._late.aclose()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _forget_facts(self, desk: Desk) -> Callable[[str, str], None]:
        """What a tool has just written is known to the next turn."""

        def written(business_id: str, tool: str) -> None:
            if tool in desk.facts_change_by:
                self.facts.forget(business_id)

        return written

    async def _supervise(
        self,
        state: ConversationState,
        turn: TurnInput,
        business: Business,
        began_ms: float,
        pieces: asyncio.Queue[TurnOutput],
    ) -> None:
        said: list[str] = []

        async def emit(text: str, whole: bool = False) -> None:
            said.append(text)
            await pieces.put(Say(text, whole))

        def on_slow() -> None:
            with suppress(asyncio.QueueFull):  # so much is being said already
                pieces.put_nowait(Working())

        try:
            done = await self._decide(state, turn, business, began_ms, emit, on_slow)
        except Exception as error:  # lint: broad-except: the turn's supervisor; the caller hears something
            self._on_error(f"dialogue_{type(error).__name__}")
            self._log.exception("turn_failed", turn_id=turn.turn_id)
            sorry = self.apology(turn.language or state.language, state.desk)
            await emit(f" {sorry}" if said else sorry)
            done = self._sorry(state, turn, "".join(said), began_ms)
        await pieces.put(done)

    async def _decide(
        self,
        state: ConversationState,
        turn: TurnInput,
        business: Business,
        began_ms: float,
        emit: Emit,
        on_slow: Callable[[], None] = lambda: None,
    ) -> TurnDone:
        desk = self._desks.get(state.desk) or self._desks[business.desk]
        facts = await self.facts.get(desk, business)
        now = self._clock.now().astimezone(ZoneInfo(business.timezone))
        work = Work(
            desk=desk,
            business=business,
            turn=turn,
            now=now,
            facts=facts,
            tools=self._runners[desk.name],
            emit=emit,
            on_slow=on_slow,
        )
        begun = msgspec.structs.replace(
            state,
            turn_count=state.turn_count + 1,
            language=turn.language if turn.language in business.languages else state.language,
        )
        graph: GraphState = {"state": begun, "todo": (), "lines": (), "said": "", "hang_up": False}
        ended = await self._graphs[desk.name].run(graph, work)
        return self._done(ended, turn, began_ms)

    def _done(self, ended: GraphState, turn: TurnInput, began_ms: float) -> TurnDone:
        state = ended["state"]
        question = ended.get("question")
        hang_up = ended.get("hang_up", False)
        if question is None and not hang_up:
            question = open_question(state)
        expect = question.expect if question is not None and not hang_up else Expectation()
        state = msgspec.structs.replace(
            state, last_updated=self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
        )
        reading = ended.get("reading")
        secret = ended.get("secret", False)
        result = TurnResult(
            turn_id=turn.turn_id,
            reply=ended.get("said", ""),
            agent=ended.get("agent", "response"),
            intent=state.detected_intent if turn.source in CALLER_SOURCES else None,
            confidence=state.confidence if turn.source in CALLER_SOURCES else 0.0,
            language=state.language,
            source=ended.get("brain", "rules"),  # type: ignore[arg-type]  # the brains' names are the sources
            commands=[] if reading is None else [_shown(c, reading.decision, secret) for c in reading.commands],
            hang_up=hang_up,
            transfer=ended.get("transfer", False),
            expect_kind=expect.kind,
            expect_phrases=list(expect.phrases),
            think_ms=self._clock.mono_ms() - began_ms,
            parts=list(parts) if len(parts := ended.get("parts", ())) > 1 else [],
            secret=secret,
        )
        return TurnDone(result, state)

    def _sorry(self, state: ConversationState, turn: TurnInput, reply: str, began_ms: float) -> TurnDone:
        """The turn broke half way: the state stays as it was but for the words."""
        at = self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
        messages = list(state.messages)
        if turn.source in CALLER_SOURCES and turn.text:
            words = HIDDEN if asks_for_secret(state) else turn.text
            messages.append(Message(role="user", content=words, at=at, turn_id=turn.turn_id))
        messages.append(Message(role="assistant", content=reply, at=at, turn_id=turn.turn_id))
        question = open_question(state)
        expect = question.expect if question is not None else Expectation()
        result = TurnResult(
            turn_id=turn.turn_id,
            reply=reply,
            agent="response",
            language=state.language,
            source="template",
            expect_kind=expect.kind,
            expect_phrases=list(expect.phrases),
            think_ms=self._clock.mono_ms() - began_ms,
            secret=asks_for_secret(state),
        )
        changed = msgspec.structs.replace(
            state, messages=messages[-MESSAGES_KEPT:], turn_count=state.turn_count + 1, last_updated=at
        )
        return TurnDone(result, changed)


def _shown(command: Command, decision: str, secret: bool) -> CommandDone:
    return CommandDone(intent=command.intent, slots={} if secret else command.slots, decision=decision)
