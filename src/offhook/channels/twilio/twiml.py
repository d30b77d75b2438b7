"""TwiML: the answers to Twilio's webhooks. Small builders; each returns a whole XML document as text.

Limits that Twilio sets: a stream's URL carries no query (it would fail the handshake), each Parameter's name and value
together stay under 500 characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

CONTENT_TYPE = "text/xml"
_MAX_PARAMETER_CHARS = 500
_VOICES = {"en": {"language": "en-US"}, "hi": {"language": "hi-IN", "voice": "Polly.Aditi"}}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def connect_stream(
    url: str,
    *,
    parameters: Mapping[str, str],
    action: str,
    status_callback: str,
    name: str = "main",
) -> str:
    """Hand the call to a bidirectional media stream; when our socket closes, Twilio asks `action` what to do next."""
    if "?" in url:
        raise ValueError("a stream URL must not carry a query; use parameters")
    response = ET.Element("Response")
    connect = ET.SubElement(response, "Connect", {"action": action, "method": "POST"})
    stream = ET.SubElement(
        connect,
        "Stream",
        {"url": url, "name": name, "statusCallback": status_callback, "statusCallbackMethod": "POST"},
    )
    for key, value in parameters.items():
        if len(key) + len(value) >= _MAX_PARAMETER_CHARS:
            raise ValueError(f"stream parameter {key!r} is too long: {len(key) + len(value)} characters, at most 499")
        ET.SubElement(stream, "Parameter", {"name": key, "value": _clean(value)})
    return _document(response)


def say_and_hang_up(text: str, language: str = "en") -> str:
    """`language`: ours, a tag like `hi` or `hi-IN`; an unknown one is spoken by the English voice."""
    response = ET.Element("Response")
    voice = _VOICES.get(language.split("-")[0], _VOICES["en"])
    ET.SubElement(response, "Say", voice).text = _clean(text)
    ET.SubElement(response, "Hangup")
    return _document(response)


def dial(number: str, *, action: str, whisper: str, caller_id: str | None, timeout_s: int) -> str:
    """Put the call through. Whoever answers hears `whisper`'s document first; `action` is asked when that is over."""
    response = ET.Element("Response")
    attributes = {"action": action, "method": "POST", "answerOnBridge": "true", "timeout": str(timeout_s)}
    if caller_id:
        attributes["callerId"] = caller_id
    line = ET.SubElement(ET.SubElement(response, "Dial", attributes), "Number", {"url": whisper, "method": "POST"})
    line.text = number
    return _document(response)


def ask_for_a_key(text: str, language: str, *, action: str, timeout_s: int) -> str:
    """Say it and wait for any key; without one the line is hung up (an answering machine presses none)."""
    response = ET.Element("Response")
    attributes = {"action": action, "method": "POST", "numDigits": "1", "timeout": str(timeout_s)}
    gather = ET.SubElement(response, "Gather", attributes)
    ET.SubElement(gather, "Say", _VOICES.get(language.split("-")[0], _VOICES["en"])).text = _clean(text)
    ET.SubElement(response, "Hangup")
    return _document(response)


def hang_up() -> str:
    response = ET.Element("Response")
    ET.SubElement(response, "Hangup")
    return _document(response)


def empty() -> str:
    """Nothing to do: for callbacks whose answer Twilio ignores."""
    return _document(ET.Element("Response"))


def _document(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(root, encoding="unicode")


def _clean(text: str) -> str:
    """XML 1.0 cannot hold most control characters at all, not even escaped."""
    return _NOT_XML.sub("", text)
