"""Every rule on code that it must find, and on code that it must leave alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tools.lint.base import Source, excused
from tools.lint.rules import RULES

_RULES = {rule.name: rule for rule in RULES}
_BAD = {
    "unbounded-queue": [
        "asyncio.Queue()",
        "queue.Queue(maxsize=0)",
        "asyncio.Queue(None)",
        "asyncio.PriorityQueue(-1)",
        "queue.SimpleQueue()",
    ],
    "naked-create-task": [
        "asyncio.create_task(work())",
        "asyncio.ensure_future(work())",
        "asyncio.get_running_loop().create_task(work())",
        "loop.create_task(work())",
    ],
    "float-money": [
        "amount: float = 0",
        "def pay(price: float | None) -> None: ...",
        "def total_due() -> float: ...",
        "x = float(invoice.total)",
        "each = order.amount / 3",
    ],
    "pii-in-log": [
        "log.info('call', phone=phone)",
        "self._log.warning('call', caller=call.from_number)",
        "get_logger('x').info('said', words=turn.text)",
        "log.info(f'call of {phone}')",
        "log.info('call of %s', phone)",
        "log.info('call of ' + phone)",
        "log.info('call of {}'.format(phone))",
    ],
    "tenant-scope": [
        "def find(self):\n    return select(customers).where(customers.c.phone == 1)",
        "def find(self):\n    'Of one business_id.'\n    return select(customers)",
        "async def drop(self):\n    await run(delete(customers))",
    ],
    "broad-except": ["try:\n    work()\nexcept Exception:\n    pass"],
}
_GOOD = {
    "unbounded-queue": ["asyncio.Queue(16)", "asyncio.Queue(maxsize=limit)"],
    "naked-create-task": ["tasks.create_task(work())", "group.create_task(work(), name='x')"],
    "float-money": ["amount: int = 0", "total_ms: float = 0", "share = total_ms / 3", "half = amount // 2"],
    "pii-in-log": ["log.info('call', caller=pii.phone(number))", "log.info('call', call_id=call_id)", "math.log(x, 2)"],
    "tenant-scope": ["def find(self):\n    return select(customers).where(customers.c.business_id == self._business)"],
    "broad-except": [
        "try:\n    work()\nexcept ValueError:\n    pass",
        "try:\n    work()\nexcept Exception:\n    raise",
    ],
}


def _found(rule: str, text: str) -> list[int]:
    source = Source(Path("src/offhook/desks/shop/repository.py"), text, ast.parse(text))
    checked = _RULES[rule]
    return [finding.line for finding in checked.check(source) if not excused(source, checked, finding.line)]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in _BAD.items() for text in texts])
def test_what_a_rule_forbids_is_found(rule: str, text: str) -> None:
    assert _found(rule, text)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in _GOOD.items() for text in texts])
def test_what_a_rule_allows_is_left_alone(rule: str, text: str) -> None:
    assert _found(rule, text) == []


def test_a_line_is_excused_only_with_a_reason() -> None:
    assert _found("unbounded-queue", "asyncio.Queue()  # lint: unbounded-queue: drained each tick") == []
    assert _found("unbounded-queue", "asyncio.Queue()  # lint: unbounded-queue: ") == [1]
    assert _found("unbounded-queue", "asyncio.Queue()  # lint: float-money: drained each tick") == [1]


def test_every_rule_has_a_bad_example() -> None:
    assert _BAD.keys() == _GOOD.keys() == _RULES.keys()
