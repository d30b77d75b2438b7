"""Checks of the machine and the settings: quick, without engines or a running server. None of them changes anything."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import httpx
from sqlalchemy import inspect

from offhook.audio.vad.silero import SileroModel, VadModelMissing
from offhook.channels.livekit.process import INSTALL
from offhook.channels.livekit.service import LiveKitService, LiveKitTrouble
from offhook.channels.livekit.tokens import LiveKitKeys
from offhook.contracts.errors import AppError
from offhook.desks.tables import metadata as tables
from offhook.kit.clock import SystemClock
from offhook.ops.findings import Finding
from offhook.ops.health import Check, PartHealth
from offhook.ops.settings import MIN_SECRET_BYTES, Settings, is_weak
from offhook.store.engine import open_database
from offhook.store.migrate import check as missing_parts

NATIVE = ("espeakng_loader", "httptools", "msgspec", "numpy", "pocketsphinx", "soxr", "webrtcvad")
"""Modules with compiled parts: where an installation breaks, it breaks here."""
LOW_DISK_BYTES = 500_000_000
FULL_DISK_BYTES = 50_000_000
_REINSTALL = "Install offhook again in a fresh virtual environment (`make setup` in the repository)."
_EXOTEL = ("exotel_sid", "exotel_api_key", "exotel_api_token", "exotel_phone_number")
_TWILIO = ("twilio_account_sid", "twilio_auth_token", "twilio_phone_number")


def python() -> Finding:
    told = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}"
    if sqlite3.sqlite_version_info < (3, 35):
        return Finding("python", False, told, "Use a Python with SQLite 3.35 or newer, or PostgreSQL.")
    return Finding("python", True, told)


def packages(wanted: tuple[str, ...] = NATIVE) -> Finding:
    absent = [name for name in wanted if find_spec(name) is None]
    if absent:
        return Finding("packages", False, f"not installed: {', '.join(absent)}", _REINSTALL)
    return Finding("packages", True, f"offhook {metadata.version('offhook')} with all its parts")


def voice_detector() -> Finding:
    try:
        SileroModel()
    except VadModelMissing as error:
        return Finding("voice detector", False, error.message, _REINSTALL)
    return Finding("voice detector", True, "silero")


def data_folder(settings: Settings) -> Finding:
    folder = settings.offhook_data_dir
    standing = _standing(folder)
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        mend = "Make it writable for this user, or point OFFHOOK_DATA_DIR elsewhere."
        return Finding("data folder", False, f"{folder.absolute()} cannot be written", mend)
    free_bytes = shutil.disk_usage(standing).free
    told = f"{folder.absolute()}, {free_bytes / 1e9:.1f} GB free"
    if free_bytes < LOW_DISK_BYTES:
        return Finding("data folder", False, told, "Free some disk space: the database and recordings grow.")
    return Finding("data folder", True, told if folder.exists() else f"{told}; made at the first start")


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)


def disk_check(folder: Path) -> Check:
    """The `disk` part of /health: broken only when the next write may fail."""

    async def check() -> PartHealth:
        free_bytes = shutil.disk_usage(_standing(folder)).free
        told = f"{free_bytes / 1e9:.1f} GB free"
        if free_bytes >= LOW_DISK_BYTES:
            return PartHealth("ok", told)
        status = "broken" if free_bytes < FULL_DISK_BYTES else "degraded"
        return PartHealth(status, told, "Free some disk space: the database and recordings grow.")  # type: ignore[arg-type]  # a Status

    return check


def secrets(settings: Settings, public_url: str | None) -> Finding:
    refused = settings.refusals()
    if refused:
        return Finding("secrets", False, " ".join(refused), "Change these settings; production refuses to start.")
    secret, key = settings.jwt_secret, settings.internal_api_key
    weak = [
        name
        for name, value in (("JWT_SECRET", secret), ("INTERNAL_API_KEY", key))
        if value is not None and is_weak(value.get_secret_value())
    ]
    if weak:
        mend = f'Use {MIN_SECRET_BYTES} random bytes: python -c "import secrets; print(secrets.token_urlsafe(48))".'
        return Finding("secrets", public_url is None, f"{' and '.join(weak)} short or well known", mend)
    signing = "JWT_SECRET is set" if secret is not None else "a signing secret is kept in the data folder"
    staff = "INTERNAL_API_KEY is set" if key is not None else "no INTERNAL_API_KEY: staff routes from this machine only"
    return Finding("secrets", True, f"{signing}; {staff}")


async def database(settings: Settings) -> Finding:
    try:
        opened = open_database(settings.database_url())
    except AppError as error:
        return Finding("database", False, error.message, "Correct OFFHOOK_DATABASE_URL.")
    try:
        if opened.path is not None and not opened.path.exists():
            return Finding("database", True, f"{opened.label}; made at the first start")
        async with opened.transaction(write=False) as connection:
            empty = not await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        if empty:
            return Finding("database", True, f"{opened.label}; empty, made at the first start")
        missing = await missing_parts(opened, tables)
        if missing:
            return Finding("database", False, f"{opened.label}: {'; '.join(missing)}", "Run `offhook db upgrade`.")
        return Finding("database", True, opened.label)
    except AppError as error:
        return Finding("database", False, error.message, "Start the database, or correct OFFHOOK_DATABASE_URL.")
    finally:
        await opened.aclose()


async def port(settings: Settings, host: str = "127.0.0.1") -> Finding:
    """Free, or held by a server of ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.port))
            return Finding("port", True, f"{settings.port} is free")
        except OSError as error:
            reason = error.strerror or "cannot be used"
    if await _answers(f"http://{host}:{settings.port}") is None:
        return Finding("port", True, f"offhook is running on {settings.port}")
    return Finding("port", False, f"{settings.port}: {reason}", "Stop what uses it, or set PORT.")


