"""Who keeps out of the votes and bets on a match: those who play in it, and those who run it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from sagas.flow import Refused
from tournaments.models import Match
from twitch.models import Viewer

RUNNING = ("enter_results", "run_votes")


class Partial(Refused):
    """This viewer has a hand in the match."""


class Banned(Refused):
    """This viewer may look, but not take part."""

    def __init__(self) -> None:
        super().__init__("banned", "You may look, but not take part.")


def check(viewer: Viewer, match: Match) -> None:
    """Raise Partial for the match's players and those who run it, Banned for the banned.

    `match` comes with its two players.
    """
    people = _people(viewer)
    if any(is_banned for is_banned, _ in people):
        raise Banned
    if viewer.pk in (match.home.viewer_id, match.away.viewer_id):
        raise Partial("plays_in_it", "You play in this match, so others decide and bet on it.")
    if any(runs_it for _, runs_it in people):
        raise Partial("runs_it", "You may enter results or run votes, so you stay neutral.")


def check_voter(viewer: Viewer, match: Match) -> None:
    """Raise as `check`; if the setting lets them vote all the same, Banned only."""
    try:
        check(viewer, match)
    except Partial:
        if settings.TOURNAMENT_NEUTRAL_VOTERS:
            raise


def _people(viewer: Viewer) -> list[tuple[bool, bool]]:
    """Return, for the account of the viewer if there is one, whether it is banned and runs it."""
    rights = Permission.objects.filter(
        Q(user=OuterRef("pk")) | Q(group__user=OuterRef("pk")),
        content_type__app_label="tournaments",
        codename__in=RUNNING,
    )
    accounts = User.objects.filter(viewer=viewer).annotate(
        runs_it=Q(is_active=True) & (Q(is_superuser=True) | Exists(rights))
    )
    return list(accounts.values_list("is_banned", "runs_it"))
