"""The addresses of the draw."""

from __future__ import annotations

from django.urls import path

from tournaments.api import draw
from tournaments.urls import ids  # noqa: F401 (it registers the converters)
from tournaments.views import draw as pages

PAGE = "tournaments/<tour:tournament_id>/draw"
ADMIN = "api/admin/tournaments/<tour:tournament_id>"

urlpatterns = [
    path(PAGE, pages.draw, name="tournament_draw"),
    path(f"{PAGE}/panels", pages.panels, name="tournament_draw_panels"),
    path(f"{PAGE}/do/<slug:verb>", pages.act, name="tournament_draw_act"),
    path("api/tournaments/ceremony", draw.CeremonyOnView.as_view()),
    path("api/tournaments/<tour:tournament_id>/draw", draw.DrawView.as_view()),
    path(f"{ADMIN}/run-league-draw", draw.RunLeagueView.as_view()),
    path(f"{ADMIN}/run-bracket-draw", draw.RunBracketView.as_view()),
    path(f"{ADMIN}/ceremony", draw.CeremonyView.as_view()),
    path(f"{ADMIN}/draw-rules", draw.WishesView.as_view()),
]
