"""Whether a webhook is Twilio's, decided before anything of it is used. Pure.

With an auth token the signature decides, always. Without one only loopback trust lets a request in.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from offhook.channels.trust import loopback_trusted
from offhook.channels.twilio.signature import Params, body_is_genuine, form_is_genuine
from offhook.channels.urls import Headers, base_urls, header

SIGNATURE_HEADER = "x-twilio-signature"
_MAX_FIELDS = 300


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    method: str
    scheme: str
    path: str
    query: str
    headers: Headers
    peer: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    params: dict[str, str]
    """Form fields (POST) or query (GET); of a repeated name the first value."""
    base_url: str
    """http(s) base of the links in our answer, no trailing slash."""
    trusted: bool


@dataclass(frozen=True, slots=True)
class Denied:
    status: int
    code: str
    message: str


def verify_webhook(request: WebhookRequest, *, auth_token: str | None, public_url: str | None) -> Verified | Denied:
    is_form = header(request.headers, "content-type").partition(";")[0].strip().lower() in (
        "application/x-www-form-urlencoded",
        "",
    )
    source = request.query if request.method == "GET" else request.body.decode("utf-8", "replace") if is_form else ""
    try:
        fields: Params = parse_qsl(source, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return Denied(413, "too_large", f"A webhook has at most {_MAX_FIELDS} fields.")
    bases = base_urls(request.headers, request.scheme, public_url)
    trusted = loopback_trusted(request.peer, request.headers, public_url)
    if auth_token:
        path = f"{request.path}?{request.query}" if request.query else request.path
        urls = [base + path for base in bases]
        signature = header(request.headers, SIGNATURE_HEADER)
        signed = () if request.method == "GET" else fields
        if is_form or request.method == "GET":
            genuine = form_is_genuine(urls, signed, signature, auth_token)
        else:
            genuine = body_is_genuine(urls, request.body, signature, auth_token)
        if not genuine:
            return Denied(403, "bad_signature", "X-Twilio-Signature is missing or wrong.")
    elif not trusted:
        message = "Twilio is not configured on this server: set TWILIO_AUTH_TOKEN, or call over loopback."
        return Denied(403, "carrier_not_configured", message)
    params: dict[str, str] = {}
    for name, value in fields:
        params.setdefault(name, value)
    return Verified(params, bases[0] if bases else "", trusted)
