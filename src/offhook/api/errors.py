"""Every error leaves in one envelope: {"error": {"code", "message", "request_id"}}, with "fields" for bad input."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from offhook.api.answers import as_json
from offhook.api.docs import ErrorAnswer, ErrorOut
from offhook.contracts.errors import AppError

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
_MESSAGES = {404: "There is nothing under this path.", 405: "This path does not take that method."}


def envelope(code: str, message: str, status: int, fields: dict[str, str] | None = None) -> Response:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    error = ErrorOut(code=code, message=message, request_id=request_id, fields=fields or {})
    return as_json(ErrorAnswer(error=error), status)


def install(app: FastAPI) -> None:
    """Make every error of the app leave in the envelope."""

    @app.exception_handler(AppError)
    async def app_error(_: Request, error: AppError) -> Response:
        response = envelope(error.code, error.message, error.status, error.fields)
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if error.retryable:
            response.headers["Retry-After"] = "1"
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        fields = {".".join(str(part) for part in e["loc"][1:]) or "body": e["msg"] for e in error.errors()}
        return envelope("invalid", "Some fields cannot be used.", 422, fields)

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> Response:
        code = _CODES.get(error.status_code, "http_error")
        message = _MESSAGES.get(error.status_code, str(error.detail))
        response = envelope(code, message, error.status_code)
        response.headers.update(error.headers or {})
        return response
