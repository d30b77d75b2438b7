from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from offhook.channels.twilio import twiml


def same(ours: str, theirs: object) -> None:
    assert ET.canonicalize(ours) == ET.canonicalize(str(theirs))


def test_connect_stream_reads_like_the_sdks() -> None:
    ours = twiml.connect_stream(
        "wss://h/media/twilio",
        parameters={"call_token": 'a<&>"b'},
        action="https://h/twilio/after-stream",
        status_callback="https://h/twilio/stream-status",
    )
    theirs, connect = VoiceResponse(), Connect(action="https://h/twilio/after-stream", method="POST")
    stream = connect.stream(
        url="wss://h/media/twilio",
        name="main",
        status_callback="https://h/twilio/stream-status",
        status_callback_method="POST",
    )
    stream.parameter(name="call_token", value='a<&>"b')
    theirs.append(connect)
    same(ours, theirs)


def test_say_and_hang_up_reads_like_the_sdks() -> None:
    theirs = VoiceResponse()
    theirs.say("नमस्ते & goodbye", language="hi-IN", voice="Polly.Aditi")
    theirs.hangup()
    same(twiml.say_and_hang_up("नमस्ते & goodbye", "hi"), theirs)


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("en", {"language": "en-US"}),
        ("hi-IN", {"language": "hi-IN", "voice": "Polly.Aditi"}),
        ("ta", {"language": "en-US"}),
    ],
)
def test_each_language_has_its_voice(language: str, attributes: dict[str, str]) -> None:
    assert ET.fromstring(twiml.say_and_hang_up("x", language))[0].attrib == attributes


def test_dial_and_ask_for_a_key_read_like_the_sdks() -> None:
    theirs, dial = (
        VoiceResponse(),
        Dial(
            action="https://h/twilio/dial-done",
            method="POST",
            answer_on_bridge=True,
            timeout=25,
            caller_id="+12025550110",
        ),
    )
    dial.number("+12025550150", url="https://h/twilio/whisper", method="POST")
    theirs.append(dial)
    ours = twiml.dial(
        "+12025550150",
        action="https://h/twilio/dial-done",
        whisper="https://h/twilio/whisper",
        caller_id="+12025550110",
        timeout_s=25,
    )
    same(ours, theirs)

    theirs, gather = VoiceResponse(), Gather(action="https://h/twilio/whisper", method="POST", num_digits=1, timeout=8)
    gather.say("Press any key.", language="en-US")
    theirs.append(gather)
    theirs.hangup()
    same(twiml.ask_for_a_key("Press any key.", "en", action="https://h/twilio/whisper", timeout_s=8), theirs)


def test_hang_up_and_empty() -> None:
    theirs = VoiceResponse()
    same(twiml.empty(), theirs)
    theirs.hangup()
    same(twiml.hang_up(), theirs)


@given(st.text(max_size=50))
def test_any_text_gives_xml_that_reads_back(text: str) -> None:
    said = ET.fromstring(twiml.say_and_hang_up(text)).findtext("Say") or ""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert set(said) <= set(kept)


def test_carriers_limits_are_kept() -> None:
    with pytest.raises(ValueError, match="query"):
        twiml.connect_stream("wss://h/m?x=1", parameters={}, action="a", status_callback="s")
    with pytest.raises(ValueError, match="too long"):
        twiml.connect_stream("wss://h/m", parameters={"k": "v" * 499}, action="a", status_callback="s")
