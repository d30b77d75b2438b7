"""A caller in a LiveKit room, by LiveKit's own Python library: a microphone, an ear, and what a front end would show.

Times are seconds of `time.monotonic`. The microphone sounds all the time (a little hiss, as rooms have), speech is
mixed in when `say` is called; the ear notes when the agent is audible.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from livekit import rtc

from offhook.audio.level import mix, rms_dbfs
from offhook.audio.level import noise as hiss
from offhook.callers.actor import Actor, HangUp, Pause, Press, Speak, WaitForHangUp

RATE_HZ = 16_000
FRAME_MS = 20
FRAME_BYTES = RATE_HZ * FRAME_MS // 1000 * 2
AUDIBLE_DBFS = -45.0
HISS_DBFS = -55.0
_AHEAD_MS = 60
"""Sound that the library holds."""


@dataclass
class Segment:
    """One segment of `lk.transcription` as it stands."""

    of: str
    text: str
    final: bool
    track: str


@dataclass
class RoomUser:
    room: rtc.Room = field(default_factory=rtc.Room)
    segments: dict[str, Segment] = field(default_factory=dict)
    states: list[tuple[float, str]] = field(default_factory=list)
    """What `lk.agent.state` was, and since when."""
    audible: list[tuple[float, float]] = field(default_factory=list)
    """Stretches in which the agent was heard: begin and end of each."""
    agent_kind: int | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    gone_because: str = ""
    said: list[tuple[float, float]] = field(default_factory=list)
    """Begin and end of what we said."""
    _speech: bytearray = field(default_factory=bytearray)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)
    _spoken: asyncio.Event = field(default_factory=asyncio.Event)

    # -- life

    async def join(self, ticket: Mapping[str, Any], *, speaks: bool = True) -> None:
        room = self.room
        room.on("track_subscribed", lambda track, publication, of: self._start(self._hear(track)))
        room.on("participant_attributes_changed", self._changed)
        room.on("participant_connected", self._met)
        room.on("disconnected", self._out)
        room.register_text_stream_handler("lk.transcription", lambda reader, of: self._start(self._take(reader, of)))
        await room.connect(ticket["server_url"], ticket["participant_token"])
        for other in room.remote_participants.values():
            self._met(other)
        if not speaks:
            return
        source = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=_AHEAD_MS)
        track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await room.local_participant.publish_track(track, options)
        self._start(self._sound(source))

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _out(self, reason: int) -> None:
        self.gone_because = rtc.DisconnectReason.Name(reason)
        self.gone.set()

    # -- what is seen

    def _met(self, participant: rtc.RemoteParticipant) -> None:
        self.agent_kind = participant.kind
        if "lk.agent.state" in participant.attributes:
            self.states.append((time.monotonic(), participant.attributes["lk.agent.state"]))

    def _changed(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        if "lk.agent.state" in changed:
            self.states.append((time.monotonic(), changed["lk.agent.state"]))

    async def _take(self, reader: rtc.TextStreamReader, of: str) -> None:
        text = await reader.read_all()
        attributes = reader.info.attributes or {}
        self.segments[attributes["lk.segment_id"]] = Segment(
            of, text, attributes["lk.transcription_final"] == "true", attributes["lk.transcribed_track_id"]
        )

    @property
    def agent_state(self) -> str:
        return self.states[-1][1] if self.states else ""

    @property
    def me(self) -> str:
        return self.room.local_participant.identity

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

    # -- sound

    async def _sound(self, source: rtc.AudioSource) -> None:
        background = hiss(RATE_HZ * 7, HISS_DBFS, np.random.default_rng(1))
        at = 0
        while True:
            frame = background[at : at + FRAME_BYTES]
            at = (at + FRAME_BYTES) % (len(background) - FRAME_BYTES)
            speaking = bool(self._speech)
            if speaking:
                piece = bytes(self._speech[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0")
                del self._speech[:FRAME_BYTES]
                frame = mix(frame, piece)
            await source.capture_frame(rtc.AudioFrame(frame, RATE_HZ, 1, FRAME_BYTES // 2))
            if speaking and not self._speech:
                self.said[-1] = (self.said[-1][0], time.monotonic() + source.queued_duration)
                self._spoken.set()

    async def say(self, pcm: bytes) -> None:
        """Until the last of it has sounded. `pcm` should begin and end with sound."""
        self._spoken.clear()
        self.said.append((time.monotonic() + _AHEAD_MS / 1000, 0.0))
        self._speech += pcm
        await self._spoken.wait()
        await asyncio.sleep(max(0.0, self.said[-1][1] - time.monotonic()))

    async def type(self, text: str) -> None:
        await self.room.local_participant.send_text(text, topic="lk.chat")

    async def _hear(self, track: rtc.Track) -> None:
        if track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        async for event in rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1, frame_size_ms=FRAME_MS):
            now = time.monotonic()
            if rms_dbfs(event.frame.data.tobytes()) < AUDIBLE_DBFS:
                continue
            if self.audible and now - self.audible[-1][1] < 0.45:
                self.audible[-1] = (self.audible[-1][0], now)
            else:
                self.audible.append((now - FRAME_MS / 1000, now))

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
            await asyncio.sleep(0.02)

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


@asynccontextmanager
async def in_room(ticket: Mapping[str, Any], *, speaks: bool = True) -> AsyncIterator[RoomUser]:
    """`speaks`: with a microphone; the library waits for ever to publish one in a room that is deleted meanwhile."""
    user = RoomUser()
    await user.join(ticket, speaks=speaks)
    try:
        yield user
    finally:
        await user.leave()


async def open_session(url: str, **fields: Any) -> tuple[str, dict[str, str]]:
    """(session id, headers that open it)."""
    async with httpx.AsyncClient(base_url=url) as http:
        opened = (await http.post("/api/sessions", json={"channel": "livekit", **fields})).raise_for_status().json()
    return opened["session_id"], {"Authorization": f"Bearer {opened['token']}"}


async def ticket_for(url: str, headers: Mapping[str, str], **fields: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        answer = await http.post("/api/voice/token", json=fields, headers=headers)
    answer.raise_for_status()
    ticket: dict[str, Any] = answer.json()
    return ticket
