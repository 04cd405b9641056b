"""Staking points on a match, until the moment it goes live."""

from __future__ import annotations

from django.db import connection, transaction

from points.services import ledger
from sagas.flow import Refused
from tournaments.models import Match, Prediction, Stake, Tournament
from tournaments.services import causes, clock, coalescing, impartiality, reading
from twitch.models import Viewer

TELL_POOLS = "tournaments.tell_pools"
Side = Prediction.Side

# While points are staked the match cannot go live, and no other press of this viewer is at work.
_LOCK = """
WITH match AS MATERIALIZED (SELECT FROM tournaments_match WHERE id = %(match)s FOR SHARE)
SELECT pg_advisory_xact_lock(hashtextextended(%(match)s || ' ' || %(viewer)s, 0)) FROM match
"""


class NotStaked(Refused):
    """These points were not staked, and are still the viewer's."""


def side_of(match: Match, participant: str) -> str:
    """Return the side of a player, given as player id or Twitch's user id; raises NotStaked."""
    for side, player in ((Side.HOME, match.home), (Side.AWAY, match.away)):
        if participant in (player.pk, player.viewer_id):
            return side
    raise NotStaked("not_in_this_match", "Name one of the two players of this match.")


@transaction.atomic
def predict(match_id: str, viewer: Viewer, side: str, points: int, key: str) -> Prediction:
    """Stake points on a side, or more on the same side; a key stakes once.

    In a tie the side is who goes through. Raises Match.DoesNotExist, NotStaked, Partial, Banned and
    the ledger's NotEnough.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"match": match_id, "viewer": viewer.pk})
    match, _ = reading.shown_match(match_id)
    known = Prediction.objects.filter(match=match, viewer=viewer).first()
    if known and (stake := known.stakes.filter(key=key).first()):
        if (stake.points, known.side) != (points, side):
            raise NotStaked("key_reused", "This key has staked something else.")
        return known
    impartiality.check(viewer, match)
    _check_match(match, side)
    _check_points(match.tournament, known, side, points)
    return _stake(known or Prediction(match=match, viewer=viewer, side=side), points, key)


def _stake(prediction: Prediction, points: int, key: str) -> Prediction:
    prediction.points_wagered = (prediction.points_wagered or 0) + points
    prediction.updated_at = clock.time()
    prediction.save()
    Stake.objects.create(prediction=prediction, key=key, points=points)
    ledger.debit(
        prediction.viewer_id,
        points,
        causes.of_match("Staked", prediction.match),
        key=f"stake:{prediction.pk}:{key}",
    )
    coalescing.soon(TELL_POOLS, prediction.match_id)
    return prediction


def _check_match(match: Match, side: str) -> None:
    if match.live_at:
        raise NotStaked(
            "locked", f"Predictions closed at {match.live_at:%H:%M:%S} UTC: the match was live."
        )
    if match.reports.exists():
        raise NotStaked("locked", "Predictions are closed: a player has reported the result.")
    if match.status != Match.Status.SCHEDULED:
        raise NotStaked("locked", "Predictions are closed: the match has its result.")
    if match.is_set_aside or match.tournament.status in Tournament.ENDS:
        raise NotStaked("not_played", "This match is not played.")
    if side == Side.DRAW and match.tie_id:
        raise NotStaked("no_draw", "Somebody goes through: predict one of the two.")


def _check_points(tournament: Tournament, known: Prediction | None, side: str, points: int) -> None:
    least, most = tournament.least_stake, tournament.most_stake
    staked = known.points_wagered if known else 0
    if known and known.side != side:
        raise NotStaked("other_side", "You can add to your prediction, but not change its side.")
    if points < least:
        raise NotStaked("too_little", f"Stake at least {least:,}.")
    if staked + points > most:
        there = f": {staked:,} are there, so {most - staked:,} more" if staked else ""
        raise NotStaked("too_much", f"Stake at most {most:,} on a match{there}.")
