"""Counting facts: the history first, then every standing that the fact moves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from achievements.models import Definition, HeardFact, Standing
from achievements.models.history import RESET
from achievements.registry import COUNTED, ENDED, STARTED, Told, told, withdrawing
from achievements.rules import ALL_TIME, Deed, Rule, Tally, matches
from achievements.services import sessions
from achievements.services.standings import applied, by_definition, hold, recount, settle

# Of what measured as well, the newest: one that counts is usually the first of them.
_LOOKED_AT = 50


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
    before = by_definition(touched)
    deed = Deed(row.key, str(row.viewer_id), row.session_id, row.at, row.payload)
    parts = []
    for definition in definitions:
        rows = before.get(definition.key, {})
        tally = Tally(definition.rule, {whose: known.state for whose, known in rows.items()})
        tally.take(deed)
        parts.append((definition, rows, tally.standings))
    return settle(parts, tell=True)


def _derive(row: HeardFact, definitions: list[Definition], *, tell: bool) -> list[Standing]:
    """Derive all that a fact can have touched."""
    earned = []
    for definition in definitions:
        rule = definition.rule
        if rule.counter == "record" and _was_outdone(row, rule):
            continue
        viewer_id = None if rule.is_shared else row.viewer_id
        part = {row.session_id} if rule.scope == "session" else None
        earned += recount([definition], viewer_id=viewer_id, sessions=part, tell=tell)
    return earned


def _was_outdone(row: HeardFact, rule: Rule) -> bool:
    """Tell whether something before it was as good, so that it never was the record.

    This spares reading the whole history for each of a few rolls that come in the wrong order.
    False may also mean that it is not known.
    """
    measured = row.payload.get(rule.measure)
    if measured is None or not matches(rule.condition, row.payload):
        return True
    as_good = f"payload__{rule.measure}__{'lte' if rule.lowest_is_best else 'gte'}"
    before = HeardFact.objects.counted().filter(kind=row.kind, at__lt=row.at, **{as_good: measured})
    if rule.scope == "session":
        before = before.filter(session_id=row.session_id)
    # What was forgotten outdoes nothing.
    before = before.exclude(viewer__in=HeardFact.objects.filter(kind=RESET).values("viewer"))
    newest = before.order_by("-at", "-key").values_list("payload", flat=True)[:_LOOKED_AT]
    return any(matches(rule.condition, payload) for payload in newest)


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
