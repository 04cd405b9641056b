"""The pages of tournaments."""

from __future__ import annotations

from django.urls import path

from tournaments.urls import ids  # noqa: F401 (it registers the converters)
from tournaments.views import match, public, registering

TOURNAMENT = "tournaments/<tour:tournament_id>"

urlpatterns = [
    path("tournaments", public.tournaments, name="tournaments"),
    path(TOURNAMENT, public.tournament, name="tournament"),
    path(f"{TOURNAMENT}/panels", public.panels, name="tournament_panels"),
    path(f"{TOURNAMENT}/register", registering.register, name="tournament_register"),
    path(f"{TOURNAMENT}/withdraw", registering.withdraw, name="tournament_withdraw"),
    path(f"{TOURNAMENT}/players/<player:player_id>", public.player, name="tournament_player"),
    path("matches/<match:match_id>", match.match, name="match"),
]
