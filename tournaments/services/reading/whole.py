"""A tournament as a whole: what it is, how far it is, and what is on in it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef

from tournaments.models import Match, Participant, Tournament, VoteEvent
from tournaments.services import changes
from tournaments.services.reading.look import Look
from tournaments.services.reading.matches import match_row


def shown(tournament_id: str) -> Tournament:
    """Return a tournament that everybody may see; raises Tournament.DoesNotExist."""
    return Tournament.objects.shown().get(pk=tournament_id)


def tournament_document(look: Look) -> dict[str, Any]:
    """Return what a tournament is and how far it is; times are None where nothing is planned."""
    row = look.tournament
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "status": row.status,
        "status_name": Tournament.Status(row.status).label,
        "revision": row.revision,
        "max_participants": row.max_participants,
        "participants": len(look.players),
        "is_for_subscribers": row.is_for_subscribers,
        "registration_opens_at": row.registration_opens_at,
        "registration_closes_at": row.registration_closes_at,
        "is_drawn": look.is_revealed,
        "format": look.form.explained() if look.form else [],
        "rules": _rules(row),
        "champion": _champion(look),
        "cancelled_because": _cancelled_because(row),
    }


def live_matches(look: Look) -> list[dict[str, Any]]:
    """Return the matches that are on now, the newest first."""
    on = [match for match in look.matches if match.status == Match.Status.LIVE]
    on.sort(key=lambda match: (match.live_at is not None, match.live_at, match.pk), reverse=True)
    return [match_row(look, match) for match in on]


def on_now() -> dict[str, Any]:
    """Return the tournament and the live match that a stream would show now, by their ids.

    A match in which viewers vote goes first, then the one that went live last. Without a live match
    it is the newest tournament that is played, then the newest that was. `seq` is the number of
    what this stands for.
    """
    # The number first: what changes in between is then known to be newer.
    seq = changes.latest()
    voted_on = VoteEvent.objects.filter(match=OuterRef("pk"), status=VoteEvent.Status.ACTIVE)
    on = Match.objects.counting().filter(
        status=Match.Status.LIVE, tournament__status__in=Tournament.PLAYED
    )
    newest = F("live_at").desc(nulls_last=True)
    found = on.select_related("tournament").order_by(Exists(voted_on).desc(), newest, "pk")
    match = found.first()
    played = Tournament.objects.filter(status__in=Tournament.PLAYED).order_by("-created_at")
    row = match.tournament if match else played.open().first() or played.first()
    return {
        "seq": seq,
        "tournament": row and row.pk,
        "name": row.name if row else "",
        "match": match and match.pk,
    }


def _champion(look: Look) -> dict[str, Any] | None:
    for player in look.players.values():
        if player.status == Participant.Status.WINNER:
            return look.player(player.pk)
    return None


def _cancelled_because(row: Tournament) -> str:
    if row.status != Tournament.Status.CANCELLED:
        return ""
    reasons = row.changes.filter(verb="cancelled").values_list("reason", flat=True)
    return reasons.first() or ""


def _rules(row: Tournament) -> list[str]:
    """Say in sentences what the tournament's settings mean for those who play and look on."""
    legs = {1: "one match", 2: "two legs"}
    said = [
        f"Quarter-finals are {legs[row.quarter_final_legs]}, semi-finals "
        f"{legs[row.semi_final_legs]}, the final is one match; who is level plays extra time, then "
        "penalties. Away goals do not count twice.",
        f"A match that is forfeited is lost 0–{row.forfeit_goals}.",
    ]
    if row.bonus_mode == Tournament.BonusMode.COUNTS:
        most = row.most_bonus_per_player
        point = "point" if most == 1 else "points"
        said.append(
            f"Viewers' votes may give a player up to {most} {point}, shown apart as vote points."
        )
    elif row.bonus_mode == Tournament.BonusMode.TIE_BREAK:
        said.append("Vote points decide only between players who are level on points.")
    return said
