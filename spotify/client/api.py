"""The few calls of Spotify's Web API that we make, each counted and made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import spotipy
from django.conf import settings
from django.utils import timezone

from spotify.client import errors, http
from spotify.client.oauth import CURRENT, MODIFY, NAME, PLAYER, STATE
from spotify.client.payloads import Item, Playback, Upcoming, item, playback, upcoming
from spotify.client.web import WebSession
from tokens import services as tokens

# The country of the connected account goes before it; without one, no answer says what is playable.
MARKET = "US"


def track(track_id: str) -> Item:
    """Return a track, or the instance of it that plays in the account's country.

    Raises TrackNotFound, NotPlayable and whatever else stops a call.
    """
    answer = _call(lambda web: web.track(track_id, market=MARKET))
    found = item(answer)
    if found is None or found.kind != "track":
        raise errors.Unavailable("Spotify's answer about this track cannot be understood.")
    if not found.is_playable:
        raise errors.NotPlayable
    return found


def player(*, urgent: bool) -> Playback:
    """Return what plays, where."""
    answer = _call(
        lambda web: web.current_playback(additional_types="track,episode"),
        STATE,
        urgent=urgent,
    )
    return playback(answer, timezone.now())


def queue(*, urgent: bool) -> Upcoming:
    """Return what plays and what comes next."""
    answer = _call(lambda web: web.queue(), CURRENT, urgent=urgent)
    return upcoming(answer, timezone.now())


def add(track_id: str) -> None:
    """Put a track at the end of the player's queue; once more each time it is called."""
    uri = f"spotify:track:{track_id}"
    _call(lambda web: web.add_to_queue(uri), MODIFY)


def skip() -> None:
    """Go on to the next item; one further each time it is called."""
    _call(lambda web: web.next_track(), MODIFY)


def _call(
    work: Callable[[spotipy.Spotify], Any], scope: str = "", *, urgent: bool = True
) -> object:
    """Make one call; once more with a new token when Spotify does not accept ours."""
    try:
        token = tokens.access_token(NAME, PLAYER, scope)
        try:
            answer: object = work(_client(os.getpid(), settings.SPOTIFY_API_URL, token, urgent))
        except errors.TokenRefused:
            token = tokens.refresh(NAME, PLAYER, failed=token)
            answer = work(_client(os.getpid(), settings.SPOTIFY_API_URL, token, urgent))
    except tokens.Unavailable as problem:
        raise errors.Unavailable(problem.sentence) from problem
    except tokens.TokenProblem as problem:
        raise errors.ReconnectNeeded(problem.sentence) from problem
    return answer


@lru_cache(maxsize=4)
def _client(_pid: int, url: str, token: str, urgent: bool) -> spotipy.Spotify:
    """Return this process's client: a forked worker must not share its parent's connections."""
    client = spotipy.Spotify(
        auth=token, requests_session=WebSession(urgent=urgent), requests_timeout=http.TIMEOUTS
    )
    client.prefix = f"{url}/"
    return client
