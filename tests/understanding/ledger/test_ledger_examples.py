"""Every example in the shop's language data is a test: it must mean its intent, or must not."""

from __future__ import annotations

import pytest

from support.understanding_shop import SHOP, shop

_EXAMPLES = SHOP.language.examples


@pytest.mark.parametrize(("intent", "text", "must"), _EXAMPLES, ids=[f"{row[0]}: {row[1]}" for row in _EXAMPLES])
def test_an_example_means_what_it_stands_for(intent: str, text: str, must: bool) -> None:
    result = SHOP.understand(text, shop(), explain=True)
    assert any(command.intent == intent for command in result.commands) is must, result.explain


def test_every_intent_has_examples_of_both_kinds() -> None:
    intents = {frame.intent for frame in SHOP.language.frames.frames} - {"out_of_scope"}
    bare = [
        intent for intent in sorted(intents) if {must for one, _, must in _EXAMPLES if one == intent} != {True, False}
    ]
    assert not bare
