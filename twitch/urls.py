"""The addresses at which accounts are connected."""

from __future__ import annotations

from django.urls import path

from twitch import views

app_name = "twitch"
urlpatterns = [
    path("connect/twitch/callback", views.callback, name="callback"),
    path("connect/twitch/<slug:role>", views.connect, name="connect"),
]
