"""Who must not meet whom in a draw, and what to say when that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

Pair = frozenset[str]


class Impossible(ValueError):
    """No draw can keep this rule.

    `rule` is what to loosen: `pairs`, `groups`, `pairs_and_groups` or `most_per_group`; `why` is a
    sentence for the organiser.
    """

    code = "draw_impossible"

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why)
        self.rule = rule
        self.why = why


@dataclass(frozen=True)
class Avoid:
    """Pairs that do not meet; groups whose members do not meet each other.

    With `most_per_group` nobody has more opponents than that from any one group. Names that are not
    on the roster do no harm.
    """

    pairs: frozenset[Pair] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    most_per_group: int | None = None

    @classmethod
    def of(
        cls,
        pairs: Iterable[Iterable[str]] = (),
        groups: Mapping[str, Iterable[str]] | None = None,
        most_per_group: int | None = None,
    ) -> Avoid:
        """Build it from plain lists, as `as_json` makes them; ValueError if one makes no sense."""
        together = frozenset(frozenset(pair) for pair in pairs)
        if any(len(pair) != 2 for pair in together):
            raise ValueError("A pair to keep apart is two different players.")
        if most_per_group is not None and most_per_group < 1:
            raise ValueError("At most how many opponents of one group: one or more.")
        members = {name: frozenset(group) for name, group in (groups or {}).items()}
        return cls(together, members, most_per_group)

    def as_json(self) -> dict[str, Any]:
        """Return it as sorted lists, the same for the same rules."""
        return {
            "pairs": sorted(sorted(pair) for pair in self.pairs),
            "groups": {name: sorted(self.groups[name]) for name in sorted(self.groups)},
            "most_per_group": self.most_per_group,
        }

    def apart(self) -> frozenset[Pair]:
        """Return every pair that must not meet, by name or as members of a group."""
        return self.pairs | self.mates()

    def mates(self) -> frozenset[Pair]:
        """Return the pairs that a group keeps apart."""
        return frozenset(
            frozenset(pair) for group in self.groups.values() for pair in combinations(group, 2)
        )


NONE = Avoid()
