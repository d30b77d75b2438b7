from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.carried_call import CallLimits
from offhook.channels.carrier_deps import CallStatusChanged, TransferEnded
from offhook.channels.twilio.deps import TwilioDeps, TwilioSettings
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.channels.twilio.rest import TwilioRest
from offhook.contracts.channel import Admission, Everybody, TransferWords
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from support.carrier_server import Directory, FakeCalls, FakeWords, Server, SetClock, listening

Serve = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture
def words() -> type[FakeWords]:
    return FakeWords


@pytest.fixture(params=["ordinary", "fast"])
def lane(request: pytest.FixtureRequest) -> str:
    """Which lane carries the media sockets."""
    return str(request.param)


@pytest.fixture
def serve(lane: str) -> Serve:
    @asynccontextmanager
    async def start(
        settings: TwilioSettings | None = None,
        rest: TwilioRest | None = None,
        admission: Admission | None = None,
        busy: FakeWords | None = None,
        **limits: Any,
    ) -> AsyncIterator[Server]:
        calls, directory, clock = FakeCalls(), Directory(), SetClock()
        statuses: list[CallStatusChanged] = []
        elsewhere: dict[str, str] = {}

        async def how_ended(call_sid: str) -> str:
            return elsewhere.get(call_sid, "")

        owners: dict[str, str] = {}

        async def business_of(call_sid: str) -> str:
            return owners.get(call_sid, "")

        transfers: list[TransferEnded] = []

        async def on_status(changed: CallStatusChanged) -> None:
            statuses.append(changed)

        async def on_transfer(ended: TransferEnded) -> None:
            transfers.append(ended)

        settings = settings or TwilioSettings()
        deps = TwilioDeps(
            calls=calls,
            businesses=directory,
            tokens=CallTokens(bytes(32)),
            spent=SpentTokensInMemory(),
            settings=replace(settings, limits=CallLimits(**limits)) if limits else settings,
            clock=clock,
            metrics=Metrics(),
            log=get_logger("test"),
            rest=rest,
            admission=admission or Everybody(),
            busy=busy or FakeWords(),
            on_call_status=on_status,
            transfer_words=lambda business: TransferWords(f"For {business.name}", "Nobody", business.languages[0]),
            how_ended=how_ended,
            business_of=business_of,
            on_transfer_ended=on_transfer,
        )
        async with listening(twilio_channel(deps), lane) as port:
            yield Server(deps, calls, directory, clock, statuses, transfers, "/media/twilio", port, elsewhere, owners)

    return start
