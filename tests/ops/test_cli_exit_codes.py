"""The command line ends with 0 only where everything was done."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _offhook(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "offhook", *arguments]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('{"text": "hello"}\n', 0),
        ('{"text": "hello"}\nno json\n{"text": "bye"}\n', 1),
        ('{"text": 5}\n', 1),
    ],
)
def test_a_line_that_cannot_be_read_is_no_success(lines: str, code: int) -> None:
    done = _offhook("understand", "--desk", "shop", said=lines)
    assert done.returncode == code
    assert len(done.stdout.splitlines()) == len(lines.splitlines())


def test_no_scenario_of_that_name_is_no_success() -> None:
    done = _offhook("rehearse", "--only", "no such scenario")
    assert done.returncode != 0
    assert "scenarios done" not in done.stdout
