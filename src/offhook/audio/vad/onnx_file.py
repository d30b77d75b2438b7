"""The constant arrays of an ONNX file, by name: as much of the format as a model's weights need.

ONNX is protobuf: a message is a run of (field number and wire type, value). A model holds a graph, a graph holds
nodes, a node's attributes hold tensors or, for the branches of an `If`, graphs again. The field numbers are those of
onnx.proto.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from offhook.audio.vad.model import Floats

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FLOAT32 = 1
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_OUTPUT, _NODE_ATTRIBUTE = 2, 5
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH = 5, 6
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW = 1, 2, 8, 9

Field = tuple[int, int | memoryview]


def float_arrays(model: bytes) -> dict[str, Floats]:
    """Initializers and `Constant` nodes of the graph and its branches. Raises ValueError when it is no such file."""
    try:
        graphs = [value for number, value in _fields(memoryview(model)) if number == _MODEL_GRAPH]
        found = {name: array for graph in graphs for name, array in _of_graph(_message(graph))}
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"not an ONNX file: {error}") from None
    if not found:
        raise ValueError("not an ONNX file, or one without constants")
    return found


def _of_graph(graph: memoryview) -> Iterator[tuple[str, Floats]]:
    for number, value in _fields(graph):
        if number == _GRAPH_INITIALIZER:
            tensor = _tensor(_message(value))
            if tensor is not None:
                yield tensor
        elif number == _GRAPH_NODE:
            yield from _of_node(_message(value))


def _of_node(node: memoryview) -> Iterator[tuple[str, Floats]]:
    output = ""
    for number, value in _fields(node):
        if number == _NODE_OUTPUT and not output:
            output = str(_message(value), "utf-8")
        elif number == _NODE_ATTRIBUTE:
            for inner, content in _fields(_message(value)):
                if inner == _ATTRIBUTE_GRAPH:
                    yield from _of_graph(_message(content))
                elif inner == _ATTRIBUTE_TENSOR:
                    tensor = _tensor(_message(content))
                    if tensor is not None:
                        yield output, tensor[1]


def _tensor(tensor: memoryview) -> tuple[str, Floats] | None:
    """Name and array; None for what is not float32 kept as raw bytes."""
    name, kind, raw, shape = "", 0, memoryview(b""), []
    for number, value in _fields(tensor):
        if number == _TENSOR_DIMS:
            shape += [value] if isinstance(value, int) else list(_varints(value))
        elif number == _TENSOR_TYPE and isinstance(value, int):
            kind = value
        elif number == _TENSOR_NAME:
            name = str(_message(value), "utf-8")
        elif number == _TENSOR_RAW:
            raw = _message(value)
    if kind != _FLOAT32 or len(raw) != 4 * math.prod(shape):
        return None
    return name, np.frombuffer(raw, "<f4").reshape(shape)


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("not an ONNX file: a number where a message belongs")
    return value


def _fields(message: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_FIXED32, _FIXED64):
            size = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"not an ONNX file: wire type {wire}")
        if at + size > len(message):
            raise ValueError("not an ONNX file: it ends in the middle")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _varints(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value
