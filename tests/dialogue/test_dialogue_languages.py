"""A turn is answered in the speaker's language and letters, where the business has it."""

from __future__ import annotations

import msgspec
import pytest

from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk


async def said(database: Database, clock: SetClock, *texts: str, channel: str, languages: tuple[str, ...]) -> Talk:
    engine = DialogueEngine(
        {"dealership": dealership_desk()}, unit_of_work_factory(database, clock), clock, brain="rules"
    )
    business = await SqlBusinesses(database, clock).default("dealership")
    talk = Talk(engine, msgspec.structs.replace(business, languages=languages), channel=channel)
    for text in texts:
        await talk.turn(text, source="text" if channel == "chat" else "speech")
    await engine.aclose()
    return talk


@pytest.mark.parametrize(
    ("text", "channel", "language", "words"),
    [
        ("oil change ka price kya hai", "chat", "hi-Latn", "lagte hain"),
        ("ऑयल चेंज का प्राइस क्या है", "chat", "hi", "लगते हैं"),
        ("oil change ka price kya hai", "twilio", "hi", "लगते हैं"),
        ("how much is an oil change please", "chat", "en", "we charge"),
    ],
)
async def test_answers_follow_the_speaker(
    text: str, channel: str, language: str, words: str, sqlite_database: Database, clock: SetClock
) -> None:
    talk = await said(sqlite_database, clock, text, channel=channel, languages=("en", "hi"))
    assert talk.last.language == language
    assert words in talk.last.reply


async def test_a_business_without_the_language_keeps_its_own(sqlite_database: Database, clock: SetClock) -> None:
    talk = await said(sqlite_database, clock, "oil change ka price kya hai", channel="chat", languages=("en",))
    assert talk.last.language == "en"


async def test_what_every_language_says_alike_changes_none(sqlite_database: Database, clock: SetClock) -> None:
    texts = ("mujhe oil change karwana hai", "friday 10 am")
    talk = await said(sqlite_database, clock, *texts, channel="chat", languages=("en", "hi"))
    assert talk.last.language == "hi-Latn"
    assert "naam" in talk.last.reply


async def test_what_was_not_understood_changes_none(sqlite_database: Database, clock: SetClock) -> None:
    texts = ("oil change ka price kya hai", "ek chai pila do re")
    talk = await said(sqlite_database, clock, *texts, channel="chat", languages=("en", "hi"))
    assert talk.last.language == "hi-Latn"
    talk = await said(sqlite_database, clock, "what is the weather like", channel="chat", languages=("hi", "en"))
    assert talk.last.language == "en", "at first it is all that we know of the caller"


@pytest.mark.parametrize(("first", "name"), [("oil change friday 10 am", "Jo Hill"), ("oil change friday", "Karen Wu")])
async def test_a_name_does_not_change_the_language(
    first: str, name: str, sqlite_database: Database, clock: SetClock
) -> None:
    talk = await said(sqlite_database, clock, first, name, channel="chat", languages=("en", "hi"))
    assert talk.last.language == "en"


async def test_a_name_with_a_number_is_said_alike_in_every_language(sqlite_database: Database, clock: SetClock) -> None:
    texts = ("mujhe oil change karwana hai friday 10 baje", "Amit Verma, 202 555 0166")
    talk = await said(sqlite_database, clock, *texts, channel="chat", languages=("en", "hi"))
    assert talk.last.language == "hi-Latn"
