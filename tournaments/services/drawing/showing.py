"""What anybody may know of a tournament's draws by now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tournaments.models import Drawing, Tournament
from tournaments.rules.chance import Chance, derived
from tournaments.rules.formats import NoFormat, format_of
from tournaments.services.drawing import ceremony
from tournaments.services.drawing.wishes import pots, roster

# A new shape of the document is another version of it.
SHAPE = 1


def ceremony_on() -> Tournament | None:
    """Return the tournament whose ceremony is on, or may begin any moment; the newest of them."""
    on = Drawing.objects.filter(
        purpose=Drawing.Purpose.LEAGUE, drawn_at__isnull=False, revealed_at=None
    )
    # A tournament that was called off has none.
    drawing = on.filter(tournament__in=Tournament.objects.open()).order_by("drawn_at").last()
    return drawing.tournament if drawing else None


def version(tournament: Tournament, now: datetime) -> str:
    """Return what changes whenever the document does, but for its clock."""
    drawing = tournament.drawings.get(purpose=Drawing.Purpose.LEAGUE)
    return f"{SHAPE}.{tournament.revision}.{ceremony.shown(drawing, now)}"


def document(tournament: Tournament, now: datetime) -> dict[str, Any]:
    """Return the pots, who was shown by now with their opponents, and the proofs of all draws.

    Of a draw whose ceremony is on, there is nothing but what was shown: neither secret nor result.
    """
    drawings = {drawing.purpose: drawing for drawing in tournament.drawings.order_by("pk")}
    league = drawings[Drawing.Purpose.LEAGUE]
    players = {player.pk: player for player in roster(tournament)}
    people = {
        pk: {
            "id": pk,
            "userId": player.viewer_id,
            "name": str(player),
            "seed": player.seed,
            "pot": player.pot,
            "registration": player.registration_id,
        }
        for pk, player in players.items()
    }
    try:
        form = format_of(len(players) or tournament.max_participants, tournament.matches_per_player)
        by_pots = pots(list(players.values()), form)
    except NoFormat:
        by_pots = []
    return {
        "id": tournament.pk,
        "name": tournament.name,
        "status": _status(league),
        "seq": tournament.revision,
        "ceremony": _clock(league, now),
        "pots": [[people[pk] for pk in pot] for pot in by_pots],
        "shown": _shown(league, people, now),
        "drawings": [_proof(drawing) for drawing in drawings.values()],
    }


def _status(drawing: Drawing) -> str:
    if drawing.drawn_at is None:
        return "not_drawn"
    return "revealed" if drawing.revealed_at else "ceremony"


def _clock(drawing: Drawing, now: datetime) -> dict[str, Any] | None:
    if drawing.drawn_at is None:
        return None
    return {
        "is_running": drawing.is_running,
        "shown": ceremony.shown(drawing, now),
        "steps": drawing.steps,
        "pace": drawing.pace,
        "next_at": ceremony.next_at(drawing, now),
        "now": now,
    }


def _shown(
    drawing: Drawing, people: dict[str, dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Return who was shown, in that order, with the opponents by pots."""
    if drawing.result is None or drawing.facts is None:
        return []
    opponents: dict[str, list[dict[str, Any]]] = {pk: [] for pk in people}
    for _, home, away in drawing.result["games"]:
        if home in people and away in people:
            opponents[home].append({"venue": "home", **people[away]})
            opponents[away].append({"venue": "away", **people[home]})
    order = [pk for pk in order_of_showing(drawing) if pk in people]
    return [
        {
            "player": people[pk],
            "opponents": sorted(
                opponents[pk], key=lambda one: (one["pot"], one["venue"] == "away", one["seed"])
            ),
        }
        for pk in order[: ceremony.shown(drawing, now)]
    ]


def order_of_showing(drawing: Drawing) -> list[str]:
    """Return the players as they come out of the pots, the strongest pot first."""
    secret = bytes.fromhex(drawing.secret)
    chance = Chance(derived(secret, "ceremony", drawing.facts))
    return [player for pot in drawing.facts["pots"] for player in chance.shuffled(pot)]


def _proof(drawing: Drawing) -> dict[str, Any]:
    """Return what is published: the commitment always, the roster once it is drawn, then all."""
    is_open = drawing.revealed_at is not None
    return {
        "purpose": drawing.purpose,
        "name": drawing.get_purpose_display(),
        "version": drawing.version,
        "commitment": drawing.commitment,
        "drawn_at": drawing.drawn_at,
        "facts": drawing.facts,
        "secret": drawing.secret if is_open else None,
        "result": drawing.result if is_open else None,
    }
