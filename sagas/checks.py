"""A system check that names unfinished runs which need code that is no longer there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

from sagas.flow import NO_RETURN, find

_NEEDED = """
SELECT saga, step, status = 'stuck' AS is_stuck, count(*) FROM sagas_run, LATERAL (
    SELECT value AS step FROM jsonb_array_elements_text(plan) WITH ORDINALITY
    WHERE status <> 'compensating' AND ordinality > position
    UNION SELECT jsonb_array_elements_text(undo_left)
    UNION SELECT jsonb_array_elements_text(undo_failed)
) AS needed
WHERE status NOT IN ('completed', 'compensated', 'closed')
GROUP BY saga, step, is_stuck ORDER BY saga, is_stuck, step
"""


@register(Tags.database)
def steps_are_there(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return an error for each missing step that a run needs, or a warning if that run is stuck."""
    messages: list[CheckMessage] = []
    for alias in databases or []:
        for saga, step, is_stuck, count in _needed(alias):
            if step == NO_RETURN or _has(saga, step):
                continue
            kind, number = (Warning, "W001") if is_stuck else (Error, "E001")
            messages.append(
                kind(
                    f"{count} unfinished run{'s need' if count > 1 else ' needs'} the step {step}"
                    f" of {saga}, which the code no longer has.",
                    hint="Bring it back until these runs are over: without it they are stuck.",
                    id=f"sagas.{number}",
                )
            )
    return messages


def _needed(alias: str) -> list[tuple[str, str, bool, int]]:
    connection = connections[alias]
    try:
        if "sagas_run" not in connection.introspection.table_names():
            return []
        with connection.cursor() as cursor:
            cursor.execute(_NEEDED)
            return list(cursor.fetchall())
    except DatabaseError:
        # Tables of another version, or no database: others complain about that.
        return []


def _has(saga: str, step: str) -> bool:
    try:
        return find(saga).has(step)
    except KeyError:
        return False
