"""Session tokens: a signed statement that its bearer may use one session. Ids alone never are a credential."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

import jwt

from offhook.contracts.clock import Clock

_ALGORITHM = "HS256"
_AUDIENCE = "offhook:session"
LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SessionClaim:
    session_id: str
    business_id: str
    generation: int = 0
    """How often the session had been joined when it was issued."""


class SessionTokens:
    """Issues and reads session tokens (JWT, HS256).

    Args:
        key: the signing secret, 32 bytes or more.
        clock: when tokens are issued and whether they have expired is decided by it.
    """

    def __init__(self, key: bytes, clock: Clock, lifetime: timedelta = LIFETIME) -> None:
        self._key = key
        self._clock = clock
        self._lifetime = lifetime

    def issue(self, session_id: str, business_id: str, generation: int = 0) -> str:
        now = self._clock.now()
        claims = {
            "aud": _AUDIENCE,
            "sess": session_id,
            "biz": business_id,
            "gen": generation,
            "iat": int(now.timestamp()),
            "exp": int((now + self._lifetime).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def opens(self, token: str, session_id: str) -> bool:
        """Whether it is a valid token of this very session."""
        claim = self.read(token)
        return claim is not None and claim.session_id == session_id

    def read(self, token: str) -> SessionClaim | None:
        """The claim, or None for anything that is not a valid token of ours."""
        claim, expires = self._read(token) or (None, 0.0)
        return None if expires <= self._clock.now().timestamp() else claim

    def is_expired(self, token: str) -> bool:
        """Whether it was ours and valid once."""
        found = self._read(token)
        return found is not None and found[1] <= self._clock.now().timestamp()

    def _read(self, token: str) -> tuple[SessionClaim, float] | None:
        """What a token of ours says, and until when it holds."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sess", "biz"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            return None
        expires, session, business = claims["exp"], claims["sess"], claims["biz"]
        if not isinstance(expires, int | float) or not isinstance(session, str) or not isinstance(business, str):
            return None
        generation = claims.get("gen", 0)
        if not isinstance(generation, int):
            return None
        return SessionClaim(session, business, generation), float(expires)


def same_secret(given: str, expected: str | None) -> bool:
    """Constant-time comparison; False when none is configured."""
    return expected is not None and hmac.compare_digest(given.encode(), expected.encode())
