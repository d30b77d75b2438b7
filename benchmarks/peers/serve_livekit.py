"""livekit-agents as a Twilio media server: all sessions in one process and no WebRTC; sockets by picows.

Its own detector (the native one that it brings), its own session with the defaults but for 500 ms of silence; turns
ended by the detector. By default all is kept at 8 kHz, and what its session gives out is sent at once, so nothing of
ours paces or delays it. With --room the sound has the rates, pieces and pace of its own room input and output: 24 kHz,
50 ms, played out 200 ms ahead of what is heard.

    python serve_livekit.py --port P --parts FILE [--room]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import logging
import os
import time
from typing import Any

os.environ |= {"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0", "LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS": "0"}

import numpy as np
import uvloop
from common import FAKES_MS, REPLY_TEXT, STOP_MS, TRANSCRIPT, Parts, reply_pcm
from livekit import rtc
from livekit.agents import Agent, AgentSession, inference, llm, stt, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN
from livekit.agents.voice import io
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server
from ulaw import decode, encode

CARRIER_HZ, ROOM_HZ = 8000, 24000
ROOM_PIECE_MS, ROOM_AHEAD_S = 50, 0.2


class Heard(io.AudioInput):
    def __init__(self) -> None:
        super().__init__(label="carrier")
        self._frames = utils.aio.Chan[rtc.AudioFrame]()

    def push(self, mulaw: bytes) -> None:
        pcm = decode(mulaw)
        self._frames.send_nowait(rtc.AudioFrame(pcm, CARRIER_HZ, 1, len(pcm) // 2))

    def close(self) -> None:
        self._frames.close()

    async def __anext__(self) -> rtc.AudioFrame:
        try:
            return await self._frames.recv()
        except utils.aio.ChanClosed:
            raise StopAsyncIteration from None


class RoomHeard(Heard):
    """24 kHz in pieces of 50 ms."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = b""
        self._last = 0

    def push(self, mulaw: bytes) -> None:
        self._waiting += decode(mulaw)
        size = CARRIER_HZ * ROOM_PIECE_MS // 1000 * 2
        while len(self._waiting) >= size:
            piece, self._waiting = np.frombuffer(self._waiting[:size], "<i2"), self._waiting[size:]
            at = np.arange(len(piece) * 3) / 3 + 1 / 3
            between = np.interp(at, np.arange(len(piece) + 1), np.concatenate([[self._last], piece]))
            self._last = int(piece[-1])
            pcm = between.astype("<i2").tobytes()
            self._frames.send_nowait(rtc.AudioFrame(pcm, ROOM_HZ, 1, len(pcm) // 2))


class Spoken(io.AudioOutput):
    """The carrier's buffer: a mark after each segment comes back when it has played."""

    def __init__(self, line: Line, rate_hz: int = CARRIER_HZ) -> None:
        super().__init__(label="carrier", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=rate_hz)
        self._line = line
        self._sent_s = 0.0
        self._began_s: float | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self._began_s is None:
            self._began_s, self._sent_s = time.time(), 0.0
            self.on_playback_started(created_at=self._began_s)
        self._sent_s += frame.duration
        self._line.send_audio(bytes(frame.data))

    def flush(self) -> None:
        super().flush()
        if self._began_s is not None:
            self._line.send("mark", mark={"name": "end"})

    def clear_buffer(self) -> None:
        if self._began_s is not None:
            self._line.send("clear")
            self._finish(min(self._sent_s, time.time() - self._began_s), interrupted=True)

    def played(self) -> None:
        if self._began_s is not None:
            self._finish(self._sent_s, interrupted=False)

    def close(self) -> None:
        """Nothing to end."""

    def _finish(self, played_s: float, interrupted: bool) -> None:
        self._began_s = None
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)


class RoomSpoken(Spoken):
    """24 kHz in pieces of 50 ms, 200 ms ahead of what is heard; the end of a segment is told by the clock."""

    def __init__(self, line: Line) -> None:
        super().__init__(line, ROOM_HZ)
        self._pieces = utils.aio.Chan[rtc.AudioFrame | None]()
        self._cut = utils.audio.AudioByteStream(ROOM_HZ, 1, samples_per_channel=ROOM_HZ * ROOM_PIECE_MS // 1000)
        self._forwarding = asyncio.create_task(self._forward())

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await io.AudioOutput.capture_frame(self, frame)
        for piece in self._cut.push(frame.data):
            self._pieces.send_nowait(piece)

    def flush(self) -> None:
        io.AudioOutput.flush(self)
        for piece in self._cut.flush():
            self._pieces.send_nowait(piece)
        self._pieces.send_nowait(None)

    def clear_buffer(self) -> None:
        self._cut.clear()
        while not self._pieces.empty():
            self._pieces.recv_nowait()
        super().clear_buffer()

    def close(self) -> None:
        self._forwarding.cancel()

    async def _forward(self) -> None:
        ends_s = 0.0
        async for piece in self._pieces:
            ahead_s = 0.0 if piece is None else ROOM_AHEAD_S
            await asyncio.sleep(max(0.0, ends_s - ahead_s - time.time()))
            if piece is None:
                self.played()
                continue
            if self._began_s is None:
                self._began_s, self._sent_s = time.time(), 0.0
                self.on_playback_started(created_at=self._began_s)
            ends_s = max(ends_s, time.time()) + piece.duration
            self._sent_s += piece.duration
            self._line.send_audio(np.frombuffer(piece.data, "<i2")[::3].tobytes())


class FakeSTT(stt.STT):
    """Hears the same words after each stop of the detector."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False))
        self.stopped = asyncio.Event()

    async def _recognize_impl(self, buffer: Any, *, language: Any, conn_options: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def stream(self, *, language: Any = NOT_GIVEN, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Hearing:
        return Hearing(stt=self, conn_options=conn_options)


class Hearing(stt.RecognizeStream):
    async def _run(self) -> None:
        drained = asyncio.create_task(self._drain())
        try:
            while True:
                await self._stt.stopped.wait()
                self._stt.stopped.clear()
                await asyncio.sleep(FAKES_MS["stt"] / 1000)
                said = [stt.SpeechData(language="en", text=TRANSCRIPT)]
                self._event_ch.send_nowait(stt.SpeechEvent(stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=said))
        finally:
            drained.cancel()

    async def _drain(self) -> None:
        async for _ in self._input_ch:
            pass


class FakeLLM(llm.LLM):
    def chat(self, *, chat_ctx: Any, tools: Any = None, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS, **_: Any):
        return Thinking(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class Thinking(llm.LLMStream):
    async def _run(self) -> None:
        await asyncio.sleep(FAKES_MS["llm"] / 1000)
        for word in REPLY_TEXT.split():
            delta = llm.ChoiceDelta(role="assistant", content=word + " ")
            self._event_ch.send_nowait(llm.ChatChunk(id="fake", delta=delta))


class FakeTTS(tts.TTS):
    def __init__(self, rate_hz: int, reply: bytes) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=rate_hz, num_channels=1)
        self.reply = reply

    def synthesize(self, text: str, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> tts.ChunkedStream:
        raise NotImplementedError

    def stream(self, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> Speaking:
        return Speaking(tts=self, conn_options=conn_options)


class Speaking(tts.SynthesizeStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id="fake", sample_rate=self._tts.sample_rate, num_channels=1, mime_type="audio/pcm", stream=True
        )
        spoken = False
        async for text in self._input_ch:
            if spoken or not isinstance(text, str):
                continue
            spoken = True
            self._mark_started()
            await asyncio.sleep(FAKES_MS["tts"] / 1000)
            output_emitter.start_segment(segment_id="fake")
            output_emitter.push(self._tts.reply)
            output_emitter.flush()
        output_emitter.end_input()


class Line(WSListener):
    """One call: a socket and a session."""

    def __init__(self, parts: Parts, room: bool, reply: bytes) -> None:
        self._parts = parts
        self._reply = reply
        self._decided_s: float | None = None
        self._heard = RoomHeard() if room else Heard()
        self._spoken = RoomSpoken(self) if room else Spoken(self)
        self._stt = FakeSTT()
        self._session: AgentSession | None = None
        self._running: asyncio.Task[None] | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self._read(json.loads(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._heard.close()
        self._spoken.close()
        if self._session is not None:
            self._running = asyncio.create_task(self._session.aclose())

    def _read(self, message: dict[str, Any]) -> None:
        match message["event"]:
            case "media":
                self._heard.push(base64.b64decode(message["media"]["payload"]))
            case "mark":
                self._spoken.played()
            case "start":
                self._sid = message["streamSid"]
                self._running = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        detector = inference.VAD(min_silence_duration=STOP_MS / 1000)
        self._session = session = AgentSession(
            stt=self._stt,
            vad=detector,
            llm=FakeLLM(),
            tts=FakeTTS(self._spoken.sample_rate, self._reply),
            aec_warmup_duration=None,
            user_away_timeout=None,
            turn_handling={
                "turn_detection": "vad",
                "endpointing": {"min_delay": STOP_MS / 1000},
                "interruption": {"mode": "vad"},
            },
        )
        session.input.audio = self._heard
        session.output.audio = self._spoken
        session.on("user_state_changed", self._user_state)
        await session.start(Agent(instructions="Answer."))

    def _user_state(self, event: Any) -> None:
        if event.old_state == "speaking" and event.new_state == "listening":
            self._decided_s = time.perf_counter()
            self._stt.stopped.set()

    def send_audio(self, pcm: bytes) -> None:
        self.send("media", media={"payload": base64.b64encode(encode(pcm)).decode()})
        if self._decided_s is not None:
            self._parts.add((time.perf_counter() - self._decided_s) * 1000)
            self._decided_s = None

    def send(self, event: str, **more: Any) -> None:
        message = json.dumps({"event": event, "streamSid": self._sid, **more})
        self._transport.send(WSMsgType.TEXT, message.encode())


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parts", required=True)
    parser.add_argument("--room", action="store_true")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    parts, reply = Parts(given.parts), reply_pcm(ROOM_HZ if given.room else CARRIER_HZ)
    server = await ws_create_server(lambda request: Line(parts, given.room, reply), "127.0.0.1", given.port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
