"""Settings from the environment, `.env` and `NAME_FILE` files, read once by the composition root.

Every secret `NAME` may be given as `NAME_FILE`: the path of a file that holds it (as container secrets do).
Nothing else in the program reads the environment.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url

from offhook.contracts.errors import AppError
from offhook.telemetry.cost import read_prices

SECRETS = (
    "JWT_SECRET",
    "INTERNAL_API_KEY",
    "TWILIO_AUTH_TOKEN",
    "EXOTEL_API_TOKEN",
    "EXOTEL_WEBHOOK_PASSWORD",
    "OPENAI_API_KEY",
    "LIVEKIT_API_SECRET",
    "WHATSAPP_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "SMTP_URL",
    "CALDAV_URL",
    "OFFHOOK_DATABASE_URL",
    "OFFHOOK_REDIS_URL",
)
TAKEN_PATHS = ("api", "ws", "media", "health", "metrics", "twilio", "exotel", "whatsapp", "livekit", "docs")
_ENV_FILE = ".env"
MIN_SECRET_BYTES = 32
_PUBLISHED = frozenset({"changeme", "secret", "password", "your-secret-key", "supersecret", "dev", "test"})

Csv = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """All settings of the server; names are the environment's, in lower case."""

    model_config = SettingsConfigDict(
        env_file=_ENV_FILE, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    offhook_env: Literal["development", "production"] = "development"
    offhook_data_dir: Path = Path("data")
    offhook_database_url: SecretStr | None = None
    offhook_redis_url: SecretStr | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=6379, ge=1, le=65_535)
    offhook_public_url: str | None = None
    offhook_brain: Literal["auto", "rules", "llm"] = "auto"
    offhook_stt: Csv = ("auto",)
    offhook_tts: Csv = ("auto",)
    offhook_llm: Csv = ("auto",)
    offhook_llm_timeout_ms: int = Field(default=2000, ge=100, le=30_000)
    offhook_llm_answers: int = Field(default=512, ge=0)
    """Answers of a model without tools that are kept, in memory."""
    offhook_llm_session_tokens: int | None = Field(default=None, ge=1)
    """Tokens, read and written, that a session may cost; then rules answer."""
    offhook_prices: str | None = None
    """A currency and prices by leg (telemetry/cost.py); unset: no cost is counted."""
    offhook_customers_kept: int = Field(default=4096, ge=0)
    """Callers' numbers of which it is kept for five minutes who they are; 0 keeps none."""
    offhook_staff_webhook_url: str | None = None
    """Told of every caller who wants a person; may answer at once who is free."""
    offhook_worker_lost_s: float = Field(default=15, ge=1, le=600)
    """Silence after which a worker's unfinished jobs are taken over."""
    offhook_webhook_private: bool = False
    """Webhooks may go to private, link-local and loopback addresses, too."""
    offhook_session_ttl_min: int = Field(default=30, ge=1)
    offhook_endpointing_ms: int | None = Field(default=None, ge=50, le=10_000)
    offhook_now: datetime | None = None
    offhook_fast_lane: bool = True
    """Media sockets past the web framework; off: through it, slower and the same to callers."""
    offhook_speech_cache_mb: int = Field(default=128, ge=0)
    """Of the data folder, for audio of fixed sentences; 0 keeps it in memory only."""
    offhook_speech_openings: bool | None = None
    """Sentences start from kept openings; unset: where the voice is slow enough for that to be heard."""
    offhook_trusted_proxies: Csv = ()
    offhook_cors_origins: Csv = ()
    offhook_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    offhook_fake_stt_ms: int = Field(default=0, ge=0)
    offhook_fake_transcript: str = "I would like to book an oil change tomorrow at ten"
    offhook_fake_llm_ms: int = Field(default=0, ge=0)
    offhook_fake_llm_text: str = "Certainly, I can help you with that."
    offhook_fake_tts_ms: int = Field(default=0, ge=0)
    offhook_fake_tts_audio_ms: int = Field(default=1000, ge=20)
    offhook_chat_per_minute: int = Field(default=60, ge=1)
    """Messages over Socket.IO that one session may send."""
    ws_path: str = "/socket"
    """Where Socket.IO is."""
    port: int = Field(default=8000, ge=0, le=65535)
    websocket_max_size: int = Field(default=1_048_576, ge=1024)
    websocket_ping_interval: float = Field(default=20, gt=0)
    websocket_ping_timeout: float = Field(default=10, gt=0)
    max_call_duration_seconds: int = Field(default=600, ge=10)
    max_concurrent_calls: int | None = Field(default=None, ge=1)
    jwt_secret: SecretStr | None = None
    internal_api_key: SecretStr | None = None
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str | None = None
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_phone_number: str | None = None
    offhook_outbound: Csv = ("twilio", "exotel")
    """Carriers that place our calls, in order of preference."""
    exotel_sid: str | None = None
    exotel_api_key: str | None = None
    exotel_api_token: SecretStr | None = None
    exotel_phone_number: str | None = None
    exotel_webhook_user: str | None = None
    exotel_webhook_password: SecretStr | None = None
    """With the user: Basic authentication of Exotel's webhooks."""
    exotel_api_url: str = "https://api.in.exotel.com"
    """Of the account's region."""
    twilio_api_url: str = "https://api.twilio.com"
    exotel_allowed_ips: Csv = ()
    """Addresses or networks from which Exotel's webhooks and streams come; empty: any."""
    exotel_sample_rate: Literal[8000, 16000, 24000] = 8000
    """Asked for in the stream's URL, in Hz."""
    exotel_media_extras: bool = False
    """Number outgoing media, for streams that drop unnumbered audio."""
    livekit_url: str | None = None
    livekit_api_key: str | None = None
    livekit_api_secret: SecretStr | None = None
    whatsapp_token: SecretStr | None = None
    whatsapp_phone_number_id: str | None = None
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    whatsapp_api_url: str = "https://graph.facebook.com/v23.0"
    """Meta's address with the version of the API."""
    smtp_url: SecretStr | None = None
    google_application_credentials: Path | None = None
    google_calendar_id: str = "primary"
    caldav_url: SecretStr | None = None

    @field_validator("offhook_prices")
    @classmethod
    def _prices(cls, given: str | None) -> str | None:
        if given:
            read_prices(given)
        return given

    @field_validator("offhook_stt", "offhook_tts", "offhook_llm", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        names = _split(value)
        return names if names != () else ("auto",)

    @field_validator("offhook_outbound", mode="after")
    @classmethod
    def _carriers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(value) - {"twilio", "exotel"}:
            raise ValueError(f"knows twilio and exotel, not {', '.join(sorted(unknown))}")
        return value

    @field_validator(
        "offhook_trusted_proxies", "offhook_cors_origins", "offhook_outbound", "exotel_allowed_ips", mode="before"
    )
    @classmethod
    def _list(cls, value: object) -> object:
        return _split(value)

    @field_validator("exotel_sample_rate", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdigit() else value

    @field_validator("exotel_allowed_ips", mode="after")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)
        return value

    @field_validator("offhook_redis_url", mode="after")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://, as in redis://127.0.0.1:6379")
        return value

    @field_validator("offhook_public_url", mode="after")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (http:// only for tests)")
        return value.rstrip("/")

    @field_validator("ws_path", mode="after")
    @classmethod
    def _path(cls, value: str) -> str:
        path = "/" + value.strip("/")
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
            raise ValueError("must be a path of letters and digits, as in /socket")
        if path.split("/")[1] in TAKEN_PATHS:
            raise ValueError(f"cannot be below /{path.split('/')[1]}, which has routes of its own")
        return path

    @field_validator("openai_base_url", mode="after")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://, as in https://models.example.com/v1")
        return value

    @field_validator("livekit_url", mode="after")
    @classmethod
    def _ws_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("wss://", "ws://")):
            raise ValueError("must begin with wss:// (ws:// only for tests), as in wss://livekit.example.com")
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _livekit_whole(self) -> Settings:
        names = ("livekit_url", "livekit_api_key", "livekit_api_secret")
        missing = [name.upper() for name in names if not getattr(self, name)]
        if 0 < len(missing) < len(names):
            raise ValueError(f"LiveKit needs its three settings together; missing: {', '.join(missing)}")
        return self

    @field_validator("offhook_now", mode="after")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs an offset, as in 2026-11-20T09:00:00-06:00")
        return value

    @property
    def production(self) -> bool:
        return self.offhook_env == "production"

    def database_url(self) -> str:
        """The database's URL; by default an SQLite file in the data folder."""
        if self.offhook_database_url is not None:
            return self.offhook_database_url.get_secret_value()
        return f"sqlite:///{(self.offhook_data_dir / 'offhook.db').absolute()}"

    def redis_url(self) -> str | None:
        """Where sessions are kept for several servers; None: in the database."""
        if self.offhook_redis_url is not None:
            return self.offhook_redis_url.get_secret_value()
        return f"redis://{self.redis_host}:{self.redis_port}" if self.redis_host else None

    def jobs_url(self) -> str:
        """Where workflows are kept: a file of their own in the data folder, or on PostgreSQL the database itself."""
        url = make_url(self.database_url())
        if url.get_backend_name() == "sqlite":
            return f"sqlite:///{(self.offhook_data_dir / 'jobs.db').absolute()}"
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    def google_credentials(self) -> Path | None:
        """A service account's key, else the token that `offhook calendar-connect` stored; None: no Google calendar."""
        stored = self.google_token()
        return self.google_application_credentials or (stored if stored.exists() else None)

    def google_token(self) -> Path:
        return self.offhook_data_dir / "google_token.json"

    def refusals(self) -> list[str]:
        """What production refuses, as sentences that say how to mend it; empty when there is nothing."""
        if not self.production:
            return []
        found = []
        if self.offhook_now is not None:
            found.append("OFFHOOK_NOW sets the clock for demonstrations; unset it in production.")
        if "*" in self.offhook_cors_origins:
            found.append("OFFHOOK_CORS_ORIGINS is '*'; list the origins that may call the API.")
        for name in ("jwt_secret", "internal_api_key", "livekit_api_secret"):
            secret: SecretStr | None = getattr(self, name)
            if secret is not None and is_weak(secret.get_secret_value()):
                found.append(f"{name.upper()} is shorter than {MIN_SECRET_BYTES} bytes or published; make a new one.")
        return found


def is_weak(secret: str) -> bool:
    return len(secret.encode()) < MIN_SECRET_BYTES or secret.lower() in _PUBLISHED or len(set(secret)) < 8


def load(**overrides: object) -> Settings:
    """Read the settings; raises AppError("settings") naming every bad one."""
    given: dict[str, object] = {}
    named = {**dotenv_values(_ENV_FILE), **os.environ}
    for name in SECRETS:
        path = named.get(f"{name}_FILE")
        if path:
            try:
                given[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                text = f"{name}_FILE names a file that cannot be read: {error.strerror}."
                raise AppError("settings", text) from None
    given.update(overrides)
    try:
        return Settings(**given)  # type: ignore[arg-type]  # validated by pydantic
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise AppError("settings", f"These settings cannot be used: {problems}.") from None


def signing_secret(settings: Settings) -> bytes:
    """The key for session and call tokens: JWT_SECRET, else one made once and kept in the data folder (mode 0600)."""
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value().encode()
    path = settings.offhook_data_dir / "jwt_secret"
    try:
        return path.read_text(encoding="ascii").strip().encode()
    except FileNotFoundError:
        pass
    settings.offhook_data_dir.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip().encode()
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret.encode()


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value if value is not None else ()
