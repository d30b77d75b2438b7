"""One session on three channels: begun on the phone, gone on with in the browser, finished in the chat."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from chats import BOOKING, STARTS_AT_UTC
from e2e_server import NOW, QUICK, ServerProcess, serving
from websockets.asyncio.client import connect
from wire_call import http

from offhook.callers.cli import embedded_speaker
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.dialogue.tools.send_link import LINK_JOB
from offhook.kit.clock import SystemClock
from support.js_chat import UPGRADE, Told, js_chat

pytestmark = pytest.mark.e2e
CALLER = "+12025550147"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = QUICK | {"OFFHOOK_FAKE_TRANSCRIPT": BOOKING[0], "OFFHOOK_FAKE_TTS_AUDIO_MS": "400"}
    with serving(tmp_path_factory.mktemp("joined") / "server", settings) as running:
        yield running


async def test_a_booking_begun_by_phone_is_finished_in_the_chat(server: ServerProcess, js_folder: Path) -> None:
    called = await phone_call(server)
    assert (called.answered, called.failures) == (True, [])
    assert called.record is not None
    session_id = called.record.session_id
    async with http(server.url) as staff, http(server.url) as browser, http(server.url) as page:
        by_phone = (await staff.get(f"/api/sessions/{session_id}")).json()
        assert by_phone["status"] == "ACTIVE"
        assert by_phone["booking_slots"]["service_type"]

        first = await join(staff, browser, str(session_id), {})
        assert [one["text"] for one in first["history"]] == [one["content"] for one in by_phone["messages"]]
        said = await over_ws(server, first, BOOKING[1])
        assert "Is that right?" in said

        bearer = {"Authorization": f"Bearer {first['token']}"}
        second = await join(browser, page, str(session_id), bearer)
        assert second["history"][-1]["text"] == said
        async with js_chat(js_folder) as js:
            await js.connect(server.url, {"token": second["token"]}, UPGRADE)
            started = await js.ask("chat:start", {"after": second["seq"]})
            assert started["ok"]
            await js.reply("yes", "m1")
        state = (
            await page.get(f"/api/sessions/{session_id}", headers={"Authorization": f"Bearer {second['token']}"})
        ).json()
        assert state["pending"] is None
    booked = [row for row in server.appointments() if row["session_id"] == session_id]
    assert [(row["starts_at"][:19], row["customer_phone"]) for row in booked] == [(STARTS_AT_UTC, CALLER)]


async def phone_call(server: ServerProcess) -> CallOutcome:
    """A caller who begins a booking and hangs up."""
    async with embedded_speaker() as speaker:
        settings = PhoneSettings(url=server.url, from_number=CALLER, limit_s=60)
        script = Script(steps=(Step(say=BOOKING[0]), Step(hang_up=True)))
        return await Phone(settings, speaker, SystemClock(), lambda _: None).call(script)


async def join(here: httpx.AsyncClient, there: httpx.AsyncClient, session_id: str, headers: dict[str, str]) -> Told:
    made = await here.post(f"/api/sessions/{session_id}/join-code", headers=headers)
    assert made.status_code == 201, made.text
    joined = await there.post("/api/sessions/join", json={"code": made.json()["code"]})
    assert joined.status_code == 200, joined.text
    told: Told = joined.json()
    return told


async def over_ws(server: ServerProcess, joined: Told, text: str) -> str:
    """Say it at `/ws` after a resume; the reply."""
    where = f"{server.url.replace('http', 'ws', 1)}/ws/{joined['session_id']}?token={joined['token']}"
    async with connect(where) as ws, asyncio.timeout(30):
        await ws.send(json.dumps({"type": "resume", "after": joined["seq"]}))
        await ws.send(json.dumps({"type": "message", "text": text, "message_id": "w1"}))
        while True:
            event: dict[str, Any] = json.loads(await ws.recv())
            if event["type"] == "transcript" and event["role"] == "assistant":
                return str(event["content"])


async def test_a_code_does_not_say_who_comes_with_it(server: ServerProcess) -> None:
    """The owner's session waits for a yes to a payment; whoever has its code cannot give that yes."""
    async with http(server.url) as client:
        opened = (await client.post("/api/sessions", json={"desk": "shop"})).json()  # on this machine: the owner's own
        shop = {"business": opened["business"]}
        someone = (await client.get("/api/customers", params=shop)).json()["items"][0]["name"]
        owner = {"Authorization": f"Bearer {opened['token']}"}
        before = (await client.get("/api/payments", params=shop)).json()["items"]
        asked = await chat(client, opened["session_id"], f"{someone} paid 60000 rupees cash", owner)
        assert "60,000" in asked

        joined = await join(client, client, opened["session_id"], owner)
        other = {"Authorization": f"Bearer {joined['token']}"}
        for text in ("yes", f"what is the balance of {someone}"):
            assert "PIN" in await chat(client, opened["session_id"], text, other)
        assert (await client.get("/api/payments", params=shop)).json()["items"] == before


async def chat(client: httpx.AsyncClient, session_id: str, text: str, headers: dict[str, str]) -> str:
    response = await client.post("/api/chat", json={"session_id": session_id, "message": text}, headers=headers)
    assert response.status_code == 200, response.text
    return str(response.json()["reply"])


async def test_a_link_that_was_asked_for_is_made_and_opens_the_talk(folder: Path) -> None:
    """What a caller's wish leaves in the book, done by the worker. (Without a carrier the row is the message.)"""
    server = ServerProcess(folder, worker=True, **(QUICK | {"OFFHOOK_PUBLIC_URL": "https://desk.example"}))
    server.start()
    try:
        async with http(server.url) as client:
            opened = (await client.post("/api/sessions", json={"desk": "dealership"})).json()
            _asked_on_a_call(server, opened["business"], opened["session_id"])
            async with asyncio.timeout(40):
                while not (sent := server.rows("select * from messages where kind = 'session.link'")):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            (message,) = sent
            assert message["recipient"] == CALLER
            code = message["text"].partition("https://desk.example/#join=")[2][:9]
            joined = await client.post("/api/sessions/join", json={"code": code})
        assert joined.status_code == 200, (message["text"], joined.text)
        assert joined.json()["session_id"] == opened["session_id"]
    finally:
        server.stop()


def _asked_on_a_call(server: ServerProcess, business_id: str, session_id: str) -> None:
    call = {"business_id": business_id, "call_id": "call_1", "call_sid": "CA1", "session_id": session_id}
    call |= {"channel": "twilio", "direction": "inbound", "from_number": CALLER, "status": "in-progress"}
    call |= {"started_at": NOW, "record": "{}", "updated_at": "2026-11-18 15:00:00+00:00"}
    payload = {"session_id": session_id, "language": "en", "asked_at": NOW}
    job = {
        "business_id": business_id,
        "job_id": "job_1",
        "kind": LINK_JOB,
        "key": f"{LINK_JOB}:1",
        "subject": session_id,
    }
    job |= {"payload": json.dumps(payload), "state": "queued", "run_at": "2026-11-18 15:00:00+00:00", "attempt": 0}
    job |= {"reason": "", "created_at": job["run_at"], "updated_at": job["run_at"]}
    with closing(sqlite3.connect(server.book, timeout=10)) as book:
        for table, row in (("calls", call), ("jobs", job)):
            marks = ", ".join(f":{name}" for name in row)
            book.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", row)  # our own names
        book.commit()
