"""Who may do what: each route with each credential."""

from __future__ import annotations

import httpx
import pytest

from offhook.contracts.store import CallRecord
from support.api_rig import API_KEY, Rig, open_session

CREDENTIALS = ("none", "own token", "other token", "bad token", "expired token", "api key", "bad key", "loopback")
OK, GONE = 200, 204

# route: what each credential of CREDENTIALS gets, in order
EXPECTED = {
    ("GET", "/health/live"): (OK,) * 8,
    ("GET", "/health/ready"): (OK,) * 8,
    ("GET", "/health"): (OK,) * 8,
    ("GET", "/metrics"): (401, 401, 401, 401, 401, OK, 401, OK),
    ("POST", "/api/sessions"): (201,) * 8,
    ("GET", "/api/sessions/{id}"): (401, OK, 404, 401, 401, OK, 401, OK),
    ("GET", "/api/sessions/{id}/tasks"): (401, OK, 404, 401, 401, OK, 401, OK),
    ("DELETE", "/api/sessions/{id}"): (401, GONE, 404, 401, 401, GONE, 401, GONE),
    ("POST", "/api/chat"): (401, OK, 404, 401, 401, 401, 401, OK),
    ("GET", "/api/calls"): (401, 401, 401, 401, 401, OK, 401, OK),
    ("GET", "/api/calls/CA1"): (401, 401, 401, 401, 401, OK, 401, OK),
    ("GET", "/api/calls/CA1/transcript"): (401, 401, 401, 401, 401, OK, 401, OK),
    ("GET", "/api/customers"): (401, 401, 401, 401, 401, OK, 401, OK),
    ("GET", "/api/businesses"): (401, 401, 401, 401, 401, OK, 401, OK),
}


@pytest.mark.parametrize("place", range(len(CREDENTIALS)), ids=CREDENTIALS)
@pytest.mark.parametrize("route", EXPECTED, ids=" ".join)
async def test_each_route_with_each_credential(rig: Rig, route: tuple[str, str], place: int) -> None:
    method, path = route
    rig.calls.put(CallRecord(call_id="call_1", business_id="b", call_sid="CA1", session_id=None, channel="twilio"))
    headers: dict[str, str] = {}
    async with rig.client() as here:
        session, other = await open_session(here), await open_session(here)
    match CREDENTIALS[place]:
        case "own token":
            headers = session.bearer
        case "other token":
            headers = other.bearer
        case "bad token":
            headers = {"Authorization": f"Bearer {session.token}x"}
        case "expired token":
            headers = session.bearer
            rig.clock.advance(hours=13)
        case "api key":
            headers = {"X-API-Key": API_KEY}
        case "bad key":
            headers = {"X-API-Key": API_KEY[:-1]}
    body = {"session_id": session.session_id, "message": "hello"} if path == "/api/chat" else None
    client = rig.client() if CREDENTIALS[place] == "loopback" else rig.stranger()
    async with client:
        response = await client.request(method, path.format(id=session.session_id), json=body, headers=headers)
    assert response.status_code == EXPECTED[route][place], response.text
    if response.status_code == 401:
        assert response.json()["error"]["code"] == "unauthorized"
        assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_the_credential_is_looked_at_before_the_body(rig: Rig) -> None:
    async with rig.stranger() as client:
        for body in (b"", b"{", b"x" * 2_000_000):
            assert (await client.post("/api/chat", content=body)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Authorization": "Bearer nonsense"},
        {"X-API-Key": "nonsense"},
    ],
    ids=str,
)
async def test_loopback_trust_ends_where_somebody_else_may_be_behind_it(rig: Rig, headers: dict[str, str]) -> None:
    async with rig.client() as client:
        session = await open_session(client)
        body = {"session_id": session.session_id, "message": "hello"}
        assert (await client.post("/api/chat", json=body)).status_code == 200
        assert (await client.post("/api/chat", json=body, headers=headers)).status_code == 401


async def test_a_page_of_this_machine_is_trusted(rig: Rig) -> None:
    async with rig.client() as client:
        session = await open_session(client)
        body = {"session_id": session.session_id, "message": "hello"}
        for origin in ("http://localhost:5173", "http://127.0.0.1:8000"):
            response = await client.post("/api/chat", json=body, headers={"Origin": origin})
            assert response.status_code == 200


async def test_a_public_url_ends_loopback_trust_but_not_local_metrics(rig: Rig) -> None:
    app = rig.app(public_url="https://offhook.example")
    async with rig.client(app) as client:
        assert (await client.get("/api/calls")).status_code == 401
        assert (await client.get("/metrics")).status_code == 200
        assert (await client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.1"})).status_code == 401


async def test_without_a_configured_key_no_key_opens_anything(rig: Rig) -> None:
    async with rig.stranger(api_key=None) as client:
        for key in ("", "None", API_KEY):
            response: httpx.Response = await client.get("/api/calls", headers={"X-API-Key": key})
            assert response.status_code == 401


@pytest.mark.parametrize("listed", ["*", "https://console.example"])
async def test_a_listed_origin_is_no_staff_and_needs_its_token(rig: Rig, listed: str) -> None:
    page = {"Origin": "https://console.example"}
    async with rig.client(rig.app(cors_origins=(listed,))) as client:
        assert (await client.get("/api/calls", headers=page)).status_code == 401
        assert (await client.get("/metrics", headers=page)).status_code == 401
        session = await open_session(client)
        body = {"session_id": session.session_id, "message": "hello"}
        assert (await client.post("/api/chat", json=body, headers=page)).status_code == 401
        assert (await client.post("/api/chat", json=body, headers=page | session.bearer)).status_code == 200
        assert (await client.get("/api/calls", headers={"Origin": "http://localhost:5173"})).status_code == 200
