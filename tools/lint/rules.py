"""The rules. Each docstring names the incident or leak that it prevents, and what it flags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.lint.base import Finding, Rule, Source, call_name

_MONEY_WORDS = re.compile(r"(^|_)(amount|price|balance|total|paid|due|cost|fee|tax)(_|$)")
_TIMES = ("_ms", "_s")
"""Ends of names of durations: `total_ms` is no money."""
_PII_WORDS = re.compile(
    r"(^|_)(phone|number|from_number|to_number|email|name|customer_name|address|text|utterance|transcript|said|heard)$"
)
_PII_SAFE = frozenset({"request_id", "session_id", "call_id", "turn_id", "event"})
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "bind"})


def unbounded_queue(source: Source) -> Iterator[Finding]:
    """A provider that stalls, or a peer that does not read, fills memory until the process is killed and every call
    with it. Flags `asyncio.Queue()` and its kin without a positive maxsize, and `SimpleQueue`. Use
    `kit.bounded_queue.BoundedQueue` with a written overflow policy."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        kind = call_name(node).split(".")[-1]
        if kind in {"Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"}:
            sizes = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "maxsize")]
            if kind == "SimpleQueue" or not sizes or _is_no_bound(sizes[0]):
                yield Finding(node.lineno, "a queue without a bound; use kit.bounded_queue.BoundedQueue")


def _is_no_bound(size: ast.expr) -> bool:
    return (isinstance(size, ast.Constant) and not size.value) or isinstance(size, ast.UnaryOp)


def naked_create_task(source: Source) -> Iterator[Finding]:
    """A task that nobody holds is collected in mid-flight, and its exception is lost: the caller hears silence. Flags
    `asyncio.create_task`, `ensure_future` and `loop.create_task`; `TaskGroup.create_task` is the way. Where a task must
    outlive its group, hold it, await it at close, and excuse the line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = call_name(node)
            loop_made = isinstance(node.func, ast.Attribute) and _is_loop(node.func.value)
            if name in {"asyncio.create_task", "asyncio.ensure_future", "create_task", "ensure_future"} or (
                loop_made and name.endswith("create_task")
            ):
                yield Finding(node.lineno, "a task outside a TaskGroup; use one, or hold the task and say why here")


def _is_loop(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return call_name(node).split(".")[-1] in {"get_running_loop", "get_event_loop"}
    return isinstance(node, ast.Name) and node.id in {"loop", "_loop"}


def float_money(source: Source) -> Iterator[Finding]:
    """0.1 + 0.2 rupees is not 0.3: balances drift and books stop adding up. Flags float annotations on names that hold
    money, and float() or division applied to them. Use `kit.money.Money` (integer minor units)."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            name = _last_name(node.left)
            if _MONEY_WORDS.search(name) and not name.endswith(_TIMES):
                yield Finding(node.lineno, f"{name} is divided into a float; use kit.money.Money")
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.returns is not None
            and _MONEY_WORDS.search(node.name.removesuffix("_due"))
            and not node.name.endswith(_TIMES)
            and re.search(r"\bfloat\b", ast.unparse(node.returns))
        ):
            yield Finding(node.lineno, f"{node.name} gives money as float; use kit.money.Money")
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            name = (
                node.arg if isinstance(node, ast.arg) else getattr(node.target, "id", getattr(node.target, "attr", ""))
            )
            if (
                _MONEY_WORDS.search(name)
                and not name.endswith(_TIMES)
                and re.search(r"\bfloat\b", ast.unparse(node.annotation))
            ):
                yield Finding(node.lineno, f"{name} is money held as float; use kit.money.Money")
        if isinstance(node, ast.Call) and call_name(node) == "float" and node.args:
            name = _last_name(node.args[0])
            if _MONEY_WORDS.search(name):
                yield Finding(node.lineno, f"float({name}) on money; use kit.money.Money")


def pii_in_log(source: Source) -> Iterator[Finding]:
    """Logs are copied to places that callers never agreed to. Flags log calls whose keyword names or values are
    personal (phone, name, e-mail, what was said) unless masked by `telemetry.pii`, and events that are put together
    from values."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in _LOG_METHODS or not _is_logger(node.func.value):
            continue
        if node.args and _is_put_together(node.args[0]):
            yield Finding(node.lineno, "a log event is a fixed name; put values into keywords")
        for value in node.args[1:]:
            if _PII_WORDS.search(_last_name(value)):
                yield Finding(node.lineno, f"{_last_name(value)} may be personal; mask it with telemetry.pii")
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in _PII_SAFE:
                continue
            masked = isinstance(keyword.value, ast.Call) and "pii." in call_name(keyword.value) + "."
            if not masked and (_PII_WORDS.search(keyword.arg) or _PII_WORDS.search(_last_name(keyword.value))):
                yield Finding(node.lineno, f"{keyword.arg} may be personal; mask it with telemetry.pii")


def _is_put_together(event: ast.expr) -> bool:
    formatted = isinstance(event, ast.Call) and call_name(event).endswith(".format")
    return formatted or isinstance(event, ast.JoinedStr | ast.BinOp)


def _is_logger(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return call_name(node).split(".")[-1] in {"get_logger", "bind"} or (
            isinstance(node.func, ast.Attribute) and _is_logger(node.func.value)
        )
    return _last_name(node) in {"log", "_log", "logger", "_logger"}


def tenant_scope(source: Source) -> Iterator[Finding]:
    """One shop must never see another's customers. Flags SQLAlchemy select/update/delete on a table in a repository
    (desks/*/repository.py, store/) whose statement never mentions business_id."""
    if source.room not in {"desks", "store"} or "migrations" in source.path.parts:
        return
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = {name for n in ast.walk(function) for name in _names(n)}
        makes = [n for n in ast.walk(function) if isinstance(n, ast.Call) and call_name(n) in _STATEMENTS and n.args]
        if makes and not any("business" in name for name in names):
            for node in makes:
                yield Finding(node.lineno, "a statement that never names business_id; scope it to one business")


def _names(node: ast.AST) -> Iterator[str]:
    """What code names; what its comments and strings say scopes nothing."""
    match node:
        case ast.Name():
            yield node.id
        case ast.Attribute():
            yield node.attr
        case ast.arg() | ast.keyword():
            yield node.arg or ""


_STATEMENTS = frozenset({"select", "update", "delete", "sa.select", "sa.update", "sa.delete"})


def broad_except(source: Source) -> Iterator[Finding]:
    """`except Exception` hides defects as silence. It stands only where a supervisor turns any failure into words or an
    answer (call, job, HTTP handler, engine child); each place says so on its line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _last_name(node.type) in {"Exception", "BaseException"}:
            reraises = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
            if not reraises:
                yield Finding(node.lineno, "a broad except; name the errors, or say here which supervisor this is")


def _last_name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


RULES = (
    Rule("unbounded-queue", "every queue has a bound", unbounded_queue),
    Rule("naked-create-task", "every task has an owner", naked_create_task),
    Rule("float-money", "money is never a float", float_money),
    Rule("pii-in-log", "no personal data in logs", pii_in_log),
    Rule("tenant-scope", "every statement is scoped to a business", tenant_scope),
    Rule("broad-except", "broad handlers only in supervisors", broad_except),
)
