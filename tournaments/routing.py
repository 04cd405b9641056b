"""The sockets of tournaments."""

from __future__ import annotations

from django.urls import path

from tournaments.consumers.match import MatchConsumer
from tournaments.consumers.tournament import TournamentConsumer, TournamentsConsumer
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("ws/match/<match:match_id>", MatchConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/tournaments", TournamentsConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/tournament/<tour:tournament_id>", TournamentConsumer.as_asgi()),  # type: ignore[arg-type]
]
