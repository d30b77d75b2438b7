from __future__ import annotations

from pathlib import Path

import pytest

from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import TemplateError, Templates

WORDS = (SHARED_TEMPLATES / "en.yaml").read_text(encoding="utf-8").split("\nlines:")[0]


def load(tmp_path: Path, **files: str) -> Templates:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Templates.load([tmp_path])


def test_the_wording_depends_on_the_turn_alone(tmp_path: Path) -> None:
    templates = load(tmp_path, en=f"{WORDS}\nlines:\n  hi: ['Hello {{name}}.', 'Hi {{name}}.']\n")
    said = [templates.render("en", "hi", {"name": "Priya"}, turn) for turn in range(4)]
    assert said == ["Hello Priya.", "Hi Priya.", "Hello Priya.", "Hi Priya."]


def test_english_stands_in_for_a_language_without_the_line(tmp_path: Path) -> None:
    templates = load(tmp_path, en=f"{WORDS}\nlines:\n  hi: Hello\n  bye: Goodbye\n", hi="lines:\n  hi: Namaste\n")
    assert templates.render("hi", "hi", {}, 0) == "Namaste"
    assert templates.render("hi-Latn", "hi", {}, 0) == "Namaste"
    assert templates.render("hi", "bye", {}, 0) == "Goodbye"


def test_later_folders_replace_shared_lines(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("lines:\n  abilities: I do everything.\n", encoding="utf-8")
    templates = Templates.load([SHARED_TEMPLATES, tmp_path])
    assert templates.render("en", "abilities", {}, 0) == "I do everything."
    assert templates.has("en", "apology")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("lines:\n  hi: ['Hello {name}', 'Hello {who}']\n", "same values"),
        ("lines:\n  hi: []\n", "no wording"),
        ("lines: [1]\n", "lines"),
        ("linse: {}\n", "linse"),
        ("lines: {a: 'unclosed\n", "en.yaml"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(TemplateError, match=part):
        load(tmp_path, en=WORDS + "\n" + text)


def test_a_missing_value_or_line_is_an_error(tmp_path: Path) -> None:
    templates = load(tmp_path, en=f"{WORDS}\nlines:\n  hi: Hello {{name}}\n")
    with pytest.raises(TemplateError, match="name"):
        templates.render("en", "hi", {}, 0)
    with pytest.raises(TemplateError, match="nothing"):
        templates.render("en", "nothing", {}, 0)


def test_a_language_with_words_is_needed(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="words"):
        load(tmp_path, en="lines:\n  hi: Hello\n")
