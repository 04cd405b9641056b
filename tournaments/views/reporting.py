"""The page on which a player reports their own match."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.gate import may_act
from accounts.services import people
from sagas.flow import Refused
from tournaments.models import Match
from tournaments.services import desk, reports, results
from tournaments.services.reports import Told
from tournaments.views.entries import ReportForm
from tournaments.views.page import page


@require_http_methods(["GET", "HEAD", "POST"])
@may_act
def report(request: HttpRequest, match_id: str) -> HttpResponse:
    """Ask a player how their match ended, and take their word."""
    viewer = people.viewer_of(request.user)
    found = desk.cases(Match.objects.filter(pk=match_id), timezone.now())
    if not found or viewer is None:
        raise Http404
    (case,) = found
    match = case.match
    if viewer.pk not in (match.home.viewer_id, match.away.viewer_id):
        raise Http404
    if request.method == "POST":
        form = ReportForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.fault)
            return redirect("match_report", match_id)
        told = Told(form.score(), form.cleaned_data["proof_url"])
        try:
            match = reports.report(match_id, viewer, told, now=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("match_report", match_id)
        messages.success(request, _said(match))
        return redirect("match", match_id)
    mine = next((each for each in case.said if each.participant.viewer_id == viewer.pk), None)
    context = {
        "match": match,
        "decides": case.stage.first_leg is not None,
        "result": results.result_of(match) if match.outcome else None,
        "mine": mine,
        "other_has_reported": len(case.said) > (mine is not None),
    }
    return page(request, "tournaments/desk/report.html", context)


def _said(match: Match) -> str:
    if match.outcome:
        return "You both say the same: that is the result."
    if reports.differ(match):
        return "The two of you say different things: somebody will decide."
    return "Thank you. When the other player says the same, it is the result."
