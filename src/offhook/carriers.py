"""The carriers as the settings have them: what their channels and diallers are built with."""

from __future__ import annotations

import httpx

from offhook.channels.busy_line import MOST_AT_ONCE
from offhook.channels.call_token import CallTokens
from offhook.channels.exotel.deps import ExotelSettings
from offhook.channels.exotel.dialler import ExotelDialler
from offhook.channels.twilio.deps import TwilioSettings
from offhook.channels.twilio.dialler import TwilioDialler
from offhook.channels.twilio.rest import TwilioRest
from offhook.contracts.channel import Dialler
from offhook.contracts.clock import Clock
from offhook.ops.settings import Settings


def twilio_settings(settings: Settings) -> TwilioSettings:
    most = settings.max_concurrent_calls
    return TwilioSettings(
        public_url=settings.offhook_public_url,
        auth_token=settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else None,
        allowed_origins=frozenset(settings.offhook_cors_origins),
        max_sockets=None if most is None else most + MOST_AT_ONCE,
    )


def exotel_settings(settings: Settings) -> ExotelSettings:
    most, password = settings.max_concurrent_calls, settings.exotel_webhook_password
    return ExotelSettings(
        public_url=settings.offhook_public_url,
        webhook_user=settings.exotel_webhook_user,
        webhook_password=password.get_secret_value() if password else None,
        allowed_ips=settings.exotel_allowed_ips,
        trusted_proxies=settings.offhook_trusted_proxies,
        sample_rate_hz=settings.exotel_sample_rate,
        media_extras=settings.exotel_media_extras,
        allowed_origins=frozenset(settings.offhook_cors_origins),
        max_sockets=None if most is None else most + MOST_AT_ONCE,
    )


def twilio_rest(settings: Settings, http: httpx.AsyncClient) -> TwilioRest | None:
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if sid is None or token is None:
        return None
    return TwilioRest(sid, token.get_secret_value(), http, base_url=settings.twilio_api_url)


def diallers(settings: Settings, http: httpx.AsyncClient, tokens: CallTokens, clock: Clock) -> list[Dialler]:
    """Those that are wholly configured, in the order of OFFHOOK_OUTBOUND; none without a public address."""
    if settings.offhook_public_url is None:
        return []
    made = {"twilio": _twilio_dialler, "exotel": _exotel_dialler}
    url = settings.offhook_public_url
    found = (made[name](settings, http, tokens, clock, url) for name in dict.fromkeys(settings.offhook_outbound))
    return [dialler for dialler in found if dialler is not None]


def _twilio_dialler(
    settings: Settings, http: httpx.AsyncClient, tokens: CallTokens, clock: Clock, public_url: str
) -> Dialler | None:
    sid, token, number = settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_phone_number
    if sid is None or token is None or number is None:
        return None
    return TwilioDialler(
        sid,
        token.get_secret_value(),
        number,
        http,
        public_url=public_url,
        tokens=tokens,
        clock=clock,
        base_url=settings.twilio_api_url,
    )


def _exotel_dialler(
    settings: Settings, http: httpx.AsyncClient, tokens: CallTokens, clock: Clock, public_url: str
) -> Dialler | None:
    sid, key, token = settings.exotel_sid, settings.exotel_api_key, settings.exotel_api_token
    if sid is None or key is None or token is None or settings.exotel_phone_number is None:
        return None
    password = settings.exotel_webhook_password
    return ExotelDialler(
        sid,
        key,
        token.get_secret_value(),
        settings.exotel_phone_number,
        http,
        public_url=public_url,
        tokens=tokens,
        clock=clock,
        sample_rate_hz=settings.exotel_sample_rate,
        callback_auth=(settings.exotel_webhook_user or "", password.get_secret_value()) if password else None,
        base_url=settings.exotel_api_url,
    )
