"""The addresses of signing in and of one's own account; the callbacks' are known to providers."""

from __future__ import annotations

from django.urls import path

from accounts.api import auth
from accounts.api import me as my
from accounts.views import apps, links, me, signing

urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-in/with/<slug:provider>", signing.begin, name="sign_in_with"),
    path("sign-in/<str:secret>/", links.use, name="sign_in_link"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("accounts/<slug:provider>/login/callback/", signing.callback, name="sign_in_callback"),
    path("me", me.page, name="me"),
    path("me/delete", me.delete, name="me_delete"),
    path("me/gone", me.gone, name="gone"),
    path("me/identities/<slug:provider>/unlink", me.unlink, name="unlink"),
    path("me/apps/<str:session_id>/end", apps.end, name="app_end"),
    path("authorize-app", apps.authorize, name="authorize_app"),
    path("api/me", my.MeView.as_view()),
    path("api/me/export", my.ExportView.as_view(), name="me_export"),
    path("api/me/delete", my.DeleteView.as_view()),
    path("api/auth/token", auth.TokenView.as_view()),
    path("api/auth/refresh", auth.RefreshView.as_view()),
    path("api/auth/sign-out", auth.SignOutView.as_view()),
    path("api/auth/sessions", auth.SessionsView.as_view()),
    path("api/auth/sessions/<str:session_id>", auth.SessionView.as_view()),
    path("api/auth/csrf", auth.CsrfView.as_view()),
]
