"""The rule by tables, and by whatever order of rings, arrivals, hang-ups and measurements Hypothesis thinks of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offhook.ops.admission import AdmissionPolicy, AdmissionRule, Answer, Busy, Load, Verdict, Wait
from support.busy_core import STEP_MS, BusyCore

POLICY = AdmissionPolicy()
CALM = Load(core_share=0.2, wait_ms=1.0, detector_ms=32.0, engine_requests=0.0, calls=100)
OVER = {
    "core": replace(CALM, core_share=0.99),
    "loop": replace(CALM, wait_ms=40.0),
    "detector": replace(CALM, detector_ms=500.0),
    "engines": replace(CALM, engine_requests=9.0),
}
NEAR = replace(CALM, core_share=0.97 * POLICY.most_core_share)
"""Under the limit, not calm."""
WINDOW_MS = 500.0
LIVE = 100
"""Enough for what was measured to count."""


def measured(admission: AdmissionRule, *loads: Load, since_ms: float = 0.0) -> float:
    now_ms = since_ms
    for load in loads:
        now_ms += WINDOW_MS
        admission.measured(load, now_ms)
    return now_ms


def full_house(policy: AdmissionPolicy = POLICY) -> tuple[AdmissionRule, float]:
    admission = AdmissionRule(policy)
    now_ms = measured(admission, *[OVER["core"]] * 7)
    assert admission.full
    return admission, now_ms


def settled(admission: AdmissionRule, call: str, now_ms: float, live: int = LIVE) -> tuple[Verdict, float]:
    """What the call is told in the end, and when, while nothing is measured."""
    while isinstance(verdict := admission.ask(call, live, now_ms), Wait):
        assert verdict.ms > 0
        now_ms += verdict.ms
    return verdict, now_ms


@pytest.mark.parametrize("measure", OVER)
def test_any_measure_over_its_limit_for_three_seconds_makes_it_full(measure: str) -> None:
    admission = AdmissionRule()
    now_ms = measured(admission, CALM, *[OVER[measure]] * 6)
    assert not admission.full
    assert max(admission.levels, key=lambda name: admission.levels[name]) == measure  # type: ignore[index]
    now_ms = measured(admission, CALM, *[OVER[measure]] * 7, since_ms=now_ms)
    assert admission.full
    assert admission.ask("a", LIVE, now_ms) == Busy("full")


def test_a_single_long_hold_of_the_loop_refuses_nobody() -> None:
    admission = AdmissionRule()
    a_second = replace(CALM, wait_ms=1000.0**2 / 2 / WINDOW_MS)
    for _ in range(20):
        measured(admission, a_second, CALM)
        assert not admission.full


@pytest.mark.parametrize(
    ("loads", "full"),
    [
        ([CALM] * 4, True),  # 1.5 s of calm
        ([CALM] * 5, False),
        ([CALM, CALM, CALM, OVER["loop"], CALM, CALM, CALM, CALM], True),
        ([OVER["loop"]] + [CALM] * 5, False),
        ([NEAR] * 20, True),
    ],
)
def test_it_is_open_again_after_a_stretch_of_calm(loads: list[Load], full: bool) -> None:
    admission, now_ms = full_house()
    measured(admission, *loads, since_ms=now_ms)
    assert admission.full is full


def test_one_call_is_answered_at_once() -> None:
    assert AdmissionRule().ask("a", 0, 1000.0) == Answer()


def test_a_few_calls_are_answered_whatever_was_measured() -> None:
    admission, now_ms = full_house()
    for number in range(POLICY.few_calls):
        assert admission.ask(f"call {number}", 0, now_ms) == Answer()
    assert admission.ask("one more", 0, now_ms) == Busy("full")
    assert admission.ask("another", POLICY.few_calls - 1, now_ms) == Busy("full"), "those on their way count"


def test_a_call_that_was_let_in_is_let_in_again_however_full_it_is() -> None:
    admission = AdmissionRule()
    assert admission.ask("a", LIVE, 0.0) == Answer()
    admission.arrived("a")
    now_ms = measured(admission, *[OVER["core"]] * 7)
    assert admission.ask("a", LIVE, now_ms) == Answer(again=True)
    assert admission.ask("b", LIVE, now_ms) == Busy("full")
    admission.expect("b")
    assert admission.ask("b", LIVE, now_ms) == Answer(again=True)


def test_those_that_were_let_in_are_not_remembered_without_end() -> None:
    admission = AdmissionRule(AdmissionPolicy(most_calls=10_000))
    for number in range(6_000):
        admission.ask(f"call {number}", 0, 0.0)
        admission.arrived(f"call {number}")
    assert admission.ask("call 5999", 0, 0.0) == Answer(again=True)
    assert admission.ask("call 0", 0, 0.0) == Answer()


def test_a_number_of_calls_decides_alone_where_it_is_given() -> None:
    admission, now_ms = full_house(AdmissionPolicy(most_calls=2))
    assert [admission.ask(call, 0, now_ms) for call in "abc"] == [Answer(), Answer(), Busy("room")]
    admission.arrived("a")
    assert admission.ask("c", 1, now_ms) == Busy("room")
    assert admission.ask("c", 0, now_ms) == Answer()
    burst = AdmissionRule(AdmissionPolicy(most_calls=900))
    assert {burst.ask(f"call {n}", 0, 0.0) for n in range(900)} == {Answer()}, "no turns"


def test_there_is_room_for_what_fits_into_the_core() -> None:
    admission = AdmissionRule()
    room = admission.room
    assert room * POLICY.call_share == pytest.approx(POLICY.taken_share, abs=POLICY.call_share)
    assert admission.ask("a", room, 0.0) == Busy("room")
    assert admission.ask("b", room - 1, 0.0) == Answer()
    assert admission.ask("c", room - 1, 0.0) == Busy("room"), "those on their way count"


def test_a_call_whose_turn_comes_when_there_is_no_room_any_more_rings_on_and_is_told() -> None:
    admission = AdmissionRule(AdmissionPolicy(call_share=0.006))
    assert admission.ask("a", LIVE, 0.0) == Answer()
    waiting = admission.ask("b", LIVE, 0.0)
    assert isinstance(waiting, Wait)
    now_ms = measured(admission, *[replace(CALM, core_share=0.89, calls=90)] * 14)  # calls cost more than was thought
    assert admission.room < LIVE
    assert isinstance(admission.ask("b", LIVE, now_ms), Wait)
    assert settled(admission, "b", now_ms) == (Busy("rush"), POLICY.patience_ms)


def test_a_call_that_never_comes_gives_its_place_back() -> None:
    admission = AdmissionRule(AdmissionPolicy(most_calls=1))
    admission.ask("a", 0, 0.0)
    assert admission.ask("b", 0, POLICY.coming_ms) == Busy("room")
    assert admission.ask("b", 0, POLICY.coming_ms + 1) == Answer()


@pytest.mark.parametrize(("calls", "within_ms"), [(200, 0.0), (200, 2_000.0), (400, 5_000.0)])
def test_a_ramp_far_below_the_limit_waits_and_is_refused_nobody(calls: int, within_ms: float) -> None:
    admission = AdmissionRule()
    for number in range(calls):
        at_ms = number * within_ms / calls
        verdict = admission.ask(f"call {number}", 0, at_ms)
        assert isinstance(verdict, Answer | Wait)


def test_eight_hundred_in_a_second_are_served_as_far_as_the_core_goes_and_the_others_told() -> None:
    admission = AdmissionRule()
    rang_ms = {f"call {n}": n * 1.25 for n in range(800)}
    first = {call: admission.ask(call, 0, at_ms) for call, at_ms in rang_ms.items()}
    busy = [call for call, verdict in first.items() if isinstance(verdict, Busy)]
    answered: dict[str, float] = {}
    for call in first:
        if call not in busy:
            verdict, at_ms = settled(admission, call, rang_ms[call], live=len(answered))
            assert isinstance(verdict, Answer)
            assert at_ms <= rang_ms[call] + POLICY.patience_ms
            admission.arrived(call)
            answered[call] = at_ms
    assert 0.85 * admission.room <= len(answered) <= admission.room
    for second in range(9):
        begun = sum(second * 1000 <= at_ms < (second + 1) * 1000 for at_ms in answered.values())
        talking = sum(at_ms < second * 1000 for at_ms in answered.values()) * POLICY.call_share
        assert begun * POLICY.answer_ms / 1000 + talking <= POLICY.taken_share + 0.02


def test_who_rings_rings_on_while_there_is_strain_and_keeps_the_turn() -> None:
    admission = AdmissionRule(AdmissionPolicy(answer_ms=850.0))
    waits = [admission.ask(call, LIVE, 0.0) for call in ("a", "b", "c")]
    (second,) = [verdict for verdict in waits[1:2] if isinstance(verdict, Wait)]
    assert waits[0] == Answer()
    now_ms = measured(admission, OVER["detector"], OVER["detector"], OVER["detector"])  # from 500 on
    assert isinstance(admission.ask("b", LIVE, now_ms + second.ms), Wait)
    now_ms = measured(admission, CALM, since_ms=now_ms)
    assert not admission.full
    stood_ms = now_ms - WINDOW_MS
    assert settled(admission, "b", now_ms) == (Answer(), max(now_ms, second.ms + stood_ms))
    _, third_ms = settled(admission, "c", now_ms)
    assert third_ms > second.ms + stood_ms


@pytest.mark.parametrize(("loads", "told"), [([OVER["core"]] * 7, "full"), ([OVER["core"], CALM] * 10, "rush")])
def test_who_rings_through_too_much_of_it_is_told(loads: list[Load], told: str) -> None:
    admission = AdmissionRule(AdmissionPolicy(answer_ms=1_700.0))
    turns = [admission.ask(call, LIVE, 0.0) for call in "abcd"]
    assert isinstance(turns[-1], Wait)
    now_ms = measured(admission, *loads)
    assert admission.ask("d", LIVE, now_ms) == Busy(told)  # type: ignore[arg-type]
    assert isinstance(admission.ask("d", 0, now_ms), Answer), "it may call again"


def test_one_who_hears_silence_waits_less() -> None:
    admission = AdmissionRule(AdmissionPolicy(answer_ms=1_700.0))
    admission.ask("a", LIVE, 0.0)
    assert isinstance(admission.ask("b", LIVE, 0.0, patience_ms=3_000.0), Wait)
    assert admission.ask("c", LIVE, 0.0, patience_ms=3_000.0) == Busy("rush")
    assert isinstance(admission.ask("c", LIVE, 0.0), Wait)


def test_what_a_call_costs_is_learned_and_answering_is_not_taken_for_talking() -> None:
    core = BusyCore(POLICY.answer_ms, talk_share=0.0012)
    core.rush(300, 1_000.0)
    for _ in range(20):
        core.run(0.5)
        assert core.rule.call_share <= 1.2 * POLICY.call_share
    core.run(30)
    assert core.rule.call_share == pytest.approx(0.0012 + core.idle_share / 300, rel=0.02)


@pytest.mark.parametrize(("share", "calls"), [(9.0, 30), (0.0, 5_000), (0.9, 29)])
def test_no_odd_moment_teaches_it_nonsense(share: float, calls: int) -> None:
    admission = AdmissionRule()
    now_ms = measured(admission, *[replace(CALM, core_share=share, calls=calls)] * 1_000)
    now_ms = measured(admission, *[CALM] * 10, since_ms=now_ms)
    verdicts = [admission.ask(f"call {n}", LIVE // 10, now_ms) for n in range(20)]
    assert not any(isinstance(verdict, Busy) for verdict in verdicts)
    assert admission.room >= 30, "with so many, it learns better"


@given(slowness=st.floats(0.4, 3.0), skew=st.floats(0.7, 1.4))
@settings(max_examples=15, deadline=None)
def test_on_quick_and_slow_machines_a_rush_is_served_as_far_as_the_core_goes(slowness: float, skew: float) -> None:
    core = BusyCore(POLICY.answer_ms * slowness * skew, POLICY.call_share * slowness / skew)
    core.rush(800, 1_000.0)
    core.run(15)
    assert core.live + len(core.told) == 800
    assert core.live * core.talk_share + core.idle_share <= 0.95
    in_time = POLICY.patience_ms / core.answer_ms
    fit = POLICY.taken_share / max(core.talk_share, POLICY.call_share)
    assert core.live >= 0.5 * min(in_time, fit)
    core.latest_ms = 0.0
    core.run(10)
    assert core.latest_ms < STEP_MS, "those who were taken are served well"


@pytest.mark.parametrize("within_ms", [0.0, 1_000.0, 5_000.0, 30_000.0])
@pytest.mark.parametrize("talk_share", [0.001, 0.0018, 0.0024])
def test_two_hundred_calls_are_all_taken_however_they_come(within_ms: float, talk_share: float) -> None:
    core = BusyCore(7.0, talk_share)
    core.rush(200, within_ms)
    core.run(45)
    assert (core.live, core.told) == (200, [])


@pytest.mark.parametrize("talk_share", [0.0009, 0.0018, 0.0036])
def test_calls_that_come_one_by_one_fill_the_core_and_no_more(talk_share: float) -> None:
    core = BusyCore(7.0, talk_share)
    core.rush(1_200, 120_000.0)
    core.run(130)
    assert 0.8 <= core.live * talk_share + core.idle_share <= POLICY.most_core_share
    assert core.latest_ms < 200.0
    assert core.live + len(core.told) == 1_200


class Rush(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.policy = AdmissionPolicy(call_share=0.06, few_calls=2, answer_ms=300.0)
        self.admission = AdmissionRule(self.policy)
        self.now_ms = 0.0
        self.ringing: dict[str, float] = {}
        """Call -> when it rang."""
        self.coming: dict[str, float] = {}
        self.let_in: list[str] = []
        self.live = 0
        self.number = 0
        self.over_since_ms: float | None = None
        self.calm_since_ms: float | None = None

    def ask(self, call: str) -> None:
        was_full, strained = self.admission.full, self.over_since_ms is not None
        few = self.live + sum(self.now_ms - at <= self.policy.coming_ms for at in self.coming.values()) < 2
        verdict = self.admission.ask(call, self.live, self.now_ms)
        rang_ms = self.ringing.pop(call)
        if self.now_ms > rang_ms + 2 * self.policy.patience_ms:
            rang_ms = self.now_ms  # forgotten: nobody who waits asks so late
        if few:
            assert verdict == Answer()
        elif was_full:
            assert verdict == Busy("full")
        if (strained or self.live >= self.admission.room) and not few:
            assert verdict != Answer()
        match verdict:
            case Answer():
                self.coming[call] = self.now_ms
                self.let_in.append(call)
            case Wait(ms):
                assert ms > 0
                assert self.now_ms + ms <= rang_ms + self.policy.patience_ms
                self.ringing[call] = rang_ms
            case Busy(reason):
                assert reason in ("full", "room", "rush")

    @rule()
    def ring(self) -> None:
        self.number += 1
        call = f"call {self.number}"
        self.ringing[call] = self.now_ms
        self.ask(call)

    @precondition(lambda self: self.ringing)
    @rule(which=st.integers(0, 99))
    def ask_again(self, which: int) -> None:
        self.ask(list(self.ringing)[which % len(self.ringing)])

    @precondition(lambda self: self.coming)
    @rule()
    def arrive(self) -> None:
        call = next(iter(self.coming))
        del self.coming[call]
        assert self.admission.ask(call, self.live, self.now_ms) == Answer(again=True)
        self.admission.arrived(call)
        self.live += 1

    @precondition(lambda self: self.let_in)
    @rule(which=st.integers(0, 99))
    def come_back(self, which: int) -> None:
        call = self.let_in[which % len(self.let_in)]
        assert self.admission.ask(call, self.live, self.now_ms) == Answer(again=True)

    @precondition(lambda self: self.live)
    @rule()
    def hang_up(self) -> None:
        self.live -= 1

    @rule(level=st.sampled_from([0.1, 0.5, 0.96, 1.0, 3.0]), share=st.floats(0.0, 1.0))
    def measure(self, level: float, share: float) -> None:
        self.now_ms += WINDOW_MS
        was_full = self.admission.full
        load = Load(share * 0.5, level * POLICY.most_wait_ms, 0.0, 0.0, self.live)
        self.admission.measured(load, self.now_ms)
        worst = self.admission.level
        if worst < 1.0:
            self.over_since_ms = None
        elif self.over_since_ms is None:
            self.over_since_ms = self.now_ms
        if worst >= self.policy.calm_level:
            self.calm_since_ms = None
        elif self.calm_since_ms is None:
            self.calm_since_ms = self.now_ms
        over = self.over_since_ms is not None and self.now_ms - self.over_since_ms >= self.policy.full_after_ms
        calm = self.calm_since_ms is not None and self.now_ms - self.calm_since_ms >= self.policy.calm_ms
        assert self.admission.full == (over or (was_full and not calm))

    @rule(ms=st.floats(0, 20_000))
    def wait(self, ms: float) -> None:
        self.now_ms += ms

    @invariant()
    def who_rings_and_who_comes_is_bounded(self) -> None:
        at_once = self.policy.patience_ms * self.policy.taken_share / self.policy.answer_ms
        assert self.admission.taken <= 4 * at_once + self.policy.few_calls
        assert 0.0 < self.admission.call_share < 0.1


TestRush = Rush.TestCase
TestRush.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
