"""A session goes on elsewhere: a code for it is given out, and whoever comes with the code gets its token."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import opened, visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.api.web_chat import ChatBegun, begun
from offhook.channels.addresses import is_among
from offhook.channels.rates import RateLimit
from offhook.channels.urls import base_urls
from offhook.contracts.errors import AppError
from offhook.session.joining import Joining

CODES_PER_MINUTE = 6
"""Of one session."""
TRIES_PER_MINUTE = 10
"""Of one address."""
ALL_WRONG_PER_MINUTE = 120
"""Of everybody together: many addresses do not make a code easier to guess."""


class JoinCodeOut(msgspec.Struct, kw_only=True):
    code: str
    """Eight letters and digits, in two groups; good once."""
    link: str
    """Opens the page with the code; behind the #, which no server and no log sees."""
    expires_at: str


class WithCode(msgspec.Struct, kw_only=True):
    code: str


KINDS = (JoinCodeOut, WithCode)


def router(deps: ApiDeps, joining: Joining) -> APIRouter:
    routes = APIRouter(tags=["sessions"])
    codes = RateLimit(deps.clock, CODES_PER_MINUTE)
    tries, wrong = RateLimit(deps.clock, TRIES_PER_MINUTE), RateLimit(deps.clock, ALL_WRONG_PER_MINUTE)
    too_many = AppError("rate_limited", "Too many codes; try again in a minute.", status=429, retryable=True)

    @routes.post(
        "/api/sessions/{session_id}/join-code",
        status_code=201,
        openapi_extra=described(who="session or staff", answers=JoinCodeOut, status=201, errors=[404, 409, 429]),
        summary="A code that opens this session elsewhere",
    )
    async def make(session_id: str, request: Request) -> Response:
        """Good for ten minutes and once; the session's earlier code is good no more."""
        who = visitor(request, deps)
        if not who.api_key or who.bad_credential:
            who.require_any()
        who.require_session_or_staff(known_id(session_id, "This session"))
        await opened(deps, session_id, who.held)
        if not codes.allow(session_id):
            text = "Too many codes for this session; use the one that you have."
            raise AppError("rate_limited", text, status=429, retryable=True)
        made = await joining.invite(session_id)
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.scope["headers"]]
        peer = request.client.host if request.client else ""
        if not is_among(peer, deps.settings.trusted_proxies):  # else whoever asks could name the host that a link opens
            headers = [one for one in headers if one[0].lower() not in ("x-forwarded-host", "x-forwarded-proto")]
        base = base_urls(headers, request.url.scheme, deps.settings.public_url)
        link = join_link(next(iter(base), ""), made.code)
        until = made.expires_at.isoformat(timespec="seconds")
        return as_json(JoinCodeOut(code=made.code, link=link, expires_at=until), 201)

    @routes.post(
        "/api/sessions/join",
        openapi_extra=described(
            who="public", body=WithCode, example={"code": "7KQM-2XWD"}, answers=ChatBegun, errors=[404, 409, 429]
        ),
        summary="Go on with a session by its code",
    )
    async def join(request: Request) -> Response:
        """Its token and what was said. Who speaks must be proved again before anybody's data is shown or changed."""
        who = visitor(request, deps)
        if not tries.allow(who.address):
            raise too_many
        body = await read_body(request, WithCode)
        try:
            return as_json(await begun(deps, await joining.join(body.code)))
        except AppError as error:
            # Only what was guessed counts for everybody: else a few addresses could keep all others from joining.
            if error.code == "bad_code" and not wrong.allow(""):
                raise too_many from None
            raise

    return routes


def join_link(base_url: str, code: str) -> str:
    return f"{base_url.rstrip('/')}/#join={code}"
