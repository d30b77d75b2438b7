"""Staff take a task over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from offhook.contracts.desk import Effect
from offhook.store.business_book import BusinessBook
from offhook.store.unit_of_work import unit_of_work_factory
from support.api_rig import Rig


async def waiting(rig: Rig) -> str:
    business = await rig.deps.businesses.default()
    async with unit_of_work_factory(rig.database, rig.clock)(business.business_id, Effect.WRITE) as uow:
        return (await BusinessBook(uow).create_task("callback", "request", now=rig.clock.now())).task_id


async def patch(client: httpx.AsyncClient, task_id: str, body: dict[str, Any], **params: str) -> httpx.Response:
    return await client.patch(f"/api/tasks/{task_id}", json=body, params=params)


async def test_somebody_takes_it_and_has_done_it(rig: Rig) -> None:
    task_id = await waiting(rig)
    async with rig.client() as client:
        taken = await patch(client, task_id, {"human_available": True, "human_agent_name": "Ravi"})
        assert taken.status_code == 200, taken.text
        assert taken.json() == {
            "task_id": task_id,
            "status": "RUNNING",
            "human_available": True,
            "human_agent_name": "Ravi",
        }
        listed = (await client.get(f"/api/tasks/{task_id}")).json()
        assert (listed["status"], listed["assigned_to"]) == ("RUNNING", "Ravi")
        done = await patch(client, task_id, {"status": "COMPLETED", "human_agent_name": "Ravi"})
        assert done.json()["status"] == "COMPLETED"


async def test_the_list_tells_when_a_call_back_is_due(rig: Rig) -> None:
    business = await rig.deps.businesses.default()
    async with unit_of_work_factory(rig.database, rig.clock)(business.business_id, Effect.WRITE) as uow:
        book, now = BusinessBook(uow), rig.clock.now()
        await book.create_task("callback", "request", now=now, due_at=now + timedelta(hours=15))
        await book.create_task("message", "request", now=now)
    async with rig.client() as client:
        listed = (await client.get("/api/tasks")).json()["items"]
    due = {one["kind"]: one["due_at"] for one in listed}
    assert due["message"] is None
    assert datetime.fromisoformat(due["callback"]) == now + timedelta(hours=15)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "human_available"),
        ({"human_available": "yes"}, "human_available"),
        ({"human_available": True, "human_agent_name": "x" * 81}, "human_agent_name"),
        ({"human_available": True, "human_agent_name": "a\nb"}, "human_agent_name"),
        ({"status": "QUEUED"}, "status"),
        ({"human_available": True, "phone": "1"}, "phone"),
    ],
)
async def test_what_is_refused(rig: Rig, body: dict[str, Any], field: str) -> None:
    task_id = await waiting(rig)
    async with rig.client() as client:
        refused = await patch(client, task_id, body)
    assert refused.status_code == 422
    assert field in refused.text


async def test_only_staff_and_only_tasks_of_the_business(rig: Rig) -> None:
    task_id = await waiting(rig)
    async with rig.stranger() as client:
        assert (await patch(client, task_id, {"human_available": True})).status_code == 401
    async with rig.client() as client:
        assert (await patch(client, "task_none", {"human_available": True})).status_code == 404
        assert (await patch(client, task_id, {"human_available": True}, business="biz_none")).status_code == 404
