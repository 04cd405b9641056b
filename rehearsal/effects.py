"""What changed for good, in the order it happened: the log that exactly-once is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal import clock
from rehearsal.store import Store, Table


@dataclass
class Effect:
    """One thing that changed for good; ``id`` names what it happened to."""

    number: int
    at: str
    kind: str
    id: str
    detail: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.number)


class Effects:
    """The log that every rehearsed service writes into."""

    def __init__(self, store: Store) -> None:
        self._rows = Table(store, Effect)

    def record(self, kind: str, id: str, **detail: Any) -> None:
        """Write down, for ever, that something has happened."""
        self._rows.save(Effect(len(self._rows) + 1, clock.nanoseconds(), kind, id, detail))

    def find(self, after: int, kind: str | None) -> list[Effect]:
        """The effects with a higher number, of one kind or of all, oldest first."""
        return [it for it in self._rows if it.number > after and kind in (None, it.kind)]

    def clear(self) -> None:
        """Forget all of them."""
        self._rows.clear()
