from django.urls import path

from achievements import api, views

urlpatterns = [
    path("viewers/<str:name>", views.viewer, name="viewer"),
    path("api/achievements/definitions", api.DefinitionsView.as_view()),
    path("api/achievements/leaderboard", api.LeaderboardView.as_view()),
    path("api/achievements/viewers/<str:name>", api.ViewerView.as_view()),
    path("api/achievements/viewers/<str:name>/unlocked", api.UnlockedView.as_view()),
    path("api/admin/achievements/recount", api.RecountView.as_view()),
    path("api/admin/achievements/reset", api.ResetView.as_view()),
    path("api/admin/achievements/<str:key>/dry-run", api.DryRunView.as_view()),
    path("api/admin/achievements/<str:key>/apply", api.ApplyView.as_view()),
]
