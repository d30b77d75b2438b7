"""Customers by the words of their names, and what is only near one."""

from __future__ import annotations

import pytest

from offhook.understanding.ledger.directory import MOST, Directory, Named, heard, resolved
from offhook.understanding.ledger.near import NearWords
from support.understanding_shop import SHOP, haat

_KEY = SHOP.language.voc.alphabet.key


def _directory(*names: str, **aliases: tuple[str, ...]) -> Directory:
    return Directory(names, {name.replace("_", " "): row for name, row in aliases.items()}, _KEY)


def _found(directory: Directory, said: str) -> tuple[str | None, tuple[str, ...]]:
    keys = [_KEY(word) for word in said.split()]
    named = resolved(directory, keys, directory.entries(keys))
    return named.name, named.candidates


def test_a_word_that_two_names_share_tells_neither() -> None:
    directory = _directory("Ramesh Kumar", "Ramesh Gupta", "Rahul Sharma")
    assert _found(directory, "ramesh") == (None, ("Ramesh Gupta", "Ramesh Kumar"))
    assert _found(directory, "ramesh gupta") == ("Ramesh Gupta", ())
    assert _found(directory, "रमेश कुमार") == ("Ramesh Kumar", ())
    assert _found(directory, "ramesh sharma") == (None, ())


def test_a_single_name_that_others_begin_with_is_asked_about() -> None:
    assert _found(_directory("Ram", "Ram Singh"), "ram") == (None, ("Ram", "Ram Singh"))


def test_an_alias_is_its_owners() -> None:
    assert _found(_directory("Rahul Sharma", Rahul_Sharma=("Chhotu",)), "chhotu") == ("Rahul Sharma", ())


def test_candidates_are_few() -> None:
    directory = _directory(*(f"Ramesh Family{n}" for n in range(200)))
    assert len(_found(directory, "ramesh")[1]) == MOST


def test_lost_vowels_are_the_same_word_and_other_letters_only_near() -> None:
    words = NearWords([_KEY(word) for word in ("suresh", "sunita", "rekha", "rahul")])
    assert words.find(_KEY("sursh")).same  # type: ignore[union-attr]  # found
    assert words.find(_KEY("reka")).same  # type: ignore[union-attr]  # found
    near = words.find(_KEY("rahil"))
    assert near is not None
    assert not near.same
    assert words.find(_KEY("mohan")) is None


@pytest.mark.parametrize(
    ("said", "near"),
    [(["gopal", "krishnan"], True), (["gopal", "krishna"], False), (["gopal", "krishn"], False), (["gopalan"], True)],
)
def test_a_name_with_an_n_more_is_another_one(said: list[str], near: bool) -> None:
    assert heard(Named("Gopal Krishna"), said).near == near


def test_a_name_that_only_sounds_like_a_customers_is_asked_about_before_a_write() -> None:
    result = SHOP.understand("Gopal Krishnan ne 500 diye", haat())
    assert (result.decision, result.ask) == ("ask", "customer")
    assert SHOP.understand("Gopal Krishna ne 500 diye", haat()).decision == "execute"
