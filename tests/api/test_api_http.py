"""What every answer has: the envelope for errors, a request id, safe headers, a limit to bodies; and CORS."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter

from offhook.api.http import create_app
from offhook.contracts.conversation import ConversationState, Opening, TurnInput, TurnOutput
from offhook.contracts.errors import Unavailable
from support.api_rig import Rig, open_session


def error_of(response: httpx.Response) -> dict[str, object]:
    body = response.json()
    assert set(body) == {"error"}
    assert {"code", "message", "request_id"} <= set(body["error"]) <= {"code", "message", "request_id", "fields"}
    assert body["error"]["request_id"] == response.headers["X-Request-ID"]
    return body["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("PUT", "/api/chat", 405, "method_not_allowed"),
        ("POST", "/health/live", 405, "method_not_allowed"),
        ("GET", "/ws/sess_1", 404, "not_found"),
        ("GET", "/api/calls/unknown", 404, "not_found"),
        ("GET", "/api/customers/unknown", 404, "not_found"),
        ("GET", "/api/customers?business=unknown", 404, "not_found"),
        ("GET", "/api/customers?limit=0", 422, "invalid"),
        ("POST", "/api/sessions", 422, "invalid"),
    ],
)
async def test_every_error_has_one_envelope(rig: Rig, method: str, path: str, status: int, code: str) -> None:
    async with rig.client() as client:
        response = await client.request(method, path, content=b"{" if method == "POST" else None)
    assert response.status_code == status
    assert error_of(response)["code"] == code


async def test_a_defect_is_a_500_that_tells_nothing_of_the_inside(rig: Rig) -> None:
    broken = APIRouter()

    @broken.get("/broken")
    async def fail() -> None:
        raise RuntimeError("the secret inside")

    async with rig.client(create_app(rig.deps, [broken])) as client:
        response = await client.get("/broken", headers={"X-Request-ID": "mine"})
    assert response.status_code == 500
    assert error_of(response) == {
        "code": "internal",
        "message": "Something went wrong on our side. The request id finds it in the log.",
        "request_id": "mine",
    }
    assert rig.deps.metrics.errors.labels("http")._value.get() == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("two words", False),
        ("new\\nline", False),
        ("<script>", False),
        ("", False),
    ],
)
async def test_a_sane_request_id_is_kept_another_is_made(rig: Rig, given: str, kept: bool) -> None:
    async with rig.client() as client:
        response = await client.get("/health/live", headers={"X-Request-ID": given})
    told = response.headers["X-Request-ID"]
    assert (told == given) is kept
    assert told


async def test_headers_that_keep_browsers_safe(rig: Rig) -> None:
    async with rig.client() as client:
        for path in ("/health/live", "/nowhere"):
            headers = (await client.get(path)).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("declared", [True, False], ids=["by its length", "as it comes"])
async def test_a_body_over_the_limit_is_refused(rig: Rig, declared: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    async with rig.client() as client:
        body = b" " * 2_000_000 if declared else pieces()
        response = await client.post("/api/sessions", content=body)
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


class Gone:
    """Conversations whose store cannot be reached."""

    async def open(self, opening: Opening) -> ConversationState:
        raise Unavailable("database_gone", "The database cannot be reached.")

    async def get(self, session_id: str) -> ConversationState:
        raise Unavailable("database_gone", "The database cannot be reached.")

    async def turn(self, session_id: str, turn: TurnInput, **_: object) -> AsyncIterator[TurnOutput]:
        raise Unavailable("database_gone", "The database cannot be reached.")
        yield

    async def heard(self, session_id: str, turn_id: str, heard: str) -> None: ...

    async def close(self, session_id: str, status: str = "COMPLETED") -> None:
        raise Unavailable("database_gone", "The database cannot be reached.")


async def test_a_store_that_is_gone_is_said_and_may_be_tried_again(rig: Rig) -> None:
    async with rig.client(rig.app(conversations=Gone())) as client:
        for method, path, body in (
            ("POST", "/api/sessions", {}),
            ("GET", "/api/sessions/sess_1", None),
            ("DELETE", "/api/sessions/sess_1", None),
            ("POST", "/api/chat", {"session_id": "sess_1", "message": "hello"}),
        ):
            response = await client.request(method, path, json=body)
            assert response.status_code == 503
            assert error_of(response)["code"] == "database_gone"
            assert response.headers["Retry-After"]


async def test_only_listed_origins_may_call_from_a_page(rig: Rig) -> None:
    app = rig.app(cors_origins=("https://console.example",))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    async with rig.stranger(app) as client:
        ours = await client.options("/api/chat", headers={"Origin": "https://console.example", **asked})
        other = await client.options("/api/chat", headers={"Origin": "https://evil.example", **asked})
        session = await open_session(client)
        body = {"session_id": session.session_id, "message": "hello"}
        sent = await client.post("/api/chat", json=body, headers={"Origin": "https://console.example"} | session.bearer)
    assert ours.headers["Access-Control-Allow-Origin"] == "https://console.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert sent.headers["Access-Control-Allow-Origin"] == "https://console.example"
    assert "X-Request-ID" in ours.headers
