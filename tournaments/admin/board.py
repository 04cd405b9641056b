"""The curation board in the admin: one page to choose who plays, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.gate import signed_in
from accounts.models import User
from sagas.flow import Refused
from tournaments.admin.forms import FilterForm, MarkForm, ReasonForm, SeedForm, undo
from tournaments.models import Participant, Registration, Tournament
from tournaments.rules import selection, states
from tournaments.rules.formats import Format, NoFormat, format_of
from tournaments.services.curation import board, draft, lots, publishing, seeds, waiting
from tournaments.services.curation.publishing import LostSubscriptions
from tournaments.services.subscribers import TryAgain

RIGHT = "tournaments.curate"
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


class Board:
    """The board's addresses, below those of a tournament in the admin."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    @property
    def urls(self) -> list[URLPattern]:
        one = "<str:tournament_id>/board/"
        buttons: dict[str, Change] = {
            "mark": mark,
            "fill": fill,
            "clear": clear,
            "seed": seed,
        }
        return [
            path(one, self._guarded(self.page), name="tournaments_board"),
            path(f"{one}publish/", self._guarded(self.publish), name="tournaments_publish"),
            path(
                f"{one}take-back/",
                require_POST(self._guarded(self.take_back)),
                name="tournaments_take_back",
            ),
            path(
                f"{one}replace/<str:player_id>/",
                require_POST(self._guarded(self.replace)),
                name="tournaments_replace",
            ),
            *(
                path(
                    f"{one}{name}/",
                    require_POST(self._guarded(_button(change))),
                    name=f"tournaments_{name}",
                )
                for name, change in buttons.items()
            ),
        ]

    def page(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        """Show everybody who registered, and the draft or the roster beside."""
        filters = FilterForm(request.GET)
        context = {
            **self._context(request, tournament, f"Who plays: {tournament}"),
            **pieces(tournament),
            "filters": filters,
            "rows": board.registrations(tournament, filters.wanted),
        }
        return render(request, "tournaments/curation/board.html", context)

    def publish(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        """Show what publishing means; a post publishes."""
        lost: list[Any] = []
        if request.method == "POST":
            form = ReasonForm(request.POST)
            form.is_valid()
            try:
                players = publishing.publish(
                    tournament.pk,
                    by=request.user.get_username(),
                    now=timezone.now(),
                    without_subscription=form.cleaned_data["without_subscription"],
                )
            except LostSubscriptions as refused:
                lost = refused.viewers
            except (Refused, TryAgain) as refused:
                messages.error(request, _sentence(refused))
            else:
                messages.success(request, f"Published: {len(players)} players. The rest waits.")
                return redirect("admin:tournaments_board", tournament.pk)
            tournament.refresh_from_db()
        if not board.is_drafting(tournament):
            return redirect("admin:tournaments_board", tournament.pk)
        context = {
            **self._context(request, tournament, f"Publish the roster: {tournament}"),
            **pieces(tournament),
            "lost": lost,
        }
        return render(request, "tournaments/curation/publish.html", context)

    def take_back(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        """Take the published roster back."""
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        by = request.user.get_username()
        try:
            publishing.take_back(tournament.pk, by=by, now=timezone.now(), reason=reason)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, "Taken back: the draft is as it was.")
        return redirect("admin:tournaments_board", tournament.pk)

    def replace(self, request: HttpRequest, tournament: Tournament, player_id: str) -> HttpResponse:
        """Give a player's place to somebody who waits."""
        player = get_object_or_404(Participant, pk=player_id, tournament=tournament)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, "The reason is too long.")
            return redirect("admin:tournaments_board", tournament.pk)
        left = str(player)
        try:
            taken = waiting.replace(
                player.pk, by=request.user.get_username(), now=timezone.now(), **form.substitution
            )
        except (Refused, TryAgain) as refused:
            messages.error(request, _sentence(refused))
        else:
            messages.success(request, f"{taken} plays instead of {left}.")
        return redirect("admin:tournaments_board", tournament.pk)

    def _guarded(self, view: Callable[..., HttpResponse]) -> View:
        """Let in who may curate, staff or not, and hand the tournament over."""

        @never_cache
        @signed_in
        def guarded(request: HttpRequest, tournament_id: str, **more: Any) -> HttpResponse:
            user = request.user
            if not user.has_perm(RIGHT) or (isinstance(user, User) and user.is_banned):
                raise PermissionDenied
            return view(request, get_object_or_404(Tournament, pk=tournament_id), **more)

        return guarded

    def _context(self, request: HttpRequest, tournament: Tournament, title: str) -> dict[str, Any]:
        return {
            **self.site.each_context(request),
            # Who is no staff has nothing else to do in the admin.
            "is_nav_sidebar_enabled": request.user.is_staff,
            "title": title,
            "opts": Tournament._meta,
            "tournament": tournament,
        }


# --- Buttons ---------------------------------------------------------------------------------


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


def _button(change: Change) -> View:
    """Answer a script with the pieces that changed, and everybody else with the page."""

    def view(request: HttpRequest, tournament: Tournament) -> HttpResponse:
        is_script = request.headers.get("Accept") == "application/json"
        try:
            done = change(request, tournament)
        except (Refused, Senseless, Registration.DoesNotExist) as refused:
            said = _sentence(refused)
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


def _sentence(error: Exception) -> str:
    if isinstance(error, Registration.DoesNotExist):
        return "That registration is not there any more."
    return error.sentence if isinstance(error, Refused) else str(error)


# --- What the templates show -----------------------------------------------------------------


def pieces(tournament: Tournament) -> dict[str, Any]:
    """Return what bar and side show: the draft by pots, or the roster and who waits."""
    is_drafting = board.is_drafting(tournament)
    is_published = tournament.published_at is not None
    players = tournament.participants.select_related("viewer").order_by("seed")
    return {
        "is_drafting": is_drafting,
        "is_published": is_published,
        "can_take_back": is_published and tournament.status == states.AWAITING_SELECTION,
        "preview": board.preview(tournament) if is_drafting else None,
        "pots": pots(tournament, draft.chosen(tournament)) if is_drafting else [],
        "players": players if is_published else [],
        "waiting": waiting.waiting_list(tournament) if is_published else [],
        "rules": seeds.By.choices,
    }


def pots(
    tournament: Tournament, roster: Iterable[Registration]
) -> list[tuple[int, list[tuple[int, Registration]]]]:
    """Return the draft as (pot, its (seed, registration)); while it is short, by the whole size."""
    there = list(roster)
    form = _form(tournament, len(there))
    found: dict[int, list[tuple[int, Registration]]] = {}
    for number, registration in enumerate(there, 1):
        found.setdefault(selection.pot(number, form), []).append((number, registration))
    return list(found.items())


def _form(tournament: Tournament, players: int) -> Format:
    try:
        return format_of(players, tournament.matches_per_player)
    except NoFormat:
        return format_of(tournament.max_participants, tournament.matches_per_player)
