"""Ids: `prefix_ULID`. They sort by creation time and are never a credential."""

from __future__ import annotations

from ulid import ULID


def new_id(prefix: str) -> str:
    return f"{prefix}_{ULID()}"
