"""The way of a delivery to Discord and to its end, in good weather and in bad."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from sagas.models import Event, Run
from tests.watcher.conftest import Discord, Hook
from tests.watcher.posting import dispatch, due, end, run_of, stream, target, watch
from watcher.models import Delivery, Target

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    return target(owner, hook)


def test_a_stream_is_posted_edited_and_closed(discord: Discord, place: Target) -> None:
    watch(place)
    live = stream()
    (delivery,) = due(live)
    dispatch()
    (post,) = discord.posts
    assert post["embeds"][0]["title"] == "Chess at night"
    delivery.refresh_from_db()
    assert (delivery.status, delivery.message_id) == ("posted", post["id"])

    live.title, live.version = "Chess at dawn", 2
    live.save()
    dispatch(at_once=True)
    Delivery.objects.update(posted_at=timezone.now() - timedelta(minutes=1))
    dispatch(at_once=True)
    (post,) = discord.posts
    assert post["embeds"][0]["title"] == "Chess at dawn"

    end(live)
    dispatch()
    (post,) = discord.posts
    fields = {field["name"]: field["value"] for field in post["embeds"][0]["fields"]}
    assert (fields["Duration"], fields["Most viewers"]) == ("1 h 0 min", "30")
    delivery.refresh_from_db()
    assert (delivery.status, delivery.why) == ("closed", "")
    assert run_of(delivery).status == "completed"
    verbs = list(delivery.attempts.values_list("verb", "status"))
    assert verbs == [("post", 200), ("edit", 200), ("edit", 200)]
