"""E-mail addresses as people give them. Whether somebody reads them is not decided here: no network."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def checked_email(text: str) -> str:
    """The address as it is kept. Raises ValueError telling why it is none."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error).rstrip(".").lower()) from None


def email_or_none(text: str | None) -> str | None:
    try:
        return checked_email(text) if text else None
    except ValueError:
        return None
