"""A business's own FAQ from a CSV file, with a report by line.

Columns, named in the first line, in any order: `question` and `answer` (needed), `category`, `keywords` (separated by
";"). Lines that cannot be used are reported and left out; the others are imported.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from sqlalchemy import delete

from offhook.kit.ids import new_id
from offhook.store.business_book import insert_faq
from offhook.store.engine import Database
from offhook.store.model import FaqEntry
from offhook.store.schema import faq

MAX_ENTRIES = 5000
MAX_TEXT = 1000
"""Characters of a question or an answer: an answer is spoken."""
_COLUMNS = ("category", "question", "answer", "keywords")


@dataclass(frozen=True, slots=True)
class LineProblem:
    line: int
    """As in the file; the first line is 1."""
    problem: str


@dataclass(frozen=True, slots=True)
class FaqImport:
    entries: tuple[FaqEntry, ...]
    problems: tuple[LineProblem, ...]


def read_faq_csv(content: bytes) -> FaqImport:
    """Never raises: what is wrong is in `problems`. Expects UTF-8, with or without a byte-order mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return FaqImport((), (LineProblem(line, "is not UTF-8 text; save the file as CSV UTF-8"),))
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    entries: list[FaqEntry] = []
    problems: list[LineProblem] = []
    seen: dict[str, int] = {}
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().casefold() for cell in cells]
                unusable = _header_problem(header)
                if unusable:
                    return FaqImport((), (LineProblem(reader.line_num, unusable),))
                continue
            entry = _entry(header, cells, seen, reader.line_num)
            if isinstance(entry, str):
                problems.append(LineProblem(reader.line_num, entry))
            elif len(entries) == MAX_ENTRIES:
                problems.append(LineProblem(reader.line_num, f"and all after it: more than {MAX_ENTRIES} entries"))
                break
            else:
                entries.append(entry)
    except csv.Error as error:
        problems.append(LineProblem(reader.line_num, f"is not CSV: {error}"))
    if header is None:
        problems.append(LineProblem(1, "the file is empty; its first line names the columns question and answer"))
    return FaqImport(tuple(entries), tuple(problems))


async def replace_faq(database: Database, business_id: str, entries: tuple[FaqEntry, ...]) -> None:
    """The business's FAQ becomes these entries, all or none. Raises Conflict for an unknown business."""
    async with database.transaction(write=True) as connection:
        await connection.execute(delete(faq).where(faq.c.business_id == business_id))
        await insert_faq(connection, business_id, entries)


def _header_problem(header: list[str]) -> str | None:
    missing = [column for column in ("question", "answer") if column not in header]
    if missing:
        return f"must name the columns; {' and '.join(missing)} not found"
    repeated = [column for column in _COLUMNS if header.count(column) > 1]
    return f"names the column {repeated[0]} twice" if repeated else None


def _entry(header: list[str], cells: list[str], seen: dict[str, int], line: int) -> FaqEntry | str:
    """The line's entry, or what is wrong with it."""
    if len(cells) > len(header):
        return f"has {len(cells)} values for {len(header)} columns; put a text with commas in quotes"
    value = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False)}
    for column in ("question", "answer"):
        if not value.get(column):
            return f"has no {column}"
        if len(value[column]) > MAX_TEXT:
            return f"has a {column} longer than {MAX_TEXT} characters"
        if not value[column].isprintable():
            return f"has control characters in its {column}"
    key = value["question"].casefold()
    if key in seen:
        return f"asks the same question as line {seen[key]}"
    seen[key] = line
    keywords = tuple(word.strip().casefold() for word in value.get("keywords", "").split(";") if word.strip())
    return FaqEntry(new_id("faq"), value.get("category") or "general", value["question"], value["answer"], keywords)
