"""`POST /livekit/webhook`: what LiveKit tells of its rooms."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from offhook.channels.livekit.rooms import LiveKitRooms
from offhook.contracts.errors import LiveKitNotConfigured, Unauthorized

PATH = "/livekit/webhook"


def livekit_router(rooms: LiveKitRooms | None) -> APIRouter:
    """Without settings the route is there and says so."""
    routes = APIRouter(include_in_schema=False)

    @routes.post(PATH)
    async def webhook(request: Request) -> Response:
        if rooms is None:
            raise LiveKitNotConfigured
        event = rooms.genuine(await request.body(), request.headers.get("authorization"))
        if event is None:
            raise Unauthorized("The signature is not of LIVEKIT_API_SECRET, not of this body, or too old.")
        await rooms.happened(event)
        return Response(status_code=200)

    return routes
