"""Who asks, and what they may: decided from the connection and its headers, before any body is read."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from offhook.api.deps import ApiDeps
from offhook.channels.trust import loopback_trusted
from offhook.contracts.errors import NotFound, Unauthorized
from offhook.ops.tokens import SessionClaim, same_secret


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request has proved."""

    trusted: bool
    """Loopback trust (development): served without credentials."""
    api_key: bool
    claim: SessionClaim | None
    bad_credential: bool
    """A credential was given and is wrong: refused even under loopback trust."""

    def require_any(self) -> None:
        """Some session token, or loopback trust. Which session it is for is checked once that is known."""
        if self.bad_credential or not (self.trusted or self.claim is not None):
            raise Unauthorized("A session token is required: Authorization: Bearer <token of POST /api/sessions>.")

    def require_session(self, session_id: str) -> None:
        """The token of this very session. Another session's token learns nothing of whether this one exists."""
        self.require_any()
        if self.claim is not None and self.claim.session_id != session_id:
            raise NotFound("This session")

    def require_staff(self) -> None:
        """The API key, or loopback trust."""
        if self.bad_credential or not (self.trusted or self.api_key):
            raise Unauthorized("The API key is required: X-API-Key: <INTERNAL_API_KEY>.")

    @property
    def sees_details(self) -> bool:
        return not self.bad_credential and (self.trusted or self.api_key)


def visitor(connection: HTTPConnection, deps: ApiDeps) -> Visitor:
    """Read the credentials of an HTTP request or a WebSocket handshake."""
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in connection.scope["headers"]]
    peer = connection.client.host if connection.client else None
    trusted = loopback_trusted(peer, headers, deps.settings.public_url)
    bad = False
    claim: SessionClaim | None = None
    token = _bearer(connection)
    if token is not None:
        claim = deps.tokens.read(token)
        bad = claim is None
    key = connection.headers.get("x-api-key")
    by_key = key is not None and same_secret(key, deps.settings.api_key)
    if key is not None and not by_key:
        bad = True
    return Visitor(trusted=trusted, api_key=by_key, claim=claim, bad_credential=bad)


def _bearer(connection: HTTPConnection) -> str | None:
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None
    if connection.scope["type"] == "websocket":
        return connection.query_params.get("token")
    return None
