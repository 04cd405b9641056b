"""The page that OBS loads, and the worker that starts it while the server is away."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from overlay import services

# Where Spotify keeps the covers of albums and playlists.
COVER_HOSTS = "https://i.scdn.co https://mosaic.scdn.co https://*.spotifycdn.com"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Answer the page; with a token that is not valid too, so that nothing is seen on the stream.

    Its socket is refused then. It goes on asking once a minute: the server may only have been
    started on another database, as in a rehearsal.
    """
    is_allowed = services.check(request.GET.get("token", "")) is not None
    return _page(request, is_allowed=is_allowed)


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Answer the page that the worker keeps: it holds no token and shows nothing."""
    return _page(request, is_allowed=True)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker, from inside the folder that it is to serve."""
    files = [f"overlay/{path.name}" for path in services.page_files()]
    response = render(
        request, "overlay/worker.js", {"files": files}, content_type="text/javascript"
    )
    response["Cache-Control"] = "no-cache"
    return response


def _page(request: HttpRequest, *, is_allowed: bool) -> HttpResponse:
    status = 200 if is_allowed else 403
    context = {"is_allowed": is_allowed, "version": services.version()}
    response = render(request, "overlay/page.html", context, status=status)
    response["Content-Security-Policy"] = _policy(request.get_host())
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-cache"
    return response


def _policy(host: str) -> str:
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # The custom CSS that people write in OBS arrives as a style element.
        "style-src-elem 'self' 'unsafe-inline'",
        "font-src 'self'",
        f"img-src 'self' {_cover_hosts()}",
        f"connect-src 'self' ws://{host} wss://{host}",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join(rules)


def _cover_hosts() -> str:
    if not settings.REHEARSAL:
        return COVER_HOSTS
    rehearsed = urlsplit(settings.SPOTIFY_API_URL)
    return f"{COVER_HOSTS} {rehearsed.scheme}://{rehearsed.netloc}"
