"""The addresses of votes and predictions."""

from __future__ import annotations

from django.urls import path

from tournaments.api import predictions, votes
from tournaments.urls import ids  # noqa: F401 (it registers the converters)

MATCH = "api/matches/<match:match_id>"
VOTE = "votes/<vote:vote_id>"

urlpatterns = [
    path("api/admin/matches/<match:match_id>/start-vote", votes.StartView.as_view()),
    path(f"api/admin/{VOTE}/cancel", votes.CancelView.as_view()),
    path(f"api/{VOTE}", votes.VoteView.as_view()),
    path(f"api/{VOTE}/cast", votes.CastView.as_view()),
    path(f"{MATCH}/predict", predictions.PredictView.as_view()),
    path(f"{MATCH}/predictions", predictions.MarketView.as_view()),
    path(
        "api/tournaments/<tour:tournament_id>/my-predictions",
        predictions.MyPredictionsView.as_view(),
    ),
]
