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
from support.livekit_talker import RoomTalker, Segment

RATE_HZ = 16_000
FRAME_MS = 20
FRAME_BYTES = RATE_HZ * FRAME_MS // 1000 * 2
AUDIBLE_DBFS = -45.0
HISS_DBFS = -55.0
_AHEAD_MS = 60
"""Sound that the library holds."""


@dataclass
class RoomUser(RoomTalker):
    room: rtc.Room = field(default_factory=rtc.Room)
    agent_kind: int | None = None
    _speech: bytearray = field(default_factory=bytearray)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
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
    def me(self) -> str:
        return self.room.local_participant.identity

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
