"""How staff are asked: the list, the webhook, and made-up people for the demos."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

import httpx
import msgspec
import pytest

from offhook.contracts.background import StaffAnswer, StaffQuestion
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.errors import NotFound
from offhook.ops.staff import PATIENCE_S, SIMULATED_S, AskedStaff, SimulatedStaff, StaffOf
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.staff_board import StaffBoard
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def waiting(database: Database, clock: SetClock) -> StaffQuestion:
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        task = await BusinessBook(uow).create_task("callback", "complaint", now=clock.now(), customer_name="Dana")
    return question(business, task.task_id)


def question(business: Business, task_id: str) -> StaffQuestion:
    return StaffQuestion(business, task_id, "complaint", "Dana", "+12025550142", "I want a person")


class Slept:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.after: dict[float, object] = {}

    async def __call__(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


async def test_an_answer_in_the_list_is_taken(database: Database, clock: SetClock) -> None:
    asked = await waiting(database, clock)
    board = StaffBoard(database, clock)
    await board.answer(asked.business.business_id, asked.task_id, StaffAnswer(True, "Ravi"))
    assert await AskedStaff(board, sleep=Slept()).ask(asked) == StaffAnswer(True, "Ravi")
    async with unit_of_work_factory(database, clock)(asked.business.business_id, Effect.READ) as uow:
        assert (await BusinessBook(uow).task(asked.task_id)).status == "RUNNING"


async def test_nobody_answers(sqlite_database: Database, clock: SetClock) -> None:
    asked = await waiting(sqlite_database, clock)
    slept = Slept()
    assert await AskedStaff(StaffBoard(sqlite_database, clock), sleep=slept).ask(asked) is None
    assert slept.seconds == PATIENCE_S


async def test_an_answer_to_no_task(sqlite_database: Database, clock: SetClock) -> None:
    asked = await waiting(sqlite_database, clock)
    board = StaffBoard(sqlite_database, clock)
    with pytest.raises(NotFound):
        await board.answer(asked.business.business_id, "task_none", StaffAnswer(True, "Ravi"))
    with pytest.raises(NotFound):
        await board.answer("biz_none", asked.task_id, StaffAnswer(True, "Ravi"))


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, b'{"available": true, "name": "Maria"}', StaffAnswer(True, "Maria")),
        (200, b'{"available": false}', StaffAnswer(False)),
        (202, b"", None),
        (200, b"thanks", None),
        (500, b'{"available": true}', None),
    ],
)
async def test_a_webhook_may_answer_at_once(
    sqlite_database: Database, clock: SetClock, status: int, body: bytes, answer: StaffAnswer | None
) -> None:
    asked = await waiting(sqlite_database, clock)
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, content=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as http:
        staff = AskedStaff(
            StaffBoard(sqlite_database, clock),
            webhook="https://crm.example.com/hook",
            secret="s" * 40,
            http=http,
            sleep=Slept(),
        )
        assert await staff.ask(asked) == answer
    signed = hmac.new(b"s" * 40, seen[0].content, hashlib.sha256).hexdigest()
    assert seen[0].headers["X-Offhook-Signature"] == signed
    assert msgspec.json.decode(seen[0].content)["task_id"] == asked.task_id


async def test_a_webhook_that_is_down_is_no_answer(sqlite_database: Database, clock: SetClock) -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    asked = await waiting(sqlite_database, clock)
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuses)) as http:
        staff = AskedStaff(StaffBoard(sqlite_database, clock), webhook="https://x.example", http=http, sleep=Slept())
        assert await staff.ask(asked) is None


async def test_made_up_people_are_free_most_times_and_always_alike() -> None:
    business = Business(business_id="biz_1", name="X", desk="dealership", timezone="UTC")
    answers = []
    for number in range(100):
        slept = Slept()
        first = await SimulatedStaff(slept).ask(question(business, f"task_{number}"))
        assert SIMULATED_S[0] <= slept.seconds <= SIMULATED_S[1]
        assert await SimulatedStaff(Slept()).ask(question(business, f"task_{number}")) == first
        answers.append(first)
    free = sum(answer is not None and answer.available for answer in answers)
    assert 60 < free < 95


async def test_only_demo_businesses_have_made_up_people() -> None:
    class Real:
        async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
            return StaffAnswer(True, "Somebody real")

    async def demos() -> frozenset[str]:
        return frozenset({"biz_demo"})

    staff = StaffOf(demos, Real(), SimulatedStaff(Slept()))
    real = Business(business_id="biz_own", name="X", desk="dealership", timezone="UTC")
    demo = Business(business_id="biz_demo", name="X", desk="dealership", timezone="UTC")
    assert await staff.ask(question(real, "task_1")) == StaffAnswer(True, "Somebody real")
    assert await staff.ask(question(demo, "task_1")) != StaffAnswer(True, "Somebody real")


async def test_a_line_of_the_business_s_own_is_asked_by_ringing_it(sqlite_database: Database, clock: SetClock) -> None:
    plain = await waiting(sqlite_database, clock)
    ringing = StaffQuestion(plain.business, plain.task_id, "request", None, None, "", by_phone=True)
    slept = Slept()
    assert await AskedStaff(StaffBoard(sqlite_database, clock), sleep=slept).ask(ringing) == StaffAnswer(True)
    assert slept.seconds == 0
