from django.urls import path

from points import api

urlpatterns = [
    path("points/leaderboard", api.LeaderboardView.as_view()),
    path("points/me", api.MeView.as_view()),
    path("points/me/entries", api.EntriesView.as_view()),
    path("points/viewers/<str:name>", api.ViewerView.as_view()),
]
