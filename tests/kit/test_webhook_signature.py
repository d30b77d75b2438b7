"""Signatures of webhooks, by the test vector of the Standard Webhooks specification."""

from __future__ import annotations

import pytest

from offhook.kit.webhook_signature import headers, key_of, new_secret, signature

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_vector_of_the_specification() -> None:
    told = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_part_is_signed() -> None:
    told = {
        signature(SECRET, "evt_1", 1, b"{}"),
        signature(SECRET, "evt_2", 1, b"{}"),
        signature(SECRET, "evt_1", 2, b"{}"),
        signature(SECRET, "evt_1", 1, b"[]"),
        signature(new_secret(), "evt_1", 1, b"{}"),
    }
    assert len(told) == 5
    assert headers(SECRET, "evt_1", 1, b"{}")["webhook-id"] == "evt_1"


def test_secrets_are_long_enough() -> None:
    assert len(key_of(new_secret())) == 32
    for wrong in ("", "whsec_", "whsec_abc=", "secret", "whsec_" + "A" * 8, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        with pytest.raises(ValueError, match="whsec_"):
            key_of(wrong)
