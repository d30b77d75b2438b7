"""Webhooks over real sockets: signed, to where they may go, and what each answer means."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater, Uncertain
from offhook.contracts.webhooks import WebhookCall
from offhook.kit.webhook_signature import signature
from offhook.providers.webhooks import sender as module
from offhook.providers.webhooks.sender import Resolve, WebhookSender
from support.http_carrier import HANG_UP, http_carrier
from support.set_clock import SetClock

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def call(url: str) -> WebhookCall:
    return WebhookCall(
        business_id="biz_1", webhook_id="hook_1", url=url, secret=SECRET, event_id="evt_1", body='{"type":"x"}'
    )


def leads_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.fixture
async def sender(clock: SetClock) -> AsyncIterator[WebhookSender]:
    made = WebhookSender(clock, loopback=True)
    yield made
    await made.aclose()


async def test_what_arrives_can_be_verified(sender: WebhookSender, clock: SetClock) -> None:
    with http_carrier((204, None)) as receiver:
        assert await sender.send(call(f"{receiver.url}/hooks?a=1")) == Delivered("HTTP 204")
    (asked,) = receiver.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/hooks?a=1", b'{"type":"x"}')
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["webhook-id"] == "evt_1"
    stamp = int(asked.headers["webhook-timestamp"])
    assert stamp == int(clock.now().timestamp())
    assert asked.headers["webhook-signature"] == signature(SECRET, "evt_1", stamp, asked.body)


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ((200, {"any": "thing"}), Delivered("HTTP 200")),
        ((410, None), Refused("the endpoint answered 410: it is gone")),
        ((500, None), TryLater("HTTP 500", None)),
        ((429, None, {"Retry-After": "30"}), TryLater("HTTP 429", 30.0)),
        ((503, None, {"Retry-After": "tomorrow"}), TryLater("HTTP 503", None)),
        ((429, None, {"Retry-After": "999999"}), TryLater("HTTP 429", 3600.0)),
    ],
)
async def test_what_answers_mean(sender: WebhookSender, answer: object, means: Delivery) -> None:
    with http_carrier(answer) as receiver:
        assert await sender.send(call(receiver.url)) == means


async def test_redirects_are_not_followed(sender: WebhookSender) -> None:
    with http_carrier((302, None, {"Location": "http://169.254.169.254/latest"})) as receiver:
        told = await sender.send(call(receiver.url))
    assert isinstance(told, TryLater)
    assert "redirects are not followed" in told.reason
    assert len(receiver.asked) == 1


async def test_a_lost_answer_leaves_it_open(sender: WebhookSender) -> None:
    with http_carrier(HANG_UP) as receiver:
        assert isinstance(await sender.send(call(receiver.url)), Uncertain)


async def test_nobody_listens(sender: WebhookSender) -> None:
    with http_carrier((200, None)) as receiver:
        url = receiver.url
    assert isinstance(await sender.send(call(url)), TryLater)


async def test_who_does_not_answer_is_not_waited_for(sender: WebhookSender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_S", 0.2)
    with http_carrier((200, None)) as receiver:
        receiver.delay_s = 1.0
        assert isinstance(await sender.send(call(receiver.url)), Uncertain)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1"])
async def test_names_that_lead_inside_are_refused_when_it_is_sent(clock: SetClock, address: str) -> None:
    guarded = WebhookSender(clock, loopback=True, resolve=leads_to("93.184.216.34", address))
    told = await guarded.send(call("https://crm.example.com/hooks"))
    assert isinstance(told, TryLater)
    assert "not public" in told.reason
    await guarded.aclose()


async def test_in_production_not_even_this_machine(clock: SetClock) -> None:
    with http_carrier((200, None)) as receiver:
        strict, allowed = WebhookSender(clock), WebhookSender(clock, private=True)
        assert isinstance(await strict.send(call(receiver.url)), TryLater)
        assert receiver.asked == []
        assert await allowed.send(call(receiver.url)) == Delivered("HTTP 200")
        await strict.aclose()
        await allowed.aclose()


async def test_a_url_that_is_none_is_refused(sender: WebhookSender) -> None:
    assert isinstance(await sender.send(call("http://crm.example.com/")), Refused)
