"""Reading language data: YAML with plain scalars, so that `no`, `10:30` and `2026-11-20` stay the words they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import yaml


class _PlainLoader(yaml.CSafeLoader):
    """YAML where only true, false, null and decimal numbers are more than text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own class attribute


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null)$"), list("~n"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))

Data = dict[str, object]


def load_data(path: Path) -> Data:
    """The mapping that a data file holds.

    Raises ValueError naming the file when it is not a mapping.
    """
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_PlainLoader)  # a CSafeLoader
    if not isinstance(loaded, dict):
        raise ValueError(f"{path} must hold a mapping at its top level.")
    return cast(Data, loaded)


def words_of(data: Data, key: str) -> frozenset[str]:
    return frozenset(str(word) for word in cast("list[object]", data.get(key, [])))


def phrases_of(data: Data, key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(phrase).split()) for phrase in cast("list[object]", data.get(key, [])))


def numbers_of(data: Data, key: str) -> dict[str, int]:
    return {str(word): int(str(value)) for word, value in cast("dict[object, object]", data.get(key, {})).items()}


def names_of(data: Data, key: str) -> dict[str, str]:
    return {str(word): str(value) for word, value in cast("dict[object, object]", data.get(key, {})).items()}
