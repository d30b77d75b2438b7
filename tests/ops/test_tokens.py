from __future__ import annotations

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.ops.tokens import SessionClaim, SessionTokens, same_secret
from support.set_clock import SetClock

KEY = b"a signing key of thirty-two bytes or more"


def test_a_token_says_what_it_was_issued_for_until_it_expires(clock: SetClock) -> None:
    tokens = SessionTokens(KEY, clock)
    token = tokens.issue("sess_1", "biz_1")
    assert tokens.read(token) == SessionClaim("sess_1", "biz_1")
    clock.advance(hours=11, minutes=59)
    assert tokens.read(token) is not None
    clock.advance(minutes=1)
    assert tokens.read(token) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_nothing_else_is_a_token(text: str) -> None:
    assert SessionTokens(KEY, SetClock()).read(text) is None


def claims(clock: SetClock, **changes: object) -> dict[str, object]:
    now = int(clock.now().timestamp())
    whole = {"aud": "offhook:session", "sess": "sess_1", "biz": "biz_1", "iat": now, "exp": now + 60}
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [{"exp": None}, {"sess": None}, {"biz": None}, {"sess": 5}, {"exp": "later"}, {"aud": "another"}, {"aud": None}],
    ids=str,
)
def test_a_token_of_ours_has_all_its_claims(clock: SetClock, changes: dict[str, object]) -> None:
    tokens = SessionTokens(KEY, clock)
    assert tokens.read(jwt.encode(claims(clock), KEY, algorithm="HS256")) is not None
    assert tokens.read(jwt.encode(claims(clock, **changes), KEY, algorithm="HS256")) is None


def test_another_key_or_algorithm_signs_nothing(clock: SetClock) -> None:
    tokens = SessionTokens(KEY, clock)
    assert tokens.read(jwt.encode(claims(clock), KEY + b"x", algorithm="HS256")) is None
    assert tokens.read(jwt.encode(claims(clock), KEY * 2, algorithm="HS512")) is None
    assert tokens.read(jwt.encode(claims(clock), None, algorithm="none")) is None


@pytest.mark.parametrize(
    ("given_", "expected", "same"),
    [("a", "a", True), ("a", "b", False), ("", "", True), ("a", None, False), ("é", "é", True), ("é", "e", False)],
)
def test_secrets_are_compared_whole(given_: str, expected: str | None, same: bool) -> None:
    assert same_secret(given_, expected) is same
