"""The items of one sentence while they are put together: what stands where, and the pass of one step over them."""

from __future__ import annotations

from collections.abc import Callable

from offhook.understanding.mixed.items import TIMES, Item, Scan

Made = tuple[list[Item], int]
"""What stands in place of some items, and the place behind them."""


class Row:
    """What every step stands on."""

    def __init__(self, scan: Scan, items: list[Item]) -> None:
        self._scan = scan
        self._items = items

    def _apply(self, step: Callable[[int], Made | None]) -> list[Item]:
        out: list[Item] = []
        i = 0
        while i < len(self._items):
            made = step(i)
            if made is None:
                out.append(self._items[i])
                i += 1
            else:
                out.extend(made[0])
                i = made[1]
        return out

    def _kind(self, i: int) -> str:
        return self._items[i].kind if 0 <= i < len(self._items) else ""

    def _is(self, i: int, section: str) -> bool:
        if not 0 <= i < len(self._items):
            return False
        item = self._items[i]
        return item.kind in ("post", "ordinals", "parts") and item.key in self._scan.voc.sections[section]

    def _whole(self, i: int, least: int, most: int) -> bool:
        if self._kind(i) != "num":
            return False
        value = self._items[i].value
        return value == int(value) and least <= value <= most

    def _over(self, i: int, *sections: str) -> int:
        """The first place from `i` on that is no word of these sections."""
        while any(self._is(i, section) for section in sections):
            i += 1
        return i

    def _ends(self, i: int) -> bool:
        """Whether nothing counted can follow at `i`: a time of day may end there."""
        kind = self._kind(i)
        return kind in ("", "post", "no", "verb", "small", "dot", *TIMES)
