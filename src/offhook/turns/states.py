"""The three small machines behind a call, and the table that joins them.

Rule 1: everything that changes a state is in this file, as data. The rest of turns/ reads states and asks for changes
through `States.apply`.

Rule 2: there is no machine with a state for every situation. There are three with a handful of states each:

    input   what the caller is doing       QUIET, SPEECH, PAUSE, KEYING
    reply   what becomes of our reply      NONE, THINKING, SPEAKING, SENT
    floor   who may speak now              RINGING, OPEN, CALLER, AGENT, BOTH, CLOSING, ENDED

Input and reply move by events alone (`INPUT`, `REPLY`). The floor begins and ends by events (`FLOOR`); in between it
follows from the other two and from nothing else (`JOINT`), so "the caller speaks over the agent" cannot be forgotten or
remembered wrongly: it is read off.

An event is anything that moves a machine: what came in from the shell, a command that we give (StartReply, StopReply,
HangUp), or a `Signal`, which is our own decision about the caller's input. Each pair of state and event is listed;
`None` says that the event means nothing in that state and is ignored, because a carrier or an engine may well send it
then (a second CallAnswered, a mark that comes after a clear). A pair that is not listed is a fault of ours and raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    DigitPressed,
    HangUp,
    NoticeWaits,
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyDelayed,
    ReplyFailed,
    ReplyFullySent,
    SpeechFaded,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    StopReply,
    TextTyped,
    TranscriptArrived,
    TranscriptFailed,
    TurnUnderstood,
)


class TurnError(Exception):
    """A fault in the turn machine itself; no order of events from outside may raise it."""


class Floor(Enum):
    RINGING = "ringing"
    """Not answered yet."""
    OPEN = "open"
    """Nobody speaks."""
    CALLER = "caller"
    """The caller speaks, pauses or keys."""
    AGENT = "agent"
    """A reply is being made or spoken."""
    BOTH = "both"
    """Caller and agent at once."""
    CLOSING = "closing"
    """We have hung up and wait for the carrier to say so."""
    ENDED = "ended"


class Input(Enum):
    QUIET = "quiet"
    SPEECH = "speech"
    """An utterance is open and the caller's voice is heard."""
    PAUSE = "pause"
    """An utterance is open and the caller is silent: done, or drawing breath."""
    KEYING = "keying"
    """Digits are coming; speech is not listened to."""


class Reply(Enum):
    NONE = "none"
    THINKING = "thinking"
    """No audio yet."""
    SPEAKING = "speaking"
    """Audio goes out, more is to come."""
    SENT = "sent"
    """All of it is at the carrier, not all of it played."""


class Signal(Enum):
    UTTERANCE_OVER = "utterance_over"
    """The utterance was closed: taken as a turn, kept for later or dropped."""
    SPEECH_CUT = "speech_cut"
    """The caller speaks on, but we take what has been said so far."""
    DIGITS_OVER = "digits_over"


Event = type[object] | Signal
Row = Mapping[Event, Enum | None]

FLOOR: Mapping[Floor, Row] = {
    Floor.RINGING: {CallAnswered: Floor.OPEN, NoticeWaits: None, HangUp: Floor.CLOSING, CallEnded: Floor.ENDED},
    Floor.OPEN: {CallAnswered: None, NoticeWaits: Floor.OPEN, HangUp: Floor.CLOSING, CallEnded: Floor.ENDED},
    Floor.CALLER: {CallAnswered: None, NoticeWaits: Floor.CALLER, HangUp: Floor.CLOSING, CallEnded: Floor.ENDED},
    Floor.AGENT: {CallAnswered: None, NoticeWaits: Floor.AGENT, HangUp: Floor.CLOSING, CallEnded: Floor.ENDED},
    Floor.BOTH: {CallAnswered: None, NoticeWaits: Floor.BOTH, HangUp: Floor.CLOSING, CallEnded: Floor.ENDED},
    Floor.CLOSING: {CallAnswered: None, NoticeWaits: None, CallEnded: Floor.ENDED},
    Floor.ENDED: {CallAnswered: None, NoticeWaits: None, CallEnded: None},
}

