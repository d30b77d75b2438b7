from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from offhook.api.http import create_app
from offhook.ops.health import Health
from offhook.telemetry.cost import Costs
from support.api_rig import API_KEY, Rig, part

PARTS = {
    "database": part("ok", "offhook.db"),
    "voice": part("degraded", "espeak does not start", "See the log."),
}


async def test_details_are_for_staff_and_this_machine(rig: Rig) -> None:
    app = create_app(replace(rig.deps, health=Health(PARTS)))
    async with rig.stranger(app) as client:
        told = (await client.get("/health")).json()
        assert told["parts"] == {"database": {"status": "ok"}, "voice": {"status": "degraded"}}
        staff = (await client.get("/health", headers={"X-API-Key": API_KEY})).json()
    async with rig.client(app) as client:
        here = (await client.get("/health")).json()
    assert here == staff
    assert here["status"] == "degraded"
    assert here["parts"]["voice"] == {"status": "degraded", "detail": "espeak does not start", "mend": "See the log."}


@pytest.mark.parametrize(
    ("parts", "draining", "status", "said"),
    [
        ({"a": part("ok")}, False, 200, "ready"),
        ({"a": part("degraded")}, False, 200, "ready"),
        ({"a": part("ok"), "b": part("broken")}, False, 503, "broken"),
        ({"a": part("ok")}, True, 503, "draining"),
    ],
)
async def test_ready_is_503_only_when_draining_or_broken(
    rig: Rig, parts: dict[str, object], draining: bool, status: int, said: str
) -> None:
    health = Health(parts)  # type: ignore[arg-type]
    health.draining = draining
    async with rig.stranger(create_app(replace(rig.deps, health=health))) as client:
        response = await client.get("/health/ready")
        live = await client.get("/health/live")
        assert (await client.head("/health/live")).status_code == 200  # as load balancers probe
    assert (response.status_code, response.json()["status"]) == (status, said)
    assert live.status_code == 200


async def test_the_metrics_are_in_the_collectors_format(rig: Rig) -> None:
    async with rig.client() as client:
        response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert "offhook_active_calls 0.0" in response.text


async def test_health_answers_while_it_asks_slow_parts_at_once(rig: Rig) -> None:
    meeting = asyncio.Barrier(2)

    async def meets() -> object:
        await meeting.wait()
        return await part("ok")()

    async with rig.client(create_app(replace(rig.deps, health=Health({"a": meets, "b": meets})))) as client:  # type: ignore[dict-item]
        assert (await client.get("/health")).json()["status"] == "ok"


async def test_what_usage_costs_is_among_the_metrics(rig: Rig) -> None:
    Costs.of(rig.deps.metrics, "INR llm_input=20").add("llm_input", 500_000)
    async with rig.client() as client:
        text = (await client.get("/metrics")).text
    assert 'offhook_cost_total{currency="INR",leg="llm"} 10.0' in text
