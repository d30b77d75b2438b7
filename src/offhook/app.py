"""The one composition root: reads settings, builds the parts, puts them together, runs and takes down all in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import msgspec
from fastapi import FastAPI

from offhook.api.deps import ApiDeps, ApiSettings, BookEditing
from offhook.api.http import Sockets, create_app
from offhook.audio.vad.hub import VoiceHub
from offhook.audio.vad.silero import SileroModel
from offhook.carriers import diallers
from offhook.channels.browser.page import page_router
from offhook.channels.call_token import CallTokens
from offhook.channels.inbound import InboundMessages
from offhook.channels.livekit.endpoint import livekit_router
from offhook.channels.media_door import MediaDoor
from offhook.channels.outbound import OutboundCalls
from offhook.channels.recorded import RecordedSpeech
from offhook.channels.socketio.endpoint import REFUSAL_BYTES
from offhook.channels.whatsapp.endpoint import whatsapp_router
from offhook.contracts.audio import PCM16_16K
from offhook.contracts.errors import AppError
from offhook.contracts.speech import SttConfig, SttFailed, TtsFailed, Voice
from offhook.contracts.turn import TurnPolicy
from offhook.core import Core, open_core, provider_options
from offhook.desks.jobs import reply_handlers
from offhook.desks.registry import BOOK_EDITS
from offhook.doors import Lines, browser_door, carrier_channels, chat_sockets, livekit_rooms, whatsapp_deps
from offhook.kit.clock import SystemClock
from offhook.ops.admission import AdmissionPolicy, AdmissionRule
from offhook.ops.checks import disk_check
from offhook.ops.health import Health
from offhook.ops.load import EngineQueues, Gauges, MeasuredAdmission
from offhook.ops.part_checks import database_check, livekit_check, provider_check, sessions_check
from offhook.ops.settings import Settings, signing_secret
from offhook.ops.staff import AskedStaff, SimulatedStaff, StaffOf
from offhook.ops.starting import require_business
from offhook.ops.tokens import SessionTokens
from offhook.ops.transfers import Transfers
from offhook.ops.unanswered import UnansweredCalls
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
from offhook.store.job_queue import JobQueue
from offhook.store.join_codes import JoinCodes
from offhook.store.listing import Listing
from offhook.store.message_reports import MessageFinder
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

        lines = Lines(
            settings=settings,
            core=core,
            http=http,
            switchboard=switchboard,
            admission=admission,
            busy=busy_words,
            on_ring=greetings.rings,
        )
        rooms = livekit_rooms(lines)
        health = Health(
            {
                "database": database_check(core.database),
                **sessions_check(core.store),
                "disk": disk_check(settings.offhook_data_dir),
                "recogniser": provider_check("stt", stt.name, warmth),
                "voice": provider_check("tts", tts.name, warmth),
                "admission": admission.health,
                **livekit_check(rooms),
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
                diallers(settings, http, call_tokens, clock), admission, metrics, get_logger("outbound")
            ),
            job_counts=JobQueue(core.database, clock, SystemClock()).counts,
        )
        browser = browser_door(lines, deps)
        phones = carrier_channels(
            lines, call_tokens, transfers, inbound, UnansweredCalls(call_log, core.businesses, clock)
        )
        routers = [
            *(phone.router for phone in phones),
            browser.router,
            page_router(),
            livekit_router(rooms),
            whatsapp_router(whatsapp_deps(settings, core, inbound)),
        ]
        speech = RecordedSpeech(stt, tts, core.speech.domain)
        chat = await stack.enter_async_context(chat_sockets(settings, deps, speech))
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
                yield Running(core, app, switchboard, health, (*(phone.door for phone in phones), browser.door))
            finally:
                for task in tasks:
                    task.cancel()


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


async def _expire_sessions(core: Core) -> None:
    """Mark idle sessions EXPIRED; a database that is away now is asked again next time."""
    while True:
        await asyncio.sleep(EXPIRY_EVERY_S)
        idle_since = core.clock.now() - timedelta(minutes=core.settings.offhook_session_ttl_min)
        try:
            await core.store.expire(idle_since)
        except AppError as error:
            core.metrics.errors.labels(error.code).inc()
