"""Ten thousand utterances that resemble commands: nothing is written that was not said."""

from __future__ import annotations

import pytest

from offhook.understanding.model import Understanding
from support.shop_adversary import Line, adversarial
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, shop

SEEDS = {11: 5_000, 2026: 5_000}


def _false(line: Line, result: Understanding) -> bool:
    if result.decision != "execute":
        return False
    for command in result.commands:
        slots = command.slots
        if (
            command.intent in WRITES
            and (command.intent, slots.get("customer"), slots.get("amount")) not in line.allowed
        ):
            return True
    return False


@pytest.mark.parametrize("seed", SEEDS)
def test_no_write_is_false(seed: int) -> None:
    world = shop()
    read = ((line, SHOP.understand(line.text, world)) for line in adversarial(seed, SEEDS[seed]))
    wrong = [(line.text, result.commands, line.allowed) for line, result in read if _false(line, result)]
    assert not wrong, wrong[:20]
