"""The API over a real dialogue, a real book on SQLite and sessions in memory, on a clock that stands still."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import uvicorn
from fastapi import FastAPI

from offhook.api.deps import ApiDeps
from offhook.api.http import create_app
from offhook.channels.recorded import RecordedSpeech
from offhook.contracts.business import Business
from offhook.contracts.conversation import Conversations
from offhook.contracts.speech import SpeechDomain
from offhook.contracts.store import CallRecord
from offhook.ops.health import PartHealth
from offhook.providers.stt.fake import FakeStt
from offhook.providers.tts.fake import FakeTts
from offhook.store.engine import Database
from offhook.store.sessions_memory import MemorySessionStore
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock

API_KEY = "key-for-tests-0123456789abcdef0123456789"
SIGNING_KEY = b"a signing key of thirty-two bytes or more"

READER = ScriptedReader(
    {
        "when are you open": Command(intent="faq", slots={"topic": "hours"}),
        "where are you": Command(intent="faq", slots={"topic": "location"}),
        "a human please": Command(intent="handoff", slots={"reason": "request"}),
        "hello": Command(intent="greet"),
    }
)


class CallsInMemory:
    """Contracts' CallLog, as far as the API uses it."""

    def __init__(self) -> None:
        self.records: dict[str, CallRecord] = {}

    def put(self, record: CallRecord) -> None:
        self.records[record.call_id] = self.records[record.call_sid] = record

    def live(self, call: str) -> CallRecord | None:
        return None

    async def get(self, call: str) -> CallRecord | None:
        return self.records.get(call)

    async def flush(self) -> None:
        pass


def fake_speech(transcript: str = "when are you open") -> RecordedSpeech:
    async def domain(business: Business) -> SpeechDomain | None:
        return None

    return RecordedSpeech(FakeStt(transcript=transcript), FakeTts(), domain)


@dataclass
class Rig:
    deps: ApiDeps
    store: MemorySessionStore
    calls: CallsInMemory
    clock: SetClock
    database: Database
    speech: RecordedSpeech

    def app(self, *, conversations: Conversations | None = None, **settings: object) -> FastAPI:
        deps = replace(self.deps, settings=replace(self.deps.settings, **settings))
        deps = deps if conversations is None else replace(deps, conversations=conversations)
        return create_app(deps, speech=self.speech)

    def client(
        self, app: FastAPI | None = None, *, peer: str = "127.0.0.1", host: str = "127.0.0.1"
    ) -> httpx.AsyncClient:
        """`peer` 127.0.0.1 has loopback trust; any other address is a stranger."""
        transport = httpx.ASGITransport(app or self.app(), client=(peer, 40_000))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8000")

    def stranger(self, app: FastAPI | None = None, **settings: object) -> httpx.AsyncClient:
        return self.client(app or self.app(**settings), peer="203.0.113.7", host="offhook.example")


def part(status: str, detail: str = "", mend: str = "") -> Callable[[], Awaitable[PartHealth]]:
    async def check() -> PartHealth:
        return PartHealth(status, detail, mend)  # type: ignore[arg-type]

    return check


@dataclass
class Opened:
    session_id: str
    token: str
    greeting: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def open_session(client: httpx.AsyncClient, **body: object) -> Opened:
    response = await client.post("/api/sessions", json=body)
    assert response.status_code == 201, response.text
    told = response.json()
    return Opened(told["session_id"], told["token"], told["greeting"])


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free port of this machine, by a real server; yields host:port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_config=None, ws_max_size=1_048_576)
    server = uvicorn.Server(config)
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - the server tells it by a flag alone
            await asyncio.sleep(0.005)
        host, port = listener.getsockname()[:2]
        try:
            yield f"{host}:{port}"
        finally:
            server.should_exit = True
            await task
