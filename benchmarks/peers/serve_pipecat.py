"""pipecat as a Twilio media server, set up as leanly as it goes: 8 kHz on both sides, its silero detector, turns ended
by the detector alone, no RTVI, no turn tracking, no idle watch, WARNING logs.

    python serve_pipecat.py --port P --parts FILE
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator

import uvicorn
from common import FAKES_MS, REPLY_TEXT, STOP_MS, TRANSCRIPT, Parts, reply_pcm
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    AudioRawFrame,
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop.speech_timeout_user_turn_stop_strategy import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

RATE_HZ = 8000
PIECE_BYTES = RATE_HZ * 20 // 1000 * 2
REPLY = reply_pcm(RATE_HZ)
LLM_SETTINGS = LLMSettings(
    model="fake",
    system_instruction=None,
    temperature=None,
    max_tokens=None,
    top_p=None,
    top_k=None,
    frequency_penalty=None,
    presence_penalty=None,
    seed=None,
    filter_incomplete_user_turns=False,
    user_turn_completion_config=None,
)


class FakeSTT(STTService):
    """Hears the same words after each stop of the detector."""

    def __init__(self, wire: Wire) -> None:
        settings = STTSettings(model="fake", language=None)
        super().__init__(ttfs_p99_latency=STOP_MS / 1000 + FAKES_MS["stt"] / 1000, settings=settings)
        self._wire = wire

    async def run_stt(self, audio: bytes) -> AsyncIterator[Frame | None]:
        yield None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            self._wire.decided_s = time.perf_counter()
            self._heard = self.create_task(self._hear())

    async def _hear(self) -> None:
        await asyncio.sleep(FAKES_MS["stt"] / 1000)
        heard = TranscriptionFrame(TRANSCRIPT, "", time_now_iso8601())
        heard.finalized = True
        await self.push_frame(heard)


class FakeLLM(LLMService):
    def __init__(self) -> None:
        super().__init__(settings=LLM_SETTINGS)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        await asyncio.sleep(FAKES_MS["llm"] / 1000)
        for word in REPLY_TEXT.split():
            await self._push_llm_text(word + " ")
        await self.push_frame(LLMFullResponseEndFrame())


class FakeTTS(TTSService):
    def __init__(self) -> None:
        settings = TTSSettings(model="fake", voice="fake", language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings)

    async def run_tts(self, text: str, context_id: str) -> AsyncIterator[Frame | None]:
        await asyncio.sleep(FAKES_MS["tts"] / 1000)
        for at in range(0, len(REPLY), PIECE_BYTES):
            yield TTSAudioRawFrame(
                audio=REPLY[at : at + PIECE_BYTES], sample_rate=RATE_HZ, num_channels=1, context_id=context_id
            )


class Wire(TwilioFrameSerializer):
    """Theirs, and a note of when the first audio of a turn leaves."""

    decided_s: float | None = None

    def __init__(self, parts: Parts, stream_sid: str, call_sid: str) -> None:
        params = TwilioFrameSerializer.InputParams(auto_hang_up=False)
        super().__init__(stream_sid=stream_sid, call_sid=call_sid, params=params)
        self._parts = parts

    async def serialize(self, frame: Frame) -> str | bytes | None:
        message = await super().serialize(frame)
        if self.decided_s is not None and message and isinstance(frame, AudioRawFrame):
            self._parts.add((time.perf_counter() - self.decided_s) * 1000)
            self.decided_s = None
        return message


def served(parts: Parts) -> FastAPI:
    app = FastAPI()

    @app.websocket("/media")
    async def media(websocket: WebSocket) -> None:
        await websocket.accept()
        _, call = await parse_telephony_websocket(websocket)
        wire = Wire(parts, call["stream_id"], call["call_id"])
        transport = FastAPIWebsocketTransport(
            websocket, FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=wire)
        )
        detector = SileroVADAnalyzer(params=VADParams(stop_secs=STOP_MS / 1000, min_volume=0.0))
        user, assistant = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                vad_analyzer=detector,
                user_turn_strategies=UserTurnStrategies(
                    stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)]
                ),
            ),
        )
        stages = [transport.input(), FakeSTT(wire), user, FakeLLM(), FakeTTS(), transport.output(), assistant]
        worker = PipelineWorker(
            Pipeline(stages),
            params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        runner = WorkerRunner(handle_sigint=False)

        @transport.event_handler("on_client_disconnected")
        async def gone(transport: object, client: object) -> None:
            await worker.cancel()

        await runner.add_workers(worker)
        await runner.run()

    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parts", required=True)
    given = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    app = served(Parts(given.parts))
    uvicorn.run(app, host="127.0.0.1", port=given.port, loop="uvloop", log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
