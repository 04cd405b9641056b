"""The addresses of the song queue."""

from __future__ import annotations

from django.urls import path, re_path

from songqueue import views
from songqueue.api import history, moderation, queue, stats

ADMIN = "api/admin/song-queue"

urlpatterns = [
    path("queue", views.queue, name="queue"),
    path("api/now-playing", queue.NowPlayingView.as_view()),
    path("api/queue", queue.QueueView.as_view()),
    path("api/song-requests/history", history.HistoryView.as_view()),
    path("api/stats/top-tracks", stats.TopTracksView.as_view()),
    path("api/stats/top-requesters", stats.TopRequestersView.as_view()),
    path(f"{ADMIN}/skip", moderation.SkipView.as_view()),
    re_path(
        rf"^{ADMIN}/requests/(?P<request_id>song_[0-9A-Z]{{26}})/remove$",
        moderation.RemoveView.as_view(),
    ),
    path(f"{ADMIN}/blocks", moderation.BlocksView.as_view()),
    path(f"{ADMIN}/blocks/<int:block_id>", moderation.BlockView.as_view()),
    path(f"{ADMIN}/pause", moderation.PauseView.as_view()),
    path(f"{ADMIN}/rules", moderation.RulesView.as_view()),
]
