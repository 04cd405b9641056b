"""Counting facts: the history first, then every standing that the fact moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from achievements.models import Definition, HeardFact, Standing
from achievements.models.history import RESET
from achievements.registry import COUNTED, ENDED, SOURCES, STARTED, Told, told, withdrawing
from achievements.rules import ALL_TIME, NOTHING, Deed, State, Tally, Whose, rule_problem
from achievements.services import sessions

log = structlog.get_logger(__name__)

# Held by whoever counts: a record, or the first of a session, is one viewer's fact against
# another's.
_COUNTING_LOCK = 0x41636821
_READ_AT_ONCE = 5_000

Standings = dict[Whose, State]


def hold() -> None:
    """Let nobody else count until the transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTING_LOCK])


@transaction.atomic
def hear(fact: Any) -> bool:
    """Count a fact once, however often and in whatever order it comes.

    Returns whether something was earned that is to be announced.
    """
    hold()
    said = told(fact)
    row = _remember(said)
    if row is None:
        return False
    if said.source.kind in (STARTED, ENDED):
        earned = _frame(row)
    elif said.source.withdraws is not None:
        earned = _withdraw(row)
    else:
        earned = [] if row.is_withdrawn else _count(row)
    return any(standing.is_due for standing in earned)


def _remember(said: Told) -> HeardFact | None:
    """Write a fact into the history; returns None when it is there already."""
    kind, key = said.source.kind, said.key
    known = HeardFact.objects.filter(kind__in=[kind, *withdrawing(kind)], key=key)
    before = set(known.values_list("kind", flat=True))
    if kind in before:
        return None
    return HeardFact.objects.create(
        kind=kind,
        key=key,
        viewer_id=said.viewer_id,
        at=said.at,
        payload=said.fields,
        session_id=sessions.session_at(said.at) if said.viewer_id else "",
        is_withdrawn=bool(before),
    )


# --- One fact --------------------------------------------------------------------------------


def _count(row: HeardFact) -> list[Standing]:
    """Move on by one fact; where it comes out of turn, derive what it touches from the history."""
    definitions = applied(fact=row.kind)
    if not definitions:
        return []
    own = [definition for definition in definitions if not definition.rule.is_shared]
    shared = [definition for definition in definitions if definition.rule.is_shared]
    later = HeardFact.objects.later_than(row)
    is_late = later.filter(viewer=row.viewer_id, kind__in=[row.kind, RESET]).exists()
    if is_late:
        return _derive(row, own, tell=True) + _derive(row, shared, tell=True)
    if shared and later.filter(kind=row.kind).exists():
        return _move(row, own) + _derive(row, shared, tell=True)
    return _move(row, definitions)


def _move(row: HeardFact, definitions: list[Definition]) -> list[Standing]:
    """Count a fact behind which there is none, from the standings alone."""
    shared = [definition for definition in definitions if definition.rule.is_shared]
    held_by_others = Q(definition__in=shared, earned_at__isnull=False, passed_at=None)
    touched = Standing.objects.filter(
        Q(viewer=row.viewer_id) | held_by_others,
        definition__in=definitions,
        session_id__in=[ALL_TIME, row.session_id],
    )
    before: dict[str, dict[Whose, Standing]] = {}
    for standing in touched:
        before.setdefault(standing.definition_id, {})[standing.whose] = standing
    deed = Deed(row.key, str(row.viewer_id), row.session_id, row.at, row.payload)
    earned = []
    for definition in definitions:
        rows = before.get(definition.key, {})
        tally = Tally(definition.rule, {whose: known.state for whose, known in rows.items()})
        tally.take(deed)
        earned += settle(definition, rows, tally.standings, tell=True)
    return earned


def _derive(row: HeardFact, definitions: list[Definition], *, tell: bool) -> list[Standing]:
    """Derive all that a fact can have touched."""
    earned = []
    for definition in definitions:
        rule = definition.rule
        viewer_id = None if rule.is_shared else row.viewer_id
        part = {row.session_id} if rule.scope == "session" else None
        earned += recount([definition], viewer_id=viewer_id, sessions=part, tell=tell)
    return earned


def _withdraw(row: HeardFact) -> list[Standing]:
    """Count on as if the fact that is taken back had never been; nothing that follows is told."""
    taken_back = [kind for kind in COUNTED if row.kind in withdrawing(kind)]
    for fact in HeardFact.objects.counted().filter(kind__in=taken_back, key=row.key):
        HeardFact.objects.filter(pk=fact.pk).update(is_withdrawn=True)
        _derive(fact, applied(fact=fact.kind), tell=False)
    return []


def _frame(row: HeardFact) -> list[Standing]:
    """Take in when a stream began or ended: facts may have been heard before it."""
    touched = sessions.reassign(row.at)
    if not touched:
        return []
    return recount(applied(scope=Definition.Scope.SESSION), sessions=touched, tell=True)


# --- The whole history -----------------------------------------------------------------------


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
    earned = []
    for definition, derived in derive(definitions, viewer_id=viewer_id, sessions=sessions).items():
        rows = _part(Standing.objects.filter(definition=definition), viewer_id, sessions)
        known = {row.whose: row for row in rows}
        earned += settle(definition, known, dict.fromkeys(known, NOTHING) | derived, tell=tell)
    return earned


def derive(
    definitions: list[Definition],
    *,
    viewer_id: str | None = None,
    sessions: Iterable[str] | None = None,
) -> dict[Definition, Standings]:
    """Return the standings that the history leads to, without writing anything."""
    derived: dict[Definition, Standings] = {}
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


def settle(
    definition: Definition,
    rows: Mapping[Whose, Standing],
    states: Mapping[Whose, State],
    *,
    tell: bool,
) -> list[Standing]:
    """Write the standings that differ from their rows; returns those that were just earned.

    With `tell` they are due to be announced, unless they were before.
    """
    new, changed, earned = [], [], []
    for whose, state in states.items():
        row = rows.get(whose)
        if row is None:
            row = Standing(definition=definition, viewer_id=whose[0], session_id=whose[1])
        before = row.state
        if state == before:
            continue
        row.state = state
        row.is_due = row.is_due and state.is_held
        if state.is_held and not before.is_held:
            if before.passed_at is not None:
                # Won back: that is news, though the viewer had it once.
                row.announcement = None
            row.is_due = tell and row.announcement_id is None
            earned.append(row)
        (new if row.pk is None else changed).append(row)
        _log(row, before, state)
    Standing.objects.bulk_create(new)
    Standing.objects.bulk_update(
        changed, ["progress", "earned_at", "earned_by", "passed_at", "is_due", "announcement"]
    )
    return earned


def _log(row: Standing, before: State, after: State) -> None:
    ids = {"achievement": row.definition_id, "viewer": row.viewer_id}
    if after.is_held and not before.is_held:
        log.info("achievement.unlocked", fact=after.earned_by, **ids)
    elif after.passed_at and not before.passed_at:
        log.info("achievement.passed_on", **ids)
    elif before.earned_at and not after.earned_at:
        log.info("achievement.withdrawn", fact=before.earned_by, **ids)
