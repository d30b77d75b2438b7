"""A caller at the page's own microphone: it sounds a sentence when the page shows that the agent has fallen silent.

`getUserMedia` gives the page's own sound (`MICROPHONE`); what is behind it (worklets, socket, player) is as ever.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field

from playwright.async_api import Page, Route

from offhook.audio.wav import wav_bytes
from support.livekit_talker import RoomTalker, Segment
from support.voices import RATE_HZ

LOOKS = """
(() => {
  // What a person at the page sees: whether the agent speaks, what was said, whether the call is up.
  const looks = (window.__looks = { speaking: [], ended: false });
  let live = false;
  setInterval(() => {
    const panel = document.querySelector("[data-voice]"), now = performance.now();
    if (!panel) return;
    live ||= panel.dataset.voice === "live";
    looks.ended = live && panel.dataset.voice === "off";
    if (!panel.hasAttribute("data-speaking")) return;
    const last = looks.speaking.at(-1);
    if (last && now - last[1] < 450) last[1] = now;
    else looks.speaking.push([now, now]);
  }, 20);
  window.__seen = () => ({
    ...looks,
    lines: [...document.querySelectorAll(".said:not(.waiting) li")].map(
      line => [line.className, line.querySelector("p").innerText]
    ),
  });
})();
"""


async def with_number(page: Page, number: str) -> None:
    """The site knows the visitor's telephone number, as one does whose visitors sign in."""

    async def opened(route: Route) -> None:
        body = {**(route.request.post_data_json or {}), "customer_phone": number}
        await route.continue_(post_data=json.dumps(body))

    await page.route("**/api/sessions", opened)


@dataclass
class PageCaller(RoomTalker):
    """Needs a page with MICROPHONE and LOOKS."""

    page: Page = field(kw_only=True)
    look_every_s: float = 0.05
    _page_began: float = 0.0

    async def talk(self) -> None:
        """Press the button and wait for the call to be up."""
        await self.page.evaluate("takeMicrophone(-60)")
        self._page_began = time.monotonic() - await self.page.evaluate("performance.now()") / 1000
        await self.page.click(".talk")
        await self.page.wait_for_selector("[data-voice=live]")

    @property
    def me(self) -> str:
        return "user"

    async def say(self, pcm: bytes) -> None:
        begin = time.monotonic()
        await self.page.evaluate("wav => say(wav)", base64.b64encode(wav_bytes(RATE_HZ, pcm)).decode())
        self.said.append((begin, time.monotonic()))

    async def look(self) -> None:
        seen = await self.page.evaluate("__seen()")
        self.audible = [(self._page_began + b / 1000, self._page_began + e / 1000) for b, e in seen["speaking"]]
        self.segments = {str(at): Segment(of, text, True, "") for at, (of, text) in enumerate(seen["lines"])}
        if seen["ended"]:
            self.gone_because = "ended"
            self.gone.set()
