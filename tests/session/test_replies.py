"""Replies that go on, are announced, thought of ahead, or said in another voice: whole calls in virtual seconds."""

from __future__ import annotations

import asyncio

from offhook.contracts.audio import VoiceStarted, VoiceStopped
from offhook.contracts.turn import TurnPolicy
from support.scripted_call import Reply, ScriptedCall
from support.virtual_time import VirtualClock, virtual_time

LONG = "We are open from eight to six on weekdays and from nine to four on all the other days of the week."


@virtual_time
async def test_after_a_cough_the_agent_goes_on_from_the_words_last_heard(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, [LONG, "Fine."], policy=TurnPolicy(barge_in_by_words=False))
    async with call.running():
        await call.speaks(2.0, 2.5, "")
        await call.at(9.0)
    assert len(call.carrier.cleared_ms) == 1
    first, again = call.tts.said[0][0], call.tts.said[1][0]
    assert first == LONG and LONG.endswith(again) and 20 < len(again) < len(LONG)
    assert [turn.source for turn in call.conversations.turns] == ["greeting"]
    assert call.conversations.heard_calls == []
    stopped, resumed = call.record.turns
    assert (stopped.source, stopped.interrupted, resumed.source, resumed.interrupted) == (
        "greeting",
        True,
        "resume",
        False,
    )
    assert f"{stopped.agent_heard} {resumed.agent_heard}" == LONG


@virtual_time
async def test_a_reply_that_goes_on_and_is_stopped_again_was_heard_to_there(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, [LONG, "Fine."], policy=TurnPolicy(barge_in_by_words=False))
    async with call.running():
        await call.speaks(2.0, 2.5, "")
        await call.speaks(4.5, 5.5, "book it please")
        await call.at(9.0)
    ((turn_id, heard),) = call.conversations.heard_calls
    assert turn_id == call.conversations.turns[0].turn_id
    assert LONG.startswith(heard) and len(heard) > 40
    assert heard == " ".join(turn.agent_heard or "" for turn in call.record.turns[:2])
    assert call.conversations.turns[1].text == "book it please"


@virtual_time
async def test_a_slow_answer_is_announced(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("Your car is ready.", think_ms=2500, writes=True)])
    async with call.running():
        await call.speaks(2.0, 3.0, "is my car ready yet")
        await call.at(9.0)
    assert [text for text, _ in call.tts.said] == ["Hello.", "Let me check.", "Your car is ready."]
    assert call.record.turns[1].agent_heard == "Your car is ready."
    assert 800 <= call.carrier.first_audio_ms[1] - 3300 < 900


@virtual_time
async def test_a_caller_who_speaks_over_the_announcement_does_not_hear_the_rest_of_it(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("Your car is ready.", think_ms=4000, writes=True)])
    async with call.running():
        await call.speaks(2.0, 3.0, "is my car ready yet")
        await call.speaks(4.2, 5.0, "the red one please")
        await call.at(6.0)
        assert len(call.carrier.cleared_ms) == 1
        await call.at(12.0)
    assert call.conversations.turns[-1].text == "is my car ready yet the red one please"


@virtual_time
async def test_an_answer_is_thought_of_in_the_silence(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("From nine to six.", think_ms=100)])
    async with call.running():
        await call.speaks(2.0, 3.0, "what are your hours please")
        await call.at(6.0)
    assert call.conversations.from_rehearsal == [call.conversations.turns[1].turn_id]
    assert call.carrier.first_audio_ms[1] - 3000 <= 310
    assert [text for text, _ in call.tts.said] == ["Hello.", "From nine to six."]


@virtual_time
async def test_what_was_thought_of_other_words_leaves_no_trace(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "From nine to six."])
    async with call.running():
        await clock.at_ms(2130)
        call.voices.verdict(VoiceStarted(2000))
        call.stt.text = "what are your hours"
        await clock.at_ms(2600)
        call.voices.verdict(VoiceStopped(2500))
        await asyncio.sleep(0.18)
        call.voices.verdict(VoiceStarted(2700))
        call.stt.text = "what are your hours on sunday please"
        await clock.at_ms(3300)
        call.voices.verdict(VoiceStopped(3200))
        await call.at(6.0)
    texts = [turn.text for turn in call.conversations.rehearsed]
    assert texts == ["what are your hours", "what are your hours on sunday please"]
    assert [turn.text for turn in call.conversations.turns[1:]] == texts[1:]


@virtual_time
async def test_a_turn_that_writes_is_run_and_not_rehearsed(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("Booked.", writes=True)])
    async with call.running():
        await call.speaks(2.0, 3.0, "book it for me please")
        await call.at(6.0)
    assert call.conversations.from_rehearsal == []
    assert call.record.turns[1].agent_heard == "Booked."


@virtual_time
async def test_slower_is_obeyed_from_the_answer_on(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "From nine.", "To six."])
    async with call.running():
        await call.speaks(2.0, 3.0, "speak slower please")
        await call.at(6.0)
        await call.speaks(6.0, 7.0, "and louder please")
        await call.at(9.0)
    voice = dict(call.tts.said)
    assert voice["Hello."].rate == 1.0 > voice["From nine."].rate == voice["To six."].rate
    assert voice["From nine."].volume == 1.0 < voice["To six."].volume


@virtual_time
async def test_the_caller_is_told_before_his_time_is_up(clock: VirtualClock) -> None:
    replies = ["Hello.", "Two minutes left.", Reply("Goodbye.")]
    call = ScriptedCall(
        clock, replies, policy=TurnPolicy(max_call_ms=30_000, call_warning_ms=20_000, no_input_ms=60_000)
    )
    async with call.running():
        await call.at(40.0)
    assert [turn.source for turn in call.conversations.turns] == ["greeting", "time_warning", "goodbye"]
    assert call.carrier.hung_up is not None


@virtual_time
async def test_a_reply_stopped_in_mid_thought_by_an_okay_is_thought_again_under_its_own_turn(
    clock: VirtualClock,
) -> None:
    slow = Reply("Your car is ready.", think_ms=900, writes=True)
    call = ScriptedCall(clock, ["Hello.", slow, slow], policy=TurnPolicy(barge_in_ms=200, filler_ms=0, peek_ms=5000))
    async with call.running():
        await call.speaks(2.0, 3.0, "is my car ready please")
        await call.speaks(3.5, 3.9, "okay")
        await call.at(9.0)
    first, again = call.conversations.turns[1:]
    assert again == first
    assert [turn.agent_heard for turn in call.record.turns] == ["Hello.", "", "Your car is ready."]
