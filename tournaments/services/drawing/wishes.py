"""What the organiser asks of the league draw, looked at before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sagas.flow import Refused
from tournaments.models import Drawing, Participant, Tournament
from tournaments.rules.avoid import Avoid, Impossible
from tournaments.rules.chance import Chance
from tournaments.rules.draw import meetings
from tournaments.rules.formats import Format, format_of
from tournaments.services import changes


@dataclass(frozen=True)
class Wishes:
    """Players who do not meet, by their ids in pairs, and at most so many opponents of a group.

    Groups are written beside the players themselves.
    """

    pairs: Sequence[Sequence[str]] = ()
    most_per_group: int | None = None


class DrawImpossible(Refused):
    """No draw can keep the rules; `rule` is the one to loosen."""

    def __init__(self, impossible: Impossible, players: Sequence[Participant]) -> None:
        why = impossible.why
        for player in players:
            why = why.replace(player.pk, str(player))
        super().__init__(impossible.code, why)
        self.rule = impossible.rule


def wishes(tournament: Tournament) -> Wishes:
    """Return what is asked of the league draw."""
    stored = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE).wishes or {}
    return Wishes(stored.get("pairs", ()), stored.get("most_per_group"))


@transaction.atomic
def wish(tournament_id: str, wanted: Wishes, *, by: str, now: datetime) -> Wishes:
    """Ask that of the draw, in place of what was asked before.

    Raises Refused if it is drawn already, `unknown_player`, or DrawImpossible.
    """
    tournament = changes.locked(tournament_id)
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    if drawing.drawn_at:
        raise Refused("already_drawn", "The league phase is drawn already.")
    players = roster(tournament)
    known = {player.pk for player in players}
    if any(player not in known for pair in wanted.pairs for player in pair):
        raise Refused("unknown_player", "Somebody in a pair is not on the roster.")
    pairs = sorted(sorted(pair) for pair in wanted.pairs)
    drawing.wishes = {"pairs": pairs, "most_per_group": wanted.most_per_group}
    avoid = avoided(players, wanted)
    if players:
        form = format_of(len(players), tournament.matches_per_player)
        try:
            meetings(pots(players, form), form.matches_per_player, Chance(b"a look ahead"), avoid)
        except Impossible as impossible:
            raise DrawImpossible(impossible, players) from impossible
    drawing.save(update_fields=["wishes"])
    changes.note(tournament, "changed_draw_rules", by, drawing.wishes, now)
    changes.touch(tournament, "draw")
    return wishes(tournament)


def roster(tournament: Tournament) -> list[Participant]:
    """Return the players, the strongest first."""
    found = tournament.participants.select_related("viewer")
    return list(found.order_by("seed"))


def pots(players: Sequence[Participant], form: Format) -> list[list[str]]:
    """Return the players' ids by pots, the strongest first."""
    ids = [player.pk for player in players]
    return [ids[start : start + form.pot_size] for start in range(0, len(ids), form.pot_size)]


def avoided(players: Sequence[Participant], wanted: Wishes) -> Avoid:
    """Return the rules about who does not meet whom; raises Refused if they make no sense."""
    groups: dict[str, list[str]] = {}
    for player in players:
        if player.avoid_group:
            groups.setdefault(player.avoid_group, []).append(player.pk)
    try:
        return Avoid.of(wanted.pairs, groups, wanted.most_per_group)
    except ValueError as error:
        raise Refused("bad_wish", str(error)) from error
