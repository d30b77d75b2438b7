"""Every way in as the settings have it, put together: carriers, browser, LiveKit, messages, chat over Socket.IO."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from offhook import carriers
from offhook.api.access import require_newest, standing
from offhook.api.deps import ApiDeps
from offhook.api.socket_door import admission as socket_admission
from offhook.channels.browser.deps import BrowserDeps, BrowserSettings
from offhook.channels.browser.endpoint import BrowserChannel, browser_channel
from offhook.channels.busy_line import MOST_AT_ONCE, BusyLine, BusyWords
from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.carried_call import CallDesk
from offhook.channels.carrier import CarrierChannel
from offhook.channels.carrier_deps import CallStatusChanged
from offhook.channels.exotel.deps import ExotelDeps
from offhook.channels.exotel.endpoint import exotel_channel
from offhook.channels.inbound import InboundMessages
from offhook.channels.livekit.process import RoomsProcess
from offhook.channels.livekit.rooms import LiveKitRooms, LiveKitSettings
from offhook.channels.livekit.service import LiveKitService
from offhook.channels.livekit.tokens import LiveKitKeys
from offhook.channels.recorded import RecordedSpeech
from offhook.channels.socketio.deps import SocketIoDeps, SocketIoSettings
from offhook.channels.socketio.endpoint import SocketIoChannel
from offhook.channels.twilio.deps import TwilioDeps
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.channels.whatsapp.endpoint import WhatsAppDeps
from offhook.contracts.business import Business
from offhook.contracts.channel import Admission
from offhook.core import Core
from offhook.kit.clock import SystemClock
from offhook.ops.settings import Settings
from offhook.ops.tokens import same_secret
from offhook.ops.transfers import Transfers
from offhook.ops.unanswered import UnansweredCalls
from offhook.session.joining import still_opens
from offhook.session.switchboard import Switchboard
from offhook.store.message_reports import MessageFinder
from offhook.store.sessions_redis import RedisSessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.telemetry.log import get_logger

_OVER = ("completed", "busy", "failed", "no-answer", "canceled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What every channel that brings calls is built on."""

    settings: Settings
    core: Core
    http: httpx.AsyncClient
    switchboard: Switchboard
    admission: Admission
    busy: BusyWords
    on_ring: Callable[[Business], None]


def carrier_channels(
    lines: Lines, tokens: CallTokens, transfers: Transfers, inbound: InboundMessages, unanswered: UnansweredCalls
) -> tuple[CarrierChannel, ...]:
    settings, core = lines.settings, lines.core
    shared = dict[str, Any](
        calls=lines.switchboard,
        businesses=core.businesses,
        tokens=tokens,
        spent=core.store if isinstance(core.store, RedisSessionStore) else SpentTokensInMemory(),
        clock=core.clock,
        metrics=core.metrics,
        admission=lines.admission,
        busy=lines.busy,
        on_ring=lines.on_ring,
        on_call_status=_end_with_carrier(lines.switchboard, unanswered),
        transfer_words=core.dialogue.transfer_words,
        how_ended=transfers.how_ended,
        business_of=transfers.business_of,
        on_transfer_ended=transfers.ended,
    )
    twilio = TwilioDeps(
        settings=carriers.twilio_settings(settings),
        rest=carriers.twilio_rest(settings, lines.http),
        log=get_logger("twilio"),
        on_sms=lambda message, to_number: inbound.take(message, to_number=to_number),
        **shared,
    )
    exotel = ExotelDeps(settings=carriers.exotel_settings(settings), log=get_logger("exotel"), **shared)
    return twilio_channel(twilio), exotel_channel(exotel)


def browser_door(lines: Lines, deps: ApiDeps) -> BrowserChannel:
    settings, core, most = lines.settings, lines.core, lines.settings.max_concurrent_calls
    return browser_channel(
        BrowserDeps(
            calls=lines.switchboard,
            conversations=core.sessions,
            businesses=core.businesses,
            opens=deps.tokens.opens,
            standing=partial(standing, deps),
            is_staff=lambda key: same_secret(key, deps.settings.api_key),
            settings=BrowserSettings(
                public_url=settings.offhook_public_url,
                allowed_origins=frozenset(settings.offhook_cors_origins),
                max_sockets=None if most is None else most + MOST_AT_ONCE,
            ),
            clock=core.clock,
            metrics=core.metrics,
            log=get_logger("browser"),
            busy=lines.busy,
            admission=lines.admission,
            on_ring=lines.on_ring,
        )
    )


def livekit_rooms(lines: Lines) -> LiveKitRooms | None:
    """None where it is not set up."""
    settings, core = lines.settings, lines.core
    url, key, secret = settings.livekit_url, settings.livekit_api_key, settings.livekit_api_secret
    if url is None or key is None or secret is None:
        return None

    async def language(business_id: str) -> str:
        return (await core.businesses.get(business_id)).languages[0]

    log, real_clock = get_logger("livekit"), SystemClock()
    keys = LiveKitKeys(key, secret.get_secret_value())
    busy = BusyLine(lines.busy, language)
    return LiveKitRooms(
        LiveKitSettings(url, keys),
        process=RoomsProcess(log, core.metrics),
        service=LiveKitService(lines.http, url, keys, real_clock),
        conversations=core.sessions,
        businesses=core.businesses,
        desk=CallDesk(lines.switchboard, lines.admission, busy, core.clock, core.metrics, log),
        real_clock=real_clock,
        standing=partial(still_opens, core.store),
    )


def whatsapp_deps(settings: Settings, core: Core, inbound: InboundMessages) -> WhatsAppDeps:
    token, secret = settings.whatsapp_verify_token, settings.whatsapp_app_secret
    return WhatsAppDeps(
        units=unit_of_work_factory(core.database, core.clock),
        finder=MessageFinder(core.database),
        inbound=inbound,
        clock=core.clock,
        verify_token=token.get_secret_value() if token else None,
        app_secret=secret.get_secret_value() if secret else None,
        public_url=settings.offhook_public_url,
    )


def chat_sockets(settings: Settings, deps: ApiDeps, speech: RecordedSpeech) -> SocketIoChannel:
    return SocketIoChannel(
        SocketIoDeps(
            conversations=deps.conversations,
            store=deps.store,
            businesses=deps.businesses,
            speech=speech,
            clock=deps.clock,
            metrics=deps.metrics,
            admit=socket_admission(deps),
            judge=require_newest,
            settings=SocketIoSettings(
                path=settings.ws_path,
                max_bytes=settings.websocket_max_size,
                ping_interval_s=settings.websocket_ping_interval,
                ping_timeout_s=settings.websocket_ping_timeout,
                max_message_chars=deps.settings.max_message_chars,
                messages_per_minute=settings.offhook_chat_per_minute,
                redis_url=settings.redis_url(),
            ),
        )
    )


def _end_with_carrier(
    switchboard: Switchboard, unanswered: UnansweredCalls
) -> Callable[[CallStatusChanged], Awaitable[None]]:
    async def changed(change: CallStatusChanged) -> None:
        if change.status in _OVER:
            switchboard.carrier_ended(change.call_sid, change.status)
            await unanswered.heard(change)

    return changed
