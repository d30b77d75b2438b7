"""Who is occupied when, as bits: one integer for each resource, one bit for each unit of a span of units.

"Free for five units from here on, in any of eight bays, and with any of six technicians" is then a handful of shifts
and ands for a whole month at once. Units outside the span count as occupied: nothing is promised beyond what was
looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

_ONE = ord("1")


class Occupancy:
    """Units from `first` to `last`, both included."""

    __slots__ = ("_all", "_busy", "first", "last")

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self._all = (1 << max(0, last - first + 1)) - 1
        self._busy: dict[str, int] = {}

    @classmethod
    def of(cls, first: int, last: int, taken: Mapping[str, Collection[int]]) -> Occupancy:
        occupancy = cls(first, last)
        for resource, units in taken.items():
            inside = [unit for unit in units if first <= unit <= last]
            for unit in inside:
                occupancy.occupy(resource, range(unit, unit + 1))
        return occupancy

    def occupy(self, resource: str, units: range) -> None:
        begins, ends = max(units.start, self.first), min(units.stop, self.last + 1)
        if begins < ends:
            bits = ((1 << (ends - begins)) - 1) << (begins - self.first)
            self._busy[resource] = self._busy.get(resource, 0) | bits

    def occupy_listed(self, resource: str, listed: str) -> None:
        """Units as the store lists them, "1988,1989", all within the span."""
        flags = bytearray(b"0" * (self.last - self.first + 1))
        last = self.last
        for unit in map(int, listed.split(",")):
            flags[last - unit] = _ONE
        self._busy[resource] = self._busy.get(resource, 0) | int(flags, 2)

    def runs(self, resource: str, length: int) -> int:
        """The units (as bits from `first` on) from which on `length` units are free."""
        run = self._all & ~self._busy.get(resource, 0)
        have = 1
        while have < length:
            step = min(have, length - have)
            run &= run >> step
            have += step
        return run

    def free(self, resource: str, units: range) -> bool:
        if units.start < self.first or units.stop > self.last + 1:
            return False
        bits = ((1 << len(units)) - 1) << (units.start - self.first)
        return not self._busy.get(resource, 0) & bits

    def pick(self, groups: Sequence[Sequence[str]], units: range) -> tuple[str, ...] | None:
        """The first free resource of each group, all different; None where a group has none."""
        picked: list[str] = []
        for group in groups:
            found = next((one for one in group if one not in picked and self.free(one, units)), None)
            if found is None:
                return None
            picked.append(found)
        return tuple(picked)
