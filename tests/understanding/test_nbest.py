"""The recogniser's alternatives: the one that fits is taken, and values in doubt are not taken silently."""

from __future__ import annotations

import msgspec

from offhook.contracts.speech import Hypothesis
from offhook.understanding.model import Context, Understanding
from offhook.understanding.nbest import understand_best
from support.understanding_world import UNDERSTANDER, booking, world


def best(*texts: str, context: Context | None = None, gap: float = 1.0) -> Understanding:
    alternatives = [Hypothesis(text, -100.0 - gap * rank) for rank, text in enumerate(texts)]
    return understand_best(UNDERSTANDER, alternatives, world(), context)


def test_the_alternative_that_answers_the_question_is_taken() -> None:
    result = best("i eat at tan", "at ten", context=booking("time", service="Oil change", date="2026-11-27"))
    assert result.commands[0].slots == {"time": "10:00"}


def test_alternatives_that_agree_leave_no_doubt() -> None:
    result = best("friday at ten", "on friday at ten", context=booking("datetime", service="Oil change"))
    assert (result.decision, result.problems) == ("execute", [])


def test_a_day_heard_in_two_ways_is_asked() -> None:
    result = best("on tuesday", "on thursday", context=booking("date", service="Oil change"))
    (problem,) = result.problems
    assert (problem.slot, problem.kind) == ("date", "unsure")
    assert problem.candidates == ("2026-12-01", "2026-11-26")
    assert (result.decision, result.ask) == ("ask", "date")
    assert result.confidence < 0.5


def test_digits_heard_in_two_ways_are_asked() -> None:
    result = best(
        "two oh two five five five oh one four five",
        "two oh two five five five oh one four nine",
        context=booking("phone", service="Oil change"),
    )
    assert [(problem.slot, problem.kind) for problem in result.problems] == [("phone", "unsure")]


def test_a_far_alternative_raises_no_doubt() -> None:
    result = best("on tuesday", "on thursday", context=booking("date", service="Oil change"), gap=500.0)
    assert result.problems == []


def test_yes_or_no_in_doubt_confirms_nothing() -> None:
    context = booking("confirm", service="Oil change", date="2026-11-27", time="10:00")
    result = best("yes", "no", context=context)
    assert (result.decision, result.ask) == ("ask", "confirm")


def test_an_alternative_that_says_less_disagrees_with_nothing() -> None:
    result = best("friday at ten", "friday", context=booking("datetime", service="Oil change"))
    assert result.problems == []


def test_no_alternatives_is_silence() -> None:
    assert best().commands == []


def test_a_value_that_was_just_rejected_gives_way_to_what_else_was_heard() -> None:
    context = booking("time", service="Oil change", date="2026-11-27")
    assert best("at three", "at ten", context=context).commands[0].slots == {"time": "15:00"}
    rejected = msgspec.structs.replace(context, rejected=(("time", "15:00"),))
    assert best("at three", "at ten", context=rejected).commands[0].slots == {"time": "10:00"}
    assert best("at three", context=rejected).commands[0].slots == {"time": "15:00"}, "nothing else was heard"


def test_a_time_at_which_nobody_is_there_gives_way() -> None:
    context = booking("time", service="Oil change", date="2026-11-27")
    result = best("three am", "ten am", context=context)
    assert result.commands[0].slots == {"time": "10:00"}
