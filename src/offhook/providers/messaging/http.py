"""What an HTTP request to a carrier can end in, told apart by one question: may the message have gone out?"""

from __future__ import annotations

from typing import Any

import httpx

from offhook.contracts.messaging import Delivery, TryLater, Uncertain

DEADLINE_S = 10.0


async def post(http: httpx.AsyncClient, carrier: str, url: str, **request: Any) -> httpx.Response | Delivery:
    """The answer; `TryLater` where no connection came about, `Uncertain` where the answer was lost."""
    try:
        return await http.post(url, timeout=DEADLINE_S, **request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return TryLater(f"{carrier} cannot be reached: {type(error).__name__}")
    except httpx.HTTPError as error:
        return Uncertain(f"{carrier} did not answer: {type(error).__name__}")


def unreadable(carrier: str, response: httpx.Response) -> Delivery:
    """An answer that is not the carrier's own, from whatever stands between: it says nothing of the message."""
    if response.status_code == 429:
        return TryLater(f"{carrier} answered 429", retry_after_s(response))
    return Uncertain(f"{carrier} answered {response.status_code}, unreadably")


def retry_after_s(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header that counts them."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The body, or an empty object where it is none."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
