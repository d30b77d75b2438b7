"""A caller who wants a person, by telephone: staff are asked, the call is put through, and somebody takes it or nobody.

On one server, and on two that share PostgreSQL and Redis: one carries the call, staff answer on the other, and the
carrier's later webhooks reach the other as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from e2e_server import QUICK, ServerProcess, serving

from offhook.callers.cli import embedded_speaker
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e

HEARD = "can i talk to a person please"
STAFF_LINE = "+12025550150"
GARAGE_LINE = "+12025550160"
SETTINGS = QUICK | {"OFFHOOK_FAKE_TRANSCRIPT": HEARD, "OFFHOOK_FAKE_TTS_AUDIO_MS": "400"}
ALL_DAY = [{"weekday": day, "opens": "00:00:00", "closes": "23:59:00"} for day in range(7)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("put-through") / "server", SETTINGS) as server:
        asyncio.run(open_garage(server))
        yield server


async def open_garage(server: ServerProcess) -> str:
    """A business with people of its own (those of the demo ones are made up); its id."""
    garage = {"name": "Miller Garage", "desk": "dealership", "timezone": "America/Chicago", "phone": GARAGE_LINE}
    garage |= {"transfer_number": STAFF_LINE, "hours": ALL_DAY}
    async with httpx.AsyncClient(base_url=server.url) as http:
        made = await http.post("/api/businesses", json=garage)
        assert made.status_code == 201, made.text
        return str(made.json()["business_id"])


async def call(server: ServerProcess, **settings: Any) -> CallOutcome:
    async with embedded_speaker() as speaker:
        phone = PhoneSettings(url=server.url, to_number=GARAGE_LINE, limit_s=60, **settings)
        script = Script(steps=(Step(say="Can I talk to a person please?"),), end="wait")
        return await Phone(phone, speaker, SystemClock(), lambda _: None).call(script)


async def tasks_of(server: ServerProcess, business_id: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=server.url) as http:
        return list((await http.get("/api/tasks", params={"business": business_id})).json()["items"])


@pytest.mark.parametrize(("carrier", "taken_by", "missed_by"), [("twilio", "0143", "0144"), ("exotel", "0153", "0154")])
async def test_somebody_takes_the_call_or_nobody_does(
    server: ServerProcess, carrier: str, taken_by: str, missed_by: str
) -> None:
    taken_by, missed_by = f"+1202555{taken_by}", f"+1202555{missed_by}"
    told_before = len(notices_to_owner(server))
    joined = await call(server, staff_answers=True, from_number=taken_by, carrier=carrier)
    assert (joined.failures, joined.after.put_through, joined.after.joined) == ([], STAFF_LINE, True)
    assert joined.after.told_then == ""
    assert "Miller Garage" in joined.after.whispered or carrier == "exotel", "whose flows whisper nothing"
    missed = await call(server, from_number=missed_by, carrier=carrier)
    assert (missed.failures, missed.after.put_through, missed.after.joined) == ([], STAFF_LINE, False)
    assert "call you back" in missed.after.told_then
    rows = {row["customer_phone"]: row for row in server.rows("select customer_phone, status from tasks")}
    assert rows[taken_by]["status"] == "COMPLETED", "the call-back is done"
    assert rows[missed_by]["status"] == "QUEUED", "somebody still has to call"
    assert len(notices_to_owner(server)) == told_before + 1, "the owner is told of the one that nobody took"


def notices_to_owner(server: ServerProcess) -> list[object]:
    return [row for row in server.rows("select kind from jobs") if row["kind"] == OWNER_NOTICE]


@asynccontextmanager
async def waiting_webhook() -> AsyncIterator[str]:
    """Takes the question to staff and answers nothing yet."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    hook = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with hook:
        yield f"http://127.0.0.1:{hook.sockets[0].getsockname()[1]}/"


@pytest.mark.postgres
async def test_staff_answer_on_another_server_and_it_goes_on_with_the_call(
    fresh_postgres: Any, redis_url: str, tmp_path: Any
) -> None:
    async with waiting_webhook() as hook:
        shared = SETTINGS | {"OFFHOOK_DATABASE_URL": fresh_postgres(), "OFFHOOK_REDIS_URL": redis_url}
        shared |= {"OFFHOOK_STAFF_WEBHOOK_URL": hook, "JWT_SECRET": "s" * 48}
        first, second = (ServerProcess(tmp_path / name, **shared) for name in ("first", "second"))
        try:
            await asyncio.to_thread(first.start)
            await asyncio.to_thread(second.start)
            business_id = await open_garage(first)
            calling = asyncio.create_task(call(first, staff_answers=True, next_url=second.url))
            async with asyncio.timeout(40):
                while not (open_tasks := await tasks_of(second, business_id)):  # noqa: ASYNC110  # another process
                    await asyncio.sleep(0.2)
            async with httpx.AsyncClient(base_url=second.url) as http:
                answer = {"human_available": True, "human_agent_name": "Ravi"}
                path = f"/api/tasks/{open_tasks[0]['task_id']}"
                taken = await http.patch(path, params={"business": business_id}, json=answer)
                assert taken.status_code == 200, taken.text
            outcome = await calling
            assert (outcome.failures, outcome.after.put_through, outcome.after.joined) == ([], STAFF_LINE, True)
            (task,) = await tasks_of(first, business_id)
            assert task["status"] == "COMPLETED"
        finally:
            for server in (first, second):
                await asyncio.to_thread(server.stop)
