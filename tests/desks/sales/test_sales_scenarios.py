"""Every scenario of the sales desk, in text, judged by what is said and by the leads that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

import offhook.desks.sales
from offhook.dialogue.scenario import Scenario, load_scenarios
from offhook.ops.rehearse import act
from offhook.store.engine import Database
from support.set_clock import SetClock

SCENARIOS = load_scenarios(Path(offhook.desks.sales.__file__).parent / "scenarios")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_scenario(scenario: Scenario, fresh_book: Database, clock: SetClock) -> None:
    report = await act(scenario, fresh_book, clock, desk="sales")
    assert not report.failures, f"\n{report}"


def test_scenario_names_are_unique() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names))
    assert len(names) >= 40
