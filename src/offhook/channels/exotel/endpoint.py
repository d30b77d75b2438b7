"""The Exotel channel: its rules, put together as a carrier."""

from __future__ import annotations

from offhook.channels.call_token import VerifiedToken
from offhook.channels.carrier import Carrier, CarrierChannel, carrier_channel
from offhook.channels.exotel.deps import ExotelDeps
from offhook.channels.exotel.verify import stream_check, verify_webhook
from offhook.channels.exotel.webhooks import CONNECT, MEDIA_PATH, PASSTHRU, STATUS, VOICE, ExotelWebhooks
from offhook.channels.exotel.wire import CHUNK_STEP_BYTES, LEAST_CHUNK_BYTES, ExotelWire
from offhook.channels.gate import GateRules
from offhook.channels.outflow import ChunkRules, Outflow
from offhook.contracts.audio import AudioFormat


def exotel_channel(deps: ExotelDeps) -> CarrierChannel:
    """Routes `/exotel/{voice, passthru, connect, status}` and `WS /media/exotel`."""
    settings, webhooks = deps.settings, ExotelWebhooks(deps)

    def token_holds(token: str) -> bool:
        return isinstance(deps.tokens.verify(token, deps.clock.now()), VerifiedToken)

    carrier = Carrier(
        name="exotel",
        settings=settings,
        gate=GateRules(
            path=MEDIA_PATH,
            credential=stream_check(settings, token_holds) if settings.configured else None,
            refusal_code="bad_credentials",
            refusal="The address, the password or the call token is wrong or missing.",
            public_url=settings.public_url,
            allowed_origins=settings.allowed_origins,
            max_sockets=settings.max_sockets,
        ),
        check=lambda request: verify_webhook(request, settings),
        handlers={
            VOICE: webhooks.voice,
            PASSTHRU: webhooks.passthru,
            CONNECT: webhooks.connect,
            STATUS: webhooks.status,
        },
        failed=webhooks.failed,
        wire=lambda: ExotelWire(max_message_bytes=settings.max_message_bytes, media_extras=settings.media_extras),
        token_in_url=True,
        outflow=_outflow,
        on_ended=webhooks.endings.note,
    )
    return carrier_channel(carrier, deps)


def _outflow(audio: AudioFormat) -> Outflow:
    return Outflow(ChunkRules(audio, LEAST_CHUNK_BYTES, CHUNK_STEP_BYTES))
