from __future__ import annotations

from offhook.desks.shop.speech import plain, speech_domain

NAMES = ["Zubin Irani", "Farhad D'Souza", "Zubin Irani"]
GOODS = ["Parle-G Biscuit", "चीनी", "50-50"]


def test_a_shop_is_heard_by_the_names_of_its_customers_and_products() -> None:
    domain = speech_domain(NAMES, GOODS)
    text = "\n".join(domain.sentences)
    for word in ("zubin irani", "farhad d'souza", "चीनी", "parle g biscuit"):
        assert word in text, word
    assert set(domain.by_expectation) == {"yes_no", "pin", "phone", "name", "choice"}
    assert any(sentence.startswith("हाँ") for sentence in domain.by_expectation["yes_no"])


def test_the_same_shop_has_the_same_language_and_another_another() -> None:
    assert speech_domain(NAMES, GOODS) == speech_domain(NAMES, GOODS)
    assert speech_domain(NAMES, GOODS).key != speech_domain(["Zubin Irani"], GOODS).key


def test_a_shop_without_customers_is_understood_too() -> None:
    assert speech_domain().sentences


def test_names_are_words_alone() -> None:
    assert plain("Parle-G (5 rs)") == "parle g rs"
    assert plain("राजमा, 1 kg") == "राजमा kg"
    assert plain("50-50") == ""
