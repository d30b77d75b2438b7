"""Calls scripted in virtual seconds. Times are exact: nothing here depends on the machine."""

from __future__ import annotations

import asyncio

import pytest

from offhook.contracts.channel import TRANSFER
from offhook.contracts.conversation import Message
from offhook.contracts.errors import Unavailable
from offhook.contracts.turn import TurnPolicy
from offhook.session.think import GREETING_TURN
from support.scripted_call import Reply, ScriptedCall, ScriptedStt, ScriptedTts
from support.virtual_time import VirtualClock, virtual_time


@virtual_time
async def test_a_call_greets_hears_answers_and_ends(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello, this is Lakeside.", Reply("Which day suits you?", expect="date"), "Goodbye."])
    async with call.running():
        await call.speaks(3.0, 4.2, "an oil change please")
        await call.at(8.0)
    assert [t.source for t in call.conversations.turns] == ["greeting", "speech"]
    assert call.conversations.turns[1].text == "an oil change please"
    assert call.carrier.first_audio_ms[0] < 100
    answered_ms = call.carrier.first_audio_ms[1] - 4200
    assert 300 <= answered_ms <= 350
    assert call.stt.log == ["begin 1", "end 1"]
    assert call.stt.expected[-1] == "date"
    assert call.record.status == "completed"
    assert call.record.end_reason == "caller_hung_up"
    turn = call.record.turns[1]
    assert (turn.heard, turn.agent, turn.agent_heard) == ("an oil change please", "Which day suits you?", turn.agent)
    assert turn.total_ms == pytest.approx(answered_ms, abs=1)
    assert turn.endpoint_ms is not None and turn.think_ms is not None and turn.tts_ms is not None
    assert turn.endpoint_ms + turn.think_ms + turn.tts_ms == pytest.approx(turn.total_ms, abs=1)
    latency = [e for e in call.events if e.type == "latency"]
    assert latency[-1].data["data"]["total_ms"] == turn.total_ms


@virtual_time
async def test_speaking_over_the_agent_clears_and_cuts_memory(clock: VirtualClock) -> None:
    long = "We are open from eight to six on weekdays and from nine to four on Saturdays, and closed on Sundays."
    call = ScriptedCall(clock, [long, "Alright."])
    async with call.running():
        await call.speaks(2.0, 3.0, "stop I need an appointment")
        await call.at(6.0)
    assert len(call.carrier.cleared_ms) == 1
    assert 2000 < call.carrier.cleared_ms[0] <= 2450
    turn_id, heard = call.conversations.heard_calls[0]
    assert turn_id == call.conversations.turns[0].turn_id
    assert long.startswith(heard) and 0 < len(heard) < len(long)
    assert call.record.turns[0].interrupted
    assert call.record.turns[0].agent_heard == heard
    assert call.conversations.turns[1].text == "stop I need an appointment"
    assert not call.conversations.heard_calls[1:]


@virtual_time
async def test_silence_is_asked_about_twice_and_then_ends_the_call(clock: VirtualClock) -> None:
    replies = ["Hello.", "Are you there?", "Are you still there?", Reply("Goodbye.", hang_up=True)]
    call = ScriptedCall(clock, replies)
    async with call.running():
        await call.at(60)
    assert [(t.source, t.attempt) for t in call.conversations.turns] == [
        ("greeting", 0),
        ("no_input", 1),
        ("no_input", 2),
        ("goodbye", 3),
    ]
    assert call.carrier.hung_up is not None
    assert call.reason == call.carrier.hung_up != "caller_hung_up"
    assert call.conversations.closed == ["sess_1"]
    gaps = [b - a for a, b in zip(call.carrier.first_audio_ms, call.carrier.first_audio_ms[1:], strict=False)]
    assert all(8_000 < gap < 11_000 for gap in gaps)


@virtual_time
async def test_a_goodbye_hangs_up_after_it_was_played(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("Thank you for calling, goodbye.", hang_up=True)])
    async with call.running():
        await call.speaks(2.0, 2.6, "that is all bye")
        await call.at(3.5)
        assert call.carrier.hung_up is None and call.carrier.playing
        await call.at(10)
        assert call.carrier.hung_up is not None and not call.carrier.playing


@virtual_time
async def test_a_call_that_is_put_through_ends_so_and_its_session_goes_on(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("I'm putting you through now.", hang_up=True, transfer=True)])
    async with call.running():
        await call.speaks(2.0, 2.6, "that is all bye")
        await call.at(3.5)
        assert call.carrier.hung_up is None and call.carrier.playing
        await call.at(10)
        assert call.carrier.hung_up == TRANSFER
    assert call.record.end_reason == TRANSFER
    assert call.conversations.closed == []


