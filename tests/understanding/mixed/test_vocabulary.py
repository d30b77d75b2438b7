"""Words of Hindi under their keys, apart from the words of the base language."""

from __future__ import annotations

from support.understanding_world import UNDERSTANDER

VOC = UNDERSTANDER.desk.mixtures[0].vocabulary


def test_forms_of_a_verb_share_what_phrases_are_filed_under() -> None:
    assert len({VOC.canonical(word) for word in ("karna", "karo", "karunga", "kijiye", "kiya", "krna", "करना")}) == 1


def test_a_word_and_its_translation_are_one() -> None:
    assert VOC.canonical("gaadi") == VOC.canonical("car")


def test_base_words_are_looked_up_in_their_own_spelling_only() -> None:
    assert VOC.key("or") == "=or"
    assert VOC.key("aur") == "or"


def test_the_longest_phrase_wins() -> None:
    keys = [VOC.key(word) for word in ["jaldi", "se", "jaldi"]]
    found = VOC.at(keys, 0, len(keys))
    assert found is not None
    assert (found[0].value, found[1]) == ("urgent", 3)


def test_a_verb_named_by_its_tense_stands_for_its_forms() -> None:
    forms = {VOC.key(phrase.removeprefix("nahi =")) for phrase in VOC.expanded("nahi kar.infinitive")}
    assert {VOC.key("karna"), VOC.key("karni"), VOC.key("karne")} <= forms
    assert VOC.key("karo") not in forms
    assert list(VOC.expanded("oil change")) == ["oil change"]
