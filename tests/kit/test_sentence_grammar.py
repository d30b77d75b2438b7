from __future__ import annotations

from collections import Counter

import pytest

from offhook.kit.sentence_grammar import GrammarError, SentenceGrammar


def test_rules_expand_with_lists_and_optional_words() -> None:
    grammar = SentenceGrammar("greet = hi | hello\nroot = $greet [dear] $who", {"who": ("ann", "bob lee")})
    drawn = set(grammar.draw("root", 500, seed=1))
    assert drawn == {f"{g}{d} {w}" for g in ("hi", "hello") for d in ("", " dear") for w in ("ann", "bob lee")}


def test_weights_decide_how_often() -> None:
    drawn = Counter(SentenceGrammar("root = often *9 | seldom").draw("root", 4000, seed=2))
    assert 7 < drawn["often"] / drawn["seldom"] < 11.5


def test_same_seed_same_sentences_and_another_seed_others() -> None:
    grammar = SentenceGrammar("root = a | b | c | d")
    assert grammar.draw("root", 50, seed=3) == grammar.draw("root", 50, seed=3)
    assert grammar.draw("root", 50, seed=3) != grammar.draw("root", 50, seed=4)


def test_continuation_lines_and_comments() -> None:
    grammar = SentenceGrammar("# words\nroot = one\n  | two *0.5\n\nother = $root")
    assert set(grammar.draw("other", 200, seed=1)) == {"one", "two"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("root = $missing", "not defined"),
        ("a = $b\nb = $a", "refers to itself"),
        ("a = x\na = y", "defined twice"),
        ("a = x | ", "empty alternative"),
        ("a = x [y", "unbalanced"),
        ("  | x", "continuation"),
        ("no rule here", "expected"),
    ],
)
def test_mistakes_are_named(text: str, says: str) -> None:
    with pytest.raises(GrammarError, match=says):
        SentenceGrammar(text)


def test_an_unknown_rule_cannot_be_drawn() -> None:
    with pytest.raises(GrammarError, match="no rule nothing"):
        SentenceGrammar("a = x").draw("nothing", 1, seed=1)
