from django.urls import path

from points import api

urlpatterns = [
    path("points/leaderboard", api.LeaderboardView.as_view()),
    path("points/viewers/<str:name>", api.ViewerView.as_view()),
]
