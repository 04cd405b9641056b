from django.urls import path

from achievements import views
from achievements.api import corrections, shown

urlpatterns = [
    path("viewers/<str:name>", views.viewer, name="viewer"),
    path("me/visibility", views.visibility, name="visibility"),
    path("api/achievements/definitions", shown.DefinitionsView.as_view()),
    path("api/achievements/leaderboard", shown.LeaderboardView.as_view()),
    path("api/achievements/viewers/<str:name>", shown.ViewerView.as_view()),
    path("api/achievements/viewers/<str:name>/unlocked", shown.UnlockedView.as_view()),
    path("api/stats/viewers/<str:name>", shown.SumsView.as_view()),
    path("api/admin/achievements/recount", corrections.RecountView.as_view()),
    path("api/admin/achievements/reset", corrections.ResetView.as_view()),
    path("api/admin/achievements/<str:key>/dry-run", corrections.DryRunView.as_view()),
    path("api/admin/achievements/<str:key>/apply", corrections.ApplyView.as_view()),
]
