"""Where a redemption becomes a song request."""

from __future__ import annotations

from sagas.services import start
from songqueue.models import SongRequest, SongRules
from songqueue.sagas import song_request, song_until_played
from songqueue.services import door, rules
from twitch.models import Redemption
from twitch.registry import on_redemption


@on_redemption(door.ACTION, "Song request: put the pasted song into Spotify's queue")
def request_song(redemption: Redemption) -> None:
    """Start the flow of this redemption, unless it has one."""
    row, is_new = SongRequest.objects.get_or_create(
        redemption=redemption, defaults={"viewer_id": redemption.viewer_id}
    )
    if is_new:
        is_late = rules.current().fulfil == SongRules.Fulfil.PLAYED
        start(song_until_played if is_late else song_request, row)
