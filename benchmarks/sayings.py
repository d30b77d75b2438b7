"""Weigh the words of a desk's sayings: writes `language/en/sayings.json`, `certainty.json` and `works.json` anew.

    python benchmarks/sayings.py

A softmax regression over the features of `understanding/guesses.py`, on the sayings of the desk (`language/*/sayings`)
and its complaints (`works.txt`), the examples of its frames and the working tables of the tests. Deterministic: the
same sayings give the same files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from offhook.understanding.clauses import read_clause
from offhook.understanding.doubting import SIGNS, signs_of
from offhook.understanding.guesses import WISHES, features_of, weighed
from offhook.understanding.model import Context, World
from offhook.understanding.reader import read_sentence
from offhook.understanding.sayings import Sayings
from offhook.understanding.understander import Understander
from offhook.understanding.works import NONE
from offhook.understanding.worlds import WorldIndexes
from support.understanding_tables import commands, rows
from support.understanding_world import LANGUAGE, UNDERSTANDER, india, workshop, world

_ROOT = Path(__file__).parents[1]
Saying = tuple[str, str, World]
"""Label, text, and the tenant that it was said to."""

_TABLES = (
    "sentences_dev.txt",
    *(f"sentences_dev{n}.txt" for n in range(2, 5)),
    "sentences_public.txt",
    *(f"sentences_public{n}.txt" for n in range(2, 20)),
)
_HINGLISH = (
    "hinglish_dev.txt",
    *(f"hinglish_dev{n}.txt" for n in range(2, 20)),
    "hinglish_twins.txt",
    "hinglish_twins2.txt",
    "hinglish_heldout3.txt",
)
_ELSEWHERE = ("unrelated.txt", "unrelated2.txt")
_WORKSHOP = frozenset({"sentences_public2.txt"})
_FIXED = {"faq": "topic", "handoff": "reason", "out_of_scope": "reason"}
_BY_FRAMES = frozenset({"waitlist.join", "vin.provide"})
_SURE_OF = frozenset({"service.book", "testdrive.book", "appointment.reschedule"})
_TIMES = 3
"""How often the sayings of a kind that has few are learned from."""
_THINGS = 7
"""How many things a saying with a blank is said of."""
_FOLDS = 4
_SMALL = 0.5
"""How much small weights of signs are preferred."""
_RARITY = 0.4
"""How much more a feature counts that is e times rarer. Of sayings not learned from, 87 % get their label in place of
84 %."""
_ROUNDS, _RATE, _DECAY, _LEAST = 300, 4.0, 5e-5, 30


def sayings(leave_out: Sequence[str] = ()) -> list[Saying]:
    """All sayings to learn from, but those of the tables `leave_out`."""
    found = [said for path in sorted((LANGUAGE / "en" / "sayings").glob("*.txt")) for said in _told(path)]
    found += [
        said for path in sorted((LANGUAGE / "hi-Latn" / "sayings").glob("*.txt")) for said in _told(path, india())
    ]
    found += _examples()
    folder = _ROOT / "tests" / "understanding" / "tables"
    for name in (name for name in (*_TABLES, *_HINGLISH) if name not in leave_out and (folder / name).exists()):
        here = india() if name in _HINGLISH else workshop() if name in _WORKSHOP else world()
        for *asked, text, _, expected in rows(name):
            if set(asked) <= {"-", ""}:
                found.extend([(label, text, here) for label in label_of(expected)] * _TIMES)
    found.extend(("no_wish", row[0], world()) for row in rows("no_wishes.txt") if _seems_wished(row[0]))
    for name in _ELSEWHERE:
        found.extend([("out_of_scope", row[0], world()) for row in rows(name)] * _TIMES)
    return found


def _seems_wished(text: str) -> bool:
    """Whether frames alone see a booking or a move in it: what they tell apart by themselves teaches nothing else."""
    understood = Understander(replace(UNDERSTANDER.desk, sayings=None)).understand(text, world())
    return any(command.intent in _SURE_OF for command in understood.commands)


def works() -> list[Saying]:
    """Complaints of `works.txt` by the family of work: alone, and beside what is said with any of them."""
    path = LANGUAGE / "en" / "works.txt"
    lines = path.read_text(encoding="utf-8").split("\n== ", 1)
    carriers = [line for line in lines[0].splitlines() if line and line[0] not in "#="]
    found = [(NONE, carrier, world()) for carrier in carriers]
    for turn, (label, line, here) in enumerate(_told(path)):
        carrier = carriers[turn % len(carriers)]
        said = f"{carrier} {line}" if turn % 4 == 0 else f"{line} {carrier}"
        found += [(label, line, here), (label, said, here)] if label else []
    for label, line, here in _told(LANGUAGE / "hi-Latn" / "works.txt", india()):
        found += [(label, line, here)] * 2
    found += [(family, name, world()) for family, names in UNDERSTANDER.desk.families.items() for name in names]
    return found


def label_of(expected: str) -> list[str]:
    """The label of a sentence that asks for one thing; none for others."""
    wanted = commands(expected)
    if len(wanted) != 1 or wanted[0][0] == "correct":
        return []
    intent, slots = wanted[0]
    fixed = _FIXED.get(intent)
    return [f"{intent} {fixed}={slots[fixed]}" if fixed is not None and fixed in slots else intent]


def _told(path: Path, here: World | None = None) -> Iterator[Saying]:
    label, things, turn, here = "", [""], 0, here or world()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            label = line[3:]
        elif line.startswith("= thing: "):
            things = [thing.strip() for thing in line[9:].split(",")]
        elif "{thing}" in line:
            for _ in range(_THINGS):
                yield label, line.replace("{thing}", things[turn % len(things)]), here
                turn += 1
        elif line and not line.startswith("#"):
            yield label, line, here


def _examples() -> Iterator[Saying]:
    for frame in UNDERSTANDER.desk.frames.frames:
        label = " ".join((frame.intent, *(f"{k}={v}" for k, v in frame.fixed.items() if k == _FIXED.get(frame.intent))))
        for text in frame.match if frame.intent not in _BY_FRAMES else ():
            yield label, text, world()


def featured(said: Sequence[Saying]) -> list[list[str]]:
    indexes = WorldIndexes(UNDERSTANDER.desk)
    return [
        features_of(
            read_sentence(text, UNDERSTANDER.desk, indexes.of(here), here, Context()), UNDERSTANDER.desk.thesaurus
        )
        for _, text, here in said
    ]


def train(
    said: Sequence[Saying], of: Callable[[Sequence[Saying]], list[list[str]]] = featured
) -> tuple[list[str], dict[str, list[int]]]:
    """The labels, and the weights of each feature as pairs of a label's number and hundredths. `of`: gives the features
    of sayings."""
    features = [[*one, ""] for one in of(said)]
    counts: dict[str, int] = {}
    for one in features:
        for feature in one:
            counts[feature] = counts.get(feature, 0) + 1
    known = sorted(feature for feature, count in counts.items() if count > 1)
    number = {feature: n for n, feature in enumerate(known)}
    rarity = np.array([1.0 + _RARITY * np.log(len(features) / counts[feature]) for feature in known])
    labels = sorted({label for label, _, _ in said})
    wanted = np.array([labels.index(label) for label, _, _ in said])
    weights = _weighed(
        [[number[f] for f in one if f in number] for one in features],
        np.array([1.0 / np.sqrt(len(one) - 1) for one in features]),
        wanted,
        rarity,
        len(labels),
    )
    whole = np.rint(weights * 100).astype(int)
    kept = {
        feature: [int(v) for label in np.nonzero(np.abs(whole[n]) >= _LEAST)[0] for v in (label, whole[n, label])]
        for feature, n in number.items()
    }
    return labels, {feature: flat for feature, flat in kept.items() if flat}


def certainty(said: Sequence[Saying]) -> dict[str, list[float]]:
    """The weights of the signs of a certain wish, from sayings that the shares of each were not learned from."""
    asked: dict[bool, list[tuple[list[float], bool]]] = {False: [], True: []}
    folds = [crc32(text.encode()) % _FOLDS for _, text, _ in said]
    for fold in range(_FOLDS):
        labels, weights = train([one for one, its in zip(said, folds, strict=True) if its != fold])
        desk = replace(UNDERSTANDER.desk, sayings=Sayings(labels, weights), certainty=None)
        indexes = WorldIndexes(desk)
        told = {text: (label, here) for (label, text, here), its in zip(said, folds, strict=True) if its == fold}
        for text, (label, here) in told.items():
            reading = read_sentence(text, desk, indexes.of(here), here, Context())
            clause = read_clause(reading, desk, Context(), 0, len(reading.sentence))
            if clause.best is None or clause.best.frame.intent not in WISHES:
                continue
            signs = signs_of(reading, desk, clause.best, weighed(reading, desk), clause.present)
            asked[reading.mixed].append((signs, label.split()[0] == clause.best.frame.intent))
    return {"own": _likely(asked[False]), "mixed": _likely(asked[True])}


def _likely(told: Sequence[tuple[list[float], bool]]) -> list[float]:
    """Weights of a logistic regression, the last one of what every one has."""
    signs = np.array([[*one, 1.0] for one, _ in told])
    wanted = np.array([float(right) for _, right in told])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        sums = signs @ weights
        shares = 1.0 / (1.0 + np.exp(-sums))
        value = np.logaddexp(0, -sums) @ wanted + np.logaddexp(0, sums) @ (1 - wanted) + _SMALL * weights @ weights
        return value, signs.T @ (shares - wanted) + 2 * _SMALL * weights

    found = minimize(loss, np.zeros(signs.shape[1]), jac=True, method="L-BFGS-B").x
    return [round(float(weight), 3) for weight in found]


def _weighed(
    columns: list[list[int]],
    scale: NDArray[np.float64],
    wanted: NDArray[np.int64],
    rarity: NDArray[np.float64],
    labels: int,
) -> NDArray[np.float64]:
    """Weights (feature, label) of a softmax regression by gradient steps with momentum.

    Args:
        columns: the features of each saying.
        scale: how much each of a saying's features counts.
        wanted: the label of each saying.
        rarity: how much each feature counts in all sayings.
    """
    shape = len(rarity), labels
    ends = np.concatenate([[0], np.cumsum([len(one) for one in columns])])
    column = np.array([feature for one in columns for feature in one])
    told = csr_matrix((np.repeat(scale, np.diff(ends)) * rarity[column], column, ends), shape=(len(columns), shape[0]))
    back = told.T.tocsr()
    classes = np.bincount(wanted, minlength=shape[1])
    balance = (1.0 / np.sqrt(classes))[wanted]
    balance /= balance.mean()
    weights, speed = np.zeros(shape), np.zeros(shape)
    for _ in range(_ROUNDS):
        sums = told @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[np.arange(len(wanted)), wanted] -= 1.0
        slope = back @ (shares * balance[:, None])
        speed = 0.9 * speed - _RATE * (slope / len(wanted) * 10 + _DECAY * weights)
        weights += speed
    return weights * rarity[:, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leave-out", nargs="*", default=[], help="tables of the tests not to learn from")
    arguments = parser.parse_args()
    said = sayings(arguments.leave_out)
    write(LANGUAGE / "en" / "sayings.json", *train(said))
    weights = json.dumps({"signs": SIGNS, **certainty(said)}, indent=1)
    (LANGUAGE / "en" / "certainty.json").write_text(weights + "\n", encoding="utf-8")
    write(LANGUAGE / "en" / "works.json", *train(works()))


def write(path: Path, labels: list[str], weights: dict[str, list[int]]) -> None:
    lines = (f"{json.dumps(word)}: {json.dumps(flat, separators=(',', ':'))}" for word, flat in weights.items())
    text = f'{{"labels": {json.dumps(labels)},\n"weights": {{\n' + ",\n".join(lines) + "\n}}\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
