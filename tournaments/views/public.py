"""The list of tournaments, each tournament, and each of its players."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from tournaments.models import Tournament
from tournaments.services import reading
from tournaments.services.reading import Look
from tournaments.views.page import page
from tournaments.views.place import place
from tournaments.views.shared import Shared

MOST_PAST = 20
# Everybody asks at once when something changed.
_shared = Shared(most=8)


@require_safe
def tournaments(request: HttpRequest) -> HttpResponse:
    """Show what is open, what is on and what was."""
    now = timezone.now()
    found = list(Tournament.objects.shown())
    rows = [_row(request, tournament, now) for tournament in found if not _is_over(tournament)]
    past = [tournament for tournament in found if _is_over(tournament)]
    context = {
        "open": [row for row in rows if row["tournament"].status not in Tournament.PLAYED],
        "live": [row for row in rows if row["tournament"].status in Tournament.PLAYED],
        "past": [_past(tournament) for tournament in past[:MOST_PAST]],
    }
    return page(request, "tournaments/list.html", context)


@require_safe
def tournament(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Show one tournament; with JavaScript the page stays true by itself."""
    look = _look(tournament_id)
    context = {
        **_panels(look),
        "place": place(request.user, look.tournament, timezone.now()),
    }
    return page(request, "tournaments/tournament.html", context)


@require_safe
def panels(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Answer what changes on the tournament's page, the same for everybody."""
    look = _look(tournament_id)
    headers = {"ETag": look.etag, "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == look.etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(_shared.get(look.etag, lambda: _rendered(look)), headers=headers)


@require_safe
def player(request: HttpRequest, tournament_id: str, player_id: str) -> HttpResponse:
    """Show one player's matches and opponents."""
    look = _look(tournament_id)
    if player_id not in look.players:
        raise Http404
    pots = reading.participants(look)
    mine = next(row for pot in pots for row in pot["players"] if row["id"] == player_id)
    context = {
        "tournament": reading.tournament_document(look),
        "player": mine,
        "line": next((row for row in look.lines if row.participant_id == player_id), None),
        "matches": reading.player_matches(look, player_id),
        "opponents": _by_pots(mine["opponents"]),
    }
    return page(request, "tournaments/player.html", context)


def _rendered(look: Look) -> str:
    return render_to_string("tournaments/panels.html", _panels(look))


def _look(tournament_id: str) -> Look:
    try:
        return Look(reading.shown(tournament_id))
    except Tournament.DoesNotExist:
        raise Http404 from None


def _panels(look: Look) -> dict[str, Any]:
    upcoming = reading.next_day(look)
    return {
        "tournament": reading.tournament_document(look),
        "live": reading.live_matches(look),
        "table": reading.table(look),
        "days": [*reading.matchdays(look), *reading.legs(look)],
        "current_day": upcoming and upcoming["name"],
        "rounds": reading.bracket(look),
        "pots": reading.participants(look),
    }


def _row(request: HttpRequest, tournament: Tournament, now: Any) -> dict[str, Any]:
    look = Look(tournament)
    return {
        "tournament": tournament,
        "document": reading.tournament_document(look),
        "live": reading.live_matches(look),
        "leaders": reading.table(look)["rows"][:3] if look.matches else [],
        "place": place(request.user, tournament, now),
    }


def _past(tournament: Tournament) -> dict[str, Any]:
    return {
        "tournament": tournament,
        "champion": tournament.participants.filter(status="WINNER").first(),
    }


def _is_over(tournament: Tournament) -> bool:
    return tournament.status in Tournament.ENDS


def _by_pots(opponents: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    pots: dict[int, list[dict[str, Any]]] = {}
    for each in opponents:
        pots.setdefault(each["player"]["pot"], []).append(each)
    return pots
