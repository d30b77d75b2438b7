"""What holds for any line to a shop's book."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offhook.contracts.speech import Hypothesis
from offhook.understanding.lines import WorldFile, read_world
from offhook.understanding.model import Command, Context
from offhook.understanding.nbest import understand_best
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, shop

_WORLD = shop()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120), st.sampled_from([None, "amount", "customer", "confirm", "phone"]))
def test_no_line_raises(text: str, asked: str | None) -> None:
    pending = None if asked is None else Command(intent="payment.record", slots={"customer": "Rahul Sharma"})
    SHOP.understand(text, _WORLD, Context(pending=pending, asked=asked))


def test_a_line_that_is_cut_writes_nothing() -> None:
    result = SHOP.understand("Rahul ne 500 diye " + "haan " * 400, _WORLD)
    assert result.decision == "fallback"


def test_what_is_above_the_limit_is_confirmed_at_the_business_own_limit() -> None:
    small = msgspec.structs.replace(_WORLD, limit=400)
    assert SHOP.understand("Rahul ne 500 diye", small).decision == "confirm"
    assert SHOP.understand("Rahul ne 500 diye", _WORLD).decision == "execute"


def test_alternatives_that_disagree_about_money_are_asked_about() -> None:
    heard = [Hypothesis("Rahul ne 500 diye", -1.0), Hypothesis("Rahul ne 600 diye", -1.2)]
    result = understand_best(SHOP, heard, _WORLD)
    assert (result.decision, result.ask) == ("ask", "amount")


def test_customers_of_a_world_may_have_aliases() -> None:
    world = WorldFile(tz="Asia/Kolkata", customers={"Rahul Sharma": ("Chhotu",)})
    read = read_world(world, _WORLD.now)
    result = SHOP.understand("Chhotu ne 500 diye", read)
    assert result.commands == [Command(intent="payment.record", slots={"customer": "Rahul Sharma", "amount": 500})]


def test_explain_names_the_frame_that_won() -> None:
    lines = SHOP.understand("Rahul ne 500 diye", _WORLD, explain=True).explain
    assert any("payment.record won" in line for line in lines)


def test_writes_are_those_of_the_data() -> None:
    intents = {frame.intent for frame in SHOP.language.frames.frames}
    assert intents >= WRITES
