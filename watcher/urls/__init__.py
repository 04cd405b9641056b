"""The addresses of the watcher; the callback's is known to Discord."""

from __future__ import annotations

from django.urls import path

from watcher.api import deliveries, looking, targets, watches
from watcher.urls import ids as ids
from watcher.views import connect, dashboard, editor

API = "api/watch"

urlpatterns = [
    path("watch", dashboard.page, name="watch"),
    path("watch/connect", connect.begin, name="watch_connect"),
    path("watch/connect/callback", connect.callback, name="watch_connected"),
    path("watch/channels/<target:target_id>/add", editor.add, name="watch_add"),
    path("watch/watches/<watch:watch_id>", editor.change, name="watch_change"),
    path("watch/posts/<delivery:delivery_id>", dashboard.post, name="watch_post"),
    path(f"{API}/targets", targets.TargetsView.as_view(), name="watch_targets"),
    path(f"{API}/targets/<target:target_id>", targets.TargetView.as_view(), name="watch_target"),
    path(
        f"{API}/targets/<target:target_id>/check",
        targets.CheckView.as_view(),
        name="watch_target_check",
    ),
    path(f"{API}/watches", watches.WatchesView.as_view(), name="watch_watches"),
    path(f"{API}/watches/<watch:watch_id>", watches.WatchView.as_view(), name="watch_watch"),
    path(f"{API}/watches/<watch:watch_id>/test", watches.TestView.as_view(), name="watch_test"),
    path(f"{API}/deliveries", deliveries.DeliveriesView.as_view(), name="watch_deliveries"),
    path(f"{API}/deliveries/<delivery:delivery_id>", deliveries.DeliveryView.as_view()),
    path(
        f"{API}/deliveries/<delivery:delivery_id>/resend",
        deliveries.ResendView.as_view(),
        name="watch_resend",
    ),
    path(f"{API}/live", looking.LiveView.as_view()),
    path(f"{API}/games", looking.GamesView.as_view(), name="watch_games"),
    path(f"{API}/preview", looking.PreviewView.as_view(), name="watch_preview"),
]
