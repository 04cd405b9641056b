from django.urls import path, re_path

from raffle import api

urlpatterns = [
    path("stats/raffle/leaderboard", api.LeaderboardView.as_view()),
    re_path(r"^stats/raffle/viewers/(?P<viewer_id>\d{1,32})$", api.ViewerView.as_view()),
    path("raffle/rolls", api.RollsView.as_view()),
]