INPUT: Mapping[Input, Row] = {
    Input.QUIET: {
        SpeechStarted: Input.SPEECH,
        SpeechFaded: None,
        SpeechStopped: None,
        PartialArrived: None,
        TranscriptArrived: None,
        TranscriptFailed: None,
        TurnUnderstood: None,
        DigitPressed: Input.KEYING,
        TextTyped: Input.QUIET,
    },
    Input.SPEECH: {
        SpeechStarted: None,
        SpeechFaded: Input.SPEECH,
        SpeechStopped: Input.PAUSE,
        PartialArrived: Input.SPEECH,
        TranscriptArrived: Input.SPEECH,
        TranscriptFailed: Input.SPEECH,
        TurnUnderstood: None,
        DigitPressed: Input.KEYING,
        TextTyped: Input.SPEECH,
        Signal.UTTERANCE_OVER: Input.QUIET,
        Signal.SPEECH_CUT: Input.PAUSE,
    },
    Input.PAUSE: {
        SpeechStarted: Input.SPEECH,
        SpeechFaded: None,
        SpeechStopped: None,
        PartialArrived: Input.PAUSE,
        TranscriptArrived: Input.PAUSE,
        TranscriptFailed: Input.PAUSE,
        TurnUnderstood: Input.PAUSE,
        DigitPressed: Input.KEYING,
        TextTyped: Input.PAUSE,
        Signal.UTTERANCE_OVER: Input.QUIET,
    },
    Input.KEYING: {
        SpeechStarted: None,
        SpeechFaded: None,
        SpeechStopped: None,
        PartialArrived: None,
        TranscriptArrived: None,
        TranscriptFailed: None,
        TurnUnderstood: None,
        DigitPressed: Input.KEYING,
        TextTyped: Input.KEYING,
        Signal.DIGITS_OVER: Input.QUIET,
    },
}

REPLY: Mapping[Reply, Row] = {
    Reply.NONE: {
        StartReply: Reply.THINKING,
        ReplyDelayed: None,
        ReplyAudioStarted: None,
        ReplyFullySent: None,
        ReplyFailed: None,
        PlaybackFinished: None,
    },
    Reply.THINKING: {
        ReplyDelayed: Reply.THINKING,
        ReplyAudioStarted: Reply.SPEAKING,
        ReplyFullySent: Reply.SENT,
        ReplyFailed: Reply.NONE,
        PlaybackFinished: None,
        StopReply: Reply.NONE,
    },
    Reply.SPEAKING: {
        ReplyDelayed: None,
        ReplyAudioStarted: None,
        ReplyFullySent: Reply.SENT,
        ReplyFailed: Reply.NONE,
        PlaybackFinished: None,
        StopReply: Reply.NONE,
    },
    Reply.SENT: {
        ReplyDelayed: None,
        ReplyAudioStarted: None,
        ReplyFullySent: None,
        ReplyFailed: None,
        PlaybackFinished: Reply.NONE,
        StopReply: Reply.NONE,
    },
}

JOINT: Mapping[tuple[bool, bool], Floor] = {
    # (the caller is doing something, a reply lives)
    (False, False): Floor.OPEN,
    (True, False): Floor.CALLER,
    (False, True): Floor.AGENT,
    (True, True): Floor.BOTH,
}
"""The floor of a live call."""

ROLES: Mapping[type[object], str] = {
    **{event: "floor" for row in FLOOR.values() for event in row if not isinstance(event, Signal)},
    **{event: "input" for row in INPUT.values() for event in row if not isinstance(event, Signal)},
    **{event: "reply" for row in REPLY.values() for event in row if not isinstance(event, Signal)},
}
"""Which machine an event moves: each is listed for one of them only."""

LIVE = frozenset(JOINT.values())
"""Floors in which the call goes on. In all others input and reply are deaf: their events are ignored."""


class States:
    """The states of one call; changed by `apply` only."""

    __slots__ = ("floor", "input", "reply")

    def __init__(self) -> None:
        self.floor = Floor.RINGING
        self.input = Input.QUIET
        self.reply = Reply.NONE

    def apply(self, event: Event) -> bool:
        """Move the machine that listens to `event`, then the floor.

        Returns whether the event means anything now. Raises TurnError for a pair that no table lists.
        """
        role = "input" if isinstance(event, Signal) else ROLES[event]
        if role == "floor":
            moved = self._look_up(role, self.floor, FLOOR[self.floor], event)
            if isinstance(moved, Floor):
                self.floor = moved
            return moved is not None
        if self.floor not in LIVE:
            return False
        if role == "reply":
            moved = self._look_up(role, self.reply, REPLY[self.reply], event)
            if isinstance(moved, Reply):
                self.reply = moved
        else:
            moved = self._look_up(role, self.input, INPUT[self.input], event)
            if isinstance(moved, Input):
                self.input = moved
        self.floor = JOINT[self.input is not Input.QUIET, self.reply is not Reply.NONE]
        return moved is not None

    @staticmethod
    def _look_up(role: str, state: Enum, row: Row, event: Event) -> Enum | None:
        try:
            return row[event]
        except KeyError:
            name = event.value if isinstance(event, Signal) else event.__name__
            raise TurnError(
                f"{name} is not listed for {role} in state {state.name}; add the pair to its table"
            ) from None
