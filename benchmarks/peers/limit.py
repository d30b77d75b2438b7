"""The least code that does a call's work: how far the parts go when nothing else is in the way.

picows for the sockets, msgspec for the messages, silero for all calls in one batch on a shared tick, one heap of what
is due for all calls. No dialogue, no session, no errors handled: it is a yardstick, not a server.

    python limit.py --port P --parts FILE --model silero_vad.onnx
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import itertools
import time

import msgspec
import numpy as np
import onnxruntime
import uvloop
from common import FAKES_MS, REPLY_MS, STOP_MS, Parts, reply_mulaw
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server
from ulaw import FLOATS

TICK_S = 0.005
GRAIN_S = 0.0005
"""A timer may wake so much too early; what is due then goes out."""
WINDOW, CONTEXT = 256, 32
WINDOW_MS = 32
STARTS, STOPS = 0.5, 0.35
START_WINDOWS = 3
BARGE_IN_WINDOWS = 8
AHEAD_S, MESSAGE_MS = 0.4, 200
"""A reply goes out in messages of 200 ms, 400 ms ahead of what is heard."""


class Payload(msgspec.Struct):
    payload: bytes


class FromCarrier(msgspec.Struct):
    event: str
    media: Payload | None = None
    streamSid: str = ""


decode = msgspec.json.Decoder(FromCarrier).decode


class Call(WSListener):
    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: WSTransport | None = None
        self.audio = bytearray()
        self.speaking = False
        self.run_of = 0
        """Windows in a row that speak against the present state."""
        self.turn = 0
        """Counts up when what is due for this call is void."""
        self.replying = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.row = self.server.enter(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.turn += 1
        self.server.leave(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.disconnect()
            return
        message = decode(frame.get_payload_as_memoryview())
        if message.media is not None:
            self.audio += message.media.payload
            if len(self.audio) >= WINDOW:
                self.server.listen_soon()
        elif message.event == "start":
            self.media, self.mark, self.clear = self.server.messages(message.streamSid)

    def judged(self, probability: float) -> None:
        """One more window."""
        if self.speaking:
            self.run_of = self.run_of + 1 if probability < STOPS else 0
            if self.run_of * WINDOW_MS >= STOP_MS:
                self.speaking, self.run_of = False, 0
                self.turn += 1
                delay_s = (FAKES_MS["stt"] + FAKES_MS["llm"] + FAKES_MS["tts"]) / 1000
                self.server.at(time.perf_counter() + delay_s, self, 0, time.perf_counter())
            return
        self.run_of = self.run_of + 1 if probability > STARTS else 0
        if self.run_of >= START_WINDOWS and not self.replying:
            self.speaking, self.run_of = True, 0
            self.turn += 1
        elif self.replying and self.run_of >= BARGE_IN_WINDOWS:
            self.speaking, self.replying, self.run_of = True, False, 0
            self.turn += 1
            self.transport.send(WSMsgType.TEXT, self.clear)

    def due(self, piece: int, at_s: float, decided_s: float) -> None:
        """A piece of the reply, and when the next one is to follow."""
        transport, pieces = self.transport, REPLY_MS // MESSAGE_MS
        transport.send(WSMsgType.TEXT, self.media)
        if piece == 0:
            self.replying = True
            self.server.parts.add((time.perf_counter() - decided_s) * 1000)
        if piece + 1 < pieces:
            ahead_s = AHEAD_S if piece == 0 else 0.0
            self.server.at(at_s + MESSAGE_MS / 1000 - ahead_s, self, piece + 1, decided_s)
        elif piece + 1 == pieces:
            transport.send(WSMsgType.TEXT, self.mark)
            self.replying = False


class Server:
    def __init__(self, model: str, parts: Parts) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.parts = parts
        self.calls: set[Call] = set()
        self.free: list[int] = []
        self.state = np.zeros((2, 2048, 128), np.float32)
        self.context = np.zeros((2048, CONTEXT), np.float32)
        self.rate = np.array(8000, np.int64)
        self.heap: list[tuple[float, int, Call, int, int, float]] = []
        self.order = itertools.count()
        self.loop = asyncio.get_running_loop()
        self.timer: asyncio.TimerHandle | None = None
        self.timer_s = 0.0
        self.listening = False
        self.payload = reply_mulaw(MESSAGE_MS)

    def enter(self, call: Call) -> int:
        row = self.free.pop() if self.free else len(self.calls)
        self.state[:, row] = self.context[row] = 0.0
        self.calls.add(call)
        return row

    def leave(self, call: Call) -> None:
        self.calls.discard(call)
        self.free.append(call.row)

    def messages(self, sid: str) -> tuple[bytes, bytes, bytes]:
        media = f'{{"event":"media","streamSid":"{sid}","media":{{"payload":"{self.payload}"}}}}'
        mark = f'{{"event":"mark","streamSid":"{sid}","mark":{{"name":"end"}}}}'
        return media.encode(), mark.encode(), f'{{"event":"clear","streamSid":"{sid}"}}'.encode()

    def at(self, when_s: float, call: Call, piece: int, decided_s: float) -> None:
        heapq.heappush(self.heap, (when_s, next(self.order), call, call.turn, piece, decided_s))
        self.wake()

    def wake(self) -> None:
        """One timer for what is due first of all."""
        if self.timer is not None:
            if self.timer_s <= self.heap[0][0]:
                return
            self.timer.cancel()
        self.timer_s = self.heap[0][0]
        self.timer = self.loop.call_later(max(0.0, self.timer_s - time.perf_counter()), self.pace)

    def pace(self) -> None:
        self.timer = None
        heap, now = self.heap, time.perf_counter() + GRAIN_S
        while heap and heap[0][0] <= now:
            when_s, _, call, turn, piece, decided_s = heapq.heappop(heap)
            if turn == call.turn:
                call.due(piece, when_s, decided_s)
        if heap and self.timer is None:
            self.wake()

    def listen_soon(self) -> None:
        """A window is whole: it is judged within a tick, with those of the other calls that are whole by then."""
        if not self.listening:
            self.listening = True
            self.loop.call_later(TICK_S, self.listen)

    def listen(self) -> None:
        self.listening = False
        ready = [call for call in self.calls if len(call.audio) >= WINDOW]
        if not ready:
            return
        audio = b"".join(call.audio[:WINDOW] for call in ready)
        windows = FLOATS[np.frombuffer(audio, np.uint8)].reshape(-1, WINDOW)
        rows = np.array([call.row for call in ready])
        heard = np.concatenate([self.context[rows], windows], axis=1)
        given = {"input": heard, "state": self.state[:, rows], "sr": self.rate}
        probabilities, self.state[:, rows] = self.session.run(None, given)
        self.context[rows] = windows[:, -CONTEXT:]
        more = False
        for call, probability in zip(ready, probabilities[:, 0].tolist(), strict=True):
            del call.audio[:WINDOW]
            call.judged(probability)
            more |= len(call.audio) >= WINDOW
        if more:
            self.listen_soon()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parts", required=True)
    parser.add_argument("--model", required=True)
    given = parser.parse_args()
    server = Server(given.model, Parts(given.parts))
    await ws_create_server(lambda request: Call(server), "127.0.0.1", given.port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
