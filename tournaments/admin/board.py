"""The curation board in the admin: its pages, and who may open them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.gate import signed_in
from accounts.models import User
from sagas.flow import Refused
from tournaments.admin import buttons
from tournaments.admin.forms import FilterForm, ReasonForm
from tournaments.admin.pieces import pieces
from tournaments.models import Participant, Tournament
from tournaments.services.curation import board, publishing, waiting
from tournaments.services.curation.publishing import LostSubscriptions
from tournaments.services.subscribers import TryAgain

RIGHT = "tournaments.curate"
View = Callable[..., HttpResponse]


class Board:
    """The board's addresses, below those of a tournament in the admin."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    @property
    def urls(self) -> list[URLPattern]:
        one = "<str:tournament_id>/board/"
        verbs = {
            "mark": buttons.mark,
            "fill": buttons.fill,
            "clear": buttons.clear,
            "seed": buttons.seed,
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
                    require_POST(self._guarded(buttons.button(change))),
                    name=f"tournaments_{name}",
                )
                for name, change in verbs.items()
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
                messages.error(request, buttons.sentence(refused))
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
            messages.error(request, buttons.sentence(refused))
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
