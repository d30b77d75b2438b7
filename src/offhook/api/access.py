"""Who asks, and what they may: decided from the connection and its headers, before any body is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from offhook.api.deps import ApiDeps
from offhook.channels.addresses import client_address
from offhook.channels.gate import origin_allowed
from offhook.channels.trust import loopback_trusted
from offhook.channels.urls import base_urls
from offhook.contracts.conversation import ConversationState, generation
from offhook.contracts.errors import AppError, Forbidden, NotFound, Unauthorized
from offhook.ops.tokens import SessionClaim, same_secret
from offhook.session.joining import still_opens


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request has proved."""

    address: str
    """The client's, behind proxies that are trusted; "" when unknown."""
    trusted: bool
    """Loopback trust (development): served without credentials."""
    local: bool
    """From this machine, not forwarded; unlike loopback trust it holds beside a public URL."""
    foreign_origin: bool
    """A browser's page of another origin sends this."""
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

    def require_session_or_staff(self, session_id: str) -> None:
        if self.bad_credential or not self.api_key:
            self.require_session(session_id)

    @property
    def held(self) -> int | None:
        """The generation of the token that lets them in; None for staff and loopback trust, who hold none."""
        return self.claim.generation if self.claim is not None and not self.api_key else None

    def require_staff(self) -> None:
        """The API key, or loopback trust."""
        if self.bad_credential or not (self.trusted or self.api_key):
            raise Unauthorized("The API key is required: X-API-Key: <INTERNAL_API_KEY>.")

    def require_staff_or_local(self) -> None:
        """The API key, or a client on this machine (a metrics collector beside a public server)."""
        if not self.sees_details:
            raise Unauthorized("The API key is required: X-API-Key: <INTERNAL_API_KEY>.")

    def require_own_origin(self) -> None:
        """For WebSockets, which no browser asks permission for."""
        if self.foreign_origin:
            raise Forbidden("Connections from this origin are not allowed; add it to OFFHOOK_CORS_ORIGINS.")

    @property
    def sees_details(self) -> bool:
        return not self.bad_credential and (self.local or self.api_key)


async def opened(deps: ApiDeps, session_id: str, held: int | None) -> ConversationState:
    """The session, for whoever holds a token of the generation `held`. Raises NotFound, and AppError when somebody
    joined since the token was given."""
    state = await deps.conversations.get(session_id)
    require_newest(state, held)
    return state


def require_newest(state: ConversationState, held: int | None) -> None:
    if held is not None and held < generation(state):
        text = "This conversation was continued elsewhere by a code, so this token opens it no more; begin a new one."
        raise AppError("token_superseded", text, status=401)


def standing(deps: ApiDeps, token: str, session_id: str) -> AsyncIterator[None]:
    """Yields once when the token opens the session now; ends when it opens it no more."""
    claim = deps.tokens.read(token)
    return still_opens(deps.store, session_id, claim.generation if claim is not None else None)


def visitor(connection: HTTPConnection, deps: ApiDeps) -> Visitor:
    """Read the credentials of an HTTP request or a WebSocket handshake.

    A page of a foreign origin gets no loopback trust, listed in OFFHOOK_CORS_ORIGINS or not: a listed one may use the
    public routes and those of its token.
    """
    settings = deps.settings
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in connection.scope["headers"]]
    peer = connection.client.host if connection.client else None
    near = loopback_trusted(peer, headers, None)
    bases = base_urls(headers, connection.scope["scheme"], settings.public_url)
    foreign = not origin_allowed(headers, bases, settings.cors_origins, trusted=near and not settings.public_url)
    token = _bearer(connection)
    claim = deps.tokens.read(token) if token is not None else None
    key = connection.headers.get("x-api-key")
    by_key = key is not None and same_secret(key, settings.api_key)
    return Visitor(
        address=client_address(peer, headers, settings.trusted_proxies),
        trusted=near and not settings.public_url and not foreign,
        local=near and not foreign,
        foreign_origin=foreign,
        api_key=by_key,
        claim=claim,
        bad_credential=(token is not None and claim is None) or (key is not None and not by_key),
    )


def _bearer(connection: HTTPConnection) -> str | None:
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None
    if connection.scope["type"] == "websocket":
        return connection.query_params.get("token")
    return None
