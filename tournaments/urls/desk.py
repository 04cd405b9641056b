"""The addresses of the desk from which matches are run."""

from __future__ import annotations

from django.urls import path

from tournaments.urls import ids  # noqa: F401 (it registers the converters)
from tournaments.views import desk, desk_players, reporting

DESK = "tournaments/<tour:tournament_id>/desk"
MATCH = "desk/<match:match_id>"
PLAYER = "desk/<player:player_id>"

urlpatterns = [
    path(DESK, desk.show, name="desk"),
    path(f"{DESK}/players", desk_players.show, name="desk_players"),
    path(f"{DESK}/<str:day_key>/schedule", desk.schedule, name="desk_schedule"),
    path(f"{MATCH}/live", desk.go_live, name="desk_live"),
    path(f"{MATCH}/call-back", desk.call_back, name="desk_call_back"),
    path(f"{MATCH}/score", desk.score, name="desk_score"),
    path(f"{MATCH}/enter", desk.enter, name="desk_enter"),
    path(f"{MATCH}/take-back", desk.take_back, name="desk_take_back"),
    path(f"{PLAYER}/withdraw", desk_players.withdraw, name="desk_withdraw"),
    path(f"{PLAYER}/reinstate", desk_players.reinstate, name="desk_reinstate"),
    path(f"{PLAYER}/warn", desk_players.warn, name="desk_warn"),
    path("matches/<match:match_id>/report", reporting.report, name="match_report"),
]
