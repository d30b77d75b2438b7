from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from offhook.api.access import require_newest, standing
from offhook.api.socket_door import admission
from offhook.contracts.errors import AppError
from support.api_rig import API_KEY, Rig, open_session, serving


async def test_a_session_goes_on_where_the_code_is_given(rig: Rig) -> None:
    async with rig.stranger() as phone, rig.stranger() as page:
        session = await open_session(phone)
        body = {"session_id": session.session_id, "message": "when are you open", "message_id": "m1"}
        await phone.post("/api/chat", json=body, headers=session.bearer)
        made = await phone.post(f"/api/sessions/{session.session_id}/join-code", headers=session.bearer)
        assert made.status_code == 201
        told = made.json()
        assert told["link"].endswith(f"/#join={told['code']}")
        joined = await page.post("/api/sessions/join", json={"code": told["code"].lower()})
        assert joined.status_code == 200
        begun = joined.json()
        assert begun["session_id"] == session.session_id
        assert [one["text"] for one in begun["history"]][:2] == [session.greeting, "when are you open"]
        body = {"session_id": session.session_id, "message": "where are you"}
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        assert (await page.post("/api/chat", json=body, headers=bearer)).status_code == 200
        again = await page.post("/api/sessions/join", json={"code": told["code"]})
        assert (again.status_code, again.json()["error"]["code"]) == (404, "bad_code")


async def test_who_may_have_a_code(rig: Rig) -> None:
    async with rig.stranger() as client:
        one, other = await open_session(client), await open_session(client)
        path = f"/api/sessions/{one.session_id}/join-code"
        assert (await client.post(path)).status_code == 401
        assert (await client.post(path, headers=other.bearer)).status_code == 404
        assert (await client.post(path, headers={"X-API-Key": API_KEY})).status_code == 201
        assert (
            await client.post("/api/sessions/sess_none/join-code", headers={"X-API-Key": API_KEY})
        ).status_code == 404
        await client.delete(f"/api/sessions/{one.session_id}", headers=one.bearer)
        assert (await client.post(path, headers=one.bearer)).status_code == 409


async def test_guessing_is_slow(rig: Rig) -> None:
    app = rig.app()
    async with rig.stranger(app) as client:
        statuses = [
            (await client.post("/api/sessions/join", json={"code": "ABCD-2345"})).status_code for _ in range(12)
        ]
        assert statuses == [404] * 10 + [429] * 2
        session = await open_session(client)
        path = f"/api/sessions/{session.session_id}/join-code"
        statuses = [(await client.post(path, headers=session.bearer)).status_code for _ in range(7)]
        assert statuses == [201] * 6 + [429]


async def test_many_addresses_do_not_make_it_quicker(rig: Rig) -> None:
    app = rig.app()
    refused = 0
    for n in range(130):
        async with rig.client(app, peer=f"203.0.113.{n}", host="offhook.example") as client:
            refused += (await client.post("/api/sessions/join", json={"code": "ABCD-2345"})).status_code == 429
    assert refused == 10
    async with rig.client(app, peer="198.51.100.7", host="offhook.example") as client:
        session = await open_session(client)
        made = await client.post(f"/api/sessions/{session.session_id}/join-code", headers=session.bearer)
        joined = await client.post("/api/sessions/join", json={"code": made.json()["code"]})
    assert joined.status_code == 200, "a right code is nobody's guess"


async def test_a_join_ends_the_tokens_that_were_given_before(rig: Rig) -> None:
    app = rig.app()
    async with rig.stranger(app) as before, rig.stranger(app) as page, serving(app) as address:
        session = await open_session(before)
        path = f"/api/sessions/{session.session_id}"
        entry = admission(rig.deps)
        code = (await before.post(f"{path}/join-code", headers=session.bearer)).json()["code"]
        stands = standing(rig.deps, session.token, session.session_id)
        await anext(stands)
        async with connect(f"ws://{address}/ws/{session.session_id}?token={session.token}") as ws:
            await ws.send('{"type": "ping"}')
            await ws.recv()
            begun = (await page.post("/api/sessions/join", json={"code": code})).json()
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await ws.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
        assert await anext(stands, "over") == "over"
        assert await anext(standing(rig.deps, session.token, session.session_id), "over") == "over"
        await anext(standing(rig.deps, begun["token"], session.session_id))
        body = {"session_id": session.session_id, "message": "hello"}
        refused = [
            await before.get(path, headers=session.bearer),
            await before.delete(path, headers=session.bearer),
            await before.post(f"{path}/join-code", headers=session.bearer),
            await before.post("/api/chat", json=body, headers=session.bearer),
            await before.get("/api/chat/history", headers=session.bearer),
        ]
        assert {(one.status_code, one.json()["error"]["code"]) for one in refused} == {(401, "token_superseded")}
        again = await before.post("/api/chat/init", json={"token": session.token})
        assert again.json()["session_id"] != session.session_id
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        assert (await page.get(path, headers=bearer)).status_code == 200
        assert (await page.post("/api/chat", json=body, headers=bearer)).status_code == 200
        assert (await page.get(path, headers={"X-API-Key": API_KEY})).status_code == 200
        scope = {"type": "http", "headers": [], "scheme": "http", "client": ("203.0.113.7", 1), "path": "/socket"}
        state = await rig.deps.conversations.get(session.session_id)
        with pytest.raises(AppError, match="continued elsewhere"):
            require_newest(state, entry(scope, {"token": session.token}).held)
        require_newest(state, entry(scope, {"token": begun["token"]}).held)


async def test_a_link_names_no_host_that_a_stranger_chose(rig: Rig) -> None:
    for proxies, host in (((), "offhook.example:8000"), (("203.0.113.7",), "evil.example")):
        async with rig.stranger(trusted_proxies=proxies) as client:
            session = await open_session(client)
            headers = {**session.bearer, "X-Forwarded-Host": "evil.example"}
            made = await client.post(f"/api/sessions/{session.session_id}/join-code", headers=headers)
        assert made.json()["link"].startswith(f"http://{host}/#join=")


async def test_who_asks_is_judged_before_the_id(rig: Rig) -> None:
    async with rig.stranger() as client:
        answers = [
            await client.post("/api/sessions/not~an~id/join-code"),
            await client.delete("/api/webhooks/not~an~id"),
            await client.post("/api/webhooks/not~an~id/secret"),
            await client.post("/api/webhooks/not~an~id/test"),
        ]
    assert [one.status_code for one in answers] == [401] * 4
