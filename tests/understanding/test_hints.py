"""The small words of a language: each list must be there, and those of a book's languages hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.desks.shop.desk import LANGUAGE_FOLDER
from offhook.understanding.hints import load_hints
from offhook.understanding.ledger.hints import load_ledger_hints
from offhook.understanding.lexicon import LANGUAGES


def test_phrases_are_read_as_their_words() -> None:
    moves = load_hints(LANGUAGES / "en").moves
    assert ("instead", "of") in moves.places
    assert "no" in moves.no_good  # a word, and no boolean


def test_a_file_that_lacks_a_list_is_named_with_it(tmp_path: Path) -> None:
    whole = (LANGUAGES / "en" / "hints.yaml").read_text(encoding="utf-8")
    lines = [line for line in whole.splitlines() if not line.startswith("  ranging:")]
    (tmp_path / "hints.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match=r"hints\.yaml.*ranging"):
        load_hints(tmp_path)


def test_the_words_of_a_books_languages_hold_together(tmp_path: Path) -> None:
    sorry = load_ledger_hints(LANGUAGE_FOLDER).sorry
    assert {"sorry", "galat"} <= sorry
    for tag, words in (("en", "[sorry]"), ("mr", "[maaf]")):
        (tmp_path / tag).mkdir()
        (tmp_path / tag / "hints.yaml").write_text(f"sorry: {words}\n", encoding="utf-8")
    assert load_ledger_hints(tmp_path).sorry == {"sorry", "maaf"}
    (tmp_path / "mr" / "hints.yaml").write_text("sory: [maaf]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="sory"):
        load_ledger_hints(tmp_path)
