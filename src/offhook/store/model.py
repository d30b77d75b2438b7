"""Values that every desk's book shares: opening hours of a day, frequent questions, tasks for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

TaskStatus = Literal["QUEUED", "RUNNING", "COMPLETED", "FAILED"]
TaskPriority = Literal["LOW", "NORMAL", "HIGH"]


@dataclass(frozen=True, slots=True)
class OpenRange:
    """Open from `opens` to `closes`, wall-clock; `closes` 00:00 means the end of the day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DayOpening:
    """One calendar day: no range means closed. `reason` names the holiday or exception, "" on an ordinary day."""

    ranges: tuple[OpenRange, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FaqEntry:
    faq_id: str
    category: str
    question: str
    answer: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockedNumber:
    """A number that the business does not want to hear from."""

    number: str
    """E.164."""
    reason: str
    created_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a person: a call-back, a message taken, a hand-over."""

    task_id: str
    kind: str
    status: TaskStatus
    priority: TaskPriority
    reason: str
    session_id: str | None
    customer_name: str | None
    customer_phone: str | None
    """E.164."""
    details: dict[str, str]
    created_at: datetime
    """UTC."""
    due_at: datetime | None = None
    """By when it should be begun, UTC; None where nothing was said."""
