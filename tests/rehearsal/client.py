"""A rehearsal server of one's own, and a thin client for talking to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[2]
BROADCASTER = "1000"
BOT = "1001"
CLIENT = {"client_id": "rehearsal", "client_secret": "rehearsal-secret"}
LISTENING = ["user-read-playback-state", "user-read-currently-playing"]
COMMANDING = [*LISTENING, "user-modify-playback-state"]


def eventually(ask: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first truthy answer; fails when none comes within the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    pytest.fail(f"Nothing came within {seconds} s.")


@dataclass
class Rehearsal:
    """A running server: control calls, Helix calls and its process."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    url: str = ""
    process: subprocess.Popen[str] | None = None
    http: requests.Session = field(default_factory=requests.Session)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal"],
            cwd=ROOT,
            env={
                **os.environ,
                "REHEARSAL_PORT": "0",
                "REHEARSAL_RETRY_SECONDS": "0.02",
                "GREENROOM_HOME": str(self.home),
                **self.env,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.fullmatch(r"rehearsal listening on (http://127\.0\.0\.1:\d+)\n", line)
        assert found, line
        self.url = found[1]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        assert self.process.stdout
        self.http.close()
        self.process.send_signal(how)
        status = self.process.wait(30)
        self.process.stdout.close()
        self.process = None
        return status

    def control(self, verb: str, **wish: Any) -> Any:
        answer = self.http.post(f"{self.url}/control/{verb}", json=wish)
        assert answer.ok, answer.text
        return answer.json()

    def look(self, what: str) -> Any:
        return self.http.get(f"{self.url}/control/{what}").json()

    def effects(self, *kinds: str) -> list[dict[str, Any]]:
        return [it for it in self.look("effects")["effects"] if it["kind"] in kinds]

    def sign_in(self, login: str, *scopes: str, **more: Any) -> dict[str, Any]:
        token: dict[str, Any] = self.control("tokens", login=login, scopes=list(scopes), **more)
        return token

    def app_token(self) -> str:
        answer = self.oauth("token", grant_type="client_credentials", **CLIENT)
        token: str = answer.json()["access_token"]
        return token

    def oauth(self, call: str, **form: str) -> requests.Response:
        return self.http.post(f"{self.url}/twitch/oauth2/{call}", data=form)

    def helix(self, method: str, path: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Client-Id": "rehearsal"}
        return self.http.request(
            method, f"{self.url}/twitch/helix/{path}", headers=headers, timeout=10, **more
        )

    def connect(self, *scopes: str, **more: Any) -> str:
        """The access token of a listener who has let us use their Spotify."""
        token: str = self.control("spotify/tokens", scopes=list(scopes or COMMANDING), **more)[
            "access_token"
        ]
        return token

    def spotify(self, method: str, path: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(
            method, f"{self.url}/spotify/v1/{path}", headers=headers, timeout=10, **more
        )

    def track(self, title: str) -> str:
        """The id of the track whose title begins so."""
        found: list[str] = [
            it["id"] for it in self.look("spotify")["catalogue"] if it["title"].startswith(title)
        ]
        return found[0]

    def queue(self, token: str, track_id: str) -> requests.Response:
        """Put a track into the player's queue, as an app does."""
        return self.spotify(
            "POST", "me/player/queue", token, params={"uri": f"spotify:track:{track_id}"}
        )
