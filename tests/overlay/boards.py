"""Boards as the song queue tells them, also of songs that no list of songs should hold."""

from __future__ import annotations

from itertools import count
from typing import Any

from pushes.services import push

LONG = "The Very Long Title of the Third Part of the Second Suite (2011 Remaster) [feat. Everybody]"
_numbers = count(1_000_000)


def song(title: str = "Paper Lanterns", *artists: str, viewer: str = "", **facts: Any) -> Any:
    """Return an item of a board."""
    request = {"id": f"song_{viewer}", "viewer": viewer, "requested_at": "2026-01-01T00:00:00Z"}
    return {
        "kind": "track",
        "title": title,
        "artists": list(artists or ["Low Tide Radio"]),
        "cover_url": None,
        "duration_ms": 214_000,
        "request": request if viewer else None,
        **facts,
    }


def board(now: Any = None, *following: Any) -> dict[str, Any]:
    """Return a board with this song playing and these next."""
    playing = now and {"progress_ms": 64_000, "is_playing": True, **now}
    upcoming = [
        {"position": n, "starts_in_ms": 240_000 * n, **item} for n, item in enumerate(following, 1)
    ]
    return {"seq": next(_numbers), "now": playing, "next": upcoming}


def tell(now: Any = None, *following: Any) -> None:
    """Push such a board to every page."""
    told = board(now, *following)
    push("songqueue", {"type": "board", "seq": told["seq"], "board": told})


HOSTILE = {
    "long": (
        song(LONG, *["An Ensemble With a Long Name"] * 9, viewer="W" * 60, duration_ms=11_225_000),
        *[song("W" * 300, "X" * 300, viewer="W" * 60)] * 3,
    ),
    "cjk": (song("夜明けのハイウェイ" * 20, "三つの月" * 20, viewer="観客" * 20), song("夜" * 200)),
    "rtl": (
        song("أغنية الطريق الطويل " * 9, "فرقة المدينة " * 9, viewer="\u202egnp.exe"),
        song("\u202eevil\u202d" * 30, viewer="دانية"),
    ),
    "emoji": (song("🌊🏄‍♀️🌴✨" * 30, "🐬" * 50, viewer="🐬" * 50), song("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ" * 20)),
    "markup": (
        song("<script>alert(1)</script>" * 5, "<img src=x onerror=alert(1)>", viewer="<b>x</b>"),
        song("<style>*{display:none}</style>", viewer="&lt;"),
    ),
}
