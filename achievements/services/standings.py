"""Standings and the history: derived from it, compared with it, written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import connection
from django.db.models import QuerySet

from achievements.models import Definition, HeardFact, Standing
from achievements.models.history import RESET
from achievements.registry import COUNTED
from achievements.rules import NOTHING, Deed, State, Tally, Whose, rule_problem

log = structlog.get_logger(__name__)

# Held by whoever counts: a record, or the first of a session, is one viewer's fact against
# another's.
_COUNTING_LOCK = 0x41636821
_READ_AT_ONCE = 5_000

Standings = Mapping[Whose, State]
# A definition, the rows that there are, and the standings that there shall be.
Part = tuple[Definition, Mapping[Whose, Standing], Standings]


def hold() -> None:
    """Let nobody else count until the transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTING_LOCK])


def recount(
    definitions: list[Definition],
    *,
    viewer_id: str | None = None,
    sessions: Iterable[str] | None = None,
    tell: bool = False,
) -> list[Standing]:
    """Make standings equal to what the history says; returns what was earned by that.

    Only those of one viewer, or of some sessions, if told so; for a shared rule (`is_shared`) there
    is no such thing as one viewer's part.
    """
    derived = derive(definitions, viewer_id=viewer_id, sessions=sessions)
    rows = by_definition(
        _part(Standing.objects.filter(definition__in=definitions), viewer_id, sessions)
    )
    parts = []
    for definition, standings in derived.items():
        known = rows.get(definition.key, {})
        parts.append((definition, known, dict.fromkeys(known, NOTHING) | standings))
    return settle(parts, tell=tell)


def derive(
    definitions: list[Definition],
    *,
    viewer_id: str | None = None,
    sessions: Iterable[str] | None = None,
) -> dict[Definition, dict[Whose, State]]:
    """Return the standings that the history leads to, without writing anything."""
    derived: dict[Definition, dict[Whose, State]] = {}
    resets = _resets(viewer_id)
    for kind in {definition.fact for definition in definitions}:
        tallies = [(d, Tally(d.rule)) for d in definitions if d.fact == kind]
        facts = _part(HeardFact.objects.counted().filter(kind=kind), viewer_id, sessions)
        for deed in _deeds(facts):
            forgotten = resets.get(deed.viewer, {})
            for definition, tally in tallies:
                since = forgotten.get(definition.key)
                if since is None or deed.at > since:
                    tally.take(deed)
        for definition, tally in tallies:
            derived[definition] = {w: s for w, s in tally.standings.items() if s != NOTHING}
    return derived


def applied(**wanted: Any) -> list[Definition]:
    """Return the definitions that count; one that makes no sense is reported and left out."""
    sound = []
    for definition in Definition.objects.counting().filter(**wanted):
        if problem := problem_of(definition):
            log.error("achievement.senseless", achievement=definition.key, why=problem)
        else:
            sound.append(definition)
    return sound


def problem_of(definition: Definition) -> str:
    """Return what is wrong with a definition's rule; "" when it can count."""
    source = COUNTED.get(definition.fact)
    if source is None:
        return f"There is no fact {definition.fact!r}; there are {', '.join(COUNTED)}."
    return rule_problem(definition.rule, source.fields)


def _part(
    rows: QuerySet[Any], viewer_id: str | None, sessions: Iterable[str] | None
) -> QuerySet[Any]:
    if viewer_id is not None:
        rows = rows.filter(viewer=viewer_id)
    return rows if sessions is None else rows.filter(session_id__in=list(sessions))


def _resets(viewer_id: str | None) -> dict[str, dict[str, datetime]]:
    """Return for each viewer until when facts are forgotten, by achievement."""
    until: dict[str, dict[str, datetime]] = {}
    for row in _part(HeardFact.objects.counted().filter(kind=RESET), viewer_id, None):
        for key in row.payload["achievements"]:
            until.setdefault(row.viewer_id, {})[key] = row.at
    return until


def _deeds(facts: QuerySet[HeardFact]) -> Iterator[Deed]:
    rows = facts.values_list("key", "viewer_id", "session_id", "at", "payload")
    for key, viewer_id, session_id, at, payload in rows.iterator(_READ_AT_ONCE):
        yield Deed(key, viewer_id, session_id, at, payload)


# --- Writing ---------------------------------------------------------------------------------


def by_definition(rows: Iterable[Standing]) -> dict[str, dict[Whose, Standing]]:
    """Return rows by the key of their definition, then by whose they are."""
    found: dict[str, dict[Whose, Standing]] = {}
    for row in rows:
        found.setdefault(row.definition_id, {})[row.whose] = row
    return found


def settle(parts: Iterable[Part], *, tell: bool) -> list[Standing]:
    """Write the standings that differ from their rows; returns those that were just earned.

    With `tell` they are due to be announced, unless they were before.
    """
    new: list[Standing] = []
    changed: list[Standing] = []
    earned: list[Standing] = []
    for definition, rows, standings in parts:
        for whose, state in standings.items():
            row = rows.get(whose) or Standing(
                definition=definition, viewer_id=whose[0], session_id=whose[1]
            )
            before = row.state
            if state == before:
                continue
            _set(row, state, tell)
            (new if row._state.adding else changed).append(row)
            if state.is_held and not before.is_held:
                earned.append(row)
    Standing.objects.bulk_create(new)
    Standing.objects.bulk_update(changed, _WRITTEN, batch_size=1000)
    return earned


_WRITTEN = ["progress", "earned_at", "earned_by", "passed_at", "is_due", "announcement"]


def _set(row: Standing, state: State, tell: bool) -> None:
    before = row.state
    row.state = state
    row.is_due = row.is_due and state.is_held
    ids = {"achievement": row.definition_id, "viewer": row.viewer_id}
    if state.is_held and not before.is_held:
        if before.passed_at is not None:
            # Won back: that is news, though the viewer had it once.
            row.announcement = None
        row.is_due = tell and row.announcement_id is None
        log.info("achievement.unlocked", fact=state.earned_by, **ids)
    elif state.passed_at and not before.passed_at:
        log.info("achievement.passed_on", **ids)
    elif before.earned_at and not state.earned_at:
        log.info("achievement.withdrawn", fact=before.earned_by, **ids)
