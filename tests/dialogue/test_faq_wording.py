from __future__ import annotations

from offhook.dialogue.faq_wording import Wordings

WORDINGS = Wordings(["How do I get to you?", "How do I get a loan?", "When do you open?"])


def test_the_same_words_are_wholly_alike_and_none_not_at_all() -> None:
    alike = WORDINGS.alike("how do I get to you")
    assert alike[0] > 0.99
    assert alike[0] > alike[1] > alike[2]
    assert not WORDINGS.alike("zorb").any()


def test_no_questions() -> None:
    assert len(Wordings([]).alike("anything")) == 0
