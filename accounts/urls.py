"""The addresses of signing in; the callbacks' are registered at the providers."""

from __future__ import annotations

from django.urls import path

from accounts.views import links, signing

urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-in/with/<slug:provider>", signing.begin, name="sign_in_with"),
    path("sign-in/<str:secret>/", links.use, name="sign_in_link"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("accounts/<slug:provider>/login/callback/", signing.callback, name="sign_in_callback"),
]
