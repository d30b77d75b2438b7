"""The people behind the agent, as the server reaches them.

`AskedStaff`: the question stands in the list of tasks, and is sent to a webhook where one is set; staff answer with
`PATCH /api/tasks/{id}` (the webhook may answer at once). Without a webhook, a business that takes calls on a line of
its own is asked by ringing it. `SimulatedStaff` answers for the demo businesses.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

import httpx
import msgspec

from offhook.contracts.background import Staff, StaffAnswer, StaffQuestion
from offhook.contracts.errors import AppError
from offhook.store.staff_board import StaffBoard
from offhook.telemetry.log import get_logger

PATIENCE_S = 60.0
"""How long somebody is waited for before the caller is told that nobody is free."""
_LOOK_EVERY_S = 1.0
_WEBHOOK_S = 3.0
SIMULATED_S = (5.0, 25.0)
_SIMULATED_NAMES = ("Ravi", "Maria", "Tom", "Anjali")
_SIMULATED_FREE = 4
"""Of five people asked, so many are free."""


class _HookAnswer(msgspec.Struct):
    available: bool | None = None
    name: str | None = None


class AskedStaff:
    def __init__(
        self,
        board: StaffBoard,
        *,
        webhook: str | None = None,
        secret: str | None = None,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`secret` signs what the webhook gets: hex HMAC-SHA256 of the body in `X-Offhook-Signature`."""
        self._board = board
        self._webhook = webhook
        self._secret = secret
        self._http = http
        self._sleep = sleep
        self._patience_s = patience_s
        self._log = get_logger("staff")

    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        at_once = await self._ask_webhook(question)
        if at_once is not None:
            return at_once
        if question.by_phone and self._webhook is None:
            return StaffAnswer(True)
        waited_s = 0.0
        while waited_s < self._patience_s:
            try:
                answer = await self._board.answered(question.business.business_id, question.task_id)
            except AppError:
                answer = None  # the database is away: asked again
            if answer is not None:
                return answer
            await self._sleep(_LOOK_EVERY_S)
            waited_s += _LOOK_EVERY_S
        return None

    async def _ask_webhook(self, question: StaffQuestion) -> StaffAnswer | None:
        if self._webhook is None or self._http is None:
            return None
        body = msgspec.json.encode(
            {
                "task_id": question.task_id,
                "business_id": question.business.business_id,
                "reason": question.reason,
                "customer_name": question.customer_name,
                "customer_phone": question.customer_phone,
                "said": question.said,
            }
        )
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Offhook-Signature"] = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        try:
            reply = await self._http.post(self._webhook, content=body, headers=headers, timeout=_WEBHOOK_S)
            if reply.is_error:
                self._log.warning("staff_webhook_refused", status=reply.status_code)
                return None
            told = msgspec.json.decode(reply.content, type=_HookAnswer) if reply.content else _HookAnswer()
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            self._log.warning("staff_webhook_failed", reason=type(error).__name__)
            return None
        return None if told.available is None else StaffAnswer(told.available, told.name)


class SimulatedStaff:
    """Made-up colleagues: the same task is always answered the same way."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep

    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        dice = hashlib.sha256(question.task_id.encode()).digest()
        least_s, most_s = SIMULATED_S
        await self._sleep(least_s + (most_s - least_s) * dice[0] / 255)
        if dice[1] % 5 >= _SIMULATED_FREE:
            return StaffAnswer(False)
        return StaffAnswer(True, _SIMULATED_NAMES[dice[2] % len(_SIMULATED_NAMES)])


class StaffOf:
    """Simulated people for some businesses, real ones for the others."""

    def __init__(self, simulated: Callable[[], Awaitable[frozenset[str]]], people: Staff, made_up: Staff) -> None:
        """`simulated()`: ids of the businesses whose staff is made up."""
        self._simulated = simulated
        self._people = people
        self._made_up = made_up

    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        chosen = self._made_up if question.business.business_id in await self._simulated() else self._people
        return await chosen.ask(question)
