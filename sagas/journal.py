"""The engine's own statements, each guarded: a worker that lost its lease writes nothing more."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg.pq import TransactionStatus

from sagas.flow import NO_RETURN
from sagas.leases import is_gone, me, place

log = structlog.get_logger(__name__)

# Seconds. A lease outlives the timeout of each step that it covers by the margin; a claim's lease
# is long enough for quick runs of ordinary steps to end within it, without another write.
CLAIM_LEASE = 60.0
LEASE_MARGIN = 15.0
# So long a worker waits for a database that is gone, with what it knows, before it gives up.
PATIENCE = 30.0


class LeaseLost(Exception):
    """Another worker has this run, or a person moved it: what was done here is not recorded."""


@dataclass
class Lease:
    """A run that this process may advance. `held_until` is in this process's monotonic seconds."""

    id: int
    saga: str
    subject_id: str
    plan: list[str]
    position: int
    status: str
    tries: int
    losses: int
    begun: bool
    undo_left: list[str]
    undo_failed: list[str]
    undo_pauses: dict[str, Any]
    refusal_code: str
    refusal: str
    context: dict[str, str]
    held_until: float = field(kw_only=True)
    owner: str = field(default_factory=me)

    @property
    def is_past_return(self) -> bool:
        return NO_RETURN in self.plan[: self.position]


_JSON = ("plan", "undo_left", "undo_failed", "undo_pauses", "context")
_COLUMNS = [name for name in Lease.__dataclass_fields__ if name not in ("held_until", "owner")]

# A row that is taken while somebody owns it was left by a worker that is lost. One row more than is
# taken is looked at, to know whether others should be woken.
_CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT id, owner <> '' AS was_left FROM sagas_run
    WHERE lane = %s AND due_at <= statement_timestamp()
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
), taken AS MATERIALIZED (
    SELECT * FROM due LIMIT %s
), claimed AS (
    UPDATE sagas_run SET owner = %s, woken = false, losses = losses + was_left::int,
        due_at = statement_timestamp() + %s * interval '1 second'
    FROM taken WHERE sagas_run.id = taken.id
    RETURNING {", ".join(f"sagas_run.{name}" for name in _COLUMNS)}
) SELECT (SELECT count(*) FROM due) > %s, {", ".join(_COLUMNS)} FROM claimed ORDER BY id
"""  # noqa: S608 (the columns are this file's own constant)


def claim(limit: int, lane: str = "") -> tuple[list[Lease], bool]:
    """Take up to `limit` due runs of the lane, the longest due first, and tell if there are more.

    Runs that others are taking at the moment are neither taken nor counted.
    """
    held_until = monotonic() + CLAIM_LEASE
    with _prepared() as cursor:
        cursor.execute(_CLAIM, [lane, limit + 1, limit, me(), CLAIM_LEASE, limit])
        rows = cursor.fetchall()
    runs = [Lease(**_loaded(row[1:]), held_until=held_until) for row in rows]
    return runs, bool(rows) and bool(rows[0][0])


def lanes_with_due_runs() -> list[str]:
    """Return the lanes in which something is due now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT lane FROM sagas_run WHERE due_at <= statement_timestamp()")
        return [lane for (lane,) in cursor.fetchall()]


def _loaded(row: Sequence[Any]) -> dict[str, Any]:
    """Name the values; Django hands jsonb over as text."""
    named = dict(zip(_COLUMNS, row, strict=True))
    return named | {name: json.loads(named[name]) for name in _JSON}


def hold(lease: Lease, seconds: float) -> None:
    """Make sure that the lease lasts for at least so long from now."""
    if lease.held_until - monotonic() >= seconds:
        return
    _renew(lease, seconds)


def begin(lease: Lease, seconds: float) -> None:
    """Mark, before it is made, a call that must not be repeated."""
    _renew(lease, seconds, ", begun = true")
    lease.begun = True


def _renew(lease: Lease, seconds: float, mark: str = "") -> None:
    held_until = monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sagas_run SET"  # noqa: S608 (the mark is one of the two above)
            " due_at = greatest(due_at, statement_timestamp() + %s * interval '1 second')"
            f"{mark}"
            " WHERE id = %s AND owner = %s AND position = %s",
            [seconds, lease.id, lease.owner, lease.position],
        )
        if cursor.rowcount != 1:
            raise LeaseLost
    lease.held_until = max(lease.held_until, held_until)


@dataclass(frozen=True)
class Entry:
    """One row for the journal of a run; `took` is in seconds."""

    step: str
    result: str
    attempt: int
    took: float
    error: str = ""


