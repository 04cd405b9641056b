"""Objects kept in one SQLite file, one row each, so that a killed server forgets nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar


class Record(Protocol):
    """A dataclass that knows the key it is kept under."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def key(self) -> str: ...


R = TypeVar("R", bound=Record)


class Store:
    """One SQLite file of JSON rows.

    Writes reach the operating system before the caller goes on (so a ``kill -9`` loses none)
    but are not flushed to the disk: a rehearsal need not survive a power cut, and an fsync per
    redemption would make it slower than the service it stands for.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS objects ("
            " position INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,"
            " body TEXT NOT NULL, UNIQUE (kind, key))"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside the block together; blocks may nest."""
        if self._db.in_transaction:
            yield
            return
        with self._db:
            self._db.execute("BEGIN")
            yield

    def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        """Insert or replace one object; a replaced one keeps its place in the order."""
        self._db.execute(
            "INSERT INTO objects (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(body, separators=(",", ":"))),
        )

    def remove(self, kind: str, key: str) -> None:
        """Forget one object; no error when it is not there."""
        self._db.execute("DELETE FROM objects WHERE kind = ? AND key = ?", (kind, key))

    def read(self, kind: str) -> list[dict[str, Any]]:
        """Every object of a kind, oldest first."""
        rows = self._db.execute(
            "SELECT body FROM objects WHERE kind = ? ORDER BY position", (kind,)
        )
        return [json.loads(body) for (body,) in rows]

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM objects")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


@dataclass
class Table(Generic[R]):
    """All records of one class: read from memory, written through to the store."""

    store: Store
    record: type[R]

    def __post_init__(self) -> None:
        self._kind = self.record.__name__
        self._rows: dict[str, R] = {}
        for body in self.store.read(self._kind):
            row = self.record(**body)
            self._rows[row.key] = row

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str | None) -> R | None:
        """The record under a key, or nothing."""
        return self._rows.get(key) if key is not None else None

    def last(self, count: int) -> list[R]:
        """The newest records, newest first."""
        rows: list[R] = []
        for row in reversed(self._rows.values()):
            if len(rows) == count:
                break
            rows.append(row)
        return rows

    def save(self, row: R) -> R:
        """Keep a new or changed record."""
        self._rows[row.key] = row
        self.store.put(self._kind, row.key, asdict(row))
        return row

    def remove(self, row: R) -> None:
        """Forget a record."""
        self._rows.pop(row.key, None)
        self.store.remove(self._kind, row.key)

    def clear(self) -> None:
        """Forget every record of this class."""
        for row in self:
            self.remove(row)
