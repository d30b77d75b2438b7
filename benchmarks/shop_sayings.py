"""Weigh the words of the shop's sayings: writes `desks/shop/language/sayings.json` anew.

    python benchmarks/shop_sayings.py [--folds 4] [--leave-out shop_dev16.txt …]

Learned from are the sayings of the desk (`language/sayings`, a file for each intent), the examples of its language and
those tables of the tests that were gone through; the others stay unseen. `--folds` only tells how many are right
that were not learned from. Deterministic: the same sayings give the same file.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import msgspec
from sayings import Saying, train, write

from offhook.understanding.datafile import load_data
from offhook.understanding.ledger.guesses import ATTACK, NO_WISH, NOTHING, features_of
from offhook.understanding.model import World
from offhook.understanding.sayings import Sayings
from support.shop_tables import shop_rows
from support.understanding_shop import LANGUAGE_FOLDER, SHOP, SHOP_TABLES, UNRELATED, haat
from support.understanding_tables import rows

_UNSEEN = frozenset(
    {
        "shop_heldout11.txt",
        "shop_heldout12.txt",
        "shop_heldout13.txt",
        "shop_heldout14.txt",
        "shop_heldout15.txt",
        "shop_heldout16.txt",
        "shop_heldout17.txt",
        "shop_dev16.txt",
        "shop_traps4.txt",
        "shop_traps5.txt",
    }
)
_ELSEWHERE = tuple(f"unrelated_shop{n}.txt" for n in ("", 2, 3, 4, 5))
"""Of other trades' talk; what comes behind them stays unseen."""
_ANYWHERE = ("unrelated.txt", "unrelated2.txt", "unrelated_hinglish.txt")
_TIMES = 3
"""How often a saying is learned from, beside the sentences of tables."""
_EVERYDAY = frozenset({"correct", "confirm", "deny", "greet", "goodbye", "smalltalk", "repeat", "handoff", "faq"})
"""What the words of any desk give."""


def town() -> World:
    """Where the sayings are said: everybody whom the language knows a name of, and all goods."""
    names = str(load_data(LANGUAGE_FOLDER / "names.yaml")["names"]).split()
    given = (name.title() for name in names if name not in SHOP.language.english)
    products: dict[str, tuple[str, ...]] = {row[0].title(): row[1:] for row in SHOP.language.goods}
    return msgspec.structs.replace(haat(), customers=tuple(given), products=products)


def sayings(leave_out: Sequence[str] = ()) -> list[Saying]:
    told = town()
    found: list[Saying] = []
    for path in sorted((LANGUAGE_FOLDER / "sayings").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [(path.stem, line, told) for line in lines if line and not line.startswith("#")] * _TIMES
    found += [(intent, text, told) for intent, text, right in SHOP.language.examples if right]
    for name in sorted(SHOP_TABLES.keys() - _UNSEEN - set(leave_out)):
        here = SHOP_TABLES[name]()
        for row in shop_rows(name):
            label = _label(row.decision, row.commands) if row.context is None else None
            found += [(label, row.text, here)] if label is not None else []
    for name in _ELSEWHERE:
        found += [(NOTHING, row[0], UNRELATED[name]()) for row in rows(name)]
    for name in _ANYWHERE:
        found += [(NOTHING, row[0], told) for row in rows(name)]
    return [said for said in found if said[0] not in _EVERYDAY]


def _label(decision: str, wanted: Sequence[tuple[str, dict[str, object]]]) -> str | None:
    """The label of a line that asks for one thing, or for nothing; None for others."""
    if decision == "!write":
        return NO_WISH
    if decision == "refuse":
        return ATTACK
    return wanted[0][0] if len(wanted) == 1 else None


def featured(said: Sequence[Saying]) -> list[list[str]]:
    readings = (SHOP.read(text, here) for _, text, here in said)
    return [features_of(reading.scan, clauses) for reading, clauses in readings]


def crossed(said: Sequence[Saying], folds: int) -> None:
    """Tell how many are right that were not learned from, and which labels are taken for which."""
    fold = [crc32(text.encode()) % folds for _, text, _ in said]
    right: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for its in range(folds):
        model = Sayings(*train([one for one, n in zip(said, fold, strict=True) if n != its], featured))
        apart = {text: (label, text, here) for (label, text, here), n in zip(said, fold, strict=True) if n == its}
        for (label, _, _), features in zip(apart.values(), featured(list(apart.values())), strict=True):
            guess = next(iter(model.guesses(features)), None)
            got = guess.label if guess is not None else "-"
            right[label] += got == label
            wrong[label, got] += got != label
    total = sum(right.values()) + sum(wrong.values())
    sys.stdout.write(f"{total} sayings, right {sum(right.values()) / total:.3f}\n")
    sys.stdout.writelines(f"  {label} as {got}: {n}\n" for (label, got), n in wrong.most_common(15))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leave-out", nargs="*", default=[], help="tables of the tests not to learn from")
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    said = sayings(arguments.leave_out)
    if arguments.folds:
        crossed(said, arguments.folds)
        return
    write(Path(LANGUAGE_FOLDER) / "sayings.json", *train(said, featured))


if __name__ == "__main__":
    main()
