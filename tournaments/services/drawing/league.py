"""The league draw: from the roster and the promised secret to matches, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Match, Participant, Phase, Tournament
from tournaments.rules.avoid import Impossible
from tournaments.rules.chance import Chance, derived
from tournaments.rules.draw import VERSION, draw
from tournaments.rules.formats import format_of
from tournaments.rules.states import Guard
from tournaments.services import changes, progress, states
from tournaments.services.drawing.wishes import DrawImpossible, avoided, pots, roster, wishes


@transaction.atomic
def run_league_draw(tournament_id: str, *, by: str, now: datetime, ceremony: bool) -> Drawing:
    """Draw the league phase, and begin it; what is drawn already stays as it is.

    With a `ceremony` nobody sees the result before it is shown. Raises Tournament.DoesNotExist,
    Refused without a published roster, and DrawImpossible.
    """
    tournament = changes.locked(tournament_id)
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    if drawing.drawn_at:
        return drawing
    players = _players(tournament)
    _draw_matches(tournament, drawing, players)
    _draw_lots(tournament, players, by, now)
    drawing.drawn_at, drawing.drawn_by = now, by
    drawing.steps = len(players)
    if not ceremony:
        drawing.shown, drawing.revealed_at = drawing.steps, now
    drawing.save()
    changes.note(tournament, "drew_league", by, {"ceremony": ceremony}, now)
    tournament = states.move(tournament.pk, Tournament.Status.LEAGUE_PHASE, by=by, now=now)
    progress.refresh(tournament, now)
    changes.touch(tournament, "bracket", "draw", "matches", "participants", "table")
    return drawing


def _players(tournament: Tournament) -> list[Participant]:
    if tournament.status != Tournament.Status.AWAITING_SELECTION:
        raise Refused(
            "no_draw_now",
            f"A tournament in “{tournament.get_status_display()}” is not drawn: "
            "the draw follows the selection.",
        )
    players = roster(tournament)
    if tournament.published_at is None or not players:
        raise Refused(Guard.HAS_ROSTER.code, Guard.HAS_ROSTER.sentence)
    return players


def _draw_matches(tournament: Tournament, drawing: Drawing, players: Sequence[Participant]) -> None:
    form = format_of(len(players), tournament.matches_per_player)
    avoid = avoided(players, wishes(tournament))
    drawing.version = VERSION
    drawing.facts = {
        "tournament": tournament.pk,
        "pots": pots(players, form),
        "matches_per_player": form.matches_per_player,
        "avoid": avoid.as_json(),
    }
    chance = Chance(derived(bytes.fromhex(drawing.secret), drawing.purpose, drawing.facts))
    try:
        drawn = draw(drawing.facts["pots"], form.matches_per_player, chance, avoid)
    except Impossible as impossible:
        raise DrawImpossible(impossible, players) from impossible
    drawing.result = {"games": [list(game) for game in drawn.games], "redraws": drawn.redraws}
    Match.objects.bulk_create(
        Match(
            tournament=tournament,
            phase=Phase.LEAGUE,
            matchday=game.matchday,
            home_id=game.home,
            away_id=game.away,
        )
        for game in drawn.games
    )


def _draw_lots(
    tournament: Tournament, players: Sequence[Participant], by: str, now: datetime
) -> None:
    """Give each player the lot that breaks the very last ties of the table."""
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LOTS)
    drawing.version = VERSION
    drawing.facts = {"tournament": tournament.pk, "players": [player.pk for player in players]}
    chance = Chance(derived(bytes.fromhex(drawing.secret), drawing.purpose, drawing.facts))
    order = chance.shuffled(drawing.facts["players"])
    drawing.result = {"order": order}
    drawing.drawn_at, drawing.drawn_by, drawing.revealed_at = now, by, now
    drawing.save()
    lots = {player: lot for lot, player in enumerate(order, 1)}
    for player in players:
        player.lot = lots[player.pk]
    Participant.objects.bulk_update(players, ["lot"])
