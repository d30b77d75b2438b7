"""Servers that several tests share. Each is started when the first test needs it, and once per test process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_server import HEARD, QUICK, ServerProcess, serving


@pytest.fixture(scope="session")
def text_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """For chat and HTTP: no speech engines."""
    with serving(tmp_path_factory.mktemp("text") / "server", QUICK) as server:
        yield server


@pytest.fixture(scope="session")
def fixed_words_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Real sockets, voice detection and speech; only the recogniser is a fake, so that what it hears is certain."""
    settings = {"OFFHOOK_STT": "fake", "OFFHOOK_FAKE_TRANSCRIPT": HEARD}
    with serving(tmp_path_factory.mktemp("fixed-words") / "server", settings) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "server"
