"""A front end of the plainest kind in Debian's Chromium: LiveKit's own client library, a microphone, ears.

The microphone is Chromium's own with one WAV from beginning to end, or one that sounds a WAV whenever its caller has
something to say (`PageUser`): then `getUserMedia` gives the page's own sound, and all behind it is as ever.

The page asks our token endpoint as LiveKit's front ends do (`TokenSource.endpoint`), publishes its microphone, plays
the agent, and notes what the conventional names tell it. Times are milliseconds of the page's clock, so that what the
page said and what it heard are measured on one.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Page, async_playwright

from offhook.audio.level import mix, noise
from offhook.audio.resample import resample
from offhook.audio.wav import wav_bytes, write_mono
from support.chromium import MICROPHONE, MICROPHONE_HZ, chromium, flags
from support.livekit_talker import RoomTalker, Segment
from support.livekit_user import RATE_HZ

ORIGIN = "http://localhost:5999"
"""Where the page says it is from; nothing listens there."""
HISS_DBFS = -60.0
_HTML = "<!doctype html><meta charset=utf-8><title>room</title><body></body>"
_SCRIPT = """
const seen = (window.seen = { states: [], segments: {}, kind: null, name: "", gone: null, heard: [], spoken: [] });
const { Room, RoomEvent, Track, TokenSource, DisconnectReason } = LivekitClient;
const room = (window.room = new Room());
function listen(track, stretches) {
  const ear = sound.createAnalyser();
  ear.fftSize = 512;
  sound.createMediaStreamSource(new MediaStream([track])).connect(ear);
  const samples = new Float32Array(ear.fftSize);
  setInterval(() => {
    ear.getFloatTimeDomainData(samples);
    const rms = Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
    if (rms < 0.0056) return;  // -45 dBFS
    const now = performance.now(), last = stretches.at(-1);
    if (last && now - last[1] < 450) last[1] = now;
    else stretches.push([now, now]);
  }, 10);
}
function meet(participant) {
  seen.kind = participant.kind;
  seen.name = participant.attributes["lk.agent.name"] ?? "";
  note(participant.attributes);
}
function note(attributes) {
  if ("lk.agent.state" in attributes) seen.states.push([performance.now(), attributes["lk.agent.state"]]);
}
room.on(RoomEvent.ParticipantConnected, meet);
room.on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => participant.isAgent && note(changed));
room.on(RoomEvent.TrackSubscribed, track => {
  document.body.append(track.attach());
  if (track.kind === Track.Kind.Audio) listen(track.mediaStreamTrack, seen.heard);
});
room.on(RoomEvent.Disconnected, reason => (seen.gone = DisconnectReason[reason] ?? String(reason)));
room.registerTextStreamHandler("lk.transcription", async (reader, from) => {
  const text = await reader.readAll(), told = reader.info.attributes;
  const mine = from.identity === room.localParticipant.identity;
  seen.segments[told["lk.segment_id"]] = {
    mine, text, final: told["lk.transcription_final"], track: told["lk.transcribed_track_id"]
  };
});
window.join = async (url, token) => {
  const source = TokenSource.endpoint(url + "/api/voice/token", { headers: { Authorization: "Bearer " + token } });
  const ticket = await source.fetch({ participantName: "Priya" });
  await sound.resume();
  await room.connect(ticket.serverUrl, ticket.participantToken);
  room.remoteParticipants.forEach(meet);
  await room.localParticipant.setMicrophoneEnabled(true);
  listen(room.localParticipant.getTrackPublication(Track.Source.Microphone).track.mediaStreamTrack, seen.spoken);
  return ticket;
};
window.type = text => room.localParticipant.sendText(text, { topic: "lk.chat" });
"""


def write_microphone(path: Path, script: Sequence[bytes | float], rate_hz: int) -> None:
    """A microphone's file: what is said (PCM16), and seconds of quiet; over the hiss of a room."""
    pieces = [item if isinstance(item, bytes) else bytes(2 * round(item * rate_hz)) for item in script]
    pcm = resample(b"".join(pieces), rate_hz, MICROPHONE_HZ)
    write_mono(path, mix(pcm, noise(len(pcm) // 2, HISS_DBFS, np.random.default_rng(7))), MICROPHONE_HZ)


@asynccontextmanager
async def room_page(client: Path, microphone: Path | None = None) -> AsyncIterator[Page]:
    """A page that has loaded LiveKit's client from that folder. Raises NoBrowser."""
    args = [
        *flags(microphone),
        *(() if microphone else ("--use-fake-ui-for-media-stream",)),
        "--allow-loopback-in-peer-connection",
        "--disable-features=LocalNetworkAccessChecks",  # the page itself came from nowhere
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=args)
        try:
            page = await browser.new_page()
            await page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=_HTML, content_type="text/html"))
            await page.goto(f"{ORIGIN}/")
            bundle = client / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
            await page.add_script_tag(path=bundle)
            await page.add_script_tag(content=MICROPHONE + _SCRIPT)
            yield page
        finally:
            await browser.close()


async def seen(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = await page.evaluate("window.seen")
    return told


async def until_gone(page: Page, limit_s: float) -> dict[str, Any]:
    """What the page saw until the agent put it out of the room. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while (told := await seen(page))["gone"] is None:  # noqa: ASYNC110  # another process has no event for us
            await asyncio.sleep(0.2)
    return told


@dataclass
class PageUser(RoomTalker):
    """A caller in such a page, who listens before he speaks. `said` is what was audible in his microphone."""

    page: Page = field(kw_only=True)
    look_every_s: float = 0.1
    _page_began: float = 0.0

    async def join(self, url: str, token: str) -> None:
        self._page_began = time.monotonic() - await self.page.evaluate("performance.now()") / 1000
        await self.page.evaluate("level => takeMicrophone(level)", HISS_DBFS)
        await self.page.evaluate("([url, token]) => join(url, token)", [url, token])

    @property
    def me(self) -> str:
        return "caller"

    async def say(self, pcm: bytes) -> None:
        await self.page.evaluate("wav => say(wav)", base64.b64encode(wav_bytes(RATE_HZ, pcm)).decode())

    async def look(self) -> None:
        told = await seen(self.page)
        self.states = [(self._since(at), state) for at, state in told["states"]]
        self.audible = [(self._since(begin), self._since(end)) for begin, end in told["heard"]]
        self.said = [(self._since(begin), self._since(end)) for begin, end in told["spoken"]]
        self.segments = {
            name: Segment(self.me if s["mine"] else "agent", s["text"], s["final"] == "true", s["track"])
            for name, s in told["segments"].items()
        }
        if told["gone"] is not None:
            self.gone_because = told["gone"]
            self.gone.set()

    def _since(self, page_ms: float) -> float:
        return self._page_began + page_ms / 1000


@asynccontextmanager
async def in_room_by_page(client: Path, url: str, token: str) -> AsyncIterator[PageUser]:
    async with room_page(client) as page:
        user = PageUser(page=page)
        await user.join(url, token)
        yield user
