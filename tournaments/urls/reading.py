"""The addresses at which anybody may read of tournaments."""

from __future__ import annotations

from django.urls import path

from tournaments.api.reading import views
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

TOURNAMENT = "api/tournaments/<tour:tournament_id>"

urlpatterns = [
    path(f"{TOURNAMENT}/participants", views.ParticipantsView.as_view()),
    path(f"{TOURNAMENT}/matches", views.MatchesView.as_view()),
    path(f"{TOURNAMENT}/standings", views.StandingsView.as_view()),
    path(f"{TOURNAMENT}/knockout", views.KnockoutView.as_view()),
    path(f"{TOURNAMENT}/live", views.LiveView.as_view()),
    path("api/matches/<match:match_id>", views.MatchView.as_view()),
]
