"""The description of the API is whole, and nothing that follows or breaks it brings the server down."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as examples_of
from hypothesis import strategies as st

from support.api_rig import API_KEY, Rig, open_session


async def description(rig: Rig) -> dict[str, Any]:
    async with rig.client() as client:
        return dict((await client.get("/openapi.json")).json())


async def test_every_reference_leads_somewhere(rig: Rig) -> None:
    document = await description(rig)
    named = set(re.findall(r"#/components/schemas/([\w.]+)", str(document)))
    assert named
    assert named <= set(document["components"]["schemas"])


async def test_every_route_has_a_summary_a_tag_and_says_who_may_use_it(rig: Rig) -> None:
    document = await description(rig)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["tags"], where
            if path.startswith("/api/"):
                assert "security" in operation, where
                assert "503" in operation["responses"], where


async def test_every_documented_path_of_the_contract_is_there(rig: Rig) -> None:
    paths = set((await description(rig))["paths"])
    assert {
        "/health", "/health/live", "/health/ready", "/metrics", "/api/sessions", "/api/sessions/{session_id}",
        "/api/sessions/{session_id}/tasks", "/api/chat", "/api/calls", "/api/calls/{call}",
        "/api/calls/{call}/transcript", "/api/customers", "/api/vehicles", "/api/appointments", "/api/services",
        "/api/faq", "/api/tasks", "/api/businesses",
    } <= paths  # fmt: skip


@pytest.mark.parametrize("credential", ["api key", "none"])
async def test_nothing_a_client_sends_is_a_server_error(rig: Rig, credential: str) -> None:
    """Requests made from the description, right and wrong ones; answers must be as described."""
    document = await description(rig)
    async with rig.client() as client:
        session = await open_session(client)
    headers = {"X-API-Key": API_KEY} if credential == "api key" else {}
    known = {"session_id": session.session_id}
    schema = schemathesis.openapi.from_dict(document)
    sent: list[tuple[schemathesis.Case, dict[str, str]]] = []

    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.path == "/api/sessions" and credential == "none":
            continue

        @settings(
            max_examples=6,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @examples_of(case=operation.as_strategy(), real=st.booleans())
        def collect(case: schemathesis.Case, real: bool) -> None:
            if real and case.path_parameters and "session_id" in case.path_parameters:
                case.path_parameters.update(known)
            if real and isinstance(case.body, dict) and "session_id" in case.body:
                case.body = {**case.body, **known}
            sent.append((case, headers))

        collect()
    assert len(sent) > 60
    async with rig.client() as client:
        for case, given in sent:
            request = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
            request["headers"] = {**dict(request.get("headers") or {}), **given, "Host": "127.0.0.1:8000"}
            request.pop("cookies", None)
            try:
                response = await client.request(**request)
            except (httpx.InvalidURL, UnicodeError, ValueError):
                continue  # not even a client sends this
            assert response.status_code < 500, (case.method, case.path, case.body, response.text)
            described = case.operation.definition.raw["responses"]
            assert str(response.status_code) in described or response.status_code in (404, 405), (
                case.method, case.path, case.body, response.text,
            )  # fmt: skip


async def test_the_page_for_people_needs_nothing_from_elsewhere(rig: Rig) -> None:
    async with rig.stranger() as client:
        response = await client.get("/docs")
    assert response.status_code == 200
    assert "openapi.json" in response.text
    assert not re.search(r"(src|href)=.?(https?:)?//", response.text)
