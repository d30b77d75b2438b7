from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.call_token import MAX_TOKEN_CHARS, CallClaims, CallTokens, SpentTokensInMemory, VerifiedToken

KEY = bytes(range(32))
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CLAIMS = CallClaims("biz_01J", "CA" + "0" * 32, "+12025550101", "+12025550100", "n1")


def test_round_trip_and_size() -> None:
    tokens = CallTokens(KEY)
    token = tokens.issue(CLAIMS, NOW)
    assert len(token) < MAX_TOKEN_CHARS
    assert tokens.verify(token, NOW) == VerifiedToken(CLAIMS, NOW.timestamp() + 300)


@given(
    st.builds(
        CallClaims,
        st.text(max_size=20),
        st.text(max_size=30),
        st.none() | st.text(max_size=10),
        st.none() | st.text(max_size=10),
        st.text(max_size=5),
    )
)
def test_any_claims_come_back_as_they_went(claims: CallClaims) -> None:
    tokens = CallTokens(KEY)
    try:
        token = tokens.issue(claims, NOW)
    except (ValueError, UnicodeEncodeError):
        return
    assert token.isascii()
    verified = tokens.verify(token, NOW)
    assert isinstance(verified, VerifiedToken)
    assert verified.claims == claims


def test_expires() -> None:
    tokens = CallTokens(KEY, ttl_s=60)
    token = tokens.issue(CLAIMS, NOW)
    assert isinstance(tokens.verify(token, NOW + timedelta(seconds=59)), VerifiedToken)
    assert tokens.verify(token, NOW + timedelta(seconds=60)) == "expired"


def test_every_changed_character_is_noticed() -> None:
    tokens = CallTokens(KEY)
    token = tokens.issue(CLAIMS, NOW)
    for at in range(len(token)):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert tokens.verify(changed, NOW) in ("forged", "malformed")


def test_another_key_is_forged() -> None:
    assert CallTokens(bytes(32)).verify(CallTokens(KEY).issue(CLAIMS, NOW), NOW) == "forged"


@pytest.mark.parametrize("claims", ["{}", "[2,null]", '[9,"b","c",null,null,1795169603,"n"]', "\ufffd"])
def test_signed_nonsense_is_malformed(claims: str) -> None:
    tokens = CallTokens(KEY)
    body = base64.urlsafe_b64encode(claims.encode()).rstrip(b"=").decode()
    signature = base64.urlsafe_b64encode(tokens._mac(body)).rstrip(b"=").decode()
    assert tokens.verify(f"{body}.{signature}", NOW) == "malformed"


@given(st.text(max_size=500))
def test_never_raises_on_text(text: str) -> None:
    assert CallTokens(KEY).verify(text, NOW) in ("forged", "malformed")


def test_refuses_weak_keys_and_too_long_claims() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        CallTokens(b"short")
    with pytest.raises(ValueError, match="too long"):
        CallTokens(KEY).issue(CallClaims("b" * 300, "c", None, None, "n"), NOW)


async def test_spent_once() -> None:
    spent = SpentTokensInMemory()
    until = NOW.timestamp() + 300
    assert await spent.spend("t1", until, NOW)
    assert not await spent.spend("t1", until, NOW)
    assert await spent.spend("t2", until, NOW)


async def test_full_store_forgets_the_expired_and_refuses_the_rest() -> None:
    spent = SpentTokensInMemory(capacity=2)
    assert await spent.spend("old", NOW.timestamp() + 1, NOW)
    assert await spent.spend("young", NOW.timestamp() + 300, NOW)
    assert not await spent.spend("third", NOW.timestamp() + 300, NOW)
    assert spent.refused_full == 1
    later = NOW + timedelta(seconds=2)
    assert await spent.spend("third", NOW.timestamp() + 300, later)
    assert len(spent) == 2
    assert not await spent.spend("young", NOW.timestamp() + 300, later)