def record(
    lease: Lease,
    entry: Entry | None,
    *,
    keep: bool = False,
    due_in: float | None = None,
    due_at: datetime | None = None,
    subject: Model | None = None,
    changed: Mapping[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Write in one statement how a step ended: journal row, run, and the subject's columns.

    With `keep` the run stays ours, or else it is let go: due again in `due_in` seconds or at
    `due_at`, or, with neither, finished or stuck. Raises LeaseLost, and writes nothing, when the
    run is no longer where this worker left it. A database that is gone is waited for, unless a
    transaction went with it: what became of a call is known only here.
    """
    columns["losses"] = 0
    sets = [f"{name} = %s" for name in columns]
    params = [
        json.dumps(value) if isinstance(value, list | dict) else value for value in columns.values()
    ]
    if not keep:
        sets.append("owner = ''")
        if due_in is not None or due_at is not None:
            due = "%s" if due_in is None else "statement_timestamp() + %s * interval '1 second'"
            # Who was woken while at work goes on at once: what it found may have changed meanwhile.
            sets.append(f"due_at = CASE WHEN woken THEN statement_timestamp() ELSE {due} END")
            params.append(due_at if due_in is None else due_in)
        else:
            sets.append("due_at = NULL")
            if columns.get("status") != "stuck":
                sets.append("finished_at = statement_timestamp()")
    params += [lease.id, lease.owner, lease.position]
    sql = (
        f"WITH run AS (UPDATE sagas_run SET {', '.join(sets)}"  # noqa: S608
        " WHERE id = %s AND owner = %s AND position = %s RETURNING id)"
    )
    if subject is not None and changed:
        columns_sql = ", ".join(f'"{column}" = %s' for column in changed)
        pk = subject._meta.pk
        sql += (
            f', subject AS (UPDATE "{subject._meta.db_table}" SET {columns_sql}'  # noqa: S608
            f' WHERE "{pk.column}" = %s AND EXISTS (SELECT 1 FROM run))'
        )
        params += [*changed.values(), subject.pk]
    if entry is None:
        sql += " SELECT id FROM run"
    else:
        sql += (
            " INSERT INTO sagas_outcome (run_id, step, result, attempt, error, began_at)"
            " SELECT id, %s, %s, %s, %s, statement_timestamp() - %s * interval '1 second' FROM run"
            " RETURNING run_id"
        )
        params += [entry.step, entry.result, entry.attempt, entry.error, entry.took]
    if not _writes(sql, params):
        raise LeaseLost
    for name, value in columns.items():
        if hasattr(lease, name):
            setattr(lease, name, value)


def stick(lease: Lease, code: str, reason: str, entry: Entry | None = None) -> None:
    """Leave the run to a person, who is shown the reason.

    The mark of a begun call stays: should the person retry, they have decided that it may be made.
    """
    log.error("saga.stuck", why=code)
    record(lease, entry, status="stuck", code=code, reason=reason)


def _writes(sql: str, params: list[Any]) -> bool:
    for is_last in (connection.in_atomic_block, True):
        try:
            with _prepared() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchone() is not None
        except (OperationalError, InterfaceError) as error:
            if is_last or not is_database_gone(error) or not await_database():
                raise
    return False


# --- Letting go --------------------------------------------------------------------------------


def release(runs: Sequence[Lease]) -> None:
    """Give back runs that were claimed and not begun, at once due for others."""
    _release("id = ANY(%s) AND owner = %s", [[run.id for run in runs], me()])


def release_own() -> None:
    """Give back what this idle process still holds: leftovers of an error."""
    _release("owner = %s AND due_at IS NOT NULL", [me()])


def release_dead() -> None:
    """Make the runs of dead processes of this place due again.

    At once the first time; a run whose step has cost several workers comes back later each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT owner FROM sagas_run WHERE owner <> '' AND due_at IS NOT NULL"
            " AND starts_with(owner, %s)",
            [place()],
        )
        dead = [owner for (owner,) in cursor.fetchall() if is_gone(owner)]
    if dead:
        _release("owner = ANY(%s) AND due_at IS NOT NULL", [dead], is_loss=True)


def lose(run: Lease) -> None:
    """Give back a run that the engine itself cannot lead, as if its worker had been lost."""
    _release("id = %s AND owner = %s", [run.id, run.owner], is_loss=True)


def _release(where: str, params: list[Any], is_loss: bool = False) -> None:
    loss = ", losses = losses + 1" if is_loss else ""
    pause = " + (power(2, least(losses, 8)) - 1) * interval '1 second'" if is_loss else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE sagas_run SET owner = '', due_at = statement_timestamp(){pause}{loss}"  # noqa: S608
            f" WHERE {where}",
            params,
        )


# --- The connection ------------------------------------------------------------------------------


def _prepared() -> CursorWrapper:
    """Return a cursor of Django's connection for statements that the server plans only once."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0
    raw = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    return CursorWrapper(raw, connection)


def is_transaction_used() -> bool:
    """Tell whether anything was done, or is to be done after the commit, in this transaction."""
    raw = connection.connection
    began = raw is not None and raw.info.transaction_status != TransactionStatus.IDLE
    return began or bool(connection.run_on_commit)


def is_database_gone(error: Exception) -> bool:
    """Tell a database that is gone from an error in a query."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    return connection.connection is None or not connection.is_usable()


def await_database() -> bool:
    """Connect anew, for as long as patience lasts; returns whether there is a database again."""
    ends_at = monotonic() + PATIENCE
    pause = 0.05
    while True:
        connection.close()
        try:
            connection.ensure_connection()
        except (DatabaseError, InterfaceError):
            if monotonic() + pause > ends_at:
                return False
            time.sleep(pause)
            pause = min(1.0, 2 * pause)
        else:
            return True