async def public_address(url: str | None) -> Finding:
    """Whether carriers can reach us: asks the server through the public address."""
    if url is None:
        told = "none: only this machine is served without credentials"
        return Finding("public address", True, told, "For real calls set OFFHOOK_PUBLIC_URL to an https address.")
    if not url.startswith("https://"):
        return Finding(
            "public address", False, url, "Carriers and browsers need https; put a proxy or tunnel before it."
        )
    wrong = await _answers(url.rstrip("/"))
    if wrong is not None:
        return Finding(
            "public address", False, f"{url}: {wrong}", "Start the server and point the address at its port."
        )
    return Finding("public address", True, f"{url} reaches offhook")


def twilio(settings: Settings, public_url: str | None) -> Finding:
    given = [name for name in _TWILIO if getattr(settings, name) is not None]
    if not given:
        told = "not set: calls from this machine only (`offhook call`)"
        return Finding("twilio", True, told, "For real calls set TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _PHONE_NUMBER.")
    absent = [name.upper() for name in _TWILIO if name not in given]
    if absent:
        return Finding("twilio", False, f"incomplete: {', '.join(absent)} missing", "Set all three, or none.")
    sid = settings.twilio_account_sid or ""
    if not (sid.startswith("AC") and len(sid) == 34):
        return Finding("twilio", False, "TWILIO_ACCOUNT_SID is not one", 'It is "AC" and 32 hexadecimal digits.')
    if public_url is None:
        return Finding("twilio", False, "complete, but there is no public address", "Set OFFHOOK_PUBLIC_URL.")
    return Finding("twilio", True, f"complete; voice webhook: {public_url.rstrip('/')}/twilio/voice")


async def livekit(settings: Settings, library: str = "livekit.rtc.room") -> Finding:
    url, key, secret = settings.livekit_url, settings.livekit_api_key, settings.livekit_api_secret
    if url is None or key is None or secret is None:
        return Finding("livekit", True, "not set: no calls in LiveKit rooms")
    if not _installed(library):
        return Finding("livekit", False, "its media library is not installed", f"Install it: {INSTALL}.")
    try:
        async with httpx.AsyncClient() as http:
            await LiveKitService(http, url, LiveKitKeys(key, secret.get_secret_value()), SystemClock()).ping()
    except LiveKitTrouble as error:
        return Finding("livekit", False, str(error), error.mend)
    return Finding("livekit", True, f"{url} answers and knows the key")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def exotel(settings: Settings, public_url: str | None) -> Finding:
    account = [name for name in _EXOTEL if getattr(settings, name) is not None]
    guarded = settings.exotel_webhook_password is not None or bool(settings.exotel_allowed_ips)
    if not account and not guarded:
        told = "not set: calls from this machine only (`offhook call --carrier exotel`)"
        mend = "For real calls set EXOTEL_WEBHOOK_USER and EXOTEL_WEBHOOK_PASSWORD, or EXOTEL_ALLOWED_IPS."
        return Finding("exotel", True, told, mend)
    if settings.exotel_webhook_user is None and settings.exotel_webhook_password is not None:
        return Finding("exotel", False, "EXOTEL_WEBHOOK_USER is missing", "Set both, the user and the password.")
    absent = [name.upper() for name in _EXOTEL if name not in account]
    if account and absent:
        return Finding("exotel", False, f"incomplete: {', '.join(absent)} missing", "Set all four, or none.")
    if public_url is None:
        return Finding("exotel", False, "complete, but there is no public address", "Set OFFHOOK_PUBLIC_URL.")
    if not guarded:
        mend = "Set EXOTEL_WEBHOOK_USER and EXOTEL_WEBHOOK_PASSWORD, or EXOTEL_ALLOWED_IPS."
        return Finding("exotel", False, "its webhooks and streams are refused: nothing would prove them", mend)
    return Finding("exotel", True, f"complete; Voicebot URL: {public_url.rstrip('/')}/exotel/voice")


async def _answers(base_url: str) -> str | None:
    """None when offhook answers there, else what is wrong."""
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            response = await http.get(f"{base_url}/health/live")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"no answer ({type(error).__name__})"
    if response.status_code != 200 or "X-Request-ID" not in response.headers:
        return f"something else answers there (status {response.status_code})"
    return None
