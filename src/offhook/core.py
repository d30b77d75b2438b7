"""What works without a network: the book, the sessions and the dialogue, put together from the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from offhook.contracts.errors import AppError
from offhook.contracts.llm import Llm
from offhook.desks.dealership.recognition import Recognition
from offhook.desks.demo import demo_businesses
from offhook.desks.registry import Speech, build_desks
from offhook.desks.tables import metadata
from offhook.dialogue.brains.llm import LlmLimits
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.guard import Refusal
from offhook.dialogue.tool_runner import ToolReport
from offhook.kit.clock import SystemClock
from offhook.ops.models import openai_options
from offhook.ops.settings import Settings
from offhook.ops.starting import refuse_demo_data
from offhook.providers.engine.status import EngineStopped, PoolEvent
from offhook.providers.event_log import EventLog
from offhook.providers.llm.metered import MeteredLlm
from offhook.providers.registry import FakeOptions, ProviderOptions, build_llm
from offhook.session.conversation import Sessions
from offhook.store.businesses import SqlBusinesses
from offhook.store.caches import Caches
from offhook.store.engine import Database, open_database
from offhook.store.migrate import prepare
from offhook.store.sessions import SqlSessionStore
from offhook.store.sessions_redis import RedisSessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.telemetry import pii
from offhook.telemetry.cost import Costs
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

PHONE_RATE_HZ = 8_000
EXPIRY_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Core:
    """What works without a network: the book, the sessions and the dialogue. The command line needs no more."""

    settings: Settings
    clock: SystemClock
    metrics: Metrics
    database: Database
    businesses: SqlBusinesses
    store: SqlSessionStore | RedisSessionStore
    sessions: Sessions
    dialogue: DialogueEngine
    speech: Speech
    llm: Llm | None
    caches: Caches


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """Open (and if it is new, make) the database and build the dialogue on it. Raises AppError."""
    refusals = settings.refusals()
    if refusals:
        raise AppError("settings", "Production refuses to start: " + " ".join(refusals))
    clock = SystemClock(settings.offhook_now)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        database = open_database(settings.database_url())
        stack.push_async_callback(database.aclose)
        await prepare(database, metadata, None if settings.production else demo_businesses(clock))
        businesses = SqlBusinesses(database, clock)
        if settings.production:
            refuse_demo_data(await businesses.demo_names())
        store = await _session_store(settings, database, clock, stack)
        caches = Caches(lambda cache, result: metrics.cache_requests.labels(cache, result).inc())
        units = unit_of_work_factory(database, clock, caches)
        options = provider_options(settings, clock, metrics)
        model = build_llm(settings.offhook_llm, options)
        costs = Costs.of(metrics, settings.offhook_prices)
        llm = _metered(model, clock, metrics, costs) if model is not None else None
        if llm is not None:
            stack.push_async_callback(llm.aclose)
        dialogue = DialogueEngine(
            build_desks(_recognition(settings, metrics)),
            units,
            clock,
            llm=llm,
            llm_limits=_llm_limits(settings),
            brain=settings.offhook_brain,
            on_error=lambda kind: metrics.errors.labels(kind).inc(),
            on_tool=_observe_tool(metrics),
            on_refusal=_log_refusal,
            sends_links=settings.offhook_public_url is not None,
            on_answer=lambda result: metrics.cache_requests.labels("answer", result).inc(),
        )
        stack.push_async_callback(dialogue.aclose)
        sessions = Sessions(
            store=store,
            dialogue=dialogue,
            businesses=businesses,
            clock=clock,
            on_error=lambda kind: metrics.errors.labels(kind).inc(),
        )
        stack.push_async_callback(sessions.aclose)
        speech = Speech(units, clock)
        yield Core(settings, clock, metrics, database, businesses, store, sessions, dialogue, speech, llm, caches)


async def _session_store(
    settings: Settings, database: Database, clock: SystemClock, stack: AsyncExitStack
) -> SqlSessionStore | RedisSessionStore:
    """In Redis where one is named. Raises Unavailable when it does not answer."""
    url = settings.redis_url()
    if url is None:
        return SqlSessionStore(database, clock)
    store = RedisSessionStore(url, clock)
    stack.push_async_callback(store.aclose)
    await store.start()
    return store


def provider_options(settings: Settings, clock: SystemClock, metrics: Metrics) -> ProviderOptions:
    told = EventLog(get_logger("provider"))

    def on_engine(event: PoolEvent) -> None:
        if isinstance(event, EngineStopped):
            metrics.errors.labels("engine_stopped").inc()
        told(event)

    return ProviderOptions(
        clock=clock,
        fake=FakeOptions(
            stt_ms=settings.offhook_fake_stt_ms,
            transcript=settings.offhook_fake_transcript,
            llm_ms=settings.offhook_fake_llm_ms,
            llm_text=settings.offhook_fake_llm_text,
            tts_ms=settings.offhook_fake_tts_ms,
            tts_audio_ms=settings.offhook_fake_tts_audio_ms,
        ),
        openai=openai_options(settings),
        llm_timeout_ms=settings.offhook_llm_timeout_ms,
        on_engine=on_engine,
        on_provider=told,
    )


def _log_refusal(refusal: Refusal) -> None:
    get_logger("dialogue").warning(
        "attempt_refused",
        kind=refusal.kind,
        desk=refusal.desk,
        session_id=refusal.session_id,
        caller=pii.phone(refusal.caller_phone),
    )


def _llm_limits(settings: Settings) -> LlmLimits:
    patience_ms = float(settings.offhook_llm_timeout_ms)
    # Longer than a provider's own: it fails first and tells why, and a second one has the time to begin.
    return LlmLimits(
        first_ms=patience_ms * 1.75,
        between_ms=patience_ms * 1.25,
        answers_kept=settings.offhook_llm_answers,
        session_tokens=settings.offhook_llm_session_tokens,
    )


def _recognition(settings: Settings, metrics: Metrics) -> Recognition:
    return Recognition(
        most=settings.offhook_customers_kept,
        on_result=lambda result: metrics.cache_requests.labels("customer", result).inc(),
    )


def _metered(model: Llm, clock: SystemClock, metrics: Metrics, costs: Costs) -> Llm:
    def used(read: int, written: int) -> None:
        costs.add("llm_input", read)
        costs.add("llm_output", written)
        metrics.llm_tokens.labels("input").inc(read)
        metrics.llm_tokens.labels("output").inc(written)

    return MeteredLlm(
        model,
        clock,
        on_first=lambda ms: metrics.llm_latency.observe(ms / 1000),
        on_usage=used,
        on_failure=lambda kind: metrics.errors.labels(f"llm_{kind}").inc(),
    )


def _observe_tool(metrics: Metrics) -> Callable[[ToolReport], None]:
    return lambda report: metrics.tool_latency.observe(report.elapsed_ms / 1000)
