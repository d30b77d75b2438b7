from __future__ import annotations

import asyncio

import pytest

from offhook.contracts.errors import Unavailable
from offhook.ops.health import Health, PartHealth


async def ok() -> PartHealth:
    return PartHealth("ok")


async def never() -> PartHealth:
    await asyncio.Event().wait()
    raise AssertionError


async def gone() -> PartHealth:
    raise Unavailable("database_gone", "The database cannot be reached.")


async def refused() -> PartHealth:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(("check", "said"), [(never, "no answer"), (gone, "reached"), (refused, "Permission denied")])
async def test_a_part_that_does_not_answer_is_broken_and_the_others_are_told(
    check: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.ops.health.CHECK_LIMIT_S", 0.01)
    health = Health({"bad": check, "good": ok})  # type: ignore[dict-item]
    parts = await health.parts()
    assert parts["bad"].status == "broken"
    assert said in parts["bad"].detail
    assert parts["bad"].mend
    assert parts["good"].status == "ok"
    assert not await health.ready()
