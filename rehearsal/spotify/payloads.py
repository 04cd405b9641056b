"""Tracks, episodes and the player as the Web API shows them since February 2026."""

from __future__ import annotations

from typing import Any

from rehearsal.spotify.catalogue import BY_ID, ODDITIES, PLAYLIST_ID, Track, spotify_id
from rehearsal.spotify.people import Listener
from rehearsal.spotify.player import Player
from rehearsal.spotify.records import Playhead

DEVICE_ID = "5fbb3ba6aa454b5534c4ba43a8c7e8e45a63ad0e"
DEVICE_NAME = "Studio PC"
_SIZES = (640, 300, 64)


class Payloads:
    """Writes answers whose addresses begin with ``origin`` (``http://127.0.0.1:8001``)."""

    def __init__(self, origin: str) -> None:
        self._api = f"{origin}/spotify/v1"
        self._covers = f"{origin}/spotify/covers"

    def track(self, track: Track, *, market: bool = False) -> dict[str, Any]:
        """A track; whether it is playable is told only to those who name a market."""
        shown = {
            "album": self._album(track),
            "artists": [self._artist(name) for name in track.artists],
            "disc_number": 1,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            "external_ids": {"isrc": track.isrc} if track.isrc else {},
            **self._link("track", track.id),
            "is_local": False,
            "name": track.title,
            "track_number": 1,
        }
        if market:
            shown["is_playable"] = track.playable
            if not track.playable:
                shown["restrictions"] = {"reason": "market"}
        return shown

    def item(self, item: str) -> dict[str, Any] | None:
        """What stands for an item in an answer; nothing for an ad and for the unknown."""
        if item in BY_ID:
            return self.track(BY_ID[item])
        return {"episode": self._episode, "local": self._local}.get(item, lambda: None)()

    def playback(self, player: Player, *, with_episodes: bool) -> dict[str, Any]:
        """What is on; an episode is shown only to those who asked for episodes too."""
        current, progress, head = player.current(), player.progress_ms(), player.head
        item = current.item if current else "unknown"
        kind = "track" if item in BY_ID or item == "local" else item
        return {
            "timestamp": int(head.changed_at * 1000),
            "progress_ms": progress,
            "is_playing": head.is_playing,
            "item": None if kind == "episode" and not with_episodes else self.item(item),
            "currently_playing_type": kind,
            "context": self._link("playlist", PLAYLIST_ID, without_id=True),
            "actions": {"disallows": {"resuming" if head.is_playing else "pausing": True}},
        }

    def state(self, player: Player, *, with_episodes: bool) -> dict[str, Any]:
        """What is on, and on which device."""
        return {
            "device": self.device(player.head),
            "shuffle_state": False,
            "smart_shuffle": False,
            "repeat_state": "context",
            **self.playback(player, with_episodes=with_episodes),
        }

    def queue(self, player: Player) -> dict[str, Any]:
        """What is on and what comes next; ads are not told beforehand."""
        current = player.current()
        return {
            "currently_playing": self.item(current.item) if current else None,
            "queue": [self.item(it.item) for it in player.upcoming() if it.item != "ad"],
        }

    def device(self, head: Playhead) -> dict[str, Any]:
        """The streamer's one device."""
        return {
            "id": DEVICE_ID,
            "is_active": head.device_active,
            "is_private_session": False,
            "is_restricted": head.device_restricted,
            "name": DEVICE_NAME,
            "supports_volume": True,
            "type": "Computer",
            "volume_percent": 60,
        }

    def listener(self, listener: Listener) -> dict[str, Any]:
        """The account that a token belongs to."""
        return {
            "account_id": listener.account_id,
            "display_name": listener.name,
            **self._link("user", listener.id),
            "images": [],
        }

    def page(self, path: str, limit: int, offset: int, total: int) -> dict[str, Any]:
        """The frame around a page of results; ``path`` is its address without the offset."""

        def at(place: int) -> str:
            return f"{self._api}/{path}&offset={place}&limit={limit}"

        return {
            "href": at(offset),
            "limit": limit,
            "next": at(offset + limit) if offset + limit < total else None,
            "offset": offset,
            "previous": at(max(0, offset - limit)) if offset else None,
            "total": total,
        }

    def _link(self, kind: str, id: str, *, without_id: bool = False) -> dict[str, Any]:
        link = {
            "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{id}"},
            "href": f"{self._api}/{kind}s/{id}",
            "id": id,
            "type": kind,
            "uri": f"spotify:{kind}:{id}",
        }
        if without_id:
            del link["id"]
        return link

    def _artist(self, name: str) -> dict[str, Any]:
        return {**self._link("artist", spotify_id("artist", name)), "name": name}

    def _album(self, track: Track) -> dict[str, Any]:
        id = spotify_id("album", track.album)
        return {
            "album_type": "album",
            "artists": [self._artist(track.artists[0])],
            **self._link("album", id),
            "images": self._images(id) if track.covered else [],
            "name": track.album,
            "release_date": f"20{10 + len(track.album) % 16}-03-14",
            "release_date_precision": "day",
            "total_tracks": 12,
        }

    def _images(self, id: str) -> list[dict[str, Any]]:
        return [
            {"url": f"{self._covers}/{id}?size={size}", "height": size, "width": size}
            for size in _SIZES
        ]

    def _episode(self) -> dict[str, Any]:
        episode = ODDITIES["episode"]
        show = {
            "copyrights": [],
            "description": "Two stagehands and a microphone.",
            "explicit": False,
            **self._link("show", spotify_id("show", "Behind the Curtain")),
            "html_description": "<p>Two stagehands and a microphone.</p>",
            "images": self._images(spotify_id("show", "Behind the Curtain")),
            "is_externally_hosted": False,
            "languages": ["en"],
            "media_type": "audio",
            "name": "Behind the Curtain",
            "total_episodes": 12,
        }
        return {
            "audio_preview_url": None,
            "description": "It was hungry.",
            "duration_ms": episode.duration_ms,
            "explicit": False,
            **self._link("episode", spotify_id("episode", episode.title)),
            "html_description": "<p>It was hungry.</p>",
            "images": show["images"],
            "is_externally_hosted": False,
            "is_playable": True,
            "languages": ["en"],
            "name": episode.title,
            "release_date": "2026-10-01",
            "release_date_precision": "day",
            "resume_point": {"fully_played": False, "resume_position_ms": 0},
            "show": show,
        }

    def _local(self) -> dict[str, Any]:
        local = ODDITIES["local"]
        nowhere: dict[str, Any] = {"external_urls": {}, "href": None, "id": None, "uri": None}
        return {
            "album": {
                "album_type": None,
                "artists": [],
                **nowhere,
                "images": [],
                "name": "",
                "release_date": None,
                "release_date_precision": None,
                "type": "album",
            },
            "artists": [{**nowhere, "name": "", "type": "artist"}],
            "disc_number": 0,
            "duration_ms": local.duration_ms,
            "explicit": False,
            "external_ids": {},
            **nowhere,
            "is_local": True,
            "name": local.title,
            "track_number": 0,
            "type": "track",
            "uri": f"spotify:local:::{local.title}:{local.duration_ms // 1000}",
        }
