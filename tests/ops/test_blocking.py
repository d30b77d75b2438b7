from __future__ import annotations

import io

import pytest
from rich.console import Console

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid, NotFound
from offhook.ops import blocking
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

SHARMA = "biz_01KDV00000000000000000000B"
CALLER = "+12025550142"


async def test_a_number_is_blocked_as_people_write_it_and_let_in_again(database: Database, clock: SetClock) -> None:
    assert await blocking.block(database, clock, None, "(202) 555-0142", " shouts ") == CALLER
    (one,) = await blocking.blocked(database, clock, None)
    assert (one.number, one.reason, one.created_at) == (CALLER, "shouts", clock.now())
    assert await blocking.unblock(database, clock, None, "202-555-0142") == (CALLER, True)
    assert await blocking.blocked(database, clock, None) == []
    assert await blocking.unblock(database, clock, None, CALLER) == (CALLER, False)


async def test_a_number_blocked_twice_keeps_its_first_reason(database: Database, clock: SetClock) -> None:
    for reason in ("shouts", "asks for nothing"):
        await blocking.block(database, clock, None, CALLER, reason)
    assert [one.reason for one in await blocking.blocked(database, clock, None)] == ["shouts"]


async def test_each_business_has_its_own_list_read_in_its_country(database: Database, clock: SetClock) -> None:
    assert await blocking.block(database, clock, SHARMA, "99999 12345", "") == "+919999912345"
    assert await blocking.blocked(database, clock, None) == []
    async with unit_of_work_factory(database, clock)(SHARMA, Effect.READ) as uow:
        assert await BusinessBook(uow).blocked() == {"+919999912345"}


@pytest.mark.parametrize("number", ["", "12", "anonymous"])
async def test_what_is_no_number_is_refused(database: Database, clock: SetClock, number: str) -> None:
    for refused in (blocking.block(database, clock, None, number, ""), blocking.unblock(database, clock, None, number)):
        with pytest.raises(Invalid) as error:
            await refused
        assert set(error.value.fields or {}) == {"number"}
    assert await blocking.blocked(database, clock, None) == []


async def test_an_unknown_business_is_not_found(database: Database, clock: SetClock) -> None:
    with pytest.raises(NotFound):
        await blocking.block(database, clock, "biz_none", CALLER, "")


async def test_the_list_is_shown(database: Database, clock: SetClock) -> None:
    assert "No number" in _shown([])
    await blocking.block(database, clock, None, CALLER, "[red]shouts[/red]")
    found = await blocking.blocked(database, clock, None)
    assert CALLER in _shown(found)
    assert "[red]shouts[/red]" in _shown(found)
    assert blocking.as_data(found) == {
        "blocked": [{"number": CALLER, "reason": "[red]shouts[/red]", "created_at": clock.now().isoformat()}]
    }


def _shown(found: list[blocking.BlockedNumber]) -> str:
    console = Console(file=io.StringIO(), width=100)
    blocking.show(found, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
