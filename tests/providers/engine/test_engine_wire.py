from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.providers.engine import wire

payloads = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.binary() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
ids = st.integers(0, 2**40)
to_engine = st.one_of(
    st.builds(wire.Call, id=ids, method=st.text(), payload=payloads, streamed=st.booleans()),
    st.builds(wire.Cancel, id=ids),
    st.builds(wire.ChannelOpen, channel=ids, payload=payloads),
    st.builds(wire.ChannelSend, channel=ids, payload=payloads),
    st.builds(wire.ChannelCall, id=ids, channel=ids, method=st.text(), payload=payloads),
    st.builds(wire.ChannelClose, channel=ids),
)
to_server = st.one_of(
    st.builds(wire.Ready, pid=ids),
    st.builds(wire.Reply, id=ids, payload=payloads),
    st.builds(wire.Item, id=ids, payload=payloads),
    st.builds(wire.End, id=ids),
    st.builds(wire.Fault, id=ids, text=st.text()),
    st.builds(wire.ChannelSend, channel=ids, payload=payloads),
)


def cut(stream: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(n % (len(stream) + 1) for n in at), len(stream)]
    return [stream[a:b] for a, b in itertools.pairwise(edges)]


@given(st.lists(to_engine, max_size=5), st.lists(st.integers(0, 10_000), max_size=8))
def test_messages_to_the_engine_survive_any_cutting(messages: list[wire.ToEngine], at: list[int]) -> None:
    splitter = wire.FrameSplitter()
    stream = b"".join(wire.encode(message) for message in messages)
    got = [wire.decode_to_engine(body) for piece in cut(stream, at) for body in splitter.feed(piece)]
    assert got == messages


@given(st.lists(to_server, max_size=5), st.lists(st.integers(0, 10_000), max_size=8))
def test_messages_to_the_server_survive_any_cutting(messages: list[wire.ToServer], at: list[int]) -> None:
    splitter = wire.FrameSplitter()
    stream = b"".join(wire.encode(message) for message in messages)
    got = [wire.decode_to_server(body) for piece in cut(stream, at) for body in splitter.feed(piece)]
    assert got == messages


@given(st.binary(max_size=64))
def test_garbage_is_a_wire_error_or_a_message_never_anything_else(body: bytes) -> None:
    for decode in (wire.decode_to_engine, wire.decode_to_server):
        try:
            decode(body)
        except wire.WireError as error:
            assert "unreadable message" in str(error)


def test_an_announced_giant_is_refused_before_it_is_read() -> None:
    with pytest.raises(wire.WireError, match="a frame of 4294967295 bytes"):
        wire.FrameSplitter().feed(b"\xff\xff\xff\xff")


def test_a_message_too_large_for_a_frame_is_refused_by_the_sender() -> None:
    with pytest.raises(wire.WireError, match="send it in parts"):
        wire.encode(wire.Reply(1, bytes(wire.MAX_FRAME_BYTES)))
