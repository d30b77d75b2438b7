"""Weighted sentence templates: a few hundred rules that stand for every way of saying something.

A language model for one business needs tens of thousands of sentences that nobody will write one by one. They are
described by rules and drawn at random, always the same ones for the same seed. Format of the text:

    # a comment
    name = alternative | alternative *3 | words with $other_rule [an optional part]
      | a continuation line starts with white space

`*3` weighs an alternative (default 1; the number may be 0.5). `$name` stands for any sentence of that rule. Square
brackets are present half of the time. Rules may not refer to themselves, directly or in a circle.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

_WEIGHT = re.compile(r"\s\*(\d+(?:\.\d+)?)$")
_NAME = re.compile(r"[a-z_][a-z0-9_]*$")


class GrammarError(ValueError):
    """The text of a grammar is wrong; the message names the rule and the mistake."""


@dataclass(frozen=True, slots=True)
class _Alternative:
    weight: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    alternatives: tuple[_Alternative, ...]
    cumulative: tuple[float, ...]


class SentenceGrammar:
    """Rules by name, checked: every reference exists and none goes in a circle.

    Args:
        text: rules in the format of the module's docstring.
        lists: further rules given as lists of equally likely alternatives (names, a business's own words).

    Raises:
        GrammarError: a rule is malformed, defined twice, missing or circular.
    """

    def __init__(self, text: str, lists: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._rules: dict[str, _Rule] = {}
        for name, body in _definitions(text):
            self._define(name, [_alternative(name, part) for part in body.split("|")])
        for name, words in (lists or {}).items():
            if not words:
                raise GrammarError(f"rule {name}: the list is empty; give at least one alternative.")
            self._define(name, [_Alternative(1.0, tuple(word.split())) for word in words])
        self._check()

    def _define(self, name: str, alternatives: list[_Alternative]) -> None:
        if name in self._rules:
            raise GrammarError(f"rule {name} is defined twice; join the two.")
        cumulative = tuple(itertools.accumulate(a.weight for a in alternatives))
        self._rules[name] = _Rule(tuple(alternatives), cumulative)

    def _check(self) -> None:
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                raise GrammarError(f"rule {name} refers to itself through {' > '.join(path)}.")
            if name in done:
                return
            rule = self._rules.get(name)
            if rule is None:
                raise GrammarError(f"rule {path[-1]} refers to ${name}, which is not defined.")
            for alternative in rule.alternatives:
                for word in alternative.words:
                    if word.startswith("$"):
                        visit(word[1:], (*path, name))
            done.add(name)

        for name in self._rules:
            visit(name, ())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._rules)

    def draw(self, rule: str, count: int, seed: int) -> tuple[str, ...]:
        """`count` sentences of a rule, repeats included (a likely sentence comes often)."""
        if rule not in self._rules:
            raise GrammarError(f"there is no rule {rule}.")
        dice = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
        return tuple(self._sentence(rule, dice) for _ in range(count))

    def _sentence(self, rule: str, dice: random.Random) -> str:
        words: list[str] = []
        self._expand(rule, dice, words)
        return " ".join(words)

    def _expand(self, name: str, dice: random.Random, into: list[str]) -> None:
        rule = self._rules[name]
        chosen = dice.choices(rule.alternatives, cum_weights=rule.cumulative)[0]
        skipping = False
        for word in chosen.words:
            if word == "[":
                skipping = dice.random() < 0.5
            elif word == "]":
                skipping = False
            elif skipping:
                continue
            elif word[0] == "$":
                self._expand(word[1:], dice, into)
            else:
                into.append(word)


def _definitions(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            if not found:
                raise GrammarError(f"line {number}: a continuation line before any rule.")
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
            continue
        name, equals, body = line.partition("=")
        name = name.strip()
        if not equals or not _NAME.match(name):
            raise GrammarError(f"line {number}: expected `name = alternatives`, found {line[:40]!r}.")
        found.append((name, body))
    return found


def _alternative(rule: str, part: str) -> _Alternative:
    text = part.strip()
    weight = 1.0
    if match := _WEIGHT.search(" " + text):
        weight = float(match[1])
        text = (" " + text)[: match.start()].strip()
    if not text:
        raise GrammarError(f"rule {rule}: an empty alternative; use [brackets] for optional words.")
    if text.count("[") != text.count("]"):
        raise GrammarError(f"rule {rule}: unbalanced brackets in {text!r}.")
    return _Alternative(weight, tuple(text.replace("[", " [ ").replace("]", " ] ").split()))
