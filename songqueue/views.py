"""The page of the queue, for everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from songqueue.rules.times import about, length
from songqueue.services import board

UNTITLED = {"episode": "A podcast", "local": "A file of the streamer's", "ad": "Advertising"}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what plays, comes, waits and went; with JavaScript the page stays true by itself."""
    shown = board.board(timezone.now())
    context = {
        "board": shown,
        "now": _now(shown["now"]),
        "next": [_coming(row) for row in shown["next"]],
        "waiting": [_song(row) for row in shown["waiting"]],
        "recent": [_ended(row) for row in shown["recent"]],
        "rehearsal": settings.REHEARSAL,
    }
    response = render(request, "songqueue/queue.html", context)
    response["Content-Security-Policy"] = _policy(request.get_host())
    response["Cache-Control"] = "no-cache"
    return response


def _song(row: dict[str, Any]) -> dict[str, Any]:
    asked = row.get("request") or row
    return {
        "cover_url": row.get("cover_url"),
        "title": row["title"] or UNTITLED.get(row.get("kind", ""), "Something else"),
        "artists": ", ".join(row["artists"]),
        "viewer": asked.get("viewer", ""),
        "note": "",
    }


def _now(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return _song(row) | {
        "progress": length(row["progress_ms"] // 1000),
        "duration": length(row["duration_ms"] // 1000) if row["duration_ms"] else "",
        "progress_ms": row["progress_ms"],
        "duration_ms": row["duration_ms"],
        "is_playing": row["is_playing"],
    }


def _coming(row: dict[str, Any]) -> dict[str, Any]:
    starts_in = row["starts_in_ms"]
    note = about(starts_in // 1000) if starts_in is not None else f"#{row['position']}"
    return _song(row) | {"note": note}


def _ended(row: dict[str, Any]) -> dict[str, Any]:
    song = _song(row)
    status, why = row["status"], row["detail"]
    return song | {
        "title": row["title"] or "A request",
        "status": status,
        "note": (why if why.startswith(status) else f"{status}: {why}") if why else status,
    }


def _policy(host: str) -> str:
    covers = "https:"
    if settings.REHEARSAL:
        rehearsed = urlsplit(settings.SPOTIFY_API_URL)
        covers = f"https: {rehearsed.scheme}://{rehearsed.netloc}"
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' {covers}",
        f"connect-src 'self' ws://{host} wss://{host}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join(rules)
