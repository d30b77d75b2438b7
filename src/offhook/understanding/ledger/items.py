"""Which quantity and which price belong to which product: "do kilo cheeni aur ek tel", "cheeni 2 kilo 45 wali"."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.spans import Amount, Quantity, Scan

_MOST = 100_000
"""Of anything: what nobody sells at once."""
_NEAR = 3
"""Words that may stand between a product and its number."""
_PER = frozenset(
    {"per", "@", "at", "each", "wala", "wali", "wale", "vala", "vali", "vale", "rate", "bhav", "bhaav", "prati", "har"}
)
_BEHIND = frozenset(
    {"kilo", "kg", "litre", "liter", "packet", "piece", "darjan", "dozen", "metre", "meter", "box", "ka", "ke", "ki"}
)


def number(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)


def items_of(
    scan: Scan, goods: list[Goods], quantities: list[Quantity], amounts: list[Amount]
) -> tuple[list[dict[str, SlotValue]], list[Amount], bool]:
    """(items, amounts that are no price, whether every quantity found its product)."""
    before = bool(quantities and goods and quantities[0].start < goods[0].start)
    before = before or _each_behind(goods, quantities)
    free = list(quantities)
    items: list[dict[str, SlotValue]] = []
    for n, one in enumerate(goods):
        following = goods[n + 1].start if n + 1 < len(goods) else len(scan)
        previous = goods[n - 1].end if n else 0
        if before:
            mine = [q for q in free if previous <= q.start and q.end <= one.start]
        else:
            mine = [q for q in free if one.end <= q.start < following]
        item: dict[str, SlotValue] = {"product": one.name or one.said}
        if len(mine) == 1:
            free.remove(mine[0])
            item["qty"] = number(mine[0].value)
            if mine[0].unit is not None:
                item["unit"] = mine[0].unit
        items.append(item)
    left: list[Amount] = []
    for amount in amounts:
        owner = _priced(scan, goods, amount)
        if owner is None or "price" in items[owner]:
            left.append(amount)
        else:
            items[owner]["price"] = number(amount.value)
    return items, left, not free and not _unit_left(scan, goods)


def _each_behind(goods: list[Goods], quantities: list[Quantity]) -> bool:
    """Whether every number stands right before its product, and only the first has none ("Harpic and two Boost")."""
    starts = {one.start for one in goods}
    last = max((one.end for one in goods), default=0)
    counted = all(one.end in starts for one in quantities)
    return len(quantities) < len(goods) and counted and not any(one.start >= last for one in quantities)


def _unit_left(scan: Scan, goods: list[Goods]) -> bool:
    """Whether a unit directly before a product has no number ("kilo cheeni")."""
    units = {name for name in _BEHIND if name not in ("ka", "ke", "ki")}
    prices = {amount.end for amount in scan.amounts}  # "42 rupaye kilo, namak …"
    return any(
        scan.latin(one.start - 1) in units and not scan.taken[one.start - 1] and one.start - 1 not in prices
        for one in goods
        if one.start
    )


def _priced(scan: Scan, goods: list[Goods], amount: Amount) -> int | None:
    """The product whose price for one an amount is."""
    if not goods:
        return None
    words = [scan.latin(i) for i in (amount.end, amount.end + 1) if i < len(scan)]
    before = scan.word(amount.start - 1)
    each = before in ("@", "at", "rate", "bhav") or any(word in _PER for word in words[:2])
    if (
        not each
        and words
        and words[0] in ("kilo", "kg", "litre", "liter", "packet", "piece", "darjan", "dozen", "metre", "meter")
    ):
        each = True
    if not each and words[:1] == ["ke"] and len(words) > 1 and words[1] in ("hisaab", "bhav", "rate", "hisab"):
        each = True
    if not each:
        return None
    behind = [n for n, one in enumerate(goods) if one.end <= amount.start]
    ahead = [n for n, one in enumerate(goods) if one.start >= amount.end]
    if (
        words
        and words[0] in ("wala", "wali", "wale", "vala", "vali")
        and ahead
        and goods[ahead[0]].start - amount.end <= _NEAR
    ):
        return ahead[0]
    return behind[-1] if behind else ahead[0] if ahead else None


def sellable(qty: SlotValue) -> bool:
    """Whether so much of anything can be on a bill."""
    return not isinstance(qty, int | float) or 0 < qty <= _MOST
