"""The two buttons with which viewers take part in a tournament."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.gate import may_act
from accounts.services import people
from sagas.flow import Refused
from tournaments.models import Registration, Tournament
from tournaments.services import registrations
from tournaments.services.subscribers import TryAgain


@require_POST
@may_act
def register(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Register whoever presses it; the page says what came of it."""
    viewer = people.viewer_of(request.user)
    if viewer is None:
        raise Http404
    try:
        registrations.register(tournament_id, viewer, now=timezone.now())
    except Tournament.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    except TryAgain:
        messages.error(request, "Twitch does not answer, so we cannot see: try again in a minute.")
    else:
        messages.success(request, "You are registered.")
    return redirect("tournament", tournament_id)


@require_POST
@may_act
def withdraw(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Take back the registration of whoever presses it."""
    viewer = people.viewer_of(request.user)
    if viewer is None:
        raise Http404
    try:
        registrations.withdraw(tournament_id, viewer, now=timezone.now())
    except (Tournament.DoesNotExist, Registration.DoesNotExist):
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "You withdrew.")
    return redirect("tournament", tournament_id)
