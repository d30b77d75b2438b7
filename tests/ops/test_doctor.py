"""`offhook doctor`: each part's finding, on engines that are fakes and ports that are ours."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from benchmarks.openai_server import Answer, OpenAiServer
from rich.console import Console

from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.ops import checks
from offhook.ops.doctor import examine, run_doctor
from offhook.ops.findings import Finding, as_data, show
from offhook.ops.settings import Settings
from offhook.store.engine import open_database
from offhook.store.migrate import prepare
from support.set_clock import SetClock

STRONG = "k3J9-a_long-and-random_value-Zq8WvT0pLm2X"
SID = "AC" + "0" * 32


def settings(folder: Path, **given: object) -> Settings:
    fakes = {"offhook_stt": ("fake",), "offhook_tts": ("fake",), "port": 0, "offhook_data_dir": folder}
    return Settings(_env_file=None, **{**fakes, **given})


async def test_a_fresh_machine_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    assert await run_doctor(settings(folder), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert {"python", "packages", "database", "voice detector", "voice", "recogniser", "secrets", "port", "twilio"} <= {
        check["name"] for check in told["checks"]
    }
    assert not folder.exists(), "the doctor changes nothing"


async def test_one_bad_part_is_said_and_makes_it_unwell(tmp_path: Path) -> None:
    console = Console(width=100, record=True, file=(tmp_path / "out").open("w"))
    bad = settings(tmp_path, twilio_account_sid=SID)
    assert not await run_doctor(bad, console=console)
    said = console.export_text()
    assert "TWILIO_AUTH_TOKEN" in said
    assert "1 of" in said


async def test_an_engine_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    found = {f.name: f for f in await examine(settings(tmp_path, offhook_stt=("nonsense",), offhook_llm=("nothing",)))}
    assert not found["recogniser"].ok
    assert "OFFHOOK_STT" in found["recogniser"].mend + found["recogniser"].detail
    assert not found["language model"].ok
    assert found["voice"].ok


async def test_the_language_model_is_asked_a_question(tmp_path: Path) -> None:
    async with OpenAiServer([Answer("ready"), Answer(status=401)]) as server:
        configured = settings(tmp_path, openai_base_url=server.url, openai_api_key="sk-test")
        (well, unwell) = [
            next(found for found in await examine(configured) if found.name == "language model") for _ in range(2)
        ]
    assert well.ok
    assert "openai answered in" in well.detail
    assert not unwell.ok
    assert "401" in unwell.detail
    assert "OPENAI_API_KEY" in unwell.mend


async def test_the_database_is_looked_at_not_made(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    assert (await checks.database(ours)).ok
    path = tmp_path / "offhook.db"
    path.touch()
    assert "empty" in (await checks.database(ours)).detail
    database = open_database(f"sqlite:///{path}")
    await prepare(database, metadata, demo_businesses(SetClock()))
    assert (await checks.database(ours)).ok
    async with database.transaction(write=True) as connection:
        await connection.exec_driver_sql("DROP TABLE appointment_units")
    await database.aclose()
    broken = await checks.database(ours)
    assert not broken.ok
    assert "appointment_units" in broken.detail
    assert "offhook db upgrade" in broken.mend


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://127.0.0.1:1/none"])
async def test_a_database_that_cannot_be_used_is_said(tmp_path: Path, url: str) -> None:
    found = await checks.database(settings(tmp_path, offhook_database_url=url))
    assert not found.ok
    assert "OFFHOOK_DATABASE_URL" in found.mend


async def test_a_port_in_use_by_another_program_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        taken = settings(tmp_path, port=other.getsockname()[1])
        other.close()
        with socket.socket() as dumb:
            dumb.bind(("127.0.0.1", taken.port))
            found = await checks.port(taken)
    assert not found.ok
    assert "PORT" in found.mend


@pytest.mark.parametrize(
    ("given", "public", "ok"),
    [
        ({}, None, True),
        ({"jwt_secret": STRONG, "internal_api_key": STRONG}, "https://offhook.example", True),
        ({"jwt_secret": "short"}, None, True),  # this machine alone: said, not refused
        ({"jwt_secret": "short"}, "https://offhook.example", False),
        ({"internal_api_key": "changeme"}, "https://offhook.example", False),
        ({"offhook_env": "production", "offhook_cors_origins": "*"}, None, False),
    ],
)
def test_secrets(tmp_path: Path, given: dict[str, object], public: str | None, ok: bool) -> None:
    found = checks.secrets(settings(tmp_path, **given), public)
    assert found.ok is ok
    assert "short" not in found.mend
    assert STRONG not in found.detail


@pytest.mark.parametrize(
    ("given", "public", "ok"),
    [
        ({}, None, True),
        ({"twilio_account_sid": SID}, "https://a.example", False),
        ({"twilio_account_sid": "AC1"}, "https://a.example", False),
        ({"twilio_account_sid": SID, "twilio_auth_token": "t", "twilio_phone_number": "+12025550110"}, None, False),
        (
            {"twilio_account_sid": SID, "twilio_auth_token": "t", "twilio_phone_number": "+12025550110"},
            "https://a",
            True,
        ),
    ],
)
def test_twilio(tmp_path: Path, given: dict[str, object], public: str | None, ok: bool) -> None:
    found = checks.twilio(settings(tmp_path, **given), public)
    assert found.ok is ok
    assert ok or found.mend


async def test_a_public_address_must_be_https() -> None:
    assert (await checks.public_address(None)).ok
    assert not (await checks.public_address("http://offhook.example")).ok
    unreachable = await checks.public_address("https://127.0.0.1:1")
    assert not unreachable.ok
    assert "no answer" in unreachable.detail


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not checks.data_folder(settings(tmp_path / "file" / "data")).ok
    assert checks.data_folder(settings(tmp_path / "new" / "data")).ok


async def test_the_disk_part_of_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free_bytes, status in ((10**12, "ok"), (10**8, "degraded"), (10**6, "broken")):
        monkeypatch.setattr(checks.shutil, "disk_usage", lambda _, free=free_bytes: type("Usage", (), {"free": free}))
        assert (await checks.disk_check(tmp_path / "not there yet")()).status == status


def test_missing_packages_are_named() -> None:
    assert checks.packages().ok
    assert "no_such_module_here" in checks.packages(("no_such_module_here", "json")).detail


def test_findings_as_data_and_table(tmp_path: Path) -> None:
    findings = [Finding("a", True, "fine"), Finding("b", False, "[bold]bad", "Mend [it].")]
    assert as_data(findings)["ok"] is False
    console = Console(width=80, record=True, file=(tmp_path / "out").open("w"))
    show(findings, console)
    said = console.export_text()
    assert "[bold]bad" in said
    assert "Mend [it]." in said


async def test_livekit_is_asked_where_it_is_set(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"ws://127.0.0.1:{taken.getsockname()[1] + 1}"
    given = {"livekit_url": nobody, "livekit_api_key": "k", "livekit_api_secret": STRONG}
    assert (await checks.livekit(settings(tmp_path))).ok
    unreachable = await checks.livekit(settings(tmp_path, **given))
    assert not unreachable.ok
    assert "LIVEKIT_URL" in unreachable.mend
    missing = await checks.livekit(settings(tmp_path, **given), library="livekit_that_is_not.there")
    assert not missing.ok
    assert "offhook[livekit]" in missing.mend


ACCOUNT = {"exotel_sid": "a", "exotel_api_key": "k", "exotel_api_token": "t", "exotel_phone_number": "08041122233"}
GUARDED = {"exotel_webhook_user": "flow", "exotel_webhook_password": "secret"}


@pytest.mark.parametrize(
    ("given", "public", "ok"),
    [
        ({}, None, True),
        ({"exotel_sid": "a"}, "https://a.example", False),
        ({"exotel_webhook_password": "secret"}, "https://a.example", False),
        (GUARDED, None, False),
        (GUARDED, "https://a.example", True),
        ({"exotel_allowed_ips": "192.0.2.0/24"}, "https://a.example", True),
        (ACCOUNT, "https://a.example", False),
        (ACCOUNT | GUARDED, "https://a.example", True),
    ],
)
def test_exotel(tmp_path: Path, given: dict[str, object], public: str | None, ok: bool) -> None:
    found = checks.exotel(settings(tmp_path, **given), public)
    assert found.ok is ok
    assert ok or found.mend