@virtual_time
async def test_audio_from_before_the_recogniser_is_ready_is_kept(clock: VirtualClock) -> None:
    stt = ScriptedStt(open_ms=1500)
    call = ScriptedCall(clock, ["Hi.", "Good."], stt=stt)
    async with call.running():
        await call.speaks(1.0, 1.4, "hello there")
        await call.at(5)
    assert stt.log[0] == "begin 1"
    assert stt.pushed_bytes >= 0.4 * 16_000 * 0.8
    assert call.conversations.turns[1].text == "hello there"


@virtual_time
async def test_carriers_that_return_no_marks_are_served_by_the_clock(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "Fine."])
    call.carrier.returns_marks = False
    async with call.running():
        await call.speaks(3.0, 3.8, "good morning")
        await call.at(6)
        assert call.record.turns[1].agent_heard == "Fine."
    assert call.record.counters["marks_missing"] == 2


@virtual_time
async def test_a_synthesiser_that_fails_once_is_tried_again(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello there."], tts=ScriptedTts(fails=1))
    async with call.running():
        await call.at(4)
    assert call.record.turns[0].agent_heard == "Hello there."
    assert call.carrier.sent_bytes == len("Hello there.") * 50 * 8


@virtual_time
async def test_a_synthesiser_that_is_gone_is_answered_with_stored_words_and_a_hang_up(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello there.", "One moment."], tts=ScriptedTts(fails=1000))
    async with call.running():
        await call.at(30)
    assert call.carrier.sent_bytes >= 1600
    assert call.carrier.hung_up is not None
    assert call.record.counters["reply_failed"] == 2


@virtual_time
async def test_a_defect_in_a_turn_is_heard_and_ends_only_this_call(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("", error=RuntimeError("defect"))])
    other = ScriptedCall(clock, ["Hello.", "Fine."])
    async with other.running():
        async with call.running():
            await call.speaks(2.0, 2.5, "hello")
            await call.at(8)
        assert call.reason == "error"
        assert call.record.status == "failed"
        assert call.carrier.sent_bytes > len("Hello.") * 400
        await other.speaks(9.0, 9.5, "and I")
        await other.at(12)
    assert other.record.status == "completed"
    assert other.record.turns[1].agent == "Fine."


@virtual_time
async def test_a_business_that_cannot_be_read_is_apologised_for(clock: VirtualClock) -> None:
    call = ScriptedCall(clock)
    call.businesses.error = Unavailable("database_gone", "gone")
    async with call.running():
        await call.at(3)
    assert call.reason == "error"
    assert call.carrier.sent_bytes == 800


@virtual_time
async def test_keys_become_a_turn_at_the_hash_and_after_a_gap(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "Thanks.", "Again."], policy=TurnPolicy(dtmf_gap_ms=2000))
    async with call.running():
        await call.at(2)
        for digit in "202#":
            call.live.digit(digit)
            await asyncio.sleep(0.1)
        await call.at(6)
        call.live.digit("7")
        await call.at(9)
    texts = [(t.source, t.text) for t in call.conversations.turns[1:]]
    assert texts == [("dtmf", "202"), ("dtmf", "7")]


@virtual_time
async def test_a_recogniser_without_an_answer_is_told_to_the_caller(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "Sorry, say that again?", "Fine."], stt=ScriptedStt(fails=2))
    async with call.running():
        await call.speaks(2.0, 3.2, "an oil change")
        await call.at(7)
        await call.speaks(7.0, 8.2, "an oil change")
        await call.at(11)
    assert [t.source for t in call.conversations.turns] == ["greeting", "not_heard", "speech"]


@virtual_time
async def test_a_caller_who_leaves_in_mid_sentence_leaves_only_what_was_heard(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["One two three four five six seven eight nine ten."])
    async with call.running():
        await call.at(1.0)
    assert call.reason == "caller_hung_up"
    heard = call.conversations.heard_calls[0][1]
    assert heard and "One two three four five six seven eight nine ten.".startswith(heard)
    assert call.record.ended_at is not None
    assert call.record.turns[0].agent_heard == heard


@virtual_time
async def test_a_call_that_joins_a_session_says_its_greeting_or_greets_anew_once_somebody_has_spoken(
    clock: VirtualClock,
) -> None:
    fresh = ScriptedCall(clock, ["Hello."], session_id="sess_1")
    async with fresh.running():
        await fresh.at(1.0)
    assert [(t.source, t.turn_id) for t in fresh.conversations.turns] == [("greeting", GREETING_TURN)]
    begun = ScriptedCall(clock, ["Hello again."], session_id="sess_1")
    begun.conversations.state.messages.append(Message(role="user", content="hi", at=""))
    async with begun.running():
        await begun.at(2.0)
    assert [(t.source, t.turn_id) for t in begun.conversations.turns] == [("greeting", "call_1.1")]
