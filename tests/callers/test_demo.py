from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateTable

from offhook.callers import demo
from offhook.callers.demo import NOW, Booked, Wanted, appointments, demo_script
from offhook.callers.own_server import ServerFailed, own_server
from offhook.callers.phone import CallOutcome
from offhook.desks.tables import metadata

PHONE = "+12025550142"
ROW = Booked(
    "appt_1", "Oil change", "2026-11-19T11:00:00-06:00", "2026-11-19T11:45:00-06:00", "Bay 1", "Joe Smith", PHONE,
    "booked",
)  # fmt: skip


def book(path: Path, starts: str = "2026-11-19 17:00:00.000000") -> Path:
    """A database file with the product's own tables and one appointment."""
    engine = create_engine("sqlite://")
    file = path / "offhook.db"
    with sqlite3.connect(file) as db:
        for name in ("businesses", "resources", "appointments"):
            db.execute(str(CreateTable(metadata.tables[name]).compile(engine)))
        rows = {
            "businesses": {"business_id": "b", "timezone": "America/Chicago"},
            "resources": {"business_id": "b", "resource_id": "r", "name": "Bay 1", "kind": "bay", "sort": 0},
            "appointments": {
                "business_id": "b", "appointment_id": "appt_1", "kind": "service", "status": "booked",
                "service_name": "Oil change", "resource_id": "r", "starts_at": starts,
                "ends_at": "2026-11-19 17:45:00.000000", "customer_name": "Joe Smith", "customer_phone": PHONE,
                "notes": "", "created_via": "twilio", "created_at": "2026-11-18 15:00:00",
            },
        }  # fmt: skip
        for table, row in rows.items():
            for column in metadata.tables[table].columns:
                if not column.nullable:
                    row.setdefault(column.name, "")
            marks = ", ".join("?" * len(row))
            db.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
    db.close()
    return file


def test_reads_the_row_in_the_business_own_time(tmp_path: Path) -> None:
    file = book(tmp_path)
    assert appointments(file, PHONE) == [ROW]
    assert appointments(file, "+12025550100") == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([ROW], ""),
        ([], "0 appointments"),
        ([ROW, ROW], "2 appointments"),
        ([Booked(**{**{f: getattr(ROW, f) for f in ROW.__slots__}, "service": "Car wash"})], "the service is Car wash"),
        ([Booked(**{**{f: getattr(ROW, f) for f in ROW.__slots__}, "status": "cancelled"})], "the status"),
        ([Booked(**{**{f: getattr(ROW, f) for f in ROW.__slots__}, "starts_at": NOW})], "the time"),
    ],
)
def test_only_the_right_appointment_counts(rows: list[Booked], fault: str) -> None:
    found = Wanted().mismatch(rows, PHONE)
    assert fault in found
    assert bool(found) is bool(fault)


@pytest.mark.parametrize(
    ("outcome", "rows", "code"),
    [
        (CallOutcome("CA1", answered=True), [ROW], 0),
        (CallOutcome("CA1", answered=True), [], 1),
        (CallOutcome("CA1", failures=["it broke [red]off"]), [ROW], 1),
    ],
)
def test_tells_and_keeps_what_came_of_it(tmp_path: Path, outcome: CallOutcome, rows: list[Booked], code: int) -> None:
    screen = io.StringIO()
    assert demo._finish(Console(file=screen, width=200), tmp_path / "out", outcome, rows, PHONE) == code
    report = json.loads((tmp_path / "out" / "demo.json").read_text())
    assert report["succeeded"] is (code == 0)
    assert [row["service"] for row in report["appointments"]] == [row.service for row in rows]
    assert (tmp_path / "out" / "demo.wav").read_bytes()[:4] == b"RIFF"
    assert all(failure in screen.getvalue() for failure in outcome.failures)


def test_the_callers_part_is_a_sound_script() -> None:
    script = demo_script()
    assert script.from_number == PHONE
    assert script.end == "wait"
    assert len(script.lines) > 5


async def run_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, start_s: float = 5.0) -> None:
    """own_server around a stand-in for the server: `python -m offhook` becomes a small program."""
    (tmp_path / "offhook.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with own_server(tmp_path, {}, start_s=start_s) as url:
        assert url.startswith("http://127.0.0.1:")
        raise AssertionError("the stand-in must not become ready")


async def test_a_server_that_dies_leaves_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('no such table\\n'); sys.exit(3)"
    with pytest.raises(ServerFailed, match="no such table"):
        await run_child(monkeypatch, tmp_path, code)


async def test_a_server_that_hangs_is_given_up_and_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    marker = tmp_path / "ended"
    code = (
        "import signal, sys, pathlib, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(marker)!r}).touch(), sys.exit(0)))\n"
        "print('noise', flush=True)\n"
        "time.sleep(60)\n"
    )
    with pytest.raises(ServerFailed, match="not ready"):
        await run_child(monkeypatch, tmp_path, code, start_s=1.5)
    assert marker.exists()


async def test_settings_around_us_do_not_reach_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-to-be-seen")
    code = "import os, sys; sys.stderr.write(','.join(sorted(os.environ)))"
    with pytest.raises(ServerFailed) as failed:
        await run_child(monkeypatch, tmp_path, code)
    assert "OFFHOOK_DATA_DIR" in str(failed.value)
    assert "OPENAI_API_KEY" not in str(failed.value)
