"""Talks with the shop's desk on a real book; understanding is a table, so that this is about what is done, not read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec
import pytest
from sqlalchemy import func, select, update

from offhook.contracts.conversation import HIDDEN, MEMORY_OPERATOR
from offhook.contracts.desk import Effect
from offhook.desks.shop.desk import shop_desk
from offhook.desks.shop.tables import postings
from offhook.desks.shop.tools.customers import check_balance
from offhook.desks.shop.tools.payments import add_credit
from offhook.dialogue.desk import Reading
from offhook.dialogue.engine import DialogueEngine
from offhook.kit.ids import new_id
from offhook.kit.pin import pin_hash
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.schema import commands
from offhook.store.schema import users as users_table
from offhook.store.unit_of_work import sql, unit_of_work_factory
from offhook.store.users import Users
from offhook.understanding.model import Command
from support.scripted_model import ScriptedModel
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.shop_book import OpenShop
from support.talk import Talk

OWNER = "+919999912347"
STAFF = "+919999912346"
STRANGER = "+919999912399"


def command(intent: str, **slots: object) -> Command:
    return Command(intent=intent, slots=slots)  # type: ignore[arg-type]  # plain data


def pay(customer: str = "Zubin", **slots: object) -> Command:
    return command("payment.record", customer=customer, **slots)


SENTENCES: dict[str, Reading | Command | list[Command]] = {
    "balance": command("balance.check", customer="Zubin"),
    "paid 500": pay(amount=500, method="cash"),
    "paid": pay(),
    "500": command("payment.record", amount=500),
    "no 600": command("correct", amount=600),
    "paid 40000": pay(amount=40000),
    "udhaar 300": command("credit.add", customer="Zubin", amount=300),
    "udhaar 700": command("credit.add", customer="Zubin", amount=700),
    "udhaar for a stranger": command("credit.add", customer="Kabir", amount=50),
    "nobody's balance": command("balance.check", customer="Kabir"),
    "Farhad paid 100": pay("Farhad", amount=100),
    "Farhad Gupta": command("payment.record", customer="Farhad Gupta"),
    "all paid": pay(settle_all=True),
    "unclear": Reading((pay(amount=500),), decision="ask", ask="amount"),
    "who gave": Reading((pay(amount=500),), decision="confirm"),
    "undo": command("undo"),
    "refund": command("payment.refund", customer="Zubin", amount=20),
    "both": [pay(amount=200), command("credit.add", customer="Farhad Gupta", amount=50)],
    "both, one unknown": [pay(amount=200), command("credit.add", customer="Kabir", amount=50)],
    "balances": [command("balance.check", customer="Zubin"), command("balance.check", customer="Farhad Gupta")],
    "a human please, open sesame": command("handoff", reason="request"),
    "yes": command("confirm"),
    "no": command("deny"),
}


class SureTalk(Talk):
    """What was said is what was heard, and the recogniser knows it."""

    async def say(self, text: str, *, confidence: float | None = 0.95, alternatives: Sequence[str] = ()) -> str:
        return await super().say(text, confidence=confidence, alternatives=alternatives)


TalkAs = Callable[[str | None], Awaitable[Talk]]


@pytest.fixture
async def book(database: Database, clock: SetClock) -> OpenShop:
    shop = OpenShop(database, clock)
    await shop.write(lambda book: book.create_customer("Zubin Irani"))
    for name in ("Farhad Gupta", "Farhad Kumar"):
        found = await shop.read(lambda book, name=name: book.candidates(name))  # type: ignore[misc]
        if not found:
            await shop.write(lambda book, name=name: book.create_customer(name))  # type: ignore[misc]
    return shop


@pytest.fixture
async def talk_as(database: Database, clock: SetClock, book: OpenShop) -> AsyncIterator[TalkAs]:
    engine = DialogueEngine(
        {"shop": shop_desk(ScriptedReader(SENTENCES))}, unit_of_work_factory(database, clock), clock, brain="rules"
    )
    business = await SqlBusinesses(database, clock).default("shop")
    business = msgspec.structs.replace(business, languages=("en",))
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        users = Users(uow)
        pin = pin_hash("4071", business.business_id)
        await users.add("Meena Sharma", "owner", OWNER, pin, clock.now())
        await users.add("Suraj", "staff", STAFF, pin_hash("8264", business.business_id), clock.now())

    async def started(caller: str | None) -> Talk:
        talk = SureTalk(engine, business, caller=caller, session_id=new_id("sess"))
        talk.state = msgspec.structs.replace(talk.state, language="en")
        await talk.greeting()
        return talk

    yield started
    await engine.aclose()


@pytest.fixture
async def talk(talk_as: TalkAs) -> Talk:
    return await talk_as(OWNER)


@pytest.fixture
def written(database: Database) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        async with database.transaction(write=False) as connection:
            return int((await connection.execute(select(func.count()).select_from(postings))).scalar_one())

    return count


Written = Callable[[], Awaitable[int]]


async def owed(book: OpenShop, customer: str = "Zubin") -> int:
    return int((await book.done(check_balance, customer=customer)).balance.amount)


async def test_a_payment_is_written_and_its_effect_is_said(talk: Talk, book: OpenShop) -> None:
    reply = await talk.say("paid 500")
    assert reply == "Written: 500 rupees received from Zubin Irani in cash. 500 rupees stay as an advance now."
    assert await owed(book) == -500_00
    assert (talk.last.agent, talk.state.pending) == ("ledger", None)
    assert talk.state.desk_memory["last_customer"] == "Zubin Irani"
    assert talk.state.recent_customers == [talk.state.active_customer_id]


async def test_what_is_missing_is_asked_for_and_nothing_written_before(talk: Talk, book: OpenShop) -> None:
    assert await talk.say("paid") == "How many rupees?"
    assert await owed(book) == 0
    assert "500 rupees received" in await talk.say("500")
    assert await owed(book) == -500_00


@pytest.mark.parametrize("sentence", ["unclear", "who gave", "refund", "udhaar for a stranger"])
async def test_nothing_is_written_before_an_answer(talk: Talk, written: Written, sentence: str) -> None:
    before = await written()
    assert (await talk.say(sentence)).endswith("?")
    assert await written() == before
    assert talk.state.pending is not None
    assert "nothing is written" in await talk.say("no")
    assert await written() == before
    assert talk.state.pending is None


async def test_a_name_that_two_have_is_asked_about(talk: Talk, book: OpenShop, written: Written) -> None:
    before = await written()
    assert await talk.say("Farhad paid 100") == "Which one: Farhad Gupta or Farhad Kumar?"
    assert await written() == before
    assert "from Farhad Gupta" in await talk.say("Farhad Gupta")
    assert await owed(book, "Farhad Gupta") == -100_00


async def test_one_of_two_is_picked_by_its_place(talk: Talk, book: OpenShop) -> None:
    await talk.say("Farhad paid 100")
    assert await talk.say("what?") != ""
    assert "from Farhad Kumar" in await talk.say("doosra wala")
    assert await owed(book, "Farhad Kumar") == -100_00


async def test_a_stranger_is_added_first_where_one_is_wanted(talk: Talk, book: OpenShop) -> None:
    assert await talk.say("nobody's balance") == "There is no Kabir on the list."
    assert await talk.say("udhaar for a stranger") == "Kabir is not on the list. Shall I add a new customer?"
    reply = await talk.say("yes")
    assert reply.startswith("Kabir is added. Written: 50 rupees udhaar for Kabir.")
    assert await owed(book, "Kabir") == 50_00


async def test_a_read_back_is_corrected_and_read_back_again(talk: Talk, book: OpenShop) -> None:
    assert await talk.say("who gave") == "500 rupees received from Zubin Irani: shall I write it?"
    assert await talk.say("no 600") == "600 rupees received from Zubin Irani: shall I write it?"
    assert await owed(book) == 0
    assert "Written: 600 rupees received from Zubin Irani." in await talk.say("yes")
    assert await owed(book) == -600_00


async def test_above_the_limit_a_pin_and_a_yes_are_needed(talk: Talk, book: OpenShop) -> None:
    assert "your PIN first" in await talk.say("paid 40000")
    assert talk.last.expect_kind == "pin"
    assert "try once more" in await talk.say("1 1 1 2")
    reply = await talk.say("four zero seven one")
    assert reply == "Thank you, Meena. 40,000 rupees received from Zubin Irani: shall I write it?"
    assert await owed(book) == 0
    assert "Written: 40,000 rupees" in await talk.say("yes")
    assert await owed(book) == -40_000_00
    kept = msgspec.json.encode(talk.state).decode()
    assert "four zero" not in kept and "4071" not in kept and HIDDEN in kept
    assert not any("4071" in msgspec.json.encode(result).decode() for result in talk.results)


async def test_settling_reads_the_whole_balance_back(talk: Talk, book: OpenShop) -> None:
    await talk.say("udhaar 300")
    assert await talk.say("all paid") == "Zubin Irani's whole balance, 300 rupees, received: shall I write it?"
    assert "Nothing is left to pay" in await talk.say("yes")
    assert await owed(book) == 0
    assert await talk.say("all paid") == "They owe nothing."


async def test_undo_says_what_it_takes_back(talk: Talk, book: OpenShop) -> None:
    await talk.say("udhaar 300")
    assert await talk.say("undo") == "Shall I take this back: Zubin Irani's udhaar of 300 rupees?"
    assert await owed(book) == 300_00
    assert "Taken back: Zubin Irani's udhaar of 300 rupees." in await talk.say("yes")
    assert await owed(book) == 0


async def test_a_yes_that_comes_twice_writes_once(talk: Talk, book: OpenShop) -> None:
    await talk.say("who gave")
    await talk.turn("yes", turn_id="turn_same", keep=False)
    await talk.turn("yes", turn_id="turn_same")
    await talk.say("yes")
    assert await owed(book) == -500_00


async def test_entries_of_one_sentence_are_all_written_or_none(talk: Talk, book: OpenShop, written: Written) -> None:
    before = await written()
    reply = await talk.say("both, one unknown")
    assert reply == "Kabir is not on the list. Shall I add a new customer?"
    assert await written() == before
    assert "nothing is written" in await talk.say("no")
    assert await written() == before
    reply = await talk.say("both")
    assert "200 rupees received from Zubin Irani" in reply and "50 rupees udhaar for Farhad Gupta" in reply
    assert await written() == before + 2


async def test_two_questions_are_answered_in_one_reply(talk: Talk) -> None:
    assert await talk.say("balances") == "Zubin Irani owes nothing. Farhad Gupta owes nothing."
    assert len(talk.last.parts) == 2


@pytest.mark.parametrize("caller", [STRANGER, None])
async def test_an_unknown_caller_gives_a_pin_before_anything_is_said(talk_as: TalkAs, caller: str | None) -> None:
    talk = await talk_as(caller)
    assert await talk.say("balance") == "Please say or key in your PIN."
    assert await talk.turn("4071", source="dtmf") == "Thank you, Meena. Zubin Irani owes nothing."
    assert await talk.say("balance") == "Zubin Irani owes nothing."


async def test_three_wrong_pins_end_the_call(talk_as: TalkAs, written: Written) -> None:
    talk = await talk_as(STRANGER)
    await talk.say("paid 500")
    before = await written()
    for _ in range(2):
        assert "try once more" in await talk.say("9 9 9 8")
    assert "Goodbye" in await talk.say("9 9 9 8")
    assert talk.last.hang_up
    assert await written() == before


async def test_many_wrong_pins_close_the_door_for_all(talk_as: TalkAs) -> None:
    for _ in range(3):
        talk = await talk_as(STRANGER)
        await talk.say("balance")
        for _ in range(3):
            await talk.say("9 9 9 8")
    talk = await talk_as(None)
    await talk.say("balance")
    assert "for the next hour" in await talk.say("four zero seven one")
    assert talk.last.hang_up


async def test_staff_leave_some_things_to_the_owner(talk_as: TalkAs, book: OpenShop) -> None:
    talk = await talk_as(STAFF)
    assert "Written" in await talk.say("paid 500")
    assert await talk.say("refund") == "Only the owner can do that."
    assert await owed(book) == -500_00


async def test_a_session_of_the_shops_own_staff_needs_no_pin(talk_as: TalkAs, book: OpenShop) -> None:
    talk = await talk_as(None)
    talk.state = msgspec.structs.replace(talk.state, desk_memory={MEMORY_OPERATOR: ""})
    assert "shall I write it?" in await talk.say("paid 40000")
    await talk.say("yes")
    assert await owed(book) == -40_000_00


async def test_what_was_open_is_forgotten_after_five_minutes(talk: Talk, clock: SetClock, book: OpenShop) -> None:
    await talk.say("who gave")
    clock.advance(minutes=6)
    assert "Written" not in await talk.say("yes")
    assert await owed(book) == 0


@pytest.mark.parametrize("confidence", [None, 0.6])
async def test_what_was_heard_badly_is_read_back_before_it_is_written(
    talk: Talk, book: OpenShop, confidence: float | None
) -> None:
    reply = await talk.say("paid 500", confidence=confidence)
    assert reply == "500 rupees received from Zubin Irani in cash: shall I write it?"
    assert await owed(book) == 0
    assert "Zubin Irani owes nothing." in await talk.say("balance", confidence=confidence)
    await talk.say("yes", confidence=confidence)
    assert await owed(book) == -500_00


async def test_a_number_that_a_web_client_claims_opens_nothing(talk_as: TalkAs) -> None:
    talk = await talk_as(OWNER)
    talk.state = msgspec.structs.replace(talk.state, channel="chat", desk_memory={})
    assert await talk.say("balance") == "Please say or key in your PIN."


async def test_two_sessions_that_number_their_messages_alike_write_each_their_own(
    talk_as: TalkAs, book: OpenShop
) -> None:
    for _ in range(2):
        talk = await talk_as(OWNER)
        assert "Written" in await talk.turn("paid 500", turn_id="msg:m1", confidence=0.95)
    assert await owed(book) == -1000_00


async def test_what_goes_over_the_limit_without_a_sum_needs_the_pin_too(talk: Talk, book: OpenShop) -> None:
    await book.done(add_credit, customer="Zubin", amount=90_000, confirmed=True)
    assert "90,000" in await talk.say("all paid")
    assert "your PIN first" in await talk.say("yes")
    assert await owed(book) == 90_000_00
    assert "90,000" in await talk.say("four zero seven one")
    await talk.say("yes")
    assert await owed(book) == 0


async def test_a_doubt_outlives_the_question_for_the_pin(talk_as: TalkAs, book: OpenShop) -> None:
    talk = await talk_as(None)
    await talk.say("paid 500", confidence=0.3)
    assert "shall I write it?" in await talk.say("four zero seven one")
    assert await owed(book) == 0


async def test_an_entry_of_several_that_was_left_is_not_written_later(talk: Talk, book: OpenShop) -> None:
    assert "Kabir is not on the list" in await talk.say("both, one unknown")
    assert "Written" in await talk.say("udhaar 300")
    await talk.say("udhaar for a stranger")
    await talk.say("yes")
    assert await owed(book) == 300_00
    assert await owed(book, "Kabir") == 50_00


async def test_who_is_taken_off_the_list_is_a_stranger_from_then_on(
    talk_as: TalkAs, book: OpenShop, clock: SetClock
) -> None:
    calls, typed = await talk_as(STAFF), await talk_as(None)
    async with book.units(book.business_id, Effect.READ) as uow:
        suraj = next(user for user in await Users(uow).all() if user.phone == STAFF)
    typed.state = msgspec.structs.replace(typed.state, channel="chat", desk_memory={MEMORY_OPERATOR: suraj.user_id})
    assert "owes nothing" in await calls.say("balance")
    assert "shall I write it?" in await calls.say("who gave")
    assert "owes nothing" in await typed.say("balance")
    async with book.units(book.business_id, Effect.WRITE) as uow:
        await Users(uow).deactivate(suraj.user_id, clock.now())
    clock.advance(seconds=6)
    assert "Written" not in await calls.say("yes"), "nor what was read back to them"
    assert await owed(book) == 0
    for talk in (calls, typed):
        assert "PIN" in await talk.say("balance")
        assert talk.state.customer.name is None


async def test_a_role_that_was_changed_counts_in_the_same_talk(
    talk_as: TalkAs, book: OpenShop, clock: SetClock
) -> None:
    talk = await talk_as(STAFF)
    assert await talk.say("refund") == "Only the owner can do that."
    async with book.units(book.business_id, Effect.WRITE) as uow:
        await sql(uow).execute(update(users_table).where(users_table.c.phone == STAFF).values(role="owner"))
    clock.advance(seconds=6)
    assert await talk.say("refund") != "Only the owner can do that."


async def test_words_that_may_hold_a_pin_are_kept_for_nobody(talk_as: TalkAs, book: OpenShop) -> None:
    talk = await talk_as(STRANGER)
    await talk.say("balance")
    await talk.say("a human please, open sesame")
    async with book.units(book.business_id, Effect.READ) as uow:
        (task,) = await BusinessBook(uow).tasks()
    assert "sesame" not in str(task) and "sesame" not in msgspec.json.encode(talk.state).decode()


@pytest.mark.parametrize("words", ["char zero saat ek hai pin", "you know it", "mera pin bataya toh tha"])
async def test_an_answer_to_the_question_for_a_pin_goes_to_no_model(
    database: Database, clock: SetClock, words: str
) -> None:
    model = ScriptedModel(["Sure."])
    units = unit_of_work_factory(database, clock)
    engine = DialogueEngine({"shop": shop_desk(ScriptedReader(SENTENCES))}, units, clock, llm=model, brain="llm")
    talk = SureTalk(engine, await SqlBusinesses(database, clock).default("shop"), caller=STRANGER)
    async with units(talk.business.business_id, Effect.WRITE) as uow:
        await Users(uow).add("Meena", "owner", OWNER, pin_hash("4071", talk.business.business_id), clock.now())
    await talk.greeting()
    await talk.say("balance")
    assert talk.last.expect_kind == "pin"
    asked = len(model.requests)
    await talk.say(words)
    assert len(model.requests) == asked


async def test_no_word_counts_as_a_wrong_pin(talk_as: TalkAs) -> None:
    talk = await talk_as(STRANGER)
    await talk.say("balance")
    for words in ("do", "ek minute", "no one"):
        assert "not right" not in await talk.say(words)
    assert await talk.say("no") == "All right. Without a PIN the book stays closed."


async def test_nothing_keeps_a_trace_of_a_pin(talk_as: TalkAs, database: Database) -> None:
    talk = await talk_as(STRANGER)
    await talk.say("balance")
    await talk.say("four zero seven one")
    async with database.transaction(write=False) as connection:
        rows = (await connection.execute(select(commands).where(commands.c.command == "prove_speaker"))).all()
    assert [row.payload for row in rows] == [None]


async def test_a_no_to_what_was_just_written_offers_to_take_it_back(talk: Talk, book: OpenShop) -> None:
    await talk.say("udhaar 300")
    assert await talk.say("no") == "Shall I take this back: Zubin Irani's udhaar of 300 rupees?"
    assert await owed(book) == 30000, "nothing is taken back without a yes"
    await talk.say("yes")
    assert await owed(book) == 0


async def test_a_no_to_anything_else_takes_nothing_back(talk: Talk, book: OpenShop) -> None:
    await talk.say("udhaar 300")
    await talk.say("balance")
    await talk.say("no")
    assert talk.state.pending is None
    assert await owed(book) == 30000
