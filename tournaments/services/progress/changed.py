"""What a refresh changed, row by row, with what was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models

from tournaments.models import Match, Participant, Standing, Tie

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Changed(Generic[Row]):
    """A row as it is now, and what the columns that changed were; nothing of one that is new."""

    row: Row
    was: Mapping[str, Any]


@dataclass
class Moved:
    """Everything that a refresh changed; empty lists where nothing did.

    `turned` are matches whose two players changed ends. What is `set_aside` and was never touched
    by anybody is not kept; it comes back under the same id when its pairing does. `status` has
    every status that the tournament went through, beginning with the old one.
    """

    table: list[Changed[Standing]] = field(default_factory=list)
    ties: list[Changed[Tie]] = field(default_factory=list)
    players: list[Changed[Participant]] = field(default_factory=list)
    made: list[Match] = field(default_factory=list)
    set_aside: list[Match] = field(default_factory=list)
    revived: list[Match] = field(default_factory=list)
    turned: list[Match] = field(default_factory=list)
    status: list[str] = field(default_factory=list)

    @property
    def documents(self) -> list[str]:
        """What `changes.touch` is to be told."""
        matches = [*self.made, *self.set_aside, *self.revived, *self.turned]
        named: Mapping[str, Sequence[object]] = {
            "table": self.table,
            "bracket": [*self.ties, *matches],
            "matches": matches,
            "participants": self.players,
            "tournament": self.status,
        }
        return [name for name, changed in named.items() if changed]


def assign(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the row's columns; returns what those that changed were."""
    was = {name: getattr(row, name) for name in values}
    changed = {name: before for name, before in was.items() if before != values[name]}
    for name in changed:
        setattr(row, name, values[name])
    return changed
