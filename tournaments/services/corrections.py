"""Seeing what a correction changes before it is made: it is made, looked at, and taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Match
from tournaments.rules.scores import Entered
from tournaments.services import changes, matches, picture, results
from tournaments.services.results import By

Act = Callable[[], object]
Changes = dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """Everything that an act changes, as JSON's types, and the token that stands for just that."""

    changes: Changes

    @property
    def is_empty(self) -> bool:
        return not any(self.changes.values())

    @property
    def token(self) -> str:
        return hashlib.sha256(json.dumps(self.changes, sort_keys=True).encode()).hexdigest()[:32]


class Unseen(Refused):
    """What would change is not what was agreed to, so nothing was changed: `preview` has it."""

    def __init__(self, preview: Preview, token: str) -> None:
        code = "preview_stale" if token else "preview_needed"
        since = "Something else changed meanwhile. " if token else ""
        super().__init__(code, f"{since}Look at what this changes, and confirm it.")
        self.preview = preview


def preview(tournament_id: str, act: Act) -> Preview:
    """Return what the act would change; nothing is changed, and nobody hears of it.

    Raises what the act raises, and Tournament.DoesNotExist.
    """
    with transaction.atomic():
        found = _tried(tournament_id, act)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def apply(tournament_id: str, act: Act, token: str) -> Preview:
    """Do what was previewed, all or nothing; raises Unseen when it is not just that any more."""
    found = _tried(tournament_id, act)
    if not found.is_empty and found.token != token:
        raise Unseen(found, token)
    return found


@transaction.atomic
def enter(match_id: str, entered: Entered, token: str, *, by: By, now: datetime) -> Match:
    """Enter a result: at once where there is none yet, otherwise only as it was previewed.

    Raises Match.DoesNotExist, Unseen, and what `results.resolve` raises.
    """
    tournament, match = matches.locked(match_id)

    def act() -> None:
        results.resolve(match_id, entered, by=by, now=now)

    if match.outcome:
        apply(tournament.pk, act, token)
    else:
        act()
    match.refresh_from_db()
    return match


def _tried(tournament_id: str, act: Act) -> Preview:
    tournament = changes.locked(tournament_id)
    before = picture.of(tournament)
    act()
    return Preview(picture.changes(before, picture.of(tournament)))
