"""The buttons of the curation board: each does one thing, and says it to a script or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone

from sagas.flow import Refused
from tournaments.admin.forms import MarkForm, SeedForm, undo
from tournaments.admin.pieces import pieces
from tournaments.models import Registration, Tournament
from tournaments.services.curation import board, draft, lots, seeds

View = Callable[..., HttpResponse]
Change = Callable[[HttpRequest, Tournament], "Done"]


class Done:
    """What a button did: which rows changed, a sentence, and what would take it back."""

    def __init__(
        self, said: str, changed: Iterable[str] = (), undo: list[dict[str, str]] | None = None
    ) -> None:
        self.said = said
        self.changed = list(changed)
        self.undo = undo or []


class Senseless(Exception):
    """What a form sent cannot be understood."""


def mark(request: HttpRequest, tournament: Tournament) -> Done:
    """Mark registrations as the form says."""
    form = MarkForm(request.POST)
    _check(form)
    there = {it.pk: it for it in tournament.registrations.filter(pk__in=form.registrations)}
    before = {pk: copy(it) for pk, it in there.items()}
    after = draft.mark(tournament.pk, form.registrations, form.marks, now=timezone.now())
    back = [{"registration": it.pk, **undo(before[it.pk], it)} for it in after]
    names = ", ".join(str(it.viewer) for it in after[:3]) + (" …" if len(after) > 3 else "")
    return Done(f"{names}: noted.", [it.pk for it in after], [it for it in back if len(it) > 1])


def fill(request: HttpRequest, tournament: Tournament) -> Done:
    """Draw lots for the places that are left."""
    by = request.user.get_username()
    lucky = lots.fill(tournament.pk, by=by, now=timezone.now())
    back = [{"registration": it.pk, "is_chosen": "0"} for it in lucky]
    return Done(f"{len(lucky)} drawn by lot.", [it.pk for it in lucky], back)


def clear(request: HttpRequest, tournament: Tournament) -> Done:
    """Take out whom the lots put in, or everybody."""
    only_lots = request.POST.get("who") != "everybody"
    there = draft.chosen(tournament)
    out = [it.pk for it in there if it.is_chosen_by_lot or not only_lots]
    draft.clear(tournament.pk, only_lots=only_lots, now=timezone.now())
    return Done(f"{len(out)} taken out.", out)


def seed(request: HttpRequest, tournament: Tournament) -> Done:
    """Seed everybody by a rule, or one by hand."""
    form = SeedForm(request.POST)
    _check(form)
    given, now = form.cleaned_data, timezone.now()
    if given["rule"]:
        rule = seeds.By(given["rule"])
        there = seeds.arrange(tournament.pk, rule, by=request.user.get_username(), now=now)
        return Done(f"Seeded by {rule.label}.", [it.pk for it in there])
    there = seeds.place(tournament.pk, given["registration"], given["seed"], now=now)
    return Done("Moved.", [it.pk for it in there])


def button(change: Change) -> View:
    """Answer a script with the pieces that changed, and everybody else with the page."""

    def view(request: HttpRequest, tournament: Tournament) -> HttpResponse:
        is_script = request.headers.get("Accept") == "application/json"
        try:
            done = change(request, tournament)
        except (Refused, Senseless, Registration.DoesNotExist) as refused:
            said = sentence(refused)
            if is_script:
                return JsonResponse({"detail": said}, status=409)
            messages.error(request, said)
            return redirect("admin:tournaments_board", tournament.pk)
        if is_script:
            return JsonResponse(_answer(request, tournament, done))
        messages.success(request, done.said)
        address = redirect("admin:tournaments_board", tournament.pk)
        if len(done.changed) == 1:
            address["Location"] += f"#{done.changed[0]}"
        return address

    return view


def _answer(request: HttpRequest, tournament: Tournament, done: Done) -> dict[str, Any]:
    context = {"tournament": tournament, **pieces(tournament)}
    rows = board.registrations(tournament).filter(pk__in=done.changed)
    return {
        "detail": done.said,
        "undo": done.undo,
        "rows": {
            row.pk: render_to_string(
                "tournaments/curation/row.html", {**context, "row": row}, request
            )
            for row in rows
        },
        "bar": render_to_string("tournaments/curation/bar.html", context, request),
        "side": render_to_string("tournaments/curation/side.html", context, request),
    }


def _check(form: Form) -> None:
    if not form.is_valid():
        raise Senseless(next(iter(form.errors.values()))[0])


def sentence(error: Exception) -> str:
    if isinstance(error, Registration.DoesNotExist):
        return "That registration is not there any more."
    return error.sentence if isinstance(error, Refused) else str(error)
