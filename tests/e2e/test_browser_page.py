"""The page and the widget in a real browser, on a real server: what people see, hear, and read when something fails."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from e2e_server import HEARD, QUICK, ServerProcess, serving
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from ten_callers import Answers, Caller, Wanted

from offhook.callers.actor import Actor
from support.chromium import MICROPHONE, RECORDER, NoBrowser, Recording, chromium, flags, write_speech
from support.page_caller import LOOKS, PageCaller
from support.tap import Tap
from support.voices import voices

pytestmark = pytest.mark.e2e

FAKE_SPEECH = """
window.SpeechRecognition = class {
  start() {
    this.onstart?.();
    if (window.__said) return;
    window.__said = true;
    const result = (transcript, isFinal) =>
      ({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
    setTimeout(() => {
      this.onresult(result("what are your", false));
      this.onresult(result("what are your opening hours", true));
      this.onend();
    }, 50);
  }
  abort() {}
};
"""
EDIT_SESSION = """
(() => {
  const [key] = Object.keys(sessionStorage), session = JSON.parse(sessionStorage[key]);
  %s;
  sessionStorage[key] = JSON.stringify(session);
})()
"""
RESOLVER = ("--host-resolver-rules=MAP *.example 127.0.0.1",)
SITE_PORT = 18_473
READ_AGAIN_S = 6.0
"""A running server reads a business again within five."""
SESSION = "JSON.parse(sessionStorage[Object.keys(sessionStorage)[0]]).session_id"
expect.set_options(timeout=20_000)
Browse = Callable[..., AbstractAsyncContextManager[BrowserContext]]
MARKUP = "<img src=x onerror=window.__pwned=1><b>Rani & Co</b>"


@pytest.fixture(scope="session")
def executable() -> str:
    try:
        return chromium()
    except NoBrowser as reason:
        pytest.skip(str(reason))


@pytest.fixture
async def browse(executable: str) -> AsyncIterator[Browse]:
    async with async_playwright() as playwright:

        @asynccontextmanager
        async def start(
            wav: Path | None = None, *scripts: str, args: tuple[str, ...] = (), **settings: Any
        ) -> AsyncIterator[BrowserContext]:
            browser = await playwright.chromium.launch(executable_path=executable, args=[*flags(wav), *args])
            context = await browser.new_context(**settings)
            for script in scripts:
                await context.add_init_script(script)
            context.set_default_timeout(20_000)
            try:
                yield context
            finally:
                await browser.close()

        yield start


@pytest.fixture
def quick_server(folder: Path) -> Iterator[ServerProcess]:
    settings = {**QUICK, "OFFHOOK_FAKE_TRANSCRIPT": HEARD, "OFFHOOK_CORS_ORIGINS": f"http://garage.example:{SITE_PORT}"}
    with serving(folder, settings) as server:
        yield server


async def opened(context: BrowserContext, url: str) -> Page:
    """The page, greeted."""
    page = await context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    await page.goto(url)
    assert broken == []
    await expect(page.locator(".said li")).not_to_have_count(0)
    return page


async def said(page: Page) -> list[str]:
    return await page.locator(".said li p").all_inner_texts()


SUSAN = Caller(
    name="Susan Clark",
    voice="en-us+f3",
    from_number="",
    opens=["I would like to book a brake inspection on Friday at eleven."],
    read_back="Brake inspection, on Friday, November 20th at 11 AM",
    right=["Brake inspection", "Friday, November 20th( at 11 AM)?", "11 AM", "Susan Clark"],
    answers=Answers(
        all=["I need a brake inspection on Friday at eleven."],
        service=["A brake inspection."],
        day=["On Friday."],
        time=["At eleven in the morning."],
        day_and_time=["Friday at eleven."],
        name=["My name is Susan Clark.", "Susan Clark."],
        phone=("My number is two zero two, five five five, zero one nine seven.",),
    ),
    wanted=Wanted(service="Brake inspection", starts_at="2026-11-20T11:00:00-06:00", phone="+12025550197"),
)


async def test_a_caller_at_the_page_books_an_appointment_and_the_answers_are_audible(
    folder: Path, browse: Browse
) -> None:
    script = SUSAN.script()
    async with voices() as speaking:
        audio = await speaking.all(script.lines, SUSAN.voice)
    with serving(folder) as server:
        async with browse(None, RECORDER, MICROPHONE, LOOKS) as context:
            page = await opened(context, f"{server.url}/?desk=dealership")
            caller = PageCaller(page=page)
            await caller.talk()
            assert await caller.play(Actor(script), audio, 200) == "agent_hung_up"
            recording = Recording(await page.evaluate("__recording()"))
            mine = await page.evaluate(SESSION)
        (row,) = [row for row in server.appointments() if row["session_id"] == mine]
        assert SUSAN.wanted.is_booked_by(row)
        heard = recording.sounds(recording.played, dbfs=-45, gap_s=0.6)
        spoken = recording.sounds(recording.microphone, dbfs=-40, gap_s=0.6)
        assert len(heard) >= 5, "the greeting and an answer to each sentence"
        for _, end in spoken:
            assert any(begin > end for begin, _ in heard), "each sentence is answered"


async def test_a_wav_as_the_browsers_microphone_books_an_appointment(
    folder: Path, browse: Browse, tmp_path: Path
) -> None:
    """Sentences at fixed moments: each pause is long enough for an answer from a machine that is busy. So the desk is
    told to be patient: its "are you still there?" would be spoken to."""
    name, number = SUSAN.answers.name[0], SUSAN.answers.phone[0]
    script = (14.0, SUSAN.opens[0], 13.0, name, 12.0, number, 21.0, "Yes, that's right.", 40.0)
    await write_speech(tmp_path / "microphone.wav", script, SUSAN.voice)
    with serving(folder) as server:
        with closing(sqlite3.connect(server.book, timeout=10)) as book, book:
            book.execute("update businesses set settings = json_set(settings, '$.turns.no_input_ms', 60000)")
        await asyncio.sleep(READ_AGAIN_S)
        async with browse(tmp_path / "microphone.wav") as context:
            page = await opened(context, f"{server.url}/?desk=dealership")
            await page.click(".talk")
            mine = await page.evaluate(SESSION)
            rows: list[dict[str, Any]] = []
            async with asyncio.timeout(170):
                while not rows:
                    await asyncio.sleep(0.5)
                    rows = [row for row in server.appointments() if row["session_id"] == mine]
        assert [SUSAN.wanted.is_booked_by(row) for row in rows] == [True]


async def test_a_link_opens_the_talk_that_it_was_made_for(browse: Browse, quick_server: ServerProcess) -> None:
    async with httpx.AsyncClient(base_url=quick_server.url) as http:
        begun = (await http.post("/api/chat/init", json={"desk": "dealership"})).json()
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        body = {"session_id": begun["session_id"], "message": "I need an oil change on Friday"}
        asked = (await http.post("/api/chat", json=body, headers=bearer)).json()["reply"]
        made = await http.post(f"/api/sessions/{begun['session_id']}/join-code", headers=bearer)
    async with browse() as context:
        context.on("dialog", lambda dialog: dialog.accept())
        page = await context.new_page()
        await page.goto(made.json()["link"])
        await expect(page.locator(".said li")).to_have_count(3)
        assert asked in await said(page)
        assert "#" not in page.url
        await page.fill(".write input", "at ten")
        await page.press(".write input", "Enter")
        await expect(page.locator(".said li")).to_have_count(5)
        await page.reload()
        await expect(page.locator(".said li")).to_have_count(5)
        again = await context.new_page()
        await again.goto(made.json()["link"])
        await expect(again.locator(".problem")).to_contain_text("This link cannot be used")
        await expect(again.locator(".said li")).to_have_count(1)


async def test_a_microphone_that_is_refused_is_told_in_words_and_typing_works(
    browse: Browse, quick_server: ServerProcess
) -> None:
    async with browse() as context:
        page = await opened(context, quick_server.url)
        await page.click(".talk")
        await expect(page.locator(".problem")).to_contain_text("not allowed")
        await expect(page.locator(".talk")).to_have_text("Talk")
        await page.fill(".write input", HEARD)
        await page.press(".write input", "Enter")
        await expect(page.locator(".said li")).to_have_count(3)
        assert HEARD in await said(page)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }",
            "No microphone was found",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError') }",
            "Another program",
        ),
        ("delete window.AudioWorkletNode", "cannot play or record"),
        ("Object.defineProperty(window, 'WebSocket', { value: undefined })", "no WebSocket"),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "no access to a microphone"),
    ],
)
async def test_what_is_missing_is_told(browse: Browse, quick_server: ServerProcess, script: str, words: str) -> None:
    async with browse(None, script) as context:
        page = await context.new_page()
        await page.goto(quick_server.url)
        await page.click(".talk")
        await expect(page.locator(".problem")).to_contain_text(words)


async def test_an_insecure_address_types_and_says_why_it_does_not_talk(
    browse: Browse, quick_server: ServerProcess
) -> None:
    async with browse(args=RESOLVER) as context:
        page = await opened(context, quick_server.url.replace("127.0.0.1", "garage.example"))
        await page.click(".talk")
        await expect(page.locator(".problem")).to_contain_text("secure address")


async def test_a_server_that_is_restarted_is_told_of_and_nothing_is_lost(browse: Browse, folder: Path) -> None:
    server = ServerProcess(folder, **QUICK)
    try:
        server.start()
        async with browse() as context:
            page = await opened(context, server.url)
            await page.fill(".write input", HEARD)
            await page.press(".write input", "Enter")
            await expect(page.locator(".said li")).to_have_count(3)
            server.kill()
            await expect(page.locator(".problem")).to_contain_text("cannot be reached")
            await page.fill(".write input", "where are you located")
            await page.press(".write input", "Enter")
            await expect(page.locator(".waiting li")).to_have_count(1)
            await asyncio.to_thread(server.start_again)
            await expect(page.locator(".said:not(.waiting) li")).to_have_count(5)
            await expect(page.locator(".waiting li")).to_have_count(0)
            texts = await said(page)
            assert texts.count("where are you located") == 1
            assert texts.count(HEARD) == 1
    finally:
        server.stop()


async def test_a_session_that_is_not_ours_or_too_old_is_replaced_with_words(
    browse: Browse, quick_server: ServerProcess
) -> None:
    async with browse() as context, httpx.AsyncClient() as http:
        other = (await http.post(f"{quick_server.url}/api/sessions", json={})).json()
        page = await opened(context, quick_server.url)
        for change in (
            "session.token = session.token.slice(0, -4) + 'AAAA'",
            f"session.session_id = '{other['session_id']}'",
            "session.session_id = 'sess_01KDV0000000000000000000ZZ'",
        ):
            await page.evaluate(EDIT_SESSION % change)
            await page.reload()
            await expect(page.locator(".problem")).to_contain_text("had expired")
            await expect(page.locator(".said li")).to_have_count(1)


async def test_who_talks_to_a_conversation_that_is_over_gets_a_new_one(
    browse: Browse, quick_server: ServerProcess, tmp_path: Path
) -> None:
    await write_speech(tmp_path / "quiet.wav", [60.0])
    async with browse(tmp_path / "quiet.wav") as context, httpx.AsyncClient() as http:
        page = await opened(context, quick_server.url)
        before = await page.evaluate(SESSION)
        await http.delete(f"{quick_server.url}/api/sessions/{before}")
        await page.click(".talk")
        await expect(page.locator(".problem")).to_contain_text("was over")
        await expect(page.locator("[data-voice=live]")).to_be_visible()
        assert await page.evaluate(SESSION) != before
        await expect(page.locator(".said li")).to_have_count(1)


async def test_markup_is_shown_as_text(browse: Browse, quick_server: ServerProcess) -> None:
    async with browse() as context:
        page = await opened(context, quick_server.url)
        await page.fill(".write input", MARKUP)
        await page.press(".write input", "Enter")
        await expect(page.locator(".said li")).to_have_count(3)
        assert MARKUP in await said(page)
        assert MARKUP in await page.locator(".events").inner_text()
        assert await page.evaluate("window.__pwned") is None
        assert await page.locator(".said img, .events img").count() == 0


async def test_a_reloaded_page_goes_on_with_its_session(browse: Browse, quick_server: ServerProcess) -> None:
    async with browse() as context:
        page = await opened(context, quick_server.url)
        await page.fill(".write input", HEARD)
        await page.press(".write input", "Enter")
        await expect(page.locator(".said li")).to_have_count(3)
        before = await said(page)
        await page.reload()
        await expect(page.locator(".said li")).to_have_count(3)
        assert await said(page) == before


async def test_two_tabs_show_the_same_and_the_call_moves_to_the_newer(
    browse: Browse, quick_server: ServerProcess, tmp_path: Path
) -> None:
    await write_speech(tmp_path / "quiet.wav", [30.0])
    async with browse(tmp_path / "quiet.wav") as context:
        one = await opened(context, quick_server.url)
        async with context.expect_page() as popup:
            await one.evaluate("window.open(location.href)")  # a copy of the tab's storage goes along
        two = await popup.value
        await expect(two.locator(".said li")).to_have_count(1)
        await one.click(".talk")
        await expect(one.locator("[data-voice=live]")).to_be_visible()
        await two.click(".talk")
        await expect(two.locator("[data-voice=live]")).to_be_visible()
        await expect(one.locator(".problem")).to_contain_text("another tab")
        await two.fill(".write input", HEARD)
        await two.press(".write input", "Enter")
        for page in (one, two):
            await expect(page.locator(".said li")).to_have_count(3)
        assert await said(one) == await said(two)


async def test_a_lost_connection_comes_back_to_the_same_call(
    browse: Browse, quick_server: ServerProcess, tmp_path: Path
) -> None:
    await write_speech(tmp_path / "quiet.wav", [60.0])
    tap = Tap(int(quick_server.url.rpartition(":")[2]))
    async with tap.listening() as url, browse(tmp_path / "quiet.wav") as context:
        page = await opened(context, url)
        await page.click(".talk")
        await expect(page.locator("[data-voice=live]")).to_be_visible()
        async with page.expect_websocket(lambda socket: "/media/" in socket.url) as again:
            tap.cut(b"/media/")
        asked = parse_qs(urlsplit((await again.value).url).query)
        assert asked["call"][0].startswith("call_")
        await expect(page.locator("[data-voice=live]")).to_be_visible()
        assert quick_server.counters()["offhook_active_calls"] == 1
        assert (await said(page))[0].startswith("Thank you for calling")
        assert len(await said(page)) == 1, "it is not greeted anew"
        await page.click(".talk")
        await expect(page.locator("[data-voice=off]")).to_be_visible()
        await quick_server.until_quiet()


async def test_the_page_makes_a_link_for_another_device(browse: Browse, quick_server: ServerProcess) -> None:
    async with browse() as here, browse() as there:
        first = await opened(here, quick_server.url)
        await first.click("#elsewhere")
        await expect(first.locator(".problem")).to_contain_text("/#join=")
        there.on("dialog", lambda dialog: dialog.accept())
        second = await opened(there, (await first.locator(".problem").inner_text()).split()[-1])
        await second.fill(".write input", HEARD)
        await second.press(".write input", "Enter")
        await expect(second.locator(".said li")).to_have_count(3)
        await expect(first.locator(".problem")).to_contain_text("this is a new one")
        await expect(first.locator(".said li")).to_have_count(1)


async def test_what_the_browser_recognises_is_sent_as_text(browse: Browse, quick_server: ServerProcess) -> None:
    async with browse(None, FAKE_SPEECH) as context:
        page = await opened(context, quick_server.url)
        await page.check(".recognise input")
        await page.click(".talk")
        await expect(page.locator(".said li")).to_have_count(3)
        assert "what are your opening hours" in await said(page)


@asynccontextmanager
async def hosting(page: str) -> AsyncIterator[int]:
    """Somebody else's site, under every name that the browser resolves to this machine."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n{page}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", SITE_PORT) as server:
        yield server.sockets[0].getsockname()[1]


def embedding(server: str, attributes: str = "") -> str:
    return f"<!doctype html><title>Garage</title><h1>Garage</h1><script src='{server}/widget.js' {attributes}></script>"


@pytest.mark.parametrize(("site", "works"), [("http://garage.example", True), ("http://evil.example", False)])
async def test_the_widget_works_on_listed_sites_only(
    browse: Browse, quick_server: ServerProcess, site: str, works: bool
) -> None:
    attributes = "data-desk=dealership data-language=hi data-color=rebeccapurple data-open"
    async with browse(args=RESOLVER) as context, hosting(embedding(quick_server.url, attributes)) as port:
        page = await context.new_page()
        await page.goto(f"{site}:{port}/")
        before = await page.evaluate("Object.keys(window).length")
        if works:
            await expect(page.locator(".said li")).to_have_count(1)
            await expect(page.locator(".talk")).to_have_text("बात कीजिए")
            await page.fill(".write input", MARKUP)
            await page.press(".write input", "Enter")
            await expect(page.locator(".said li")).to_have_count(3)
            assert await page.evaluate("window.__pwned") is None
            colour = await page.locator(".launcher").evaluate("node => getComputedStyle(node).backgroundColor")
            assert colour == "rgb(102, 51, 153)"
        else:
            await expect(page.locator(".problem")).to_contain_text("OFFHOOK_CORS_ORIGINS")
            assert await page.locator(".said li").count() == 0
        assert await page.evaluate("Object.keys(window).length") == before, "no globals"
