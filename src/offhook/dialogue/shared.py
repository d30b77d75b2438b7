"""Where the words of every desk are kept."""

from __future__ import annotations

from pathlib import Path

SHARED_TEMPLATES = Path(__file__).parent / "templates"
