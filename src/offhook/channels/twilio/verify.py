"""Whether a webhook is Twilio's, decided before anything of it is used. Pure.

With an auth token the signature decides, always. Without one only loopback trust lets a request in.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from offhook.channels.trust import loopback_trusted
from offhook.channels.twilio.signature import Params, body_is_genuine, form_is_genuine
from offhook.channels.urls import base_urls, header
from offhook.channels.webhook import MAX_FIELDS, Denied, Verified, WebhookRequest

SIGNATURE_HEADER = "x-twilio-signature"


def verify_webhook(request: WebhookRequest, *, auth_token: str | None, public_url: str | None) -> Verified | Denied:
    is_form = header(request.headers, "content-type").partition(";")[0].strip().lower() in (
        "application/x-www-form-urlencoded",
        "",
    )
    source = request.query if request.method == "GET" else request.body.decode("utf-8", "replace") if is_form else ""
    try:
        fields: Params = parse_qsl(source, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return Denied(413, "too_large", f"A webhook has at most {MAX_FIELDS} fields.")
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
