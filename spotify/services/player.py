"""The player: what it plays, what comes next, one more song, one song on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from spotify.client import api, errors
from spotify.client.payloads import Playback, Upcoming
from spotify.services import budget, tracks


def read(*, urgent: bool = False) -> Playback:
    """Return what plays, where; its track is known afterwards. Raises SpotifyProblem."""
    playback = api.player(urgent=urgent)
    tracks.remember([playback.item])
    budget.saw_device(playback)
    return playback


def queue(*, urgent: bool = False) -> Upcoming:
    """Return what plays and what comes next; the tracks are known afterwards.

    Raises SpotifyProblem. Without a device it is empty.
    """
    upcoming = api.queue(urgent=urgent)
    tracks.remember([upcoming.current, *upcoming.items])
    return upcoming


def add(track_id: str) -> None:
    """Put a track at the end of the player's queue; never repeat it by itself.

    While Spotify is in trouble the player is read first, which fails without an effect. Raises
    SpotifyProblem when it surely was not done, and Unsure.
    """
    if budget.is_in_trouble(timezone.now()):
        read(urgent=True)
    with _commanded():
        api.add(track_id)


def skip() -> None:
    """Go on to the next item; never repeat it by itself. Raises as `add`."""
    with _commanded():
        api.skip()


@contextmanager
def _commanded() -> Iterator[None]:
    """Remember whether the player did what it was told."""
    try:
        yield
    except errors.SpotifyProblem as problem:
        if problem.code in errors.BY_CODE:
            budget.saw(problem.code)
        raise
    budget.saw("")
