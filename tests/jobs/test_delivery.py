"""An attempt of a job: what is marked, what is sent, and what a crash at each point leaves behind."""

from __future__ import annotations

import asyncio

import msgspec
from sqlalchemy import func, select

from jobs.conftest import Rig, ToldMessenger, a_message, later
from offhook.contracts.channel import REMINDER, CallOrder
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import MOST_ATTEMPTS, Done, Skip, Wait
from offhook.contracts.messaging import Delivered, Delivery, MessageState, OutgoingMessage, Refused, TryLater, Uncertain
from offhook.store.message_reports import message_reported
from offhook.store.outbox import cancel
from offhook.store.schema import messages


async def test_a_message_is_marked_before_and_noted_after_the_send(rig: Rig) -> None:
    job_id = await rig.put()
    seen = []
    original = rig.messenger.send

    async def look(message: OutgoingMessage, message_id: str) -> Delivery:
        seen.append(((await rig.row(job_id))["state"], (await rig.message(job_id))["state"]))
        return await original(message, message_id)

    rig.messenger.send = look  # type: ignore[method-assign]
    assert await rig.deliver(job_id) == "sent"
    assert seen == [("sending", "sending")]
    message = await rig.message(job_id)
    assert (message["state"], message["reference"], message["recipient"]) == ("sent", "ref-1", "+12025550142")


async def test_the_same_attempt_again_sends_nothing(rig: Rig) -> None:
    job_id = await rig.put()
    await rig.deliver(job_id)
    assert await rig.deliver(job_id) == "sent"
    assert await rig.deliver(job_id, 2) == "sent"
    assert len(rig.messenger.sent) == 1


async def test_a_crash_between_marking_and_knowing_is_unknown_and_never_sent_again(rig: Rig) -> None:
    job_id = await rig.put()
    await rig.crash_while_sending(job_id)
    assert (await rig.row(job_id))["state"] == "sending"
    assert await rig.deliver(job_id) == "unknown"
    assert (await rig.message(job_id))["state"] == "unknown"
    assert await rig.deliver(job_id, 2) == "unknown"
    assert not rig.messenger.sent


async def test_a_worker_that_was_only_thought_dead_may_still_say_that_it_sent(rig: Rig) -> None:
    job_id = await rig.put()
    gate = asyncio.Event()

    async def slow(message: OutgoingMessage, message_id: str) -> Delivery:
        await gate.wait()
        return Delivered("late")

    rig.messenger.send = slow  # type: ignore[method-assign]
    sending = asyncio.ensure_future(rig.deliver(job_id))
    while (await rig.row(job_id))["state"] != "sending":  # noqa: ASYNC110  # a row has no event
        await asyncio.sleep(0.01)
    assert await rig.courier_of("worker_b").deliver(rig.business_id, job_id, 1) == "unknown"
    gate.set()
    assert await sending == "sent"
    assert (await rig.message(job_id))["reference"] == "late"


async def test_what_may_be_repeated_is_done_again_after_a_crash(rig: Rig) -> None:
    job_id = await rig.put(kind="entry")
    async with rig.queue.opened(rig.business_id, job_id) as opened:
        assert opened is not None
        await rig.queue.mark(opened[0], opened[1], "sending", worker_id="worker_dead", begun=True)
    assert await rig.deliver(job_id) == "sent"
    assert len(rig.changes) == 1


async def test_a_cancel_works_until_the_send(rig: Rig) -> None:
    job_id = await rig.put("k")
    async with rig.units(rig.business_id, Effect.WRITE) as uow:
        assert await cancel(uow, "k", now=rig.clock.now())
    assert await rig.deliver(job_id) == "cancelled"
    sent = await rig.put("other")
    await rig.deliver(sent)
    async with rig.units(rig.business_id, Effect.WRITE) as uow:
        assert not await cancel(uow, "other", now=rig.clock.now())


async def test_what_did_not_go_out_is_tried_again_later_and_later(rig: Rig) -> None:
    job_id = await rig.put()
    rig.messenger.answers = [TryLater("busy"), TryLater("busy"), Delivered("third")]
    waits = []
    for attempt in (1, 2):
        assert await rig.deliver(job_id, attempt) == "queued"
        row = await rig.row(job_id)
        waits.append((row["run_at"].astimezone(rig.clock.now().tzinfo) - rig.clock.now()).total_seconds())
        assert (await rig.message(job_id))["state"] == "queued"
    assert 10 <= waits[0] < 15 <= 30 <= waits[1] < 40
    assert await rig.deliver(job_id, 3) == "sent"
    count = await rig.rows(select(func.count().label("n")).select_from(messages))
    assert count[0]["n"] == 1


async def test_the_other_sides_own_wait_is_kept(rig: Rig) -> None:
    job_id = await rig.put()
    rig.messenger.answers = [TryLater("rate", after_s=600)]
    await rig.deliver(job_id)
    assert (await rig.row(job_id))["run_at"] == later(rig.clock, 600)


