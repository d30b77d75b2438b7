from __future__ import annotations

import pytest
from sqlalchemy import select

from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.join_codes import ALPHABET, LENGTH, JoinCodes, normal
from offhook.store.schema import join_codes
from support.set_clock import SetClock

KEY = b"a signing key of thirty-two bytes or more"


@pytest.fixture
async def business_id(database: Database, clock: SetClock) -> str:
    return (await SqlBusinesses(database, clock).default()).business_id


async def test_a_code_opens_its_session_once(database: Database, clock: SetClock, business_id: str) -> None:
    codes = JoinCodes(database, clock, KEY)
    made = await codes.make(business_id, "sess_1")
    assert await codes.spend(made.code.lower().replace("-", " ")) == "sess_1"
    assert await codes.spend(made.code) is None


async def test_it_is_good_for_ten_minutes(database: Database, clock: SetClock, business_id: str) -> None:
    codes = JoinCodes(database, clock, KEY)
    made = await codes.make(business_id, "sess_1")
    clock.advance(minutes=10)
    assert await codes.spend(made.code) is None


async def test_a_new_code_takes_the_place_of_the_old(database: Database, clock: SetClock, business_id: str) -> None:
    codes = JoinCodes(database, clock, KEY)
    old, other = await codes.make(business_id, "sess_1"), await codes.make(business_id, "sess_2")
    new = await codes.make(business_id, "sess_1")
    assert await codes.spend(old.code) is None
    assert await codes.spend(new.code) == "sess_1"
    assert await codes.spend(other.code) == "sess_2"


async def test_the_database_has_no_code(database: Database, clock: SetClock, business_id: str) -> None:
    made = await JoinCodes(database, clock, KEY).make(business_id, "sess_1")
    async with database.transaction(write=False) as connection:
        rows = (await connection.execute(select(join_codes))).all()
    assert len(rows) == 1
    assert made.code.replace("-", "") not in str(rows)
    assert await JoinCodes(database, clock, KEY + b"another").spend(made.code) is None


async def test_codes_do_not_repeat_themselves(database: Database, clock: SetClock, business_id: str) -> None:
    codes = JoinCodes(database, clock, KEY)
    made = {(await codes.make(business_id, f"sess_{n}")).code for n in range(50)}
    assert len(made) == 50


@pytest.mark.parametrize(
    "given", ["", "ABCD", "ABCD-EFGH-JKLM", "0000-0000", "ABCD_2345", "ABCD-234\u0662", "' OR 1=1"]
)
def test_what_cannot_be_a_code(given: str) -> None:
    assert normal(given) is None


def test_how_people_type_it() -> None:
    assert {normal(given) for given in ("abcd-2345", " ABCD 2345 ", "ab-cd 23-45", "ABCD\u20132345")} == {"ABCD2345"}
    assert LENGTH == 8
    assert not set("01OIL") & set(ALPHABET)
