"""The page at `/`, the widget and their modules: a fixed set of files, read once.

The modules may be loaded by any site: they are public, hold nobody's data and run there with that site's rights. What a
site may do with them is decided at the API and at the sockets (`OFFHOOK_CORS_ORIGINS`).
"""

from __future__ import annotations

import hashlib
from importlib import resources

from fastapi import APIRouter, Request, Response

_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}


class _File:
    def __init__(self, name: str, body: bytes, more: dict[str, str]) -> None:
        self.body = body
        kind = _TYPES[name.rpartition(".")[2]]
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        # Asked about each time, so that all modules of a page are of one version.
        self.headers = {"ETag": tag, "Cache-Control": "no-cache", "Content-Type": f"{kind}; charset=utf-8", **more}

    def answer(self, request: Request) -> Response:
        if request.headers.get("if-none-match") == self.headers["ETag"]:
            return Response(status_code=304, headers=self.headers)
        return Response(self.body, headers=self.headers)


def page_router() -> APIRouter:
    """`/`, `/widget.js` and `/web/…`."""
    folder = resources.files("offhook.channels.browser").joinpath("web")
    bodies = {item.name: item.read_bytes() for item in folder.iterdir() if item.name.rpartition(".")[2] in _TYPES}
    page = _File("index.html", bodies.pop("index.html"), _PAGE)
    widget = _File("widget.js", bodies.pop("widget.js"), _ANY_SITE)
    modules = {name: _File(name, body, _ANY_SITE) for name, body in bodies.items()}
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index(request: Request) -> Response:
        return page.answer(request)

    @router.get("/widget.js")
    async def script(request: Request) -> Response:
        return widget.answer(request)

    for name, file in modules.items():
        router.add_api_route(f"/web/{name}", file.answer, methods=["GET"], response_model=None)
    return router
