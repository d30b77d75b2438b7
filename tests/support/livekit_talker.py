"""What callers in a LiveKit room do, whatever their library: they see, hear, wait for their turn, play a script."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from offhook.callers.actor import Actor, HangUp, Pause, Press, Speak, WaitForHangUp


@dataclass
class Segment:
    """One segment of `lk.transcription` as it stands."""

    of: str
    text: str
    final: bool
    track: str


@dataclass
class RoomTalker(ABC):
    """Times are seconds of `time.monotonic`."""

    segments: dict[str, Segment] = field(default_factory=dict)
    states: list[tuple[float, str]] = field(default_factory=list)
    """What `lk.agent.state` was, and since when."""
    audible: list[tuple[float, float]] = field(default_factory=list)
    """Stretches in which the agent was heard: begin and end of each."""
    said: list[tuple[float, float]] = field(default_factory=list)
    """Begin and end of what we said."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    gone_because: str = ""
    look_every_s: float = 0.02
    _read: set[str] = field(default_factory=set)

    @property
    @abstractmethod
    def me(self) -> str: ...

    @abstractmethod
    async def say(self, pcm: bytes) -> None:
        """Until the last of it has sounded. `pcm` should begin and end with sound."""

    async def look(self) -> None:
        """Bring what is seen and heard up to date, where nothing else does."""
        return

    @property
    def agent_state(self) -> str:
        return self.states[-1][1] if self.states else ""

    def texts(self, *, mine: bool) -> list[str]:
        return [s.text for s in self.segments.values() if (s.of == self.me) is mine]

    def agent_words(self) -> str | None:
        """The agent's final words since last asked."""
        fresh = [
            (name, s.text)
            for name, s in self.segments.items()
            if s.of != self.me and s.final and name not in self._read
        ]
        self._read.update(name for name, _ in fresh)
        return " ".join(text for _, text in fresh) or None

    def quiet_for_s(self) -> float:
        return time.monotonic() - self.audible[-1][1] if self.audible else 0.0

    async def until_agent_is_done(self, since: float, *, quiet_s: float = 0.65, patience_s: float = 12.0) -> None:
        """The agent has spoken since then and is quiet; or it has not spoken for so long."""
        while time.monotonic() - since < patience_s or self.quiet_for_s() < quiet_s:
            spoke = bool(self.audible) and self.audible[-1][1] > since
            if spoke and self.quiet_for_s() >= quiet_s and self.agent_state != "speaking":
                return
            if self.gone.is_set():
                return
            await asyncio.sleep(self.look_every_s)
            await self.look()

    async def play(self, actor: Actor, audio: Mapping[str, bytes], limit_s: float) -> str:
        """Play a scripted caller; returns why it ended."""
        since = time.monotonic()
        async with asyncio.timeout(limit_s):
            while not self.gone.is_set():
                await self.until_agent_is_done(since)
                match actor.next(self.agent_words()):
                    case Speak(step):
                        since = time.monotonic()
                        await self.say(audio[step.say or ""])
                    case Pause(seconds):
                        await asyncio.sleep(seconds)
                    case HangUp():
                        return "caller_hung_up"
                    case WaitForHangUp():
                        await asyncio.sleep(0.3)
                        since = time.monotonic() if self.quiet_for_s() > 12 else since
                    case Press():
                        raise AssertionError("there are no keys in a room")
        return "agent_hung_up"

    def reply_waits_ms(self) -> list[float]:
        """From the end of each thing said to the agent's first sound behind it, the next thing said not before."""
        waits = []
        for number, (_, end) in enumerate(self.said):
            until = self.said[number + 1][0] if number + 1 < len(self.said) else float("inf")
            first = next((begin for begin, _ in self.audible if end < begin < until), None)
            if first is not None:
                waits.append((first - end) * 1000)
        return waits
