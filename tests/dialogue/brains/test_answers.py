from __future__ import annotations

from dataclasses import replace

from offhook.contracts.llm import LlmMessage
from offhook.dialogue.brains.answers import KEPT_MS, MOST_ANSWERS, AnswerCache, Question, plain
from support.set_clock import SetClock

ASKED = Question("biz", "policy", "en", "Do you wash cars?")


def test_an_answer_is_given_again_under_the_same_conditions_only() -> None:
    results: list[str] = []
    cache = AnswerCache(SetClock(), on_result=results.append)
    assert cache.get(ASKED) is None
    cache.put(ASKED, ["We do. ", "Shall I tell you more?"])
    assert cache.get(replace(ASKED, text="do you wash cars")) == ("We do. ", "Shall I tell you more?")
    for other in (
        replace(ASKED, business_id="other"),
        replace(ASKED, policy="newer"),
        replace(ASKED, language="hi"),
        replace(ASKED, text="Do you wash vans?"),
        replace(ASKED, conversation=(LlmMessage("user", "I hate cars"),)),
    ):
        assert cache.get(other) is None
    assert results == ["miss", "hit", *["miss"] * 5]


def test_an_answer_grows_old() -> None:
    clock = SetClock()
    cache = AnswerCache(clock)
    cache.put(ASKED, ["We do."])
    clock.advance(seconds=KEPT_MS / 1000 + 1)
    assert cache.get(ASKED) is None


def test_the_cache_is_bounded_and_the_least_used_goes_first() -> None:
    cache = AnswerCache(SetClock())
    for n in range(MOST_ANSWERS):
        cache.put(replace(ASKED, text=f"question {n}"), [str(n)])
    assert cache.get(replace(ASKED, text="question 0")) == ("0",)
    cache.put(replace(ASKED, text="one more"), ["x"])
    assert cache.get(replace(ASKED, text="question 0")) == ("0",)
    assert cache.get(replace(ASKED, text="question 1")) is None


def test_words_are_the_same_whatever_their_stops_but_not_without_their_vowels() -> None:
    assert plain("  Do you wash cars?! ") == plain("do you wash, cars")
    assert plain("कल आना है") != plain("काल आना है")
    assert plain("???") == "???"
