"""Who may sign in to this Spotify; the player is the streamer's."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.spotify.catalogue import spotify_id


@dataclass(frozen=True)
class Listener:
    """An account: ``allowed`` is whether it is on the app's list of users."""

    id: str
    name: str
    note: str
    allowed: bool = True

    @property
    def account_id(self) -> str:
        """The id that stays when the account is renamed."""
        return spotify_id("account", self.id)


STREAMER = Listener("greenroom", "Greenroom", "the streamer, whose player this is")
LISTENERS = {
    listener.id: listener
    for listener in (
        STREAMER,
        Listener("freddie", "Freddie", "another account, without Premium and without a device"),
        Listener("stranger", "Stranger", "not on the app's list of users", allowed=False),
    )
}
