"""The desk of a match day: one page from which a season is run, also on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import signed_in
from accounts.models import User
from sagas.flow import Refused
from tournaments.models import Ground, Match, Tournament
from tournaments.rules import scores
from tournaments.rules.scores import PLAYED, Entered
from tournaments.services import corrections, desk, drawing, matches, results
from tournaments.services.corrections import Unseen
from tournaments.services.matches import Day
from tournaments.services.results import By
from tournaments.views.entries import COURSES, DayForm, ResultForm, SoFarForm, TokenForm
from tournaments.views.page import page
from tournaments.views.previews import preview

RIGHT = "tournaments.enter_results"
View = Callable[..., HttpResponse]


def enters_results(view: View) -> View:
    """Let in who may enter results; others are refused, and strangers asked to sign in."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not user.has_perm(RIGHT) or (isinstance(user, User) and user.is_banned):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@enters_results
def show(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Show the matches of a day with what can be done about each, and all that waits."""
    tournament = _tournament(tournament_id)
    now = timezone.now()
    waits = desk.waiting(tournament.matches.counting(), now)
    days = desk.days(tournament)
    day = _day(days, request.GET.get("day", "")) or desk.current(tournament, days)
    shown = desk.cases(tournament.matches.of_day(day.phase, day.number), now) if day else []
    context = {
        "tournament": tournament,
        "days": [{"day": each, "key": key(each), "is_shown": each == day} for each in days],
        "day": day,
        "day_key": key(day) if day else "",
        "waiting": [_case(case) for case in waits if case.needs != desk.RESULT],
        "late": _late_days(waits, day),
        "draw_due": drawing.due(tournament),
        "cases": [_case(case) for case in shown],
        "courses": COURSES.items(),
        "grounds": Ground.choices,
    }
    return page(request, "tournaments/desk/desk.html", context)


# --- What the buttons do -------------------------------------------------------------------------


@require_POST
@enters_results
def go_live(request: HttpRequest, match_id: str) -> HttpResponse:
    """Begin a match."""
    by, now = request.user.get_username(), timezone.now()
    return _done(request, match_id, lambda: matches.go_live(match_id, by=by, now=now), "Live.")


@require_POST
@enters_results
def call_back(request: HttpRequest, match_id: str) -> HttpResponse:
    """Let a match that went live by mistake be scheduled again."""
    by, now = request.user.get_username(), timezone.now()
    said = "Scheduled again."
    return _done(request, match_id, lambda: matches.call_back(match_id, by=by, now=now), said)


@require_POST
@enters_results
def score(request: HttpRequest, match_id: str) -> HttpResponse:
    """Show the score so far."""
    form = SoFarForm(request.POST)
    if not form.is_valid():
        return answer(request, _back(match_id), "There is no such score.", 400)
    home, away = form.goals()
    said = f"{home}–{away}"
    return _done(request, match_id, lambda: matches.score(match_id, home, away), said)


@require_POST
@enters_results
def enter(request: HttpRequest, match_id: str) -> HttpResponse:
    """Enter a result; a correction is shown first, with everything that it changes."""
    form = ResultForm(request.POST)
    if not form.is_valid():
        return answer(request, _back(match_id), form.fault, 400)
    return _entered(request, match_id, form.entered(), form)


@require_POST
@enters_results
def take_back(request: HttpRequest, match_id: str) -> HttpResponse:
    """Take a result back, after everything that this changes was shown."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return answer(request, _back(match_id), form.fault, 400)
    reason = form.cleaned_data["reason"]
    return _entered(request, match_id, Entered(scores.TAKEN_BACK, reason=reason), form)


@require_POST
@enters_results
def schedule(request: HttpRequest, tournament_id: str, day_key: str) -> HttpResponse:
    """Say when the matches of a day are played."""
    day = _day(desk.days(_tournament(tournament_id)), day_key)
    if day is None:
        raise Http404
    address = f"{reverse('desk', args=[tournament_id])}?day={day_key}"
    form = DayForm(request.POST)
    if not form.is_valid():
        return answer(request, address, "Say when the first match begins.", 400)
    start, apart = form.cleaned_data["starts_at"], form.cleaned_data["minutes_apart"] or 0
    by, now = request.user.get_username(), timezone.now()
    try:
        moved = matches.schedule_day(
            tournament_id, day, start, timedelta(minutes=apart), by=by, now=now
        )
    except Refused as refusal:
        return answer(request, address, refusal.sentence, 409)
    return answer(request, address, f"{len(moved)} matches have their time.")


# --- What they share -----------------------------------------------------------------------------


def key(day: Day) -> str:
    """Return what a day is called in addresses."""
    return f"{day.phase}-{day.number}"


def answer(request: HttpRequest, address: str, said: str, status: int = 200) -> HttpResponse:
    """Say what came of a button: as JSON to a script, else on the page at that address."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"detail": said}, status=status)
    (messages.success if status == 200 else messages.error)(request, said)
    return redirect(address)


def by(request: HttpRequest) -> By:
    """Return who presses the buttons."""
    user = request.user
    return By(user.get_username(), user.viewer_id if isinstance(user, User) else None)


def _tournament(tournament_id: str) -> Tournament:
    found = Tournament.objects.filter(pk=tournament_id).first()
    if found is None:
        raise Http404
    return found


def _day(days: Iterable[Day], day_key: str) -> Day | None:
    return next((day for day in days if key(day) == day_key), None)


def _back(match_id: str) -> str:
    """Return the address of the desk with this match."""
    match = Match.objects.filter(pk=match_id).first()
    if match is None:
        raise Http404
    return f"{reverse('desk', args=[match.tournament_id])}?day={key(Day.of(match))}#{match_id}"


def _done(
    request: HttpRequest, match_id: str, act: Callable[[], object], said: str
) -> HttpResponse:
    address = _back(match_id)
    try:
        act()
    except Refused as refusal:
        return answer(request, address, refusal.sentence, 409)
    return answer(request, address, said)


def _entered(
    request: HttpRequest, match_id: str, entered: Entered, form: TokenForm
) -> HttpResponse:
    address, token = _back(match_id), form.cleaned_data["token"]
    try:
        match = corrections.enter(match_id, entered, token, by=by(request), now=timezone.now())
    except Unseen as refusal:
        return preview(request, refusal, address)
    except Refused as refusal:
        return answer(request, address, refusal.sentence, 409)
    return answer(request, address, f"{match}: {results.result_of(match)}.")


def _late_days(waits: list[desk.Case], shown: Day | None) -> list[dict[str, Any]]:
    """Return the other days with matches whose results are missed, and how many they are."""
    missed = Counter(Day.of(case.match) for case in waits if case.needs == desk.RESULT)
    return [
        {"day": day, "key": key(day), "matches": count}
        for day, count in missed.items()
        if day != shown
    ]


def _case(case: desk.Case) -> dict[str, Any]:
    """Return a match with what its template asks for."""
    match = case.match
    return {
        "match": match,
        "day": Day.of(match),
        "needs": case.needs,
        "said": [{"report": each, "score": results.score_of(each)} for each in case.said],
        "result": results.result_of(match),
        "decides": case.stage.first_leg is not None,
        "first_leg": case.stage.first_leg if match.leg == 2 else None,
        "can_finish": match.status == Match.Status.LIVE and _makes_sense(case),
        "goals_down": (max(0, (match.home_goals or 0) - 1), max(0, (match.away_goals or 0) - 1)),
    }


def _makes_sense(case: desk.Case) -> bool:
    try:
        scores.checked(Entered(PLAYED, results.score_of(case.match)), case.stage, 1)
    except scores.Senseless:
        return False
    return True
