"""The one composition root: reads settings, builds the parts, puts them together, runs and takes down all in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from sqlalchemy import text as sql_text

from offhook import carriers as carriers_of
from offhook.api.deps import ApiDeps, ApiSettings, BookEditing
from offhook.api.http import Sockets, create_app
from offhook.api.socket_door import admission
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.silero import SileroModel
from offhook.channels.browser.deps import BrowserDeps, BrowserSettings
from offhook.channels.browser.endpoint import browser_channel
from offhook.channels.browser.page import page_router
from offhook.channels.busy_line import MOST_AT_ONCE, BusyLine, BusyWords
from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.carried_call import CallDesk
from offhook.channels.carrier_deps import CallStatusChanged
from offhook.channels.exotel.deps import ExotelDeps
from offhook.channels.exotel.endpoint import exotel_channel
from offhook.channels.inbound import InboundMessages
from offhook.channels.livekit.endpoint import livekit_router
from offhook.channels.livekit.process import RoomsProcess
from offhook.channels.livekit.rooms import LiveKitRooms, LiveKitSettings
from offhook.channels.livekit.service import LiveKitService
from offhook.channels.livekit.tokens import LiveKitKeys
from offhook.channels.media_door import MediaDoor
from offhook.channels.outbound import OutboundCalls
from offhook.channels.recorded import RecordedSpeech
from offhook.channels.socketio.deps import SocketIoDeps, SocketIoSettings
from offhook.channels.socketio.endpoint import REFUSAL_BYTES, SocketIoChannel
from offhook.channels.twilio.deps import TwilioDeps
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.channels.whatsapp.endpoint import WhatsAppDeps, whatsapp_router
from offhook.contracts.audio import PCM16_16K
from offhook.contracts.errors import AppError
from offhook.contracts.speech import SttConfig, SttFailed, TtsFailed, Voice
from offhook.contracts.turn import TurnPolicy
from offhook.core import Core, open_core, provider_options
from offhook.desks.jobs import reply_handlers
from offhook.desks.registry import BOOK_EDITS
from offhook.kit.clock import SystemClock
from offhook.ops.admission import AdmissionPolicy, AdmissionRule
from offhook.ops.checks import disk_check
from offhook.ops.health import Check, Health, PartHealth
from offhook.ops.load import EngineQueues, Gauges, MeasuredAdmission
from offhook.ops.settings import Settings, signing_secret
from offhook.ops.staff import AskedStaff, SimulatedStaff, StaffOf
from offhook.ops.starting import require_business
from offhook.ops.tokens import SessionTokens, same_secret
from offhook.ops.transfers import Transfers
from offhook.providers.metered_speech import counted_recogniser, counted_voice
from offhook.providers.registry import build_stt, build_tts
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.providers.speech_cache.disk import ClipFolder
from offhook.session.apology import StoredApologies
from offhook.session.background import Background
from offhook.session.greeting_ahead import GreetingsAhead
from offhook.session.joining import Joining
from offhook.session.live_call import CallParts
from offhook.session.switchboard import Switchboard
from offhook.store.calls import SqlCallLog
from offhook.store.engine import Database
from offhook.store.job_queue import JobQueue
from offhook.store.join_codes import JoinCodes
from offhook.store.listing import Listing
from offhook.store.message_reports import MessageFinder
from offhook.store.sessions_redis import RedisSessionStore
from offhook.store.staff_board import StaffBoard
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.telemetry.cost import Costs
from offhook.telemetry.log import get_logger
from offhook.telemetry.loop_watch import LoopWatch
from offhook.telemetry.metrics import Metrics

PHONE_RATE_HZ = 8_000
RATES_HZ = (PHONE_RATE_HZ, PCM16_16K.rate_hz)
"""Of telephones and of browsers."""
EXPIRY_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server's parts, ready to be served."""

    core: Core
    app: FastAPI
    switchboard: Switchboard
    health: Health
    doors: tuple[MediaDoor, ...]
    """The media paths, for the fast lane."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Everything that a server needs, started and warm; taken down in order when the block ends."""
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings))
        clock, metrics = core.clock, core.metrics
        require_business(await core.businesses.all())
        call_log = SqlCallLog(core.database, clock)
        await stack.enter_async_context(call_log)
        engines = EngineQueues(metrics)
        cache = _speech_cache(settings, clock, metrics)
        await cache.open()
        costs = Costs.of(metrics, settings.offhook_prices)
        options = replace(
            provider_options(settings, clock, metrics),
            around_tts=lambda voice: cache.around(counted_voice(voice, costs)),
            on_pool=engines.add,
        )
        stt = counted_recogniser(build_stt(settings.offhook_stt, options), clock, costs)
        stack.push_async_callback(stt.aclose)
        tts = build_tts(settings.offhook_tts, options)
        stack.push_async_callback(tts.aclose)
        greetings = GreetingsAhead(tts, core.dialogue, cache, rates_hz=_rates_hz(settings))
        hub = VoiceHub(SileroModel(), clock)
        watch = LoopWatch(clock, metrics.loop_block.observe)
        metrics.watch_queue("voice_detector", lambda: hub.waiting)
        metrics.watch_queue("call_log", lambda: call_log.waiting)
        metrics.watch_queue("speech_cache", lambda: cache.waiting)
        apologies = StoredApologies({"en": core.dialogue.apology("en"), "hi": core.dialogue.apology("hi")})
        busy_texts = {language: core.dialogue.lines_busy(language) for language in ("en", "hi")}
        busy_words = StoredApologies(busy_texts)
        switchboard = Switchboard(
            CallParts(
                conversations=core.sessions,
                businesses=core.businesses,
                stt=stt,
                tts=tts,
                voices=hub,
                call_log=call_log,
                clock=clock,
                metrics=metrics,
                apologies=apologies,
                speech_domain=core.speech.domain,
                publish=core.store.publish,
                policy=_server_policy(settings),
                filler=core.dialogue.filler,
            )
        )
        gauges = Gauges(watch, lambda: hub.behind_ms, engines.per_process, lambda: switchboard.live_calls)
        rule = AdmissionRule(AdmissionPolicy(most_calls=settings.max_concurrent_calls))
        admission = MeasuredAdmission(clock, metrics, gauges, rule)
        http = await stack.enter_async_context(httpx.AsyncClient())
        errands = Background(
            sessions=core.sessions,
            work=core.dialogue.errands(_staff(settings, core, http)),
            businesses=core.businesses,
            clock=clock,
            interrupt=switchboard.notice,
        )
        core.sessions.on_committed = errands.committed
        stack.push_async_callback(errands.aclose)
        warmth: dict[str, str] = {}

        async def warm() -> None:
            business = await core.businesses.default()
            domain = await core.speech.domain(business)
            config = SttConfig(rate_hz=PHONE_RATE_HZ, language=business.languages[0], domain=domain)
            await asyncio.gather(
                *(
                    _warm("tts", tts.warm(Voice(language=business.languages[0]), rate), warmth)
                    for rate in _rates_hz(settings)
                ),
                _warm("stt", stt.warm(config), warmth),
            )
            if core.llm is not None:
                await core.llm.warm()
            await greetings.prepare(business)
            for other in await core.businesses.all():
                greetings.rings(other)
            cache.learn(busy_texts.values())
            await busy_words.prepare(tts)
            await apologies.prepare(tts)

        rooms = _livekit(settings, core, http, switchboard, admission, busy_words)
        health = Health(
            {
                "database": _database_check(core.database),
                **_sessions_check(core),
                "disk": disk_check(settings.offhook_data_dir),
                "recogniser": _provider_check("stt", stt.name, warmth),
                "voice": _provider_check("tts", tts.name, warmth),
                "admission": admission.health,
                **_livekit_check(rooms),
            }
        )
        secret = signing_secret(settings)
        inbound = InboundMessages(
            core.businesses,
            unit_of_work_factory(core.database, clock),
            MessageFinder(core.database),
            reply_handlers(),
            clock,
        )
        transfers = Transfers(call_log, unit_of_work_factory(core.database, clock), clock)
        call_tokens = CallTokens(secret)
        carrier_parts = dict[str, Any](
            calls=switchboard,
            businesses=core.businesses,
            tokens=call_tokens,
            spent=SpentTokensInMemory(),
            clock=clock,
            metrics=metrics,
            admission=admission,
            busy=busy_words,
            on_ring=greetings.rings,
            on_call_status=_end_with_carrier(switchboard),
            transfer_words=core.dialogue.transfer_words,
            how_ended=transfers.how_ended,
            business_of=transfers.business_of,
            on_transfer_ended=transfers.ended,
        )
        carriers = (
            twilio_channel(
                TwilioDeps(
                    settings=carriers_of.twilio_settings(settings),
                    rest=carriers_of.twilio_rest(settings, http),
                    log=get_logger("twilio"),
                    on_sms=lambda message, to_number: inbound.take(message, to_number=to_number),
                    **carrier_parts,
                )
            ),
            exotel_channel(
                ExotelDeps(
                    settings=carriers_of.exotel_settings(settings),
                    log=get_logger("exotel"),
                    **carrier_parts,
                )
            ),
        )
        deps = ApiDeps(
            conversations=core.sessions,
            store=core.store,
            businesses=core.businesses,
            call_log=call_log,
            tokens=SessionTokens(secret, clock),
            health=health,
            metrics=metrics,
            clock=clock,
            listing=Listing(core.database),
            editing=BookEditing(
                unit_of_work_factory(core.database, clock),
                BOOK_EDITS,
                core.businesses,
                changed=core.dialogue.facts.forget,
            ),
            joining=Joining(core.sessions, JoinCodes(core.database, clock, secret), clock),
            staff=StaffBoard(core.database, clock),
            settings=_api_settings(settings),
            rooms=rooms,
            outbound=OutboundCalls(
                carriers_of.diallers(settings, http, call_tokens, clock), admission, metrics, get_logger("outbound")
            ),
            job_counts=JobQueue(core.database, clock, SystemClock()).counts,
        )
        browser = browser_channel(
            BrowserDeps(
                calls=switchboard,
                conversations=core.sessions,
                businesses=core.businesses,
                opens=deps.tokens.opens,
                is_staff=lambda key: same_secret(key, deps.settings.api_key),
                settings=_browser_settings(settings),
                clock=clock,
                metrics=metrics,
                log=get_logger("browser"),
                busy=busy_words,
                admission=admission,
                on_ring=greetings.rings,
            )
        )
        channels = (*carriers, browser)
        routers = [
            *(channel.router for channel in channels),
            page_router(),
            livekit_router(rooms),
            whatsapp_router(_whatsapp(settings, core, inbound)),
        ]
        speech = RecordedSpeech(stt, tts, core.speech.domain)
        chat = await stack.enter_async_context(_chat_sockets(settings, deps, speech))
        app = create_app(deps, routers, speech=speech, sockets=Sockets(chat.path, chat.app, REFUSAL_BYTES))
        async with asyncio.TaskGroup() as background, browser.talks:
            tasks = [
                background.create_task(hub.run(), name="voice detector"),
                background.create_task(watch.run(), name="loop watch"),
                background.create_task(admission.run(), name="load"),
                background.create_task(cache.run(), name="speech cache"),
                background.create_task(greetings.run(), name="greetings ahead"),
                background.create_task(core.caches.run(clock), name="cache sweep"),
                background.create_task(_expire_sessions(core), name="session expiry"),
            ]
            if rooms is not None:
                tasks.append(background.create_task(rooms.run(), name="livekit"))
            await warm()
            try:
                yield Running(core, app, switchboard, health, tuple(channel.door for channel in channels))
            finally:
                for task in tasks:
                    task.cancel()


