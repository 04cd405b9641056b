"""The players as the desk sees them: who withdrew, who was warned, and the buttons for that."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sagas.flow import Refused
from tournaments.models import Participant, Tournament
from tournaments.services import corrections, withdrawals
from tournaments.services.corrections import Unseen
from tournaments.views.desk import answer, enters_results
from tournaments.views.entries import TokenForm, WarningsForm
from tournaments.views.page import page
from tournaments.views.previews import preview


@require_safe
@enters_results
def show(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Show every player with what can be done."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise Http404
    players = tournament.participants.select_related("viewer", "standing").order_by("seed")
    context = {
        "tournament": tournament,
        "players": players,
        "can_change": tournament.status in Tournament.PLAYED,
    }
    return page(request, "tournaments/desk/players.html", context)


@require_POST
@enters_results
def withdraw(request: HttpRequest, player_id: str) -> HttpResponse:
    """Withdraw a player, after everything that this changes was shown."""
    form, by = TokenForm(request.POST), request.user.get_username()
    now = timezone.now()

    def act() -> Participant:
        reason = form.cleaned_data["reason"]
        return withdrawals.withdraw(player_id, by=by, reason=reason, now=now)

    return _applied(request, player_id, form, act, "Withdrawn: what was not played is forfeited.")


@require_POST
@enters_results
def reinstate(request: HttpRequest, player_id: str) -> HttpResponse:
    """Let a player who withdrew play on, after everything that this changes was shown."""
    form, by = TokenForm(request.POST), request.user.get_username()
    now = timezone.now()

    def act() -> Participant:
        reason = form.cleaned_data["reason"]
        return withdrawals.reinstate(player_id, by=by, reason=reason, now=now)

    return _applied(request, player_id, form, act, "Plays on: what was forfeited is to be played.")


@require_POST
@enters_results
def warn(request: HttpRequest, player_id: str) -> HttpResponse:
    """Set a player's warnings, after everything that this changes was shown."""
    form, by = WarningsForm(request.POST), request.user.get_username()
    now = timezone.now()

    def act() -> Participant:
        given = form.cleaned_data
        reason = given["reason"]
        return withdrawals.warn(player_id, given["warnings"], by=by, reason=reason, now=now)

    return _applied(request, player_id, form, act, "The warnings are noted.")


def _applied(
    request: HttpRequest, player_id: str, form: TokenForm, act: Callable[[], object], said: str
) -> HttpResponse:
    player = Participant.objects.filter(pk=player_id).first()
    if player is None:
        raise Http404
    address = reverse("desk_players", args=[player.tournament_id])
    if not form.is_valid():
        return answer(request, address, form.fault, 400)
    try:
        corrections.apply(player.tournament_id, act, form.cleaned_data["token"])
    except Unseen as refusal:
        return preview(request, refusal, address)
    except Refused as refusal:
        return answer(request, address, refusal.sentence, 409)
    return answer(request, address, said)
