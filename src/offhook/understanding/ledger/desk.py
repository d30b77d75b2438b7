"""What the files of a desk that keeps a book say: its language, which intents write, and what may stand in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import load_data, words_of
from offhook.understanding.ledger.accounts import Explained, read_explained
from offhook.understanding.ledger.barring import Bars
from offhook.understanding.ledger.language import LedgerLanguage, load_ledger_language
from offhook.understanding.model import Context, World
from offhook.understanding.understander import Understander


@dataclass(frozen=True, slots=True)
class LedgerDesk:
    language: LedgerLanguage
    writes: frozenset[str]
    """Intents that change the book."""
    reads: frozenset[str]
    """Intents that only look into it."""
    explained: Mapping[str, Explained]
    bars: Bars
    everyday: Understander
    """Yes and no, greetings and the like, as every desk understands them."""

    def acts(self, text: str, world: World, context: Context | None = None) -> list[str]:
        """The intents of what is said, read as at every desk."""
        return [command.intent for command in self.everyday.understand(text, world, context or Context()).commands]


def load_ledger_desk(folder: Path) -> LedgerDesk:
    """Raises FileNotFoundError or ValueError naming what is wrong with the language's files."""
    language = load_ledger_language(folder)
    shared = load_data(folder / "frames.yaml")
    writes = words_of(shared, "writes")
    explained = read_explained(shared, language.frames)
    listed = cast("dict[str, list[object]]", shared.get("asking", {}))
    asking = {intent: frozenset(map(str, groups)) for intent, groups in listed.items()}
    return LedgerDesk(
        language,
        writes,
        frozenset(frame.intent for frame in language.frames.frames) - writes - {"out_of_scope"},
        explained,
        Bars(writes, explained, asking),
        Understander(language.everyday),
    )
