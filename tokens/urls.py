"""The addresses at which accounts are connected; the callbacks' are registered at the providers."""

from __future__ import annotations

from django.urls import path

from tokens import views

app_name = "tokens"
urlpatterns = [
    path("connect/<slug:provider>/callback", views.callback, name="callback"),
    path("connect/<slug:provider>/<slug:role>", views.connect, name="connect"),
]