def _chat_sockets(settings: Settings, deps: ApiDeps, speech: RecordedSpeech) -> SocketIoChannel:
    return SocketIoChannel(
        SocketIoDeps(
            conversations=deps.conversations,
            store=deps.store,
            businesses=deps.businesses,
            speech=speech,
            clock=deps.clock,
            metrics=deps.metrics,
            admit=admission(deps),
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


def _whatsapp(settings: Settings, core: Core, inbound: InboundMessages) -> WhatsAppDeps:
    return WhatsAppDeps(
        units=unit_of_work_factory(core.database, core.clock),
        finder=MessageFinder(core.database),
        inbound=inbound,
        clock=core.clock,
        verify_token=settings.whatsapp_verify_token.get_secret_value() if settings.whatsapp_verify_token else None,
        app_secret=settings.whatsapp_app_secret.get_secret_value() if settings.whatsapp_app_secret else None,
        public_url=settings.offhook_public_url,
    )


def _livekit(
    settings: Settings,
    core: Core,
    http: httpx.AsyncClient,
    switchboard: Switchboard,
    admission: MeasuredAdmission,
    busy: BusyWords,
) -> LiveKitRooms | None:
    """None where it is not set up."""
    url, key, secret = settings.livekit_url, settings.livekit_api_key, settings.livekit_api_secret
    if url is None or key is None or secret is None:
        return None

    async def language(business_id: str) -> str:
        return (await core.businesses.get(business_id)).languages[0]

    log, real_clock = get_logger("livekit"), SystemClock()
    keys = LiveKitKeys(key, secret.get_secret_value())
    return LiveKitRooms(
        LiveKitSettings(url, keys),
        process=RoomsProcess(log, core.metrics),
        service=LiveKitService(http, url, keys, real_clock),
        conversations=core.sessions,
        businesses=core.businesses,
        desk=CallDesk(switchboard, admission, BusyLine(busy, language), core.clock, core.metrics, log),
        real_clock=real_clock,
    )


def _livekit_check(rooms: LiveKitRooms | None) -> dict[str, Check]:
    if rooms is None:
        return {}

    async def check() -> PartHealth:
        trouble = await rooms.trouble()
        if trouble is not None:
            return PartHealth("degraded", *trouble)
        return PartHealth("ok", f"{rooms.rooms} rooms")

    return {"livekit": check}


# -- small parts ------------------------------------------------------------------------------------------------------


def _staff(settings: Settings, core: Core, http: httpx.AsyncClient) -> StaffOf:
    """The people of each business; those of the demo ones are made up."""
    key = settings.internal_api_key
    asked = AskedStaff(
        StaffBoard(core.database, core.clock),
        webhook=settings.offhook_staff_webhook_url,
        secret=key.get_secret_value() if key is not None else None,
        http=http,
    )
    return StaffOf(core.businesses.demo_ids, asked, SimulatedStaff())


def _speech_cache(settings: Settings, clock: SystemClock, metrics: Metrics) -> SpeechCache:
    most_bytes = settings.offhook_speech_cache_mb * 1_000_000
    folder = ClipFolder(settings.offhook_data_dir / "speech", most_bytes) if most_bytes else None
    return SpeechCache(
        clock,
        folder=folder,
        openings=settings.offhook_speech_openings,
        on_result=lambda result: metrics.cache_requests.labels("speech", result).inc(),
    )


def _server_policy(settings: Settings) -> Callable[[TurnPolicy], TurnPolicy]:
    def apply(policy: TurnPolicy) -> TurnPolicy:
        longest_ms = min(policy.max_call_ms, settings.max_call_duration_seconds * 1000)
        fixed = settings.offhook_endpointing_ms
        return msgspec.structs.replace(
            policy, max_call_ms=longest_ms, endpoint_fixed_ms=policy.endpoint_fixed_ms if fixed is None else fixed
        )

    return apply


def _end_with_carrier(switchboard: Switchboard) -> Callable[[CallStatusChanged], Awaitable[None]]:
    async def changed(change: CallStatusChanged) -> None:
        if change.status in ("completed", "busy", "failed", "no-answer", "canceled"):
            switchboard.carrier_ended(change.call_sid, change.status)

    return changed


def _browser_settings(settings: Settings) -> BrowserSettings:
    most = settings.max_concurrent_calls
    return BrowserSettings(
        public_url=settings.offhook_public_url,
        allowed_origins=frozenset(settings.offhook_cors_origins),
        max_sockets=None if most is None else most + MOST_AT_ONCE,
    )


def _rates_hz(settings: Settings) -> tuple[int, ...]:
    """At which callers may hear the greeting, so that it is there at each."""
    return tuple(dict.fromkeys((*RATES_HZ, settings.exotel_sample_rate)))


def _api_settings(settings: Settings) -> ApiSettings:
    return ApiSettings(
        public_url=settings.offhook_public_url,
        api_key=settings.internal_api_key.get_secret_value() if settings.internal_api_key else None,
        cors_origins=settings.offhook_cors_origins,
        trusted_proxies=settings.offhook_trusted_proxies,
    )


async def _warm(part: str, work: Awaitable[None], warmth: dict[str, str]) -> None:
    try:
        await work
    except (SttFailed, TtsFailed, AppError) as error:
        warmth[part] = str(error)
        get_logger("start").warning("part_not_ready", part=part, reason=str(error))


def _provider_check(part: str, name: str, warmth: dict[str, str]) -> Check:
    async def check() -> PartHealth:
        if part in warmth:
            return PartHealth("degraded", warmth[part], "See the message; `offhook doctor` checks each part.")
        return PartHealth("ok", name)

    return check


def _database_check(database: Database) -> Check:
    async def check() -> PartHealth:
        async with database.transaction(write=False) as connection:
            await connection.execute(sql_text("select 1"))
        return PartHealth("ok", database.label)

    return check


def _sessions_check(core: Core) -> dict[str, Check]:
    """Where sessions are not in the database, they are a part of their own."""
    store = core.store
    if not isinstance(store, RedisSessionStore):
        return {}

    async def check() -> PartHealth:
        await store.ping()
        return PartHealth("ok", store.label)

    return {"sessions": check}


async def _expire_sessions(core: Core) -> None:
    """Mark idle sessions EXPIRED; a database that is away now is asked again next time."""
    while True:
        await asyncio.sleep(EXPIRY_EVERY_S)
        idle_since = core.clock.now() - timedelta(minutes=core.settings.offhook_session_ttl_min)
        try:
            await core.store.expire(idle_since)
        except AppError as error:
            core.metrics.errors.labels(error.code).inc()
