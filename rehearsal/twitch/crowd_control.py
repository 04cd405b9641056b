"""The hand on the crowd: how many streamers there are, and what they do."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from rehearsal.control import FEED, number, read, text
from rehearsal.feed import Feed
from rehearsal.twitch.channel import NotPossible
from rehearsal.twitch.crowd import FIRST_ID, MOST, Crowd
from rehearsal.twitch.stage import TWITCH, Twitch


async def gather(request: web.Request) -> web.Response:
    """``{size, live, turnover, flicker, retitle, login, on}``: the streamers who fill Twitch.

    So many are there and so many of them live; so many a minute go live while as many end; a
    stream is left out of so many percent of the answers. One alone is switched by ``login``.
    """
    twitch, wish = request.app[TWITCH], await read(request)
    everybody = twitch.crowd
    was = everybody.gathering
    size = number(wish, "size", was.size, low=0, high=MOST)
    everybody.gather(size, number(wish, "live", min(len(was.live), size), low=0, high=size))
    everybody.behave(
        turnover=number(wish, "turnover", was.turnover, low=0, high=MOST),
        flicker=number(wish, "flicker", was.flicker, low=0, high=100),
    )
    if wish.get("retitle") is True:
        everybody.retitle()
    if "login" in wish:
        one = everybody.person(text(wish, "login"))
        if one is None:
            raise NotPossible("There is no such streamer in the crowd.")
        everybody.switch(one.login, on=wish.get("on") is True)
    request.app[FEED].touch("crowd")
    return web.json_response(_shown(everybody))


ROUTES = [web.post("/control/twitch/crowd", gather)]


def show(twitch: Twitch, feed: Feed) -> None:
    """Put the crowd on the console."""
    feed.topic("crowd", lambda: _shown(twitch.crowd))


def _shown(crowd: Crowd) -> dict[str, Any]:
    now = crowd.gathering
    return {
        "size": now.size,
        "live": len(now.live),
        "turnover": now.turnover,
        "flicker": now.flicker,
        "first_id": str(FIRST_ID),
    }
