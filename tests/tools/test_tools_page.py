from __future__ import annotations

from tools.tools_page import PAGE, page


def test_the_page_of_tools_is_what_the_tools_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tools.tools_page"
