"""What comes in: bodies read after the caller is known, decoded by type, refused field by field; ids and texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from msgspec import UNSET, inspect

from offhook.contracts.errors import Invalid, NotFound

T = TypeVar("T", bound=msgspec.Struct)

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_STEP = re.compile(r"[A-Za-z_]\w*|\[")
LANGUAGES = ("en", "hi")
"""That desks read and write; a region or an alphabet may follow."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


async def read_body(request: Request, kind: type[T]) -> T:
    """The JSON body as `kind`. Raises Invalid (422) naming the field that is wrong."""
    raw = await request.body()
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$")
        name = where.strip(".`") or "body"
        if "missing required field" in text or "unknown field" in text:
            name = text.split("`")[1]
        elif allowed := _allowed(kind, name):
            text = f"one of {', '.join(allowed)}"
        raise Invalid("Some fields cannot be used.", {name: text}) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("The body is not valid JSON.", {"body": "must be a JSON object in UTF-8"}) from None


def _allowed(kind: type[msgspec.Struct], path: str) -> tuple[str, ...]:
    """The values that the field may have, where they are listed. `path`: as msgspec names it (`items[0].kind`)."""
    found: list[inspect.Type] = [inspect.type_info(kind)]
    for step in _STEP.findall(path):
        found = [inner for one in found for inner in _inside(one, step)]
    return tuple(str(value) for one in found if isinstance(one, inspect.LiteralType) for value in one.values)


def _inside(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    match kind:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _inside(one, step)
            return
        case inspect.StructType(fields=fields) if step != "[":
            inner = next((one.type for one in fields if one.encode_name == step), None)
        case inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner) if step == "[":
            pass
        case inspect.DictType(value_type=inner) if step == "[":
            pass
        case _:
            return
    if isinstance(inner, inspect.UnionType):
        yield from inner.types
    elif inner is not None:
        yield inner


def known_id(given: str, what: str) -> str:
    """An id as ours can be. Raises NotFound for anything else: it cannot exist, and no database need be asked."""
    if not _ID.fullmatch(given):
        raise NotFound(what)
    return given


def language_tag(given: str, field: str = "language") -> str:
    """Raises Invalid unless it looks like `en` or `hi-IN`."""
    if not _LANGUAGE.fullmatch(given):
        raise Invalid("The language cannot be used.", {field: "a language tag such as en or hi-IN"})
    return given


def spoken_language(given: str, known: Sequence[str] = LANGUAGES, field: str = "language") -> str:
    """Raises Invalid, with those that there are, unless the tag is one of these languages'."""
    if language_tag(given, field).partition("-")[0].lower() not in known:
        raise Invalid("The language cannot be used.", {field: f"one of {', '.join(known)}"})
    return given


def given_fields(body: msgspec.Struct) -> dict[str, Any]:
    """The fields that were given, texts without outer spaces. Raises Invalid naming one with control characters."""
    given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}
    for name, value in given.items():
        if any(unicodedata.category(char) in ("Cc", "Cs", "Co") and char != "\n" for char in _texts(value)):
            raise Invalid("Some fields cannot be used.", {name: "must not have control characters"})
        if isinstance(value, str):
            given[name] = value.strip()
            if value and not given[name]:
                raise Invalid("Some fields cannot be used.", {name: "must not be blank"})
    return given


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield from one
