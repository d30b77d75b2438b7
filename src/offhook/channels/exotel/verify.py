"""Whether a request is Exotel's, decided before anything of it is used. Pure.

Exotel signs nothing. What proves a webhook is the address it comes from, and a user and password that stand in the URL
that was given to Exotel (Basic authentication); of what is configured, all must hold. With nothing configured only
loopback trust lets a request in. A media stream is proved by its call token, which no other can have. An open socket
holds a place before its first message comes, so the upgrade must prove something already: the token in the URL, which
ours always has, the user and password, or an address that is listed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence

from offhook.channels.addresses import exact_address, is_among
from offhook.channels.arrivals import token_in
from offhook.channels.call_token import MAX_TOKEN_CHARS
from offhook.channels.exotel.deps import ExotelSettings
from offhook.channels.exotel.params import read_params
from offhook.channels.gate import Credential, CredentialCheck, UpgradeRequest
from offhook.channels.trust import loopback_trusted
from offhook.channels.urls import Headers, base_urls, header
from offhook.channels.webhook import MAX_FIELDS, Denied, Verified, WebhookRequest

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="offhook", charset="UTF-8"'}


def verify_webhook(request: WebhookRequest, settings: ExotelSettings) -> Verified | Denied:
    trusted = loopback_trusted(request.peer, request.headers, settings.public_url)
    if not settings.configured and not trusted:
        message = (
            "Exotel is not configured on this server: set EXOTEL_WEBHOOK_USER and EXOTEL_WEBHOOK_PASSWORD, or "
            "EXOTEL_ALLOWED_IPS, or call over loopback."
        )
        return Denied(403, "carrier_not_configured", message)
    if not _address_allowed(request.peer, request.headers, settings):
        return Denied(403, "address_not_allowed", "Requests from this address are not taken; see EXOTEL_ALLOWED_IPS.")
    if settings.webhook_password and _basic(request.headers, settings) != "genuine":
        return Denied(401, "bad_credentials", "The user or the password is missing or wrong.", _CHALLENGE)
    params = read_params(request)
    if params is None:
        return Denied(413, "too_large", f"A webhook has at most {MAX_FIELDS} fields.")
    bases = base_urls(request.headers, request.scheme, settings.public_url)
    return Verified(params, bases[0] if bases else "", trusted)


def stream_check(settings: ExotelSettings, token_holds: Callable[[str], bool]) -> CredentialCheck:
    """For the gate. What is given must be right, and something must be given where no addresses are listed."""

    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        if not _address_allowed(request.peer, request.headers, settings):
            return "wrong"
        token = token_in(request.query)
        if token and not (len(token) <= MAX_TOKEN_CHARS and token_holds(token)):
            return "wrong"
        basic = _basic(request.headers, settings) if settings.webhook_password else "absent"
        if basic == "wrong":
            return "wrong"
        return "genuine" if token or basic == "genuine" or settings.allowed_ips else "absent"

    return check


def _address_allowed(peer: str | None, headers: Headers, settings: ExotelSettings) -> bool:
    if not settings.allowed_ips:
        return True
    return is_among(exact_address(peer, headers, settings.trusted_proxies), settings.allowed_ips)


def _basic(headers: Headers, settings: ExotelSettings) -> Credential:
    given = header(headers, "authorization")
    if not given:
        return "absent"
    scheme, _, encoded = given.partition(" ")
    if scheme.lower() != "basic":
        return "wrong"
    try:
        said = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "wrong"
    wanted = f"{settings.webhook_user or ''}:{settings.webhook_password or ''}".encode()
    return "genuine" if hmac.compare_digest(said, wanted) else "wrong"
