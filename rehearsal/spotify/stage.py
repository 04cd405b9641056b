"""The parts of this Spotify, put together once and reached from every request."""

from __future__ import annotations

import asyncio

from aiohttp import web

from rehearsal.faults import Fault, Faults, Kind
from rehearsal.feed import Feed
from rehearsal.settings import Settings
from rehearsal.spotify.player import Player
from rehearsal.spotify.records import RemovedTrack
from rehearsal.spotify.signins import SignIns
from rehearsal.spotify.state import State

QUOTA_SECONDS = 79_892


class Spotify:
    """State, sign-ins and the player of one rehearsal."""

    def __init__(self, settings: Settings, state: State, feed: Feed, faults: Faults) -> None:
        self.settings = settings
        self.faults = faults
        self.state = state
        self.signins = SignIns(state)
        self.player = Player(state, self._changed)
        self._feed = feed
        self._end: asyncio.TimerHandle | None = None
        faults.kinds.update(
            {
                "spotify_quota": Kind(
                    "Quota used up",
                    "Calls are refused with QUOTA_EXCEEDED and a Retry-After of 22 hours.",
                    retry_after=QUOTA_SECONDS,
                ),
                "spotify_502_after": Kind(
                    "502 after the deed", "A player command takes effect, then answers 502."
                ),
                "spotify_text": Kind("Text for JSON", "Good answers have a body that is not JSON."),
                "spotify_no_device": Kind("No device", "As if no device were on."),
                "spotify_premium": Kind("No Premium", "Player commands need Premium."),
                "spotify_restricted": Kind(
                    "Restricted device", "The device takes no player commands."
                ),
                "spotify_revoked": Kind(
                    "Revoke consent", "Everyone takes Spotify away from the app.", self._revoke
                ),
            }
        )

    def called(self, path: str) -> None:
        """Count a call, whatever becomes of it."""
        self.state.count(path)
        self._feed.touch("spotify")

    def remove(self, track_id: str) -> None:
        """Take a track out of the catalogue; what is queued stays."""
        self.state.removed.save(RemovedTrack(track_id))
        self._feed.touch("catalogue")

    def put_back(self, track_id: str) -> None:
        """Let a removed track be found again."""
        self.state.removed.remove(RemovedTrack(track_id))
        self._feed.touch("catalogue")

    def reset(self) -> None:
        """A fresh Spotify, whose music has just begun."""
        self.state.reset()
        self.player.begin()
        self._changed()

    def watch(self) -> None:
        """Look again when the current item ends, so that those who watch see it end."""
        self.stop()
        seconds = self.player.seconds_to_end()
        if seconds is not None:
            # A little late rather than early, when there would be nothing to see yet.
            self._end = asyncio.get_running_loop().call_later(seconds + 0.01, self._look)

    def stop(self) -> None:
        """Watch no longer."""
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _look(self) -> None:
        self.player.settle()
        self.watch()

    def _changed(self) -> None:
        self._feed.touch("spotify")
        self.watch()

    def _revoke(self, _fault: Fault) -> None:
        self.signins.disconnect()


SPOTIFY = web.AppKey("spotify", Spotify)
