from __future__ import annotations

import asyncio

from offhook.dialogue.sequels import Sequels


async def test_the_next_turn_waits_for_its_own_session_s_sequel_only() -> None:
    gate, done = asyncio.Event(), list[str]()

    async def work(name: str) -> None:
        await gate.wait()
        done.append(name)

    sequels = Sequels()
    sequels.begin("sess_a", work("a"))
    await sequels.settled("sess_b")
    waiting = asyncio.ensure_future(sequels.settled("sess_a"))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()  # a caller who speaks again does not stop it
    gate.set()
    await sequels.settled("sess_a")
    assert done == ["a"]
    await sequels.aclose()


async def test_closing_waits_for_what_runs() -> None:
    done = list[str]()

    async def work() -> None:
        await asyncio.sleep(0)
        done.append("a")

    sequels = Sequels()
    await sequels.aclose()
    sequels.begin("sess_a", work())
    await sequels.aclose()
    assert done == ["a"]
