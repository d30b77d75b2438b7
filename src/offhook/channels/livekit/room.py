"""The agent in one LiveKit room, inside the process for rooms: the only place that knows LiveKit's media library.

Only the caller's microphone is subscribed to; whatever else is published in the room is neither decoded nor paid for.
The agent's own track is published once the caller is there, and he "came" when he is subscribed to it: what is said
before nobody hears.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from offhook.channels.livekit.mouth import LIBRARY_QUEUE_MS, Mouth
from offhook.channels.livekit.wire import (
    RATE_HZ,
    Attributes,
    CallerCame,
    CallerLeft,
    Caption,
    Clear,
    FromRooms,
    Heard,
    Join,
    Joined,
    Leave,
    Left,
    Mark,
    Play,
    Played,
    Refused,
    ToRooms,
    Typed,
)
from offhook.channels.typed import without_controls
from offhook.kit.bounded_queue import BoundedQueue

CONNECT_S = 5.0
SUBSCRIBED_S = 3.0
"""A caller who is not subscribed to the agent by then is told of all the same."""
FRAME_MS = 20
MOST_TYPED = 4_000
WRITINGS = 256
"""Captions and attributes that wait to be sent; the oldest are dropped."""
_CHAT = "lk.chat"
_TRANSCRIPTION = "lk.transcription"
_SEGMENT = "lk.segment_id"
_FINAL = "lk.transcription_final"
_TRACK = "lk.transcribed_track_id"
_LEAVE_S = 3.0


class AgentRoom:
    """One room, from `run` to its end. Everything told goes to `tell`."""

    def __init__(self, join: Join, tell: Callable[[FromRooms], None]) -> None:
        self._join = join
        self._key = join.room
        self._tell = tell
        self._room = rtc.Room()
        self._mouth = Mouth()
        self._wake = asyncio.Event()
        self._source: rtc.AudioSource | None = None
        self._track_sid = ""
        self._caller_track_sid = ""
        self._writings: BoundedQueue[Attributes | Caption] = BoundedQueue(WRITINGS, "drop_oldest")
        self._ears: asyncio.Task[None] | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._mark_timer: asyncio.TimerHandle | None = None
        self._caller_here = False

    async def run(self) -> None:
        join, room = self._join, self._room
        self._listen_to_room()
        try:
            options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_S)
            async with asyncio.timeout(CONNECT_S * 2):
                await room.connect(join.url, join.token, options)
                sid = await room.sid
        except (rtc.ConnectError, RuntimeError, TimeoutError) as error:
            await self._disconnect()
            self._tell(Refused(self._key, str(error) or "no answer"))
            return
        reason = "lost"
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._start(self._write(), "writings")
                self._start(self._speak(), "mouth")
                self._tell(Joined(self._key, sid))
                caller = room.remote_participants.get(join.caller)
                if caller is not None:
                    self._came(caller)
                reason = await self._over
                raise _Over
        except* _Over:
            pass
        finally:
            await self._disconnect()
            self._tell(Left(self._key, reason))

    async def _disconnect(self) -> None:
        with contextlib.suppress(Exception):  # we go in any case
            async with asyncio.timeout(_LEAVE_S):
                await self._room.disconnect()
                if self._source is not None:
                    await self._source.aclose()

    def take(self, message: ToRooms) -> None:
        match message:
            case Play(pcm=pcm):
                if self._mouth.play(pcm):
                    self._wake.set()
                else:
                    self._end("too much to say")
            case Mark(name=name):
                self._mouth.mark(name)
                self._wake.set()
            case Clear():
                self._mouth.clear()
                if self._source is not None:
                    self._source.clear_queue()
            case Attributes() | Caption():
                self._writings.put_nowait(message)
            case Leave():
                self.leave()
            case Join():
                pass

    def leave(self) -> None:
        self._end("left")

    def _end(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        assert self._tasks is not None
        return self._tasks.create_task(work, name=name)

    # -- what happens in the room ---------------------------------------------------------------------------------

    def _listen_to_room(self) -> None:
        room = self._room
        room.on("participant_connected", self._came)
        room.on("participant_disconnected", self._went)
        room.on("track_published", lambda publication, participant: self._wants(publication, participant))
        room.on("track_subscribed", self._hears)
        room.on("disconnected", lambda reason: self._end(rtc.DisconnectReason.Name(reason).lower()))
        room.register_text_stream_handler(_CHAT, self._typing)

    def _is_caller(self, participant: rtc.RemoteParticipant) -> bool:
        return participant.identity == self._join.caller

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        if not self._is_caller(participant) or self._tasks is None or self._over.done():
            return
        self._caller_here = True
        for publication in participant.track_publications.values():
            self._wants(publication, participant)
        self._start(self._greet(), "publish")

    async def _greet(self) -> None:
        """Publish the agent's track, wait until the caller has it, and tell of him."""
        if self._source is None:
            self._source = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=LIBRARY_QUEUE_MS)
            track = rtc.LocalAudioTrack.create_audio_track("agent", self._source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            try:
                publication = await self._room.local_participant.publish_track(track, options)
            except PublishTrackError as error:
                self._end(f"the agent's track was refused: {error.message}")
                return
            self._track_sid = publication.sid
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SUBSCRIBED_S):
                    await publication.wait_for_subscription()
        if self._caller_here:
            self._tell(CallerCame(self._key))
            self._wake.set()

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        if self._is_caller(participant):
            self._caller_here = False
            self._deafen()
            self._tell(CallerLeft(self._key))

    def _wants(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        audio = publication.kind == rtc.TrackKind.KIND_AUDIO
        if self._is_caller(participant) and audio and publication.source != rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO:
            publication.set_subscribed(True)

    def _hears(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if track.kind != rtc.TrackKind.KIND_AUDIO or self._over.done():
            return
        self._deafen()
        self._caller_track_sid = publication.sid
        self._ears = self._start(self._hear(track), "ears")

    def _deafen(self) -> None:
        if self._ears is not None:
            self._ears.cancel()
            self._ears = None

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                self._tell(Heard(self._key, event.frame.data.tobytes()))
        finally:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await stream.aclose()

    def _typing(self, reader: rtc.TextStreamReader, identity: str) -> None:
        if identity == self._join.caller and self._tasks is not None and not self._over.done():
            self._start(self._read(reader), "chat")

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        text = ""
        try:
            async for piece in reader:
                text += piece
                if len(text) > MOST_TYPED:
                    reader.close()
                    return
        except rtc.StreamError:
            return
        text = without_controls(text).strip()
        if text:
            self._tell(Typed(self._key, text))

    # -- what we do there -----------------------------------------------------------------------------------------

    async def _speak(self) -> None:
        """Hand the sound over as fast as the library takes it, which is in real time."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._source is not None and (piece := self._mouth.take()):
                frame = rtc.AudioFrame(piece, RATE_HZ, 1, len(piece) // 2)
                await self._source.capture_frame(frame)
                self._tell_marks()
            self._tell_marks()

    def _tell_marks(self) -> None:
        if self._mark_timer is not None:
            self._mark_timer.cancel()
            self._mark_timer = None
        if self._source is None:
            return
        queued_ms = self._source.queued_duration * 1000
        for name in self._mouth.reached(queued_ms):
            self._tell(Played(self._key, name))
        wait_ms = self._mouth.next_mark_ms(queued_ms)
        if wait_ms is not None and not self._over.done():
            loop = asyncio.get_running_loop()
            self._mark_timer = loop.call_later(max(1.0, wait_ms) / 1000, self._tell_marks)

    async def _write(self) -> None:
        """Captions and attributes, in their order."""
        me = self._room.local_participant
        while True:
            writing = await self._writings.get()
            with contextlib.suppress(ConnectionError):  # on its way out of the room; what is shown harms nobody
                if isinstance(writing, Attributes):
                    await me.set_attributes(writing.values)
                else:
                    await self._caption(me, writing)

    async def _caption(self, me: rtc.LocalParticipant, caption: Caption) -> None:
        track = self._caller_track_sid if caption.of_caller else self._track_sid
        writer = await me.stream_text(
            topic=_TRANSCRIPTION,
            attributes={_SEGMENT: caption.segment, _FINAL: "true" if caption.final else "false", _TRACK: track},
            sender_identity=self._join.caller if caption.of_caller else None,
        )
        if caption.text:
            await writer.write(caption.text)
        await writer.aclose()


class _Over(Exception):
    """Ends the room's tasks."""
