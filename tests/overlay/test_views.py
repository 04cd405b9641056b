"""The page answers so that a stream never shows anything but cues."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.conf import LazySettings, settings
from django.test import Client

from overlay import services
from overlay.models import OverlayToken

pytestmark = pytest.mark.django_db


def test_the_page_may_load_nothing_but_its_own_files(client: Client, token: OverlayToken) -> None:
    page = client.get("/overlay/", {"token": services.token_of(token)})
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "ws://testserver" in policy
    covers = "https://i.scdn.co https://mosaic.scdn.co https://*.spotifycdn.com"
    rehearsal = f"http://127.0.0.1:{settings.REHEARSAL_PORT}"
    assert f"; img-src 'self' {covers} {rehearsal};" in policy
    text = page.content.decode()
    assert not re.search(r"https?://|<style|style=|<script>|onload", text)


def test_on_the_real_twitch_covers_come_from_spotify_only(
    client: Client, settings: LazySettings
) -> None:
    settings.REHEARSAL = False
    policy = client.get("/overlay/shell")["Content-Security-Policy"]
    assert "https://*.spotifycdn.com;" in policy
    assert "http://" not in policy


def test_the_token_is_in_no_page_and_in_no_referrer(client: Client, token: OverlayToken) -> None:
    page = client.get("/overlay/", {"token": services.token_of(token)})
    assert token.key not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("query", ["", "?token=", "?token=x.y", "?token=%00%F0%9F%92%A5"])
def test_a_bad_token_gets_the_page_that_shows_nothing(client: Client, query: str) -> None:
    page = client.get(f"/overlay/{query}")
    assert page.status_code == 403
    assert "<!-- This address is not valid" in page.content.decode()


def test_a_revoked_token_gets_the_page_that_shows_nothing(
    client: Client, token: OverlayToken, now: datetime
) -> None:
    services.revoke(token, now)
    assert client.get("/overlay/", {"token": services.token_of(token)}).status_code == 403


def test_the_worker_keeps_every_file_that_the_page_needs(client: Client) -> None:
    worker = client.get("/overlay/worker.js")
    assert worker["Content-Type"] == "text/javascript"
    text = worker.content.decode()
    for name in ("main.js", "roll.js", "overlay.css"):
        assert f'"/static/overlay/{name}"' in text
    assert "admin" not in text
    assert client.get("/overlay/shell").status_code == 200


def test_nothing_can_be_posted(client: Client) -> None:
    for path in ("/overlay/", "/overlay/shell", "/overlay/worker.js"):
        assert client.post(path).status_code == 405
