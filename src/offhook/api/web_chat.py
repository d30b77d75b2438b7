"""What a chat window on a page begins with: a session, what was said in it, and texts as sound."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import opened, visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body, spoken_language
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.api.sessions import NewSession, open_for
from offhook.channels.rates import RateLimit
from offhook.channels.recorded import RecordedSpeech, voice_of
from offhook.channels.socketio.wire import history
from offhook.channels.typed import clean_text
from offhook.contracts.conversation import ConversationState, generation
from offhook.contracts.errors import AppError, Invalid

MOST_SPOKEN_CHARS = 1_000
SPOKEN_PER_MINUTE = 30
"""Of one session."""
SPOKEN_PER_ADDRESS = 60
"""A minute, whatever sessions it opens."""


class ChatInit(NewSession, kw_only=True):
    channel: Literal["chat", "browser", "socketio", "livekit"] = "socketio"
    token: str | None = None
    """Of a session that the page has already: it goes on, if it still can."""


class ChatBegun(msgspec.Struct, kw_only=True):
    session_id: str
    token: str
    history: list[dict[str, Any]]
    """`{id, role, text, at}`, oldest first; the greeting is the first of a new session."""
    business: str
    desk: str
    language: str
    status: str
    seq: int
    """The newest event; `chat:start {after}` goes on from here."""


class ChatHistory(msgspec.Struct, kw_only=True):
    session_id: str
    history: list[dict[str, Any]]
    status: str
    seq: int


class ToSpeak(msgspec.Struct, kw_only=True):
    text: str
    language: str | None = None
    voice: str | None = None
    """As the speech engine names it; by default the business's."""


KINDS = (ChatInit, ChatBegun, ChatHistory, ToSpeak)
_INIT = {"desk": "sales"}
_SPEAK = {"text": "We are open until six.", "language": "en"}


def router(deps: ApiDeps, speech: RecordedSpeech) -> APIRouter:
    routes = APIRouter(tags=["chat"])
    new = RateLimit(deps.clock, deps.settings.sessions_per_minute)
    spoken = RateLimit(deps.clock, SPOKEN_PER_MINUTE)
    spoken_there = RateLimit(deps.clock, SPOKEN_PER_ADDRESS)

    @routes.post(
        "/api/chat/init",
        status_code=201,
        openapi_extra=described(
            who="public", body=ChatInit, example=_INIT, answers=ChatBegun, status=201, errors=[404, 429]
        ),
        summary="Begin a chat, or go on with one",
    )
    async def init(request: Request) -> Response:
        """With the `token` of an open session, that session and what was said; else a new one with its greeting."""
        who = visitor(request, deps)
        if not who.trusted and not new.allow(who.address):
            text = "Too many new chats from here; try again in a minute."
            raise AppError("rate_limited", text, status=429, retryable=True)
        body = await read_body(request, ChatInit)
        state = await _resumed(deps, body.token) if body.token else None
        if state is None:
            state = await open_for(deps, body, who)
        return as_json(await begun(deps, state), 201)

    @routes.get(
        "/api/chat/history",
        openapi_extra=described(who="session", answers=ChatHistory, errors=[404]),
        summary="What was said",
    )
    async def read_history(request: Request, session_id: str | None = None) -> Response:
        """Of the token's session. Under loopback trust without a token: of `?session_id=`."""
        who = visitor(request, deps)
        who.require_any()
        wanted = session_id or (who.claim.session_id if who.claim is not None else "")
        who.require_session(known_id(wanted, "This session"))
        state = await opened(deps, wanted, who.held)
        seq = await deps.store.last_seq(wanted)
        told = ChatHistory(session_id=wanted, history=history(state), status=state.status, seq=seq)
        return as_json(told)

    @routes.post(
        "/api/voice/convert",
        openapi_extra=described(who="session", body=ToSpeak, example=_SPEAK, errors=[429, 503]),
        summary="A text as sound",
    )
    async def convert(request: Request) -> Response:
        """A WAV file (PCM16, mono, 16 kHz). Sentences that were spoken before come from the cache."""
        who = visitor(request, deps)
        who.require_any()
        body = await read_body(request, ToSpeak)
        text = clean_text(body.text, "text", MOST_SPOKEN_CHARS)
        there = who.trusted or spoken_there.allow(who.address)
        if not there or not spoken.allow(who.claim.session_id if who.claim is not None else who.address):
            raise AppError("rate_limited", "Too many texts; try again in a minute.", status=429, retryable=True)
        if who.claim is not None:
            await opened(deps, who.claim.session_id, who.held)
        business_id = who.claim.business_id if who.claim is not None else None
        business = await (deps.businesses.get(business_id) if business_id else deps.businesses.default())
        asked = spoken_language(body.language, speech.languages) if body.language else business.languages[0]
        language = asked.partition("-")[0].lower()
        if body.voice is not None and not speech.knows(body.voice):
            raise Invalid("This voice cannot be used.", {"voice": speech.voices(language)})
        audio = await speech.speak(text, voice_of(business, language, body.voice))
        return Response(audio, media_type="audio/wav", headers={"Cache-Control": "private, max-age=600"})

    return routes


async def begun(deps: ApiDeps, state: ConversationState) -> ChatBegun:
    return ChatBegun(
        session_id=state.session_id,
        token=deps.tokens.issue(state.session_id, state.business_id, generation(state)),
        history=history(state),
        business=state.business_id,
        desk=state.desk,
        language=state.language,
        status=state.status,
        seq=await deps.store.last_seq(state.session_id),
    )


async def _resumed(deps: ApiDeps, token: str) -> ConversationState | None:
    """The session of a token that still holds, if it is not over."""
    claim = deps.tokens.read(token)
    if claim is None:
        return None
    state = await deps.store.load(claim.session_id)
    if state is None or claim.generation < generation(state):
        return None
    return state if state.status in ("IDLE", "ACTIVE") else None
