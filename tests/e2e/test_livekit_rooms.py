"""Calls in rooms of a real LiveKit server: a caller by LiveKit's Python library, and a page with its JavaScript one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from e2e_server import HEARD, QUICK, ServerProcess, serving
from livekit import api

from offhook.audio.resample import resample
from offhook.callers.cli import embedded_speaker
from offhook.callers.voice import at_speech_level
from support.chromium import NoBrowser
from support.livekit_page import ORIGIN, room_page, until_gone, write_microphone
from support.livekit_server import API_KEY, API_SECRET, LiveKitServer, NoLiveKit, prepared_livekit
from support.livekit_user import RATE_HZ, RoomUser, in_room, open_session, ticket_for

pytestmark = pytest.mark.e2e
LIMIT_S = 30.0


@contextmanager
def _both(folder: Path, livekit: LiveKitServer, **settings: str) -> Iterator[ServerProcess]:
    """Our server, and LiveKit telling it of its rooms."""
    with serving(folder, {**livekit.settings, **settings}) as server:
        livekit.webhook = f"{server.url}/livekit/webhook"
        livekit.start()
        yield server


@dataclass(frozen=True)
class House:
    """Our server, whose recogniser hears fixed words and whose voice is a tone, and LiveKit."""

    server: ServerProcess
    livekit: LiveKitServer

    @property
    def url(self) -> str:
        return self.server.url

    def ends(self, session_id: str) -> list[object]:
        """How the session's calls ended; None for one that goes on."""
        columns = "json_extract(record, '$.end_reason') as reason"
        rows = self.server.rows(f"select {columns} from calls where session_id = '{session_id}' order by started_at")
        return [row["reason"] for row in rows]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    try:
        livekit = prepared_livekit()
    except NoLiveKit as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("rooms") / "server"
    try:
        with _both(folder, livekit, **QUICK, OFFHOOK_FAKE_TRANSCRIPT=HEARD) as server:
            yield House(server, livekit)
    finally:
        livekit.remove()


