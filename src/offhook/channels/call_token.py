"""The call token: what a carrier's webhook hands to the media socket of the same call.

Stateless and signed (HMAC-SHA256), so that any node that knows the key may serve the socket; short-lived; bound to the
carrier's call id; spent once. It travels through a TwiML `<Parameter>` or a URL, so it is URL-safe text under 400
characters (name and value of a Parameter together must stay under 500).

Form: `<claims>.<signature>`, both base64url without padding; claims are a JSON array.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import msgspec

MAX_TOKEN_CHARS = 400
DEFAULT_TTL_S = 300
_VERSION = 1
_CONTEXT = b"offhook call token v1\n"
"""Keeps a signature made here from being good anywhere else that shares the key."""


@dataclass(frozen=True, slots=True)
class CallClaims:
    business_id: str
    call_sid: str
    """The carrier's id of the call; the media socket must name the same one."""
    from_number: str | None
    to_number: str | None
    nonce: str
    """Makes tokens of repeated webhooks for one call different, so that each can be spent."""
    about: str = ""
    """Why we placed the call; "" for one that came in. A call that we placed has no id yet when its token is made:
    `call_sid` is then "", and the token is good for the first stream that brings it."""


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    claims: CallClaims
    expires_at: float
    """Unix seconds."""


TokenFault = Literal["malformed", "forged", "expired"]


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    business_id: str
    call_sid: str
    from_number: str | None
    to_number: str | None
    expires_at: int
    nonce: str
    about: str = ""


class CallTokens:
    """Issues and verifies call tokens under one key.

    Args:
        key: at least 32 bytes, secret.
        ttl_s: seconds from issue to expiry.
    """

    def __init__(self, key: bytes, ttl_s: int = DEFAULT_TTL_S) -> None:
        if len(key) < 32:
            raise ValueError(f"the call token key has {len(key)} bytes; give it at least 32")
        self._key = key
        self._ttl_s = ttl_s
        self._decode = msgspec.json.Decoder(_Wire).decode

    def issue(self, claims: CallClaims, now: datetime, *, ttl_s: int | None = None) -> str:
        """`ttl_s` in place of the usual one. Raises ValueError when the claims do not fit into 400 characters."""
        wire = _Wire(
            _VERSION,
            claims.business_id,
            claims.call_sid,
            claims.from_number,
            claims.to_number,
            int(now.timestamp()) + (self._ttl_s if ttl_s is None else ttl_s),
            claims.nonce,
            claims.about,
        )
        body = _b64(msgspec.json.encode(wire))
        token = f"{body}.{_b64(self._mac(body))}"
        if len(token) > MAX_TOKEN_CHARS:
            raise ValueError(f"a call token of {len(token)} characters does not fit; the call's ids are too long")
        return token

    def verify(self, token: str, now: datetime) -> VerifiedToken | TokenFault:
        """The claims, or why the token is no good. Never raises, whatever the text."""
        body, dot, signature = token.partition(".")
        if not dot or len(token) > MAX_TOKEN_CHARS or not token.isascii():
            return "malformed"
        if not hmac.compare_digest(signature, _b64(self._mac(body))):
            return "forged"
        try:
            wire = self._decode(_unb64(body))
        except (msgspec.DecodeError, binascii.Error, ValueError):
            return "malformed"
        if wire.version != _VERSION:
            return "malformed"
        if now.timestamp() >= wire.expires_at:
            return "expired"
        claims = CallClaims(wire.business_id, wire.call_sid, wire.from_number, wire.to_number, wire.nonce, wire.about)
        return VerifiedToken(claims, float(wire.expires_at))

    def _mac(self, body: str) -> bytes:
        return hmac.new(self._key, _CONTEXT + body.encode(), hashlib.sha256).digest()


class SpentTokens(Protocol):
    """Remembers spent tokens until they expire by themselves. Shared between nodes where there are several."""

    async def spend(self, token: str, expires_at: float, now: datetime) -> bool:
        """True the first time, False ever after (and when it cannot be told)."""
        ...


class SpentTokensInMemory:
    """Spent tokens of one process, as digests.

    Bounded: with `capacity` unexpired tokens held, further ones are refused (`refused_full` counts them) rather than
    old ones forgotten, because a forgotten token could be replayed.
    """

    def __init__(self, capacity: int = 65_536) -> None:
        self._capacity = capacity
        self._expiry: dict[bytes, float] = {}
        self.refused_full = 0

    def __len__(self) -> int:
        return len(self._expiry)

    async def spend(self, token: str, expires_at: float, now: datetime) -> bool:
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        if digest in self._expiry:
            return False
        if len(self._expiry) >= self._capacity:
            self._forget_expired(now.timestamp())
            if len(self._expiry) >= self._capacity:
                self.refused_full += 1
                return False
        self._expiry[digest] = expires_at
        return True

    def _forget_expired(self, now_s: float) -> None:
        self._expiry = {digest: expiry for digest, expiry in self._expiry.items() if expiry > now_s}


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
