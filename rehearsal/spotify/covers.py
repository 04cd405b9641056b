"""Album covers: drawn from the album's id, so that each looks like no other."""

from __future__ import annotations

import hashlib
import re

from aiohttp import web

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="{size}" height="{size}">
<rect width="64" height="64" fill="hsl({hue} 55% {light}%)"/>
<circle cx="{x}" cy="{y}" r="{radius}" fill="hsl({other} 70% 62%)"/>
<path d="M0 {left}Q32 {bend} 64 {right}V64H0Z" fill="hsl({hue} 45% 14%)"/>
</svg>"""


def draw(id: str, size: int) -> str:
    """The cover as SVG, ``size`` pixels wide and high."""
    dice = hashlib.sha256(id.encode()).digest()
    return _SVG.format(
        size=size,
        hue=dice[0] * 360 // 256,
        light=24 + dice[1] % 30,
        other=(dice[0] * 360 // 256 + 90 + dice[2] % 180) % 360,
        x=12 + dice[3] % 40,
        y=12 + dice[4] % 28,
        radius=8 + dice[5] % 14,
        left=34 + dice[6] % 20,
        bend=24 + dice[7] % 36,
        right=34 + dice[8] % 20,
    )


async def cover(request: web.Request) -> web.Response:
    """``GET /spotify/covers/{id}?size=``"""
    asked = request.query.get("size", "640")
    size = int(asked) if re.fullmatch(r"[1-9][0-9]{1,2}", asked) else 640
    return web.Response(
        text=draw(request.match_info["id"], size),
        content_type="image/svg+xml",
        headers={
            # As the real covers have it: a page may take its colours from the picture.
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


ROUTES = [web.get("/spotify/covers/{id}", cover)]
