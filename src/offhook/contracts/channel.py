"""Ports between a channel (a carrier's media socket, a browser's) and the live call behind it.

Calls from the channel are plain function calls, never awaits: 20 ms frames do not pass through queues or tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from offhook.contracts.audio import AudioFormat
from offhook.contracts.conversation import ConversationState


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known when a call's media begins. Numbers are E.164, or None when withheld or unreadable."""

    call_id: str
    """Ours: `call_…`."""
    carrier_call_sid: str
    """The carrier's id of the call; ours again where a client gave none."""
    stream_sid: str
    channel: str
    audio: AudioFormat
    from_number: str | None
    to_number: str | None
    business_id: str
    session_id: str | None = None
    """An existing session to go on with; None opens a new one."""
    language: str | None = None
    about: str = ""
    """Why we placed the call (`CallOrder.about`); "" for one that came in. Then `from_number` is whom we called."""
    params: dict[str, str] = field(default_factory=dict)


SHUTDOWN = "shutdown"
"""Reason of a call's end: the server stops."""
TRANSFER = "transfer"
"""Reason of a call's end on our side: the carrier is to put it through to the business's people."""


@dataclass(frozen=True, slots=True)
class TransferWords:
    """What is said while a call is put through, in the business's language."""

    whisper: str
    """To whom it is put through, before they take it."""
    nobody: str
    """To the caller, when nobody took it."""
    language: str


class MediaOut(Protocol):
    """The way back to the caller's ear. Methods never block; what the peer does not read is bounded by the channel,
    which ends the call (reason "slow_reader") rather than grow."""

    def play(self, payload: bytes) -> None:
        """Queue audio in the call's own encoding, any length; the carrier plays it in order, in real time."""
        ...

    def mark(self, name: str) -> None:
        """Ask to be told (`LiveCall.mark_played`) when everything queued so far has been played."""
        ...

    def clear(self) -> None:
        """Drop all that is queued and not yet played. The carrier may return pending marks at once."""
        ...

    async def hang_up(self, reason: str) -> None:
        """End the call (carrier's REST where credentials exist, else by closing the socket). Idempotent."""
        ...


AgentState = Literal["listening", "thinking", "speaking"]
Speaks = Literal["user", "assistant"]


@runtime_checkable
class Screen(Protocol):
    """A way back that also shows what goes on. A `MediaOut` that is one is told; methods never block."""

    def agent_is(self, state: AgentState) -> None: ...

    def caption(self, who: Speaks, segment: int, text: str, final: bool) -> None:
        """What somebody says: all of it, in place of what was shown under the same number before. The final one of the
        agent holds what the caller heard."""
        ...


class LiveCall(Protocol):
    """The call, seen from its channel. Before `run` has started, audio is kept, not lost."""

    def audio(self, payload: bytes, now_ms: float) -> None:
        """Caller's audio in the call's encoding, any length, and when it came (`Clock.mono_ms`)."""
        ...

    def mark_played(self, name: str) -> None: ...

    def digit(self, digit: str) -> None: ...

    def typed(self, text: str) -> None:
        """The caller wrote, where the channel has a keyboard: answered as if it had been said."""
        ...

    def away(self) -> None:
        """The caller's end lost its connection and may be back soon; what it plays meanwhile is not known."""
        ...

    def back(self, remaining_ms: float) -> None:
        """It is back, and has so much of our audio still to play, what it is given again included."""
        ...

    def stopped(self, reason: str) -> None:
        """The caller's side ended: no more audio will come. Idempotent."""
        ...

    async def run(self) -> str:
        """Carry the call to its end; returns why it ended. Cancel-safe: what was said is stored either way."""
        ...


class Calls(Protocol):
    """The switchboard: where channels bring their calls."""

    def answer(self, info: CallInfo, out: MediaOut) -> LiveCall: ...


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call that we are to place."""

    business_id: str
    to_number: str
    """E.164."""
    about: str
    """Why, as one word; the session's scenario follows from it (`REMINDER`)."""
    caller_id: str | None = None
    """E.164, the business's; None, or where the carrier does not have it: the carrier's configured number."""


REMINDER = "reminder"
"""`CallOrder.about`: to remind of something agreed."""


class NotDialled(Exception):
    """The carrier has surely not dialled; the text says why, without personal data."""


class PerhapsDialled(Exception):
    """Nobody knows whether the carrier has dialled: to try again might ring somebody twice."""


class Dialler(Protocol):
    """One carrier's way of placing calls."""

    @property
    def carrier(self) -> str: ...

    async def place(self, order: CallOrder) -> str:
        """The carrier's id of the call. Raises NotDialled, PerhapsDialled."""
        ...


class Admission(Protocol):
    """Decides whether one more call may be answered. Calls are named by the carrier's id; one that was let in once is
    let in again."""

    async def rings(self, call: str) -> bool:
        """A call comes in. True once it may be answered, which may be seconds later; False: the lines are busy."""
        ...

    async def starts(self, call: str) -> bool:
        """The call's media begin. At once for one that was let in when it rang; another is asked about as if it rang,
        but soon, because its caller hears silence meanwhile."""
        ...

    def expect(self, call: str) -> None:
        """Let this call in whenever it comes: we placed it ourselves."""
        ...


class Everybody:
    """The `Admission` that refuses nobody."""

    async def rings(self, call: str) -> bool:
        return True

    async def starts(self, call: str) -> bool:
        return True

    def expect(self, call: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RoomTicket:
    """What lets a caller into the room in which the session's agent waits for him."""

    server_url: str
    room_name: str
    participant_name: str
    participant_token: str = field(repr=False)


class VoiceRooms(Protocol):
    """Rooms of a media server: one for a session, its agent in it before the caller comes."""

    def names_of(self, state: ConversationState) -> tuple[str, str]:
        """(the session's room, the identity of its caller): the only ones that a ticket is given for."""
        ...

    async def ticket(self, session_id: str, *, name: str, metadata: str, attributes: Mapping[str, str]) -> RoomTicket:
        """Raises NotFound, Conflict for a session that is over, Unavailable when no agent can be there."""
        ...
