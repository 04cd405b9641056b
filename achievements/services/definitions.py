"""Changing what there is to earn: first see who would, then let it count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from achievements.models import Change, Definition, HeardFact, Standing
from achievements.rules import State, Whose
from achievements.services import standings


class Senseless(Exception):
    """The definition's rule cannot count."""

    code = "senseless_rule"


@dataclass(frozen=True)
class DryRun:
    """Who would hold an achievement beside who holds it now, as (viewer's id, session's id)."""

    gained: list[Whose]
    lost: list[Whose]
    kept: int


@transaction.atomic
def save(definition: Definition, now: datetime) -> None:
    """Save a definition; a changed rule rests until it is applied.

    Where nothing was heard yet that it is made of there is nothing to apply it to: it counts.
    """
    standings.hold()
    before = Definition.objects.filter(pk=definition.pk).first()
    if before is None or _rests(before, definition):
        is_heard = HeardFact.objects.filter(kind=definition.fact).exists()
        definition.applied_at = None if is_heard or not definition.enabled else now
    definition.save()


def _rests(before: Definition, after: Definition) -> bool:
    if before.enabled != after.enabled:
        return True
    return any(getattr(before, name) != getattr(after, name) for name in Definition.RULE)


def dry_run(definition: Definition) -> DryRun:
    """Return what applying the definition would change, without changing it; raises Senseless."""
    before, after = _held(definition), set(_derived(definition))
    return DryRun(
        gained=sorted(after - before), lost=sorted(before - after), kept=len(after & before)
    )


@transaction.atomic
def apply(definition: Definition, *, actor: User | None, actor_name: str, now: datetime) -> DryRun:
    """Count the whole history by the definition, and from now on; nothing of it is announced.

    Raises Senseless.
    """
    standings.hold()
    result = dry_run(definition)
    definition.applied_at = now if definition.enabled else None
    definition.save(update_fields=["applied_at"])
    standings.recount([definition])
    Change.objects.create(
        verb=Change.Verb.APPLY,
        subject=definition.key,
        result={"gained": len(result.gained), "lost": len(result.lost), "kept": result.kept},
        actor=actor,
        actor_name=actor_name,
    )
    return result


def _held(definition: Definition) -> set[Whose]:
    held = Standing.objects.filter(definition=definition, earned_at__isnull=False, passed_at=None)
    return set(held.values_list("viewer_id", "session_id"))


def _derived(definition: Definition) -> dict[Whose, State]:
    if problem := standings.problem_of(definition):
        raise Senseless(problem)
    derived = standings.derive([definition])[definition]
    return {whose: state for whose, state in derived.items() if state.is_held}
