"""Settings: files for secrets, what production refuses, the signing secret, and errors that name the setting."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from offhook.contracts.errors import AppError
from offhook.ops.settings import SECRETS, Settings, is_weak, load, signing_secret

STRONG = "k3J9-a_long-and-random_value-Zq8WvT0pLm2X"


@pytest.fixture(autouse=True)
def empty_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in {*(field.upper() for field in Settings.model_fields), *(f"{secret}_FILE" for secret in SECRETS)}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load()
    assert settings.port == 8000
    assert settings.offhook_brain == "auto"
    assert settings.offhook_stt == ("auto",)
    assert settings.database_url().startswith("sqlite:///")
    assert settings.refusals() == []


@pytest.mark.parametrize("field", ["jwt_secret", "internal_api_key", "twilio_auth_token", "offhook_database_url"])
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_secret_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, field: str, place: str) -> None:
    (tmp_path / "held").write_text(f"{STRONG}\n")
    if place == "environment":
        monkeypatch.setenv(f"{field.upper()}_FILE", str(tmp_path / "held"))
    else:
        (tmp_path / ".env").write_text(f"{field.upper()}_FILE={tmp_path / 'held'}\n")
    settings = load()
    assert getattr(settings, field).get_secret_value() == STRONG
    assert STRONG not in repr(settings)


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_FILE", "/nowhere/jwt")
    with pytest.raises(AppError, match="JWT_SECRET_FILE"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eight"),
        ("OFFHOOK_ENV", "staging"),
        ("OFFHOOK_NOW", "2026-11-20T09:00:00"),
        ("OFFHOOK_PUBLIC_URL", "offhook.example"),
        ("OFFHOOK_ENDPOINTING_MS", "5"),
        ("OFFHOOK_BRAIN", "magic"),
        ("MAX_CALL_DURATION_SECONDS", "0"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(AppError, match=name) as refused:
        load()
    assert refused.value.code == "settings"


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFHOOK_STT", "deepgram, pocketsphinx")
    monkeypatch.setenv("OFFHOOK_CORS_ORIGINS", "https://a.example,https://b.example")
    monkeypatch.setenv("OFFHOOK_PUBLIC_URL", "https://offhook.example/")
    settings = load()
    assert settings.offhook_stt == ("deepgram", "pocketsphinx")
    assert settings.offhook_cors_origins == ("https://a.example", "https://b.example")
    assert settings.offhook_public_url == "https://offhook.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OFFHOOK_NOW", "2026-11-20T09:00:00-06:00"),
        ("OFFHOOK_CORS_ORIGINS", "*"),
        ("JWT_SECRET", "short"),
        ("JWT_SECRET", "a" * 64),
        ("INTERNAL_API_KEY", "changeme"),
    ],
)
def test_production_refuses_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert load().refusals() == []
    monkeypatch.setenv("OFFHOOK_ENV", "production")
    (refusal,) = load().refusals()
    assert name in refusal


@pytest.mark.parametrize(
    ("secret", "weak"),
    [("", True), ("secret", True), ("x" * 31, True), ("ab" * 40, True), (STRONG, False)],
)
def test_which_secrets_are_weak(secret: str, weak: bool) -> None:
    assert is_weak(secret) is weak


def test_a_signing_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    settings = load(offhook_data_dir=tmp_path / "data")
    made = signing_secret(settings)
    path = tmp_path / "data" / "jwt_secret"
    assert len(made) >= 32
    assert not is_weak(made.decode())
    assert signing_secret(settings) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_given_signing_secret_is_used_and_none_is_made(tmp_path: Path) -> None:
    settings = load(offhook_data_dir=tmp_path / "data", jwt_secret=STRONG)
    assert signing_secret(settings) == STRONG.encode()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"LIVEKIT_URL": "wss://livekit.example.com"}, "LIVEKIT_API_KEY, LIVEKIT_API_SECRET"),
        ({"LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": STRONG}, "LIVEKIT_URL"),
        ({"LIVEKIT_URL": "https://x", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": STRONG}, "wss://"),
    ],
)
def test_livekit_is_set_up_wholly_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AppError, match=named):
        load()
