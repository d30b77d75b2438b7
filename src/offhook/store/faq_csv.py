"""A business's own FAQ from a CSV file, with a report by line.

Columns, named in the first line, in any order: `question` and `answer` (needed), `category`, `keywords` (separated by
";"). Lines that cannot be used are reported and left out; the others are imported.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from offhook.kit.ids import new_id
from offhook.store.business_book import insert_faq
from offhook.store.csv_lines import LineProblem, read_csv
from offhook.store.engine import Database
from offhook.store.model import FaqEntry
from offhook.store.schema import faq

MAX_ENTRIES = 5000
MAX_TEXT = 1000
"""Characters of a question or an answer: an answer is spoken."""
_COLUMNS = ("category", "question", "answer", "keywords")


@dataclass(frozen=True, slots=True)
class FaqImport:
    entries: tuple[FaqEntry, ...]
    problems: tuple[LineProblem, ...]
    lines: tuple[int, ...] = ()
    """Of each entry, as in the file."""


def read_faq_csv(content: bytes) -> FaqImport:
    """Never raises: what is wrong is in `problems`. Expects UTF-8, with or without a byte-order mark."""
    read = read_csv(content, needed=("question", "answer"), known=_COLUMNS, most=MAX_ENTRIES)
    entries: list[FaqEntry] = []
    problems = list(read.problems)
    seen: dict[str, int] = {}
    for line, values in read.lines:
        too_long = [column for column in ("question", "answer") if len(values[column]) > MAX_TEXT]
        key = values["question"].casefold()
        if too_long:
            problems.append(LineProblem(line, f"has a {too_long[0]} longer than {MAX_TEXT} characters"))
        elif key in seen:
            problems.append(LineProblem(line, f"asks the same question as line {seen[key]}"))
        else:
            seen[key] = line
            keywords = tuple(word.strip().casefold() for word in values["keywords"].split(";") if word.strip())
            category = values["category"] or "general"
            entries.append(FaqEntry(new_id("faq"), category, values["question"], values["answer"], keywords))
    return FaqImport(tuple(entries), tuple(sorted(problems, key=lambda problem: problem.line)), tuple(seen.values()))


async def replace_faq(database: Database, business_id: str, entries: tuple[FaqEntry, ...]) -> None:
    """The business's FAQ becomes these entries, all or none. Raises Conflict for an unknown business."""
    async with database.transaction(write=True) as connection:
        await connection.execute(delete(faq).where(faq.c.business_id == business_id))
        await insert_faq(connection, business_id, entries)
