"""The page of one match: its score, the vote, predictions, and how its result came to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.services import people
from sagas.flow import Refused
from tournaments.models import Match, Tournament
from tournaments.services import impartiality, predictions, reading, reports
from tournaments.views.page import page
from twitch.models import Viewer


@dataclass(frozen=True)
class Stance:
    """Whether whoever looks may vote, and predict, if not both, why; and whether they report it."""

    may_vote: bool
    may_predict: bool
    said: str = ""
    must_sign_in: bool = False
    may_report: bool = False


@require_safe
def match(request: HttpRequest, match_id: str) -> HttpResponse:
    """Show one match; with JavaScript it is live, and viewers can vote and predict."""
    try:
        found, look = reading.shown_match(match_id)
    except Match.DoesNotExist:
        raise Http404 from None
    context = {
        "match": reading.match_document(found, look),
        "market": predictions.market(found, people.viewer_of(request.user)),
        "stance": stance(request.user, found),
        "is_called_off": found.tournament.status == Tournament.Status.CANCELLED,
    }
    return page(request, "tournaments/match.html", context)


def stance(user: User | AnonymousUser, match: Match) -> Stance:
    """Return what this person may do at the match, and why not more."""
    if not isinstance(user, User) or user.viewer is None:
        said = "Sign in with Twitch to vote and to predict."
        return Stance(may_vote=False, may_predict=False, said=said, must_sign_in=True)
    vote, predict = impartiality.check_voter, impartiality.check
    refusals = [_refusal(check, user.viewer, match) for check in (vote, predict)]
    may_report = not user.is_banned and reports.may_report(match, user.viewer)
    return Stance(not refusals[0], not refusals[1], refusals[1], may_report=may_report)


def _refusal(check: Callable[[Viewer, Match], None], viewer: Viewer, match: Match) -> str:
    """Return why the viewer may not do what the check is for, "" if they may."""
    try:
        check(viewer, match)
    except Refused as refused:
        return refused.sentence
    return ""
