from __future__ import annotations

from support.api_rig import API_KEY, Rig, open_session


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
