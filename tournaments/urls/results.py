"""The addresses at which matches are run and results entered."""

from __future__ import annotations

from django.urls import path

from tournaments.api.results import players, views
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

MATCH = "api/admin/matches/<match:match_id>"
PLAYER = "api/admin/players/<player:player_id>"

urlpatterns = [
    path("api/admin/matches", views.DeskView.as_view()),
    path(f"{MATCH}/live", views.LiveView.as_view()),
    path(f"{MATCH}/call-back", views.CallBackView.as_view()),
    path(f"{MATCH}/score", views.ScoreView.as_view()),
    path(f"{MATCH}/schedule", views.ScheduleView.as_view()),
    path(f"{MATCH}/resolve", views.ResolveView.as_view()),
    path(f"{MATCH}/preview", views.PreviewView.as_view()),
    path(f"{MATCH}/take-back", views.TakeBackView.as_view()),
    path(
        "api/admin/tournaments/<tour:tournament_id>/schedule-day", views.DayScheduleView.as_view()
    ),
    path(f"{PLAYER}/withdraw", players.WithdrawView.as_view()),
    path(f"{PLAYER}/reinstate", players.ReinstateView.as_view()),
    path(f"{PLAYER}/warnings", players.WarningsView.as_view()),
    path("api/matches/<match:match_id>/report", views.ReportView.as_view()),
]
