"""What a simulated carrier does with a call, whichever it is: the port between the phone and the carriers' sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class CallFailed(Exception):
    """The server did not take the call; the text says how to see why."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The carrier spoke to the caller (or said nothing) and ended the call."""

    text: str


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where the server wants the call's media."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    """Of the upgrade request."""
    parameters: dict[str, str] = field(default_factory=dict)
    """For the stream's start."""


@dataclass(slots=True)
class Afterwards:
    """What became of the call once the server had closed its stream."""

    put_through: str = ""
    """The number to which the server put the call through."""
    whispered: str = ""
    """What the one who picked up there heard before the two were joined."""
    joined: bool = False
    told_then: str = ""
    """What the caller heard when nobody took it."""
    broke_off: str = ""
    """What the carrier said in the agent's place."""


@dataclass(frozen=True, slots=True)
class Media:
    payload: bytes
    """In the stream's encoding."""


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    pass


@dataclass(frozen=True, slots=True)
class Fault:
    """The server broke the protocol; `what` says how."""

    what: str


FromServer = Media | Mark | Clear | Fault


class Frames(Protocol):
    """Messages of one stream, numbered in the order in which they are made, and the strict reading of a server's."""

    frame_ms: int
    """Length of the caller's frames."""
    most_ahead_ms: float
    """Unplayed audio of the server's that the carrier bears."""
    clear_spares_playing: bool
    """Whether a clear leaves the piece that is being played, and returns no marks."""

    @property
    def stream_sid(self) -> str: ...
    def connected(self) -> str: ...
    def start(self, parameters: Mapping[str, str]) -> str: ...
    def media(self, payload: bytes, at_ms: int) -> str: ...
    def dtmf(self, digit: str) -> str: ...
    def mark(self, name: str) -> str: ...
    def stop(self) -> str: ...
    def read(self, message: str | bytes) -> FromServer:
        """What a server's message says. Never raises."""
        ...

    def encode(self, pcm: bytes) -> bytes:
        """PCM16 8 kHz, one piece of a continuous signal -> the stream's encoding."""
        ...

    def decode(self, payload: bytes) -> bytes:
        """The reverse, of a piece by itself."""
        ...


class CarrierSide(Protocol):
    """The carrier's requests of one call."""

    @property
    def call_sid(self) -> str: ...

    async def ring(self) -> MediaAddress | Spoken:
        """Raises CallFailed."""
        ...

    def frames(self) -> Frames:
        """After `ring`."""
        ...

    async def stream_closed(self) -> Afterwards:
        """The server closed the stream: ask what comes next, and do it. Raises CallFailed."""
        ...

    async def over(self) -> None:
        """The stream has ended, by whichever side."""
        ...
