from __future__ import annotations

import pytest

from offhook.kit.tokens import roughly_at_most, tokens_at_most


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        # What a common vocabulary of 100,000 tokens makes of them; the count here may only be higher.
        ("", 0),
        ("Hello there, how can I help you today?", 10),
        ("Your appointment is on Friday, November 27 at 10:30 AM.", 15),
        ("Give a tool only what the caller said and leave out the rest.", 14),
        ("नमस्ते", 6),
    ],
)
def test_the_count_is_never_below_a_models_own(text: str, tokens: int) -> None:
    assert tokens <= tokens_at_most(text) <= 3 * tokens
    assert tokens <= roughly_at_most(text)


def test_a_count_grows_with_the_text() -> None:
    assert tokens_at_most("word " * 100) == 100