async def test_it_is_given_up_in_the_end(rig: Rig) -> None:
    job_id = await rig.put()
    rig.messenger.answers = [TryLater("down")] * MOST_ATTEMPTS
    states = [await rig.deliver(job_id, attempt) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert states == ["queued"] * (MOST_ATTEMPTS - 1) + ["failed"]
    assert (await rig.message(job_id))["reason"] == "given up: down"


async def test_refused_uncertain_and_broken(rig: Rig) -> None:
    rig.messenger.answers = [Refused("no such number"), Uncertain("no answer"), RuntimeError("bug")]
    states = [await rig.deliver(await rig.put(f"k{n}")) for n in range(3)]
    assert states == ["failed", "unknown", "unknown"]


async def test_a_calendar_that_left_it_open_is_asked_again(rig: Rig) -> None:
    rig.change_answers = [Uncertain("no answer"), RuntimeError("bug"), Delivered()]
    job_id = await rig.put(kind="entry")
    assert [await rig.deliver(job_id, attempt) for attempt in (1, 2, 3)] == ["queued", "queued", "sent"]


async def test_what_the_handler_decides(rig: Rig) -> None:
    rig.prepared = [Skip("too late"), Done(), Wait(later(rig.clock, 60)), a_message(phone=None)]
    ids = [await rig.put(f"k{n}") for n in range(4)]
    assert [await rig.deliver(job_id) for job_id in ids] == ["skipped", "sent", "queued", "skipped"]
    assert (await rig.row(ids[2]))["run_at"] == later(rig.clock, 60)
    assert not rig.messenger.sent
    zone = rig.contexts[0].now.tzinfo
    assert str(zone) == rig.contexts[0].business.timezone


async def test_a_handler_that_fails_leaves_nothing_and_is_asked_again(rig: Rig) -> None:
    job_id = await rig.put()
    rig.prepared = [ValueError("bug")]
    assert await rig.deliver(job_id) == "queued"
    row = await rig.row(job_id)
    assert (row["attempt"], row["reason"]) == (1, "could not be prepared: ValueError")
    assert await rig.deliver(job_id, 2) == "sent"


async def test_a_kind_that_nobody_knows_fails(rig: Rig) -> None:
    assert await rig.deliver(await rig.put(kind="nobodys")) == "failed"


async def test_one_message_is_in_flight_at_a_time(rig: Rig) -> None:
    flying, most = 0, 0

    async def send(message: OutgoingMessage, message_id: str) -> Delivery:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.01)
        flying -= 1
        return Delivered()

    rig.messenger.send = send  # type: ignore[method-assign]
    ids = [await rig.put(f"k{n}") for n in range(5)]
    assert set(await asyncio.gather(*(rig.deliver(job_id) for job_id in ids))) == {"sent"}
    assert most == 1


async def test_a_refusal_is_followed_by_the_next_way(rig: Rig) -> None:
    mail = ToldMessenger(name="mail", channel="email")
    courier = rig.courier_of("worker_a", messengers=[rig.messenger, mail])
    rig.messenger.answers = [Refused("not on it"), Uncertain("no answer")]
    first, second = await rig.put("a"), await rig.put("b")
    assert await courier.deliver(rig.business_id, first, 1) == "sent"
    assert (await rig.message(first))["provider"] == "mail"
    assert await courier.deliver(rig.business_id, second, 1) == "unknown"
    assert len(mail.sent) == 1


async def test_the_carriers_reports_settle_what_was_unknown(rig: Rig) -> None:
    job_id = await rig.put()
    await rig.crash_while_sending(job_id)
    await rig.deliver(job_id)
    message_id = (await rig.message(job_id))["message_id"]

    async def report(state: MessageState) -> bool:
        async with rig.units(rig.business_id, Effect.WRITE) as uow:
            now = rig.clock.now()
            return await message_reported(uow, state, now=now, message_id=message_id, reference="wamid.X")

    assert await report("delivered")
    assert not await report("sent")
    assert (await rig.row(job_id))["state"] == "sent"
    assert await report("read")
    assert ((await rig.message(job_id))["state"], (await rig.message(job_id))["reference"]) == ("read", "wamid.X")


async def test_only_what_is_to_be_said_is_said_and_written_where_nobody_dials(rig: Rig) -> None:
    phone = ToldMessenger(name="call", channel="call", answers=[Delivered("CA1"), Refused("refused")])
    courier = rig.courier_of("worker_a", messengers=[rig.messenger, phone])
    order = CallOrder(rig.business_id, "+12025550142", REMINDER)
    said = msgspec.structs.replace(a_message(), prefer="call", call=order)
    rig.prepared = [a_message(), said, said]
    rig.messenger.answers = [Refused("not on it")]
    plain, first, second = [await rig.put(key) for key in ("a", "b", "c")]
    assert await courier.deliver(rig.business_id, plain, 1) == "failed"
    assert phone.sent == [], "nobody is rung because a text was refused"
    assert await courier.deliver(rig.business_id, first, 1) == "sent"
    assert (await rig.message(first))["channel"] == "call"
    assert await courier.deliver(rig.business_id, second, 1) == "sent"
    assert (await rig.message(second))["provider"] == "told"
