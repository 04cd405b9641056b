"""The socket that tells when the channel goes live and off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from websockets.sync.client import ClientConnection, connect

from tests.backstage import Backstage
from tests.overlay.conftest import Site, _site, hear, say, site  # noqa: F401
from twitch.models import Channel
from twitch.services import streams

pytestmark = pytest.mark.django_db(transaction=True)

OFFLINE = {"broadcaster_user_id": "1000"}


def watch(site: Site) -> ClientConnection:  # noqa: F811
    return connect(f"ws://localhost:{site.port}/ws/stream", proxy=None)


def test_it_tells_of_the_beginning_and_the_end(
    site: Site,  # noqa: F811
    backstage: Backstage,
) -> None:
    backstage.connect()
    with watch(site) as client:
        first = hear(client)
        assert (first["type"], first["seq"], first["is_live"]) == ("snapshot", 0, False)
        stream = backstage.go_live(title="Hello")
        streams.look()
        told = hear(client)
        session = streams.current()
        assert session is not None
        assert told == {
            "type": "stream_online",
            "seq": 1,
            "timestamp": session.started_at.isoformat(),
            "session_id": session.pk,
            "stream_id": stream["id"],
        }
        say(client, type="snapshot?")
        state = hear(client)
        assert (state["seq"], state["is_live"], state["title"]) == (1, True, "Hello")
        backstage.end_stream()
        ended_at = timezone.now() - timedelta(minutes=5)
        type(session).objects.update(live_at=ended_at, unlisted_since=ended_at)
        Channel.objects.update(answered_at=ended_at)
        streams.look()
        told = hear(client)
        assert (told["type"], told["seq"]) == ("stream_offline", 2)
        assert told["session_id"] == session.pk
