"""The page of the draw: the ceremony for everybody, its buttons for who directs it, the proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import signed_in
from sagas.flow import Refused
from tournaments.models import Tournament
from tournaments.services import drawing, reading
from tournaments.services.drawing import Due, Verb, Wishes
from tournaments.services.drawing.ceremony import QUICKEST, SLOWEST
from tournaments.views.page import page

RIGHT = "tournaments.curate"
PACES = (2, 4, 6, 10, 15)


@require_safe
def draw(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Show how far the draw is; with JavaScript the page follows the server's clock."""
    tournament, now = _shown(tournament_id), timezone.now()
    is_director = request.user.has_perm(RIGHT)
    document = drawing.document(tournament, now)
    context = {
        "tournament": tournament,
        "draw": document,
        "now": _milliseconds(now),
        "panels": _panels(tournament, now),
        "director": _director(tournament, document) if is_director else None,
    }
    return page(request, "tournaments/draw.html", context)


@require_safe
def panels(request: HttpRequest, tournament_id: str) -> HttpResponse:
    """Answer what changes on the page, the same for everybody who looks on."""
    response = HttpResponse(_panels(_shown(tournament_id), timezone.now()))
    response["Cache-Control"] = "no-cache"
    return response


@require_POST
@signed_in
def act(request: HttpRequest, tournament_id: str, verb: str) -> HttpResponse:
    """Do what a button says, and come back to the page."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](request, tournament_id, request.user.get_username())
    except Tournament.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("tournament_draw", tournament_id=tournament_id)


def _shown(tournament_id: str) -> Tournament:
    try:
        return reading.shown(tournament_id)
    except Tournament.DoesNotExist:
        raise Http404 from None


def _panels(tournament: Tournament, now: datetime) -> str:
    return _rendered(tournament.pk, drawing.version(tournament, now))


@lru_cache(maxsize=8)
def _rendered(tournament_id: str, version: str) -> str:
    """Render what everybody asks for at the same moment, once for each version."""
    tournament, now = _shown(tournament_id), timezone.now()
    document = drawing.document(tournament, now)
    shown, clock = document["shown"], document["ceremony"]
    proofs = {one["purpose"]: one for one in document["drawings"]}
    context = {
        "tournament": tournament,
        "draw": document,
        "current": shown[-1] if shown else None,
        "by_pots": _by_pots(shown[-1]) if shown else [],
        "before": shown[-2::-1],
        "drawn": {one["player"]["id"] for one in shown},
        "next_at": _milliseconds(clock["next_at"]) if clock and clock["next_at"] else None,
        "league": proofs["league"],
        "bracket": proofs["bracket"],
        "proof_address": f"{settings.PUBLIC_URL}/api/tournaments/{tournament.pk}/draw",
    }
    return render_to_string("tournaments/draw/panels.html", context)


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _by_pots(shown: dict[str, Any]) -> list[dict[str, Any]]:
    pots: dict[int, list[dict[str, Any]]] = {}
    for opponent in shown["opponents"]:
        pots.setdefault(opponent["pot"], []).append(opponent)
    return [{"number": number, "opponents": found} for number, found in pots.items()]


def _director(tournament: Tournament, document: dict[str, Any]) -> dict[str, Any]:
    """Return what can be done now."""
    names = {player["id"]: player["name"] for pot in document["pots"] for player in pot}
    asked = drawing.wishes(tournament)
    waits = drawing.due(tournament)
    return {
        "can_draw": waits == Due.LEAGUE,
        "can_flip": waits == Due.BRACKET,
        "is_on": document["status"] == "ceremony",
        "paces": PACES,
        "names": names,
        "pairs": [
            {"key": "|".join(pair), "names": [names.get(one, "somebody else") for one in pair]}
            for pair in asked.pairs
        ],
        "most_per_group": asked.most_per_group,
    }


# --- Buttons -----------------------------------------------------------------------------------

Act = Callable[[HttpRequest, str, str], object]


class _Pressed(forms.Form):
    """What the buttons send; each sends only what it needs."""

    pace = forms.FloatField(required=False, min_value=QUICKEST, max_value=SLOWEST)
    seen = forms.IntegerField(required=False, min_value=0)
    one = forms.CharField(required=False, max_length=40)
    other = forms.CharField(required=False, max_length=40)
    pair = forms.CharField(required=False, max_length=81)
    most_per_group = forms.IntegerField(required=False, min_value=1, max_value=64)

    @classmethod
    def read(cls, request: HttpRequest) -> dict[str, Any]:
        form = cls(request.POST)
        if not form.is_valid():
            raise Refused("bad_form", str(next(iter(form.errors.values()))[0]))
        return form.cleaned_data


def _run(*, ceremony: bool) -> Act:
    def act(request: HttpRequest, tournament_id: str, by: str) -> object:
        now = timezone.now()
        return drawing.run_league_draw(tournament_id, by=by, now=now, ceremony=ceremony)

    return act


def _direct(verb: Verb) -> Act:
    def act(request: HttpRequest, tournament_id: str, by: str) -> object:
        pressed = _Pressed.read(request)
        return drawing.control(
            tournament_id,
            verb,
            by=by,
            now=timezone.now(),
            pace=pressed["pace"],
            seen=pressed["seen"],
        )

    return act


def _flip(request: HttpRequest, tournament_id: str, by: str) -> object:
    return drawing.flip_coins(tournament_id, by=by, now=timezone.now())


def _keep_apart(request: HttpRequest, tournament_id: str, by: str) -> object:
    pressed, asked = _Pressed.read(request), _asked(tournament_id)
    pairs = [*asked.pairs, sorted([pressed["one"], pressed["other"]])]
    return _wish(tournament_id, Wishes(pairs, asked.most_per_group), by)


def _let_meet(request: HttpRequest, tournament_id: str, by: str) -> object:
    pressed, asked = _Pressed.read(request), _asked(tournament_id)
    pairs = [pair for pair in asked.pairs if "|".join(pair) != pressed["pair"]]
    return _wish(tournament_id, Wishes(pairs, asked.most_per_group), by)


def _limit(request: HttpRequest, tournament_id: str, by: str) -> object:
    pressed, asked = _Pressed.read(request), _asked(tournament_id)
    return _wish(tournament_id, Wishes(asked.pairs, pressed["most_per_group"]), by)


def _asked(tournament_id: str) -> Wishes:
    return drawing.wishes(Tournament.objects.get(pk=tournament_id))


def _wish(tournament_id: str, wanted: Wishes, by: str) -> object:
    return drawing.wish(tournament_id, wanted, by=by, now=timezone.now())


ACTS: dict[str, Act] = {
    "run": _run(ceremony=True),
    "run-at-once": _run(ceremony=False),
    "bracket": _flip,
    "keep-apart": _keep_apart,
    "let-meet": _let_meet,
    "limit": _limit,
    **{verb.value: _direct(verb) for verb in Verb},
}