async def until(true: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110  # other processes have no event for us
            await asyncio.sleep(0.05)


async def spoken(text: str) -> bytes:
    async with embedded_speaker() as speaker:
        return resample(at_speech_level(await speaker(text, "en-us+f3")), 8_000, RATE_HZ)


def rooms(livekit: LiveKitServer) -> api.LiveKitAPI:
    return api.LiveKitAPI(livekit.url.replace("ws", "http"), API_KEY, API_SECRET)


def state_of(user: RoomUser) -> Callable[[], bool]:
    return lambda: user.agent_state == "listening" and bool(user.audible)


async def test_a_call_as_livekits_front_ends_see_it(house: House) -> None:
    session_id, headers = await open_session(house.url)
    words = await spoken(HEARD)
    async with in_room(await ticket_for(house.url, headers)) as user:
        await until(state_of(user))
        await user.say(words)
        await until(lambda: any(s.of == user.me and s.final for s in user.segments.values()))
        await until(lambda: [state for _, state in user.states].count("speaking") >= 2)
        await until(state_of(user))
        mine = next(s for s in user.segments.values() if s.of == user.me)
        agents = [s for s in user.segments.values() if s.of != user.me]
        states = [state for _, state in user.states]
        tracks = {t.sid for p in user.room.remote_participants.values() for t in p.track_publications.values()}
        own = {t.sid for t in user.room.local_participant.track_publications.values()}
    assert user.agent_kind == 4, "an agent by kind"
    assert states[:3] in (["initializing", "thinking", "speaking"], ["thinking", "speaking", "listening"])
    assert (mine.text, mine.track in own) == (HEARD, True)
    assert len(agents) >= 2 and all(s.final and s.track in tracks for s in agents)
    assert "Lakeside Motors" in agents[0].text
    assert len(user.audible) >= 2, "greeting and answer were heard"
    await until(lambda: house.ends(session_id) == ["caller_hung_up"])


async def test_what_is_written_is_answered_aloud(house: House) -> None:
    session_id, headers = await open_session(house.url)
    async with in_room(await ticket_for(house.url, headers)) as user:
        await until(state_of(user))
        written = time.monotonic()
        await user.type("Where are you located?")
        await until(lambda: user.audible[-1][1] > written)
        await until(lambda: len(user.texts(mine=False)) >= 2)
    async with httpx.AsyncClient(base_url=house.url) as http:
        state = (await http.get(f"/api/sessions/{session_id}", headers=headers)).json()
    assert "Where are you located?" in [message["content"] for message in state["messages"]]
    assert user.texts(mine=True) == [], "the page shows itself what was written"


async def test_speech_over_the_agent_silences_it_and_takes_back_what_was_not_heard(
    folder: Path, livekit_server: LiveKitServer
) -> None:
    talkative = {**QUICK, "OFFHOOK_FAKE_TRANSCRIPT": HEARD, "OFFHOOK_FAKE_TTS_AUDIO_MS": "8000"}
    with _both(folder, livekit_server, **talkative) as server:
        _, headers = await open_session(server.url)
        words = await spoken("Stop, please stop. What are your opening hours on Saturday?")
        async with in_room(await ticket_for(server.url, headers)) as user:
            await until(lambda: user.audible)
            await user.say(words)
            await until(lambda: any(s.of == user.me and s.final for s in user.segments.values()))
            greeting = next(s for s in user.segments.values() if s.of != user.me)
            began, ended = user.audible[0]
    assert greeting.final
    assert "How can I help" not in greeting.text
    assert ended - began < 8, "the tone of the first sentence alone would have lasted longer"


async def test_a_caller_who_comes_back_soon_goes_on_and_one_who_does_not_has_hung_up(house: House) -> None:
    session_id, headers = await open_session(house.url)
    ticket = await ticket_for(house.url, headers)
    async with in_room(ticket) as user:
        await until(state_of(user))
    async with in_room(ticket) as again:
        await until(lambda: again.agent_state)
        await again.say(await spoken(HEARD))
        await until(lambda: again.audible)
    assert len(house.ends(session_id)) == 1, "the same call"
    await until(lambda: house.ends(session_id) == ["caller_hung_up"])


async def test_a_second_tab_takes_the_call_over(house: House) -> None:
    session_id, headers = await open_session(house.url)
    words = await spoken(HEARD)
    async with in_room(await ticket_for(house.url, headers)) as first:
        await until(state_of(first))
        async with in_room(await ticket_for(house.url, headers)) as second:
            await asyncio.wait_for(first.gone.wait(), LIMIT_S)
            await until(lambda: second.agent_state)
            await asyncio.sleep(1)
            await second.say(words)
            await until(lambda: second.texts(mine=True) and second.audible)
    assert first.gone_because == "DUPLICATE_IDENTITY"
    assert len(house.ends(session_id)) == 1, "the same call"


async def test_two_rooms_at_once_do_not_hear_each_other(house: House) -> None:
    words = await spoken(HEARD)
    (_, one), (_, two) = await open_session(house.url), await open_session(house.url)
    async with (
        in_room(await ticket_for(house.url, one)) as talker,
        in_room(await ticket_for(house.url, two)) as other,
    ):
        await until(state_of(talker))
        await until(state_of(other))
        await talker.say(words)
        await until(lambda: talker.texts(mine=True))
        assert other.texts(mine=True) == []
        assert len(talker.room.remote_participants) == len(other.room.remote_participants) == 1


async def test_when_livekit_ends_the_room_the_call_ends_and_a_token_of_an_ended_session_opens_nothing(
    house: House,
) -> None:
    session_id, headers = await open_session(house.url)
    ticket = await ticket_for(house.url, headers)
    async with in_room(ticket) as user:
        await until(state_of(user))
        async with rooms(house.livekit) as livekit:
            await livekit.room.delete_room(api.DeleteRoomRequest(room=ticket["room_name"]))
        await asyncio.wait_for(user.gone.wait(), LIMIT_S)
    await until(lambda: house.ends(session_id)[0] in ("room_deleted", "room_finished"))
    async with httpx.AsyncClient(base_url=house.url) as http:
        assert (await http.delete(f"/api/sessions/{session_id}", headers=headers)).status_code == 204
        refused = await http.post("/api/voice/token", json={}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "session_over")
    async with in_room(ticket, speaks=False) as late:
        await asyncio.wait_for(late.gone.wait(), LIMIT_S)
        assert late.gone_because == "ROOM_DELETED"
    assert len(house.ends(session_id)) == 1


async def test_a_caller_who_finds_no_agent_gets_one_when_livekit_tells_of_him(house: House) -> None:
    session_id, headers = await open_session(house.url)
    ticket = await ticket_for(house.url, headers)
    async with rooms(house.livekit) as livekit:
        agent = api.RoomParticipantIdentity(room=ticket["room_name"], identity=f"agent-{session_id}")
        await livekit.room.remove_participant(agent)
        while (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms:  # noqa: ASYNC110  # as in `until`
            await asyncio.sleep(0.05)
    async with in_room(ticket) as user:
        await until(state_of(user))


async def test_a_forged_webhook_is_refused(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as http:
        for headers in ({}, {"Authorization": "forged"}):
            answer = await http.post("/livekit/webhook", content=b'{"event":"room_finished"}', headers=headers)
            assert answer.status_code == 401


async def test_a_livekit_that_is_down_is_said_and_harms_nobody_else(house: House) -> None:
    session_id, headers = await open_session(house.url)
    async with in_room(await ticket_for(house.url, headers)) as user:
        await until(state_of(user))
        house.livekit.stop()
        await until(lambda: house.ends(session_id)[0], 60)
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as http:
        refused = await http.post("/api/voice/token", json={}, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "livekit_unavailable")
        part = (await http.get("/health")).json()["parts"]["livekit"]
        assert part["status"] == "degraded" and "LIVEKIT_URL" in part["mend"]
        assert (await http.get("/health/ready")).status_code == 200
        said = {"session_id": session_id, "message": "hello"}
        assert (await http.post("/api/chat", json=said, headers=headers)).status_code == 200
        house.livekit.start()
        assert (await http.post("/api/voice/token", json={}, headers=headers)).status_code == 201
        assert (await http.get("/health")).json()["parts"]["livekit"]["status"] == "ok"


async def test_a_media_process_that_is_killed_comes_back_within_the_same_call(house: House) -> None:
    session_id, headers = await open_session(house.url)
    async with in_room(await ticket_for(house.url, headers)) as user:
        await until(state_of(user))
        (pid,) = house.server.engines("offhook.channels.livekit.child")
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        words = await spoken(HEARD)
        await until(lambda: house.server.engines("offhook.channels.livekit.child"))
        await until(lambda: len(user.room.remote_participants) == 1)
        await asyncio.sleep(1)
        await user.say(words)
        await until(lambda: any(s.of == user.me and s.final for s in user.segments.values()))
        await until(lambda: user.audible[-1][1] > killed)
    assert len(house.ends(session_id)) == 1


async def test_a_wav_at_a_pages_microphone_books_an_appointment(
    folder: Path, livekit_server: LiveKitServer, js_folder: Path, tmp_path: Path
) -> None:
    said = ["Hello, this is Peter Parker. I need an oil change tomorrow at ten.", "Yes.", "No, thank you. Goodbye."]
    sounds = [await spoken(text) for text in said]
    script = [9.0, sounds[0], 11.5, sounds[1], 12.0, sounds[2], 30.0]
    write_microphone(tmp_path / "microphone.wav", script, RATE_HZ)
    with _both(folder, livekit_server, OFFHOOK_CORS_ORIGINS=ORIGIN) as server:
        session_id, headers = await open_session(server.url, customer_phone="+12025550161")
        try:
            async with room_page(js_folder, tmp_path / "microphone.wav") as page:
                token = headers["Authorization"].removeprefix("Bearer ")
                await page.evaluate("([url, token]) => join(url, token)", [server.url, token])
                told = await until_gone(page, 90)
        except NoBrowser as reason:
            pytest.skip(str(reason))
        (row,) = [row for row in server.appointments() if row["session_id"] == session_id]
    assert (row["service_name"], row["starts_at"][:16]) == ("Oil change", "2026-11-19 16:00")
    assert (row["customer_phone"], row["status"]) == ("+12025550161", "booked")
    assert told["gone"] == "ROOM_DELETED"
    assert (told["kind"], told["name"]) == (4, "Sophie")
    segments = told["segments"].values()
    assert any(s["mine"] and "oil change" in s["text"] for s in segments)
    assert any(not s["mine"] and "Is that right?" in s["text"] and s["final"] == "true" for s in segments)
    assert {"thinking", "speaking", "listening"} <= {state for _, state in told["states"]}
    assert len(told["heard"]) >= 4, "greeting, read-back, confirmation, goodbye were audible"
