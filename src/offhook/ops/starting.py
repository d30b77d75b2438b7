"""What a server wants of the businesses in its database before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.business import Business
from offhook.contracts.errors import AppError


def refuse_demo_data(names: Sequence[str]) -> None:
    """For production: invented businesses must not answer real callers. Raises AppError naming them."""
    if names:
        text = (
            f"Production refuses demo data, and this database holds demo businesses: {', '.join(names)}. "
            "Point OFFHOOK_DATA_DIR or OFFHOOK_DATABASE_URL at a new one and make your business with `offhook init`."
        )
        raise AppError("demo_data", text)


def require_business(businesses: Sequence[Business]) -> None:
    """Nobody could be answered otherwise. Raises AppError."""
    if not businesses:
        raise AppError("no_business", "There is no business in the database yet; make yours with `offhook init`.")
