"""CSV files that people bring: the first line names the columns, in any order; what is wrong is told by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    added: int
    updated: int
    problems: tuple[LineProblem, ...]
    warnings: tuple[LineProblem, ...] = ()
    """Lines that were taken although something about them is doubtful."""


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte-order mark, as spreadsheets want it. A text that a spreadsheet would run as a formula is
    written behind an apostrophe; numbers stay numbers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if cell is None else _neutral(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _neutral(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip().startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def read_csv(content: bytes, *, needed: Collection[str], known: Collection[str], most: int) -> CsvLines:
    """Never raises. Expects UTF-8, with or without a byte-order mark (or UTF-16 with one); lines in another encoding
    are a problem each, the others are read. Lines with a formula are a problem: such a text
    would run in the spreadsheet of whoever opens an export."""
    text = _text(content)
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


def _text(content: bytes) -> str:
    """What cannot be decoded stays in it as lone surrogates, which no text has."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").replace("\ufffd", "\udcff")
    return content.decode("utf-8-sig", errors="surrogateescape")


def _is_text(value: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in value)


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
        if not _is_text(cell):
            return "is not UTF-8 text; save the file as CSV UTF-8"
        values[name] = " ".join(cell.split())
        if not values[name].isprintable():
            return f"has control characters in its {name}"
    missing = [name for name in needed if not values[name]]
    return f"has no {missing[0]}" if missing else values


def _listed(names: Collection[str]) -> str:
    return " and ".join(names)
