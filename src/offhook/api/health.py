"""Health for machines and people, and the metrics."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request, Response

from offhook import __version__
from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.deps import ApiDeps
from offhook.contracts.errors import AppError


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.head("/health/live", include_in_schema=False)
    @routes.get("/health/live", summary="The process runs")
    async def live() -> Response:
        return as_json({"status": "ok"})

    @routes.head("/health/ready", include_in_schema=False)
    @routes.get("/health/ready", summary="Calls can be taken; 503 only when draining or broken")
    async def ready() -> Response:
        if await deps.health.ready():
            return as_json({"status": "ready"})
        return as_json({"status": "draining" if deps.health.draining else "broken"}, 503)

    @routes.get("/health", summary="Each part and how to mend it; details for staff and this machine only")
    async def health(request: Request) -> Response:
        details = visitor(request, deps).sees_details
        parts = await deps.health.parts()
        worst = "ok"
        for part in parts.values():
            if part.status != "ok" and worst != "broken":
                worst = part.status
        shown = {
            name: {"status": p.status, "detail": p.detail, "mend": p.mend} if details else {"status": p.status}
            for name, p in parts.items()
        }
        status = "draining" if deps.health.draining else worst
        return as_json({"status": status, "version": __version__, "parts": shown})

    @routes.get("/metrics", summary="Prometheus metrics")
    async def metrics(request: Request) -> Response:
        visitor(request, deps).require_staff_or_local()
        if deps.job_counts is not None:
            with suppress(AppError):  # a database that is away must not hide the other metrics
                deps.metrics.set_jobs(await deps.job_counts())
        return Response(deps.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes
