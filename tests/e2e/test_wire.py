"""Bad input on the media socket of a real server: answered or closed with the protocol's code, counted, and of no
consequence for the call on the line beside it."""

from __future__ import annotations

import asyncio

import pytest
from e2e_server import HEARD, ServerProcess
from wire_attacks import COUNTED, Attack
from wire_call import Wire

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("attack", COUNTED, ids=lambda attack: attack.__name__)
async def test_an_attack_is_counted_and_ends_as_the_protocol_says(
    attack: Attack, fixed_words_server: ServerProcess
) -> None:
    server = fixed_words_server
    before = server.counters()
    await attack(server.url)
    await server.until_quiet()
    after = server.counters()
    for name, least in COUNTED[attack].items():
        assert _total(after, name) - _total(before, name) >= least, (name, after)
    async with Wire(server.url) as next_call:
        await next_call.start()
        await next_call.until_audio()
        assert await next_call.hang_up() == 1000


async def test_a_call_goes_on_untouched_while_all_of_it_happens(fixed_words_server: ServerProcess) -> None:
    server = fixed_words_server
    alone = await _ask_twice(server)
    beside, *_ = await asyncio.gather(_ask_twice(server), *(_later(attack, server.url) for attack in COUNTED))
    assert alone.failures == beside.failures == []
    assert _texts(alone) == _texts(beside)
    assert beside.record is not None
    assert [turn.heard for turn in beside.record.turns if turn.source == "caller"] == [HEARD, HEARD]
    assert not beside.record.counters.get("reply_failed")
    await server.until_quiet()


async def _ask_twice(server: ServerProcess) -> CallOutcome:
    ask = Step(say="What are your opening hours on Saturday?")
    script = Script(steps=(ask, ask, Step(expect="Saturday"), Step(hang_up=True)), from_number="+12025550191")
    async with embedded_speaker() as speaker:
        return await Phone(PhoneSettings(url=server.url, limit_s=90), speaker, SystemClock(), lambda _: None).call(
            script
        )


def _texts(outcome: CallOutcome) -> list[str | None]:
    return [event.text for event in outcome.events if isinstance(event, AgentSaid)]


async def _later(attack: Attack, url: str) -> None:
    await asyncio.sleep(3.0)  # the call has been greeted and its caller speaks
    await attack(url)


def _total(counters: dict[str, float], name: str) -> float:
    return sum(value for key, value in counters.items() if key.startswith(f"offhook_{name}"))
