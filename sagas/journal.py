"""The engine's own statements: each one is guarded, so that a worker that lost its lease stops by itself."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

import psutil
from django.db import connection
from django.db.models import Model

from sagas.flow import NO_RETURN

# A lease outlives the timeout of the step that it covers by this many seconds.
LEASE_MARGIN = 15.0
CLAIM_LEASE = 45.0

_owners: dict[int, str] = {}


class LeaseLost(Exception):
    """Another worker has this run, or a person moved it: what was done here is not recorded."""


def host() -> str:
    return f"{socket.gethostname()}/"


def me() -> str:
    """Return the name under which this process holds leases: host, process id, and a token."""
    pid = os.getpid()
    if pid not in _owners:
        _owners.clear()
        _owners[pid] = f"{host()}{pid}/{token_hex(4)}"
    return _owners[pid]


@dataclass
class Lease:
    """A run that this process may advance."""

    id: int
    saga: str
    subject_id: str
    plan: list[str]
    position: int
    status: str
    tries: int
    begun: bool
    undo_left: list[str]
    undo_failed: list[str]
    code: str
    reason: str
    context: dict[str, str]
    owner: str = field(default_factory=me)

    @property
    def is_past_return(self) -> bool:
        return NO_RETURN in self.plan[: self.position]


_COLUMNS = (
    "id, saga, subject_id, plan, position, status, tries, begun, undo_left, undo_failed, code, reason, context"
)

_CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT id FROM sagas_run WHERE due_at <= clock_timestamp()
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE sagas_run SET owner = %s, due_at = clock_timestamp() + %s * interval '1 second'
    FROM due WHERE sagas_run.id = due.id
    RETURNING {", ".join(f"sagas_run.{name.strip()}" for name in _COLUMNS.split(","))}
) SELECT {_COLUMNS} FROM claimed ORDER BY id
"""  # noqa: S608 (the columns are this file's own constant)


def claim(limit: int) -> list[Lease]:
    """Take up to `limit` due runs, the longest due first, skipping those that others are taking."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [limit, me(), CLAIM_LEASE])
        return [
            Lease(
                *row[:3],
                _loaded(row[3]),
                *row[4:8],
                _loaded(row[8]),
                _loaded(row[9]),
                *row[10:12],
                _loaded(row[12]),
            )
            for row in cursor.fetchall()
        ]


def _loaded(value: Any) -> Any:
    """Django hands raw jsonb over as text."""
    return json.loads(value) if isinstance(value, str) else value


def is_more_due() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM sagas_run WHERE due_at <= clock_timestamp())")
        return bool(cursor.fetchone()[0])


def release(runs: Sequence[Lease]) -> None:
    """Give back runs that were claimed and not begun, at once due for others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sagas_run SET owner = '', due_at = clock_timestamp()"
            " WHERE id = ANY(%s) AND owner = %s",
            [[run.id for run in runs], me()],
        )


def release_own() -> int:
    """Give back what this process still holds: it is idle, so these are leftovers of an error."""
    return _release([me()])


def release_dead() -> int:
    """Make the runs of dead processes of this host due at once; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT owner FROM sagas_run WHERE owner <> '' AND due_at IS NOT NULL"
            " AND starts_with(owner, %s)",
            [host()],
        )
        owners = [str(row[0]) for row in cursor.fetchall()]
    return _release([owner for owner in owners if _is_dead(owner)])


def _is_dead(owner: str) -> bool:
    pid = int(owner.split("/")[1])
    # A process id that came back to us belonged to a process that is gone.
    return owner != me() if pid == os.getpid() else not psutil.pid_exists(pid)


def _release(owners: list[str]) -> int:
    if not owners:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sagas_run SET owner = '', due_at = clock_timestamp()"
            " WHERE owner = ANY(%s) AND due_at IS NOT NULL",
            [owners],
        )
        return int(cursor.rowcount)


def begin(lease: Lease, timeout: float) -> None:
    """Mark, before it is made, a call that must not be repeated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sagas_run SET begun = true, due_at = clock_timestamp() + %s * interval '1 second'"
            " WHERE id = %s AND owner = %s AND position = %s",
            [timeout + LEASE_MARGIN, lease.id, lease.owner, lease.position],
        )
        if cursor.rowcount != 1:
            raise LeaseLost
    lease.begun = True


@dataclass(frozen=True)
class Entry:
    """One row for the journal of a run."""

    step: str
    result: str
    attempt: int
    began_at: datetime
    error: str = ""


def record(
    lease: Lease,
    entry: Entry | None,
    *,
    lease_for: float | None = None,
    due_in: float | None = None,
    due_at: datetime | None = None,
    subject: Model | None = None,
    changed: Mapping[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Write, in one statement, how a step ended: its journal row, the run's new state, the subject's columns.

    The run stays ours for `lease_for` seconds more, or else is let go: due again in `due_in` seconds or
    at `due_at`, or, with neither, finished or stuck. Raises LeaseLost, and writes nothing, when the run
    is no longer where this worker left it.
    """
    sets: list[str] = []
    params: list[Any] = []
    for name, value in columns.items():
        sets.append(f"{name} = %s")
        params.append(json.dumps(value) if isinstance(value, list) else value)
    if lease_for is not None:
        sets.append("due_at = clock_timestamp() + %s * interval '1 second'")
        params.append(lease_for)
    else:
        sets.append("owner = ''")
        if due_in is not None:
            sets.append("due_at = clock_timestamp() + %s * interval '1 second'")
            params.append(due_in)
        else:
            sets.append("due_at = %s")
            params.append(due_at)
            if due_at is None and columns.get("status") != "stuck":
                sets.append("finished_at = clock_timestamp()")
    params += [lease.id, lease.owner, lease.position]
    sql = (
        f"WITH run AS (UPDATE sagas_run SET {', '.join(sets)}"  # noqa: S608
        " WHERE id = %s AND owner = %s AND position = %s RETURNING id)"
    )
    if subject is not None and changed:
        columns_sql = ", ".join(f'"{column}" = %s' for column in changed)
        pk = subject._meta.pk
        sql += (
            f', subject AS (UPDATE "{subject._meta.db_table}" SET {columns_sql}'
            f' WHERE "{pk.column}" = %s AND EXISTS (SELECT 1 FROM run))'
        )
        params += [*changed.values(), subject.pk]
    if entry is None:
        sql += " SELECT id FROM run"
    else:
        sql += (
            " INSERT INTO sagas_outcome (run_id, step, result, attempt, error, began_at)"
            " SELECT id, %s, %s, %s, %s, %s FROM run RETURNING run_id"
        )
        params += [entry.step, entry.result, entry.attempt, entry.error, entry.began_at]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.fetchone() is None:
            raise LeaseLost
    for name, value in columns.items():
        if hasattr(lease, name):
            setattr(lease, name, value)
