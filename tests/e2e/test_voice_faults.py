"""Live calls whose server loses an engine or its database, or is attacked, and one whose caller speaks over the agent.

The calls take as long as calls take, so they are made once, all at the same time, each with a server of its own."""

from __future__ import annotations

import asyncio

import pytest
from e2e_server import HEARD
from voice_scenarios import Scenes, play_all

from offhook.callers.events import AgentSaid, BufferCleared, CallerSaid

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    return asyncio.run(play_all(tmp_path_factory.mktemp("voice-faults")))


def test_a_recogniser_killed_in_an_utterance_is_replaced_and_the_caller_answered(scenes: Scenes) -> None:
    scene = scenes.recogniser_killed
    assert (scene.outcome.failures, scene.record.counters.get("stt_lost")) == ([], 1)
    assert len(scene.engines_after) == len(scene.engines_before) > 0
    assert not set(scene.engines_after) & set(scene.engines_before)
    greeting, *answers = [event.text for event in scene.said]
    assert greeting
    assert len(answers) >= 2, "both sentences got an answer"
    assert all(answers)
    assert "Saturday" in str(answers[-1]), f"the recogniser that came back understands\n{scene.told()}"


def test_a_voice_killed_in_a_reply_is_replaced_and_the_reply_heard_to_its_end(scenes: Scenes) -> None:
    scene = scenes.voice_killed
    assert (scene.outcome.failures, scene.heard) == ([], [HEARD, HEARD])
    greeting, *answers = scene.said
    assert greeting.text
    assert ["Saturday" in str(answer.text) for answer in answers] == [True, True]
    assert min(event.audio_ms for event in scene.said) > 1000, "each was spoken, not just decided"
    assert not scene.record.counters.get("reply_failed"), "no apology was needed: the sentence was made again"
    assert not set(scene.engines_after) & set(scene.engines_before)
    assert len(scene.engines_after) == len(scene.engines_before) == 1
    assert scene.counters['offhook_errors_total{kind="engine_stopped"}'] >= 1


def test_a_caller_hears_that_a_locked_book_took_nothing_and_books_when_it_is_free(scenes: Scenes) -> None:
    scene = scenes.book_locked
    assert scene.sorry, scene.told()
    assert scene.while_locked == []
    assert scene.outcome.reason == "agent_hung_up", scene.told()
    (row,) = scene.appointments
    assert (row["service_name"], row["starts_at"][:19]) == ("Oil change", "2026-11-19 17:00:00"), scene.told()


def test_a_reply_spoken_over_is_cut_and_the_record_holds_what_was_heard(scenes: Scenes) -> None:
    scene = scenes.barge_in
    assert scene.outcome.failures == []
    order = [event for event in scene.outcome.events if isinstance(event, CallerSaid | BufferCleared | AgentSaid)]
    kinds = [type(event).__name__ for event in order]
    assert kinds.index("CallerSaid") < kinds.index("BufferCleared") < len(kinds) - 1 - kinds[::-1].index("AgentSaid")
    (cleared,) = [event for event in order if isinstance(event, BufferCleared)]
    assert cleared.dropped_ms > 0, "there was something left to drop"

    greeting, answer = scene.record.turns[0], scene.record.turns[-1]
    assert (greeting.source, greeting.interrupted) == ("greeting", True)
    assert greeting.agent_heard
    assert greeting.agent.startswith(greeting.agent_heard)
    assert len(greeting.agent_heard) < len(greeting.agent)
    assert "help you" not in greeting.agent_heard, "the end of the greeting was never played"
    assert (answer.heard, answer.interrupted, answer.agent_heard) == (HEARD, False, answer.agent)
    assert scene.record.counters["barge_in"] == 1
    assert (scene.transcript[0]["content"], scene.transcript[0]["interrupted"]) == (greeting.agent_heard, True)
    assert scene.messages == [("assistant", greeting.agent_heard), ("user", HEARD), ("assistant", answer.agent)]


def test_a_call_goes_on_untouched_while_other_sockets_misbehave(scenes: Scenes) -> None:
    scene = scenes.under_attack
    assert (scene.outcome.failures, scene.heard) == ([], [HEARD, HEARD])
    assert ["Saturday" in str(event.text) for event in scene.said] == [False, True, True]
    assert min(event.audio_ms for event in scene.said) > 1000
    assert not any(event.interrupted for event in scene.said)
    assert set(scene.record.counters) <= {"marks_missing", "noise"}
    assert scene.counters['offhook_errors_total{kind="inbound_flood"}'] == 1, "the attacks were on this server"
