"""The addresses at which tournaments are taken along."""

from __future__ import annotations

from django.urls import path

from tournaments.api import exports
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

TOURNAMENT = "api/tournaments/<tour:tournament_id>"

urlpatterns = [
    path(f"{TOURNAMENT}/export.json", exports.WholeView.as_view()),
    path(f"{TOURNAMENT}/table.csv", exports.TableView.as_view()),
    path(f"{TOURNAMENT}/matches.csv", exports.MatchesView.as_view()),
    path(f"{TOURNAMENT}/matches.ics", exports.CalendarView.as_view()),
    path(
        f"{TOURNAMENT}/players/<player:player_id>/matches.ics",
        exports.PlayerCalendarView.as_view(),
    ),
]
