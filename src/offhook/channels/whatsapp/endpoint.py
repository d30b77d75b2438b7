"""`GET|POST /whatsapp/webhook`: what became of our messages, and what people answer to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response

from offhook.channels.inbound import InboundMessages
from offhook.channels.trust import loopback_trusted
from offhook.channels.whatsapp.wire import SIGNATURE_HEADER, Reported, Written, challenge, is_genuine, told
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.errors import Forbidden, Invalid
from offhook.contracts.messaging import InboundMessage
from offhook.store.message_reports import MessageFinder, message_reported
from offhook.telemetry.log import get_logger

PATH = "/whatsapp/webhook"


@dataclass(frozen=True, slots=True)
class WhatsAppDeps:
    units: UnitOfWorkFactory
    finder: MessageFinder
    inbound: InboundMessages
    clock: Clock
    verify_token: str | None = field(default=None, repr=False)
    app_secret: str | None = field(default=None, repr=False)
    public_url: str | None = None


def whatsapp_router(deps: WhatsAppDeps) -> APIRouter:
    routes = APIRouter(tags=["whatsapp"])
    log = get_logger("whatsapp")

    @routes.get(PATH, summary="Meta checks that the webhook is ours")
    async def verify(request: Request) -> Response:
        answer = challenge(dict(request.query_params), deps.verify_token) if deps.verify_token else None
        if answer is None:
            raise Forbidden("The verify token is not WHATSAPP_VERIFY_TOKEN.")
        return Response(answer, media_type="text/plain")

    @routes.post(PATH, summary="Reports of messages, and messages from people")
    async def receive(request: Request) -> Response:
        """Anything that is not 200 is sent again by Meta, so only what may be sent again is refused."""
        body = await request.body()
        if deps.app_secret is not None:
            if not is_genuine(request.headers.get(SIGNATURE_HEADER), deps.app_secret, body):
                raise Forbidden("The signature is not of WHATSAPP_APP_SECRET.")
        elif not _trusted(request):
            raise Forbidden("Set WHATSAPP_APP_SECRET: without it nobody's reports are believed.")
        try:
            news = told(body)
        except ValueError as error:
            raise Invalid("The body cannot be read.", {"body": str(error)}) from None
        for one in news:
            known = await (_report(one) if isinstance(one, Reported) else _read(one))
            log.info("whatsapp_webhook", kind=type(one).__name__.lower(), known=known)
        return Response(status_code=200)

    def _trusted(request: Request) -> bool:
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.scope["headers"]]
        return loopback_trusted(request.client.host if request.client else None, headers, deps.public_url)

    async def _report(report: Reported) -> bool:
        business_id = await deps.finder.business_of(report.message_id, report.reference)
        if business_id is None:
            return False
        async with deps.units(business_id, Effect.WRITE) as uow:
            return await message_reported(
                uow,
                report.state,
                now=deps.clock.now(),
                reference=report.reference,
                message_id=report.message_id,
                reason=report.reason,
            )

    async def _read(message: Written) -> bool:
        inbound = InboundMessage(
            channel="whatsapp",
            sender=message.sender,
            text=message.text,
            reference=message.reference,
            written_at=message.written_at,
        )
        return await deps.inbound.take(inbound)

    return routes
