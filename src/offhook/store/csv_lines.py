"""CSV files that people bring: the first line names the columns, in any order; what is wrong is told by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

_FORMULA = ("=", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class LineProblem:
    line: int
    """As in the file; the first line is 1."""
    problem: str


@dataclass(frozen=True, slots=True)
class CsvLines:
    lines: tuple[tuple[int, Mapping[str, str]], ...] = ()
    """(line, column -> text with single spaces); only columns that are known, "" where the line has none."""
    problems: tuple[LineProblem, ...] = field(default=())


def read_csv(content: bytes, *, needed: Collection[str], known: Collection[str], most: int) -> CsvLines:
    """Never raises. Expects UTF-8, with or without a byte-order mark. Lines with a formula are a problem: such a text
    would run in the spreadsheet of whoever opens an export."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return CsvLines(problems=(LineProblem(line, "is not UTF-8 text; save the file as CSV UTF-8"),))
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    lines: list[tuple[int, Mapping[str, str]]] = []
    problems: list[LineProblem] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().casefold().replace(" ", "_") for cell in cells]
                unusable = _header_problem(header, needed, known)
                if unusable:
                    return CsvLines(problems=(LineProblem(reader.line_num, unusable),))
                continue
            values = _values(header, cells, known, needed)
            if isinstance(values, str):
                problems.append(LineProblem(reader.line_num, values))
            elif len(lines) == most:
                problems.append(LineProblem(reader.line_num, f"and all after it: more than {most} lines"))
                break
            else:
                lines.append((reader.line_num, values))
    except csv.Error as error:
        problems.append(LineProblem(reader.line_num, f"is not CSV: {error}"))
    if header is None:
        problems.append(LineProblem(1, f"the file is empty; its first line names the columns {_listed(needed)}"))
    return CsvLines(tuple(lines), tuple(problems))


def _header_problem(header: list[str], needed: Collection[str], known: Collection[str]) -> str | None:
    missing = [column for column in needed if column not in header]
    if missing:
        return f"must name the columns; {_listed(missing)} not found"
    repeated = [column for column in known if header.count(column) > 1]
    return f"names the column {repeated[0]} twice" if repeated else None


def _values(
    header: list[str], cells: list[str], known: Collection[str], needed: Collection[str]
) -> Mapping[str, str] | str:
    """The line's texts by column, or what is wrong with it."""
    if len(cells) > len(header):
        return f"has {len(cells)} values for {len(header)} columns; put a text with commas in quotes"
    values = dict.fromkeys(known, "")
    for name, cell in zip(header, cells, strict=False):
        if name not in values:
            continue
        if cell.startswith(_FORMULA):
            return f"has a formula in its {name}"
        values[name] = " ".join(cell.split())
        if not values[name].isprintable():
            return f"has control characters in its {name}"
    missing = [name for name in needed if not values[name]]
    return f"has no {missing[0]}" if missing else values


def _listed(names: Collection[str]) -> str:
    return " and ".join(names)
