"""The stream, as Twitch tells it and as it is asked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sagas.models import Event
from tests.backstage import Backstage
from twitch.services import streams

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_look_finds_that_the_channel_went_live(backstage: Backstage) -> None:
    backstage.connect()
    assert streams.current() is None
    backstage.control("live", on=True)
    streams.look()
    session = streams.current()
    assert session and session.pk.startswith("stream_")
    assert streams.is_live()
    streams.look()
    assert Event.objects.filter(kind="twitch.StreamStarted").count() == 1
    assert session.chapters.get().category_name == "Just Chatting"
    assert timezone.now() >= session.started_at
