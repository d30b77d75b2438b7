"""Bad input on the media socket of a real server: answered or closed with the protocol's code, and counted.
That the call on the line beside it does not notice is in test_voice_faults."""

from __future__ import annotations

import pytest
from e2e_server import ServerProcess
from wire_attacks import COUNTED, Attack
from wire_call import Wire

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


def _total(counters: dict[str, float], name: str) -> float:
    return sum(value for key, value in counters.items() if key.startswith(f"offhook_{name}"))
