"""The addresses of registration, of running a tournament, and of choosing who plays."""

from __future__ import annotations

from django.urls import path

from tournaments.api import curation, registration, running, tournaments
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

TOURNAMENT = "api/tournaments/<tour:tournament_id>"
ADMIN = "api/admin/tournaments"
ONE = f"{ADMIN}/<tour:tournament_id>"

urlpatterns = [
    path("api/tournaments", tournaments.TournamentsView.as_view()),
    path("api/tournaments/live", tournaments.LiveTournamentsView.as_view()),
    path(TOURNAMENT, tournaments.TournamentView.as_view()),
    path(f"{TOURNAMENT}/register", registration.RegisterView.as_view()),
    path(f"{TOURNAMENT}/my-registration-status", registration.MyStatusView.as_view()),
    path(ADMIN, running.RunningView.as_view()),
    path(ONE, running.SettingsView.as_view()),
    path(f"{ONE}/transition", running.TransitionView.as_view()),
    path(f"{ONE}/history", running.HistoryView.as_view()),
    path(f"{ONE}/registrations", curation.RegistrationsView.as_view()),
    path(f"{ONE}/registrations/fill", curation.FillView.as_view()),
    path(f"{ONE}/registrations/seeds", curation.SeedsView.as_view()),
    path(f"{ONE}/registrations/preview", curation.PreviewView.as_view()),
    path(f"{ONE}/confirm-participants", curation.ConfirmView.as_view()),
    path(f"{ONE}/take-back", curation.TakeBackView.as_view()),
    path(f"{ONE}/replace", curation.ReplaceView.as_view()),
]
