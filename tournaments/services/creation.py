"""Making a tournament, with its commitments to every draw to come, and changing its settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Tournament
from tournaments.rules import formats
from tournaments.services import changes

# What the draw is made from, and what the matches are played by.
FIXED_BY_ROSTER = frozenset({"max_participants", "matches_per_player"})
FIXED_BY_DRAW = frozenset(
    {"quarter_final_legs", "semi_final_legs", "forfeit_goals", "bonus_mode", "most_bonus_per_match"}
)


@transaction.atomic
def create(settings: Mapping[str, Any], *, by: str, now: datetime) -> Tournament:
    """Make a tournament as a draft; raises ValidationError, or Refused where there is no format.

    `settings` are the model's fields, at least a `name`. The secrets of all its draws are made
    now, and their hashes are public from the beginning.
    """
    tournament = Tournament(**settings, created_at=now)
    _check(tournament)
    tournament.save(force_insert=True)
    _commit_to_draws(tournament)
    changes.note(tournament, "created", by, {}, now)
    return tournament


@transaction.atomic
def change(
    tournament_id: str, settings: Mapping[str, Any], *, by: str, now: datetime
) -> Tournament:
    """Change settings, with the old and new values in the diary; raises as `create`.

    Refused, too, is what is fixed by now: the size by the roster, the rules of play by the draw.
    """
    tournament = changes.locked(tournament_id)
    changed = {
        name: {"from": _plain(getattr(tournament, name)), "to": _plain(value)}
        for name, value in settings.items()
        if getattr(tournament, name) != value
    }
    if not changed:
        return tournament
    _refuse_fixed(tournament, changed.keys())
    for name in changed:
        setattr(tournament, name, settings[name])
    _check(tournament)
    tournament.save(update_fields=[*changed])
    changes.note(tournament, "changed_settings", by, changed, now)
    changes.touch(tournament, "tournament")
    return tournament


def fixed_settings(tournament: Tournament) -> frozenset[str]:
    """Return the settings that cannot be changed any more."""
    fixed = FIXED_BY_ROSTER if tournament.published_at else frozenset[str]()
    return fixed | FIXED_BY_DRAW if tournament.status in Tournament.PLAYED else fixed


def _refuse_fixed(tournament: Tournament, names: Any) -> None:
    if tournament.status in Tournament.ENDS:
        raise Refused("tournament_over", "The tournament is over: its settings stay as they are.")
    if fixed := sorted(fixed_settings(tournament) & set(names)):
        cause = "the roster" if set(fixed) <= FIXED_BY_ROSTER else "the draw"
        raise Refused("setting_fixed", f"Fixed since {cause} was made: {', '.join(fixed)}.")


def _check(tournament: Tournament) -> None:
    tournament.full_clean()
    if not tournament.name.strip():
        raise ValidationError({"name": "A tournament needs a name."})
    try:
        formats.format_of(tournament.max_participants, tournament.matches_per_player)
    except formats.NoFormat as error:
        raise Refused(error.code, str(error)) from error


def _commit_to_draws(tournament: Tournament) -> None:
    drawings = [Drawing(tournament=tournament, purpose=purpose) for purpose in Drawing.Purpose]
    for drawing in drawings:
        drawing.commitment = hashlib.sha256(bytes.fromhex(drawing.secret)).hexdigest()
    Drawing.objects.bulk_create(drawings)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
