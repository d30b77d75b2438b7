from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from offhook.channels.browser.page import page_router


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.include_router(page_router())
    return TestClient(app)


def test_the_page_runs_nothing_but_its_own_scripts_and_keeps_the_microphone_to_itself(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["permissions-policy"].startswith("microphone=(self)")
    assert "access-control-allow-origin" not in page.headers
    assert not re.search(r"\son\w+=|<script>|style=", page.text), "nothing inline that the policy would stop"


def test_everything_that_the_page_and_its_modules_ask_for_is_there(client: TestClient) -> None:
    seen, left = set(), ["/", "/widget.js", "/web/embedded.js", "/web/widget.css", "/web/worklets.js"]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        left += [f"/web/{name}" for name in re.findall(r'from "\./([\w.]+)"', answer.text)]
        left += [f"/{name}" for name in re.findall(r'(?:src|href)="(web/[\w.]+)"', answer.text)]
    assert {"/web/talk.js", "/web/voice.js", "/web/conversation.js", "/web/resampler.js", "/web/talk.css"} <= seen


def test_any_site_may_load_the_modules_but_not_read_the_page(client: TestClient) -> None:
    for path in ("/widget.js", "/web/talk.js", "/web/talk.css"):
        assert client.get(path).headers["access-control-allow-origin"] == "*"
    assert client.get("/web/talk.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_file_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/web/voice.js")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/web/voice.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/web/none.js", "/web/../page.py", "/web/index.html", "/web/"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_nothing_is_shown_as_markup(client: TestClient) -> None:
    for name in ("talk", "page", "embedded", "widget", "words", "voice", "conversation", "recognition"):
        path = "/widget.js" if name == "widget" else f"/web/{name}.js"
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", client.get(path).text), path
