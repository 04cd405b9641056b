"""The tests' hand on the rehearsal: what viewers do, what breaks, and what came of it."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone
from pydantic import SecretStr

from spotify.client import oauth as spotify
from tokens.models import Token
from twitch.client.oauth import ROLES
from twitch.models import StreamSession

T = TypeVar("T")

LOGINS = {"broadcaster": "greenroom", "bot": "greenroom_bot"}


class Backstage:
    """The rehearsal server behind its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._calls_before = self._newest_call()

    def control(self, path: str, /, verb: str = "POST", **wish: Any) -> Any:
        """Return what the control API answers."""
        request = urllib.request.Request(
            f"{self.url}/control/{path}",
            json.dumps(wish).encode() if verb == "POST" else None,
            {"Content-Type": "application/json"},
            method=verb,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def look(self, path: str) -> Any:
        return self.control(path, verb="GET")

    def breaks(self, kind: str, **where: Any) -> None:
        """Switch a fault on; `count` is how often it strikes, `path` and `method` where."""
        self.control("faults", kind=kind, **where)

    def calls(self, path: str, method: str = "") -> int:
        """Return how often the product called this path since the test began."""
        return sum(
            call["id"] > self._calls_before
            and call["path"].endswith(path)
            and method in ("", call["method"])
            for call in self.look("state")["calls"]
        )

    def effects(self, kind: str) -> list[dict[str, Any]]:
        """Return what happened for good, of one kind, oldest first."""
        found: list[dict[str, Any]] = self.look(f"effects?kind={kind}")["effects"]
        return found

    def redeem(self, reward: str, viewer: str = "mo", **wish: Any) -> str:
        """Redeem once; returns the redemption's id."""
        made: list[str] = self.control("redeem", reward=reward, viewer=viewer, **wish)[
            "redemptions"
        ]
        return made[0]

    def go_live(self, **wish: Any) -> dict[str, Any]:
        """Start the broadcaster's stream, with a `title` and a `category` if given; returns it."""
        stream: dict[str, Any] = self.control("live", on=True, **wish)["stream"]
        return stream

    def end_stream(self) -> None:
        self.control("live", on=False)

    def redemption(self, redemption_id: str) -> dict[str, Any]:
        """Return a redemption as an event would bring it."""
        return next(row for row in self.redemptions() if row["id"] == redemption_id)

    def redemptions(self) -> list[dict[str, Any]]:
        """Return every redemption as an event would bring it, oldest first."""
        viewers = {viewer["id"]: viewer for viewer in self.look("state")["viewers"]}
        return [
            {
                **row,
                "user_login": viewers[row["user_id"]]["login"],
                "user_name": viewers[row["user_id"]]["display_name"],
                "status": row["status"].lower(),
            }
            for row in self.look("redemptions")["redemptions"]
        ]

    def status(self, redemption_id: str) -> str:
        return self.redemption(redemption_id)["status"].upper()

    def connect(
        self, role: str = "broadcaster", *, without: str = "", expires_in: int = 14_400
    ) -> Token:
        """Connect an account without its consent page."""
        scopes = [scope for scope in ROLES[role].scopes if scope != without]
        given = self.control("tokens", login=LOGINS[role], scopes=scopes, expires_in=expires_in)
        token, _ = Token.objects.update_or_create(
            provider="twitch",
            role=role,
            defaults={
                "account_id": given["user_id"],
                "account_name": LOGINS[role],
                "access_token": SecretStr(given["access_token"]),
                "refresh_token": SecretStr(given["refresh_token"]),
                "scopes": scopes,
                "expires_at": timezone.now() + timedelta(seconds=expires_in),
                "reconnect_needed": False,
            },
        )
        return token

    def connect_spotify(self, *, without: str = "", expires_in: int = 3600) -> Token:
        """Connect the player's account without its consent page."""
        scopes = [scope for scope in spotify.ROLES["player"].scopes if scope != without]
        given = self.control("spotify/tokens", scopes=scopes, expires_in=expires_in)
        token, _ = Token.objects.update_or_create(
            provider="spotify",
            role="player",
            defaults={
                "account_id": given["account_id"],
                "account_name": "Greenroom",
                "access_token": SecretStr(given["access_token"]),
                "refresh_token": SecretStr(given["refresh_token"]),
                "scopes": scopes,
                "expires_at": timezone.now() + timedelta(seconds=expires_in),
                "reconnect_needed": False,
            },
        )
        return token

    def consent(self, page: str, *, login: str = "greenroom", decision: str = "authorize") -> str:
        """Click through the consent page at that address; returns where the browser is sent."""
        address = urllib.parse.urlsplit(page)
        form = dict(urllib.parse.parse_qsl(address.query)) | {"login": login, "decision": decision}
        request = urllib.request.Request(
            address._replace(query="").geturl(), urllib.parse.urlencode(form).encode()
        )
        opener = urllib.request.build_opener(_Stay)
        with opener.open(request, timeout=10) as answer:
            return str(answer.headers["Location"])

    def _newest_call(self) -> int:
        calls = self.look("state")["calls"]
        return max((call["id"] for call in calls), default=0)

    def spotify(self) -> dict[str, Any]:
        """Return the player, its queue, the calls by endpoint since the reset and the catalogue."""
        seen: dict[str, Any] = self.look("spotify")
        return seen

    def spotify_calls(self, *endpoints: str) -> int:
        """Return how often Spotify was called, or these of its endpoints (`GET /v1/me`)."""
        calls: dict[str, int] = self.spotify()["calls"]
        return sum(count for path, count in calls.items() if not endpoints or path in endpoints)

    def track(self, title: str) -> dict[str, Any]:
        """Return the first of the catalogue's tracks whose title begins so."""
        tracks = self.spotify()["catalogue"]
        return next(track for track in tracks if track["title"].startswith(title))

    def press(self, button: str, **wish: Any) -> None:
        """Press `play`, `pause`, `next`, `previous` or (with `ms`) `seek` in the streamer's app."""
        self.control("spotify/player", do=button, **wish)

    def jump(self, *, seconds: float) -> None:
        """Wind the player's clock ahead: it plays on as if that time had passed."""
        self.control("spotify/clock", advance_ms=round(seconds * 1000))

    def play_out(self) -> None:
        """Let the current item end and the next one begin."""
        now = self.spotify()["now"]
        self.jump(seconds=(now["duration_ms"] - now["progress_ms"]) / 1000)

    def queue_by_hand(self, item: str) -> None:
        """Let the streamer queue a track's id, or an `episode`, `local`, `ad` or `unknown`."""
        self.control("spotify/queue", item=item)

    def device(self, **switches: bool) -> None:
        """Switch the player's device: `active`, `restricted`, or the account's `premium`."""
        self.control("spotify/device", **switches)

    def remove_track(self, track_id: str, *, removed: bool = True) -> None:
        """Take a track off Spotify, or put it back."""
        self.control(f"spotify/tracks/{track_id}", removed=removed)


def live(**columns: Any) -> StreamSession:
    """Make the row of an open session, as if the stream had just started."""
    now = timezone.now()
    given = {"started_at": now, "newest_started_at": now, "live_at": now, "stream_ids": ["1"]}
    return StreamSession.objects.create(**given | columns)


class _Stay(urllib.request.HTTPErrorProcessor):
    """Hands redirects and errors over as they are."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


def at_once(number: int, work: Callable[[], T]) -> list[T | Exception]:
    """Do the work in that many threads at once; returns what each returned or raised."""
    results: list[T | Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
