from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.carrier_deps import CallStatusChanged, TransferEnded
from offhook.channels.exotel.deps import ExotelDeps, ExotelSettings
from offhook.channels.exotel.endpoint import exotel_channel
from offhook.channels.exotel.webhooks import MEDIA_PATH
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from support.carrier_server import Directory, FakeCalls, FakeWords, Server, SetClock, listening

Serve = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def start(
        settings: ExotelSettings | None = None, lane: str = "ordinary", **more: Any
    ) -> AsyncIterator[Server]:
        calls, directory, clock = FakeCalls(), Directory(), SetClock()
        statuses: list[CallStatusChanged] = []
        transfers: list[TransferEnded] = []

        async def on_status(changed: CallStatusChanged) -> None:
            statuses.append(changed)

        async def on_transfer(ended: TransferEnded) -> None:
            transfers.append(ended)

        deps = ExotelDeps(
            calls=calls,
            businesses=directory,
            tokens=CallTokens(bytes(32)),
            spent=SpentTokensInMemory(),
            settings=settings or ExotelSettings(),
            clock=clock,
            metrics=Metrics(),
            log=get_logger("test"),
            busy=FakeWords(),
            on_call_status=on_status,
            on_transfer_ended=on_transfer,
            **more,
        )
        async with listening(exotel_channel(deps), lane) as port:
            yield Server(deps, calls, directory, clock, statuses, transfers, MEDIA_PATH, port)

    return start
