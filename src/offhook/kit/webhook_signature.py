"""Signatures of outgoing webhooks, as the Standard Webhooks specification has them.

The signed content is `{id}.{timestamp}.{body}`; the key is the secret's base64 behind `whsec_`; the header carries
`v1,` and the base64 of the HMAC-SHA256. Several signatures, separated by spaces, may stand in one header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
_BYTES = 32
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret that is brought along."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The key of a secret. Raises ValueError telling what is wrong with it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a secret is whsec_ and base64") from None
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a secret is {PREFIX} and the base64 of {SHORTEST} to {LONGEST} bytes")
    return key


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The header's value. Raises ValueError for a secret that is none."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def headers(secret: str, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, event_id, timestamp, body),
    }
