"""Whether the server works, part by part, and how to mend what does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from offhook.contracts.errors import AppError

Status = Literal["ok", "degraded", "broken"]
CHECK_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class PartHealth:
    status: Status
    detail: str = ""
    mend: str = ""
    """What to do about it; "" when there is nothing to do."""


Check = Callable[[], Awaitable[PartHealth]]


class Health:
    """Asks every part. `broken` parts make the server not ready; `degraded` ones do not."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self.draining = False

    async def parts(self) -> dict[str, PartHealth]:
        results = await asyncio.gather(*(_ask(check) for check in self._checks.values()))
        return dict(zip(self._checks, results, strict=True))

    async def ready(self) -> bool:
        return not self.draining and all(p.status != "broken" for p in (await self.parts()).values())


async def _ask(check: Check) -> PartHealth:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            return await check()
    except TimeoutError:
        return PartHealth("broken", f"no answer within {CHECK_LIMIT_S:g} s", "Restart the server; see its log.")
    except AppError as error:
        return PartHealth("broken", error.message, "See the message; `offhook doctor` checks each part.")
    except OSError as error:
        return PartHealth("broken", error.strerror or type(error).__name__, "`offhook doctor` checks each part.")
