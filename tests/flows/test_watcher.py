"""Twenty streamers go live for six channels at once, and whatever can die does."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.flows.conftest import Show

pytestmark = pytest.mark.chaos

SETTINGS = {"WATCHER_INTERVAL_SECONDS": "10"}

STREAMERS, CHANNELS = 20, 6
FIRST = 70_000_001
POSTS = STREAMERS * CHANNELS
GIVEN_UP = ("failed", "unsure", 2)

# Nobody has to sign in for this: the rows are as the dashboard makes them.
WATCH = """
import json
from datetime import timedelta
from django.utils import timezone
from pydantic import SecretStr
from accounts.models import User
from watcher.models import Target, Watch
owner = User.objects.create_user("nelly")
for hook in json.loads({hooks!r}):
    target = Target.objects.create(
        owner=owner, name=hook["id"], webhook_id=hook["id"],
        webhook_token=SecretStr(hook["token"]), source="pasted",
    )
    Watch.objects.bulk_create(
        Watch(target=target, kind="streamer", watched_id=str({first} + number),
              watched_name=str(number), active_since=timezone.now() - timedelta(days=1))
        for number in range({streamers})
    )
"""

LOOK = """
import json
from watcher.models import Delivery
rows = Delivery.objects.values("target__webhook_id", "watch__watched_id", "status", "why", "sent")
print(json.dumps(list(rows)))
"""

END = """
from django.db import transaction
from django.utils import timezone
from sagas.services import publish
from watcher.events import StreamEnded
from watcher.models import WatchedStream
with transaction.atomic():
    for stream in WatchedStream.objects.live():
        stream.ended_at = timezone.now()
        stream.save()
        publish(StreamEnded(stream.pk), key=stream.pk)
"""

FLUSH = "from django.core.cache import cache; cache.clear()"


def rows(show: Show) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(show.manage("shell", "-v", "0", "-c", LOOK))
    return found


def all_are(show: Show, status: str) -> list[dict[str, Any]] | None:
    """Return the deliveries once each has this status, or was lost sight of twice."""
    found = rows(show)
    here = [row for row in found if row["status"] == status]
    return found if len(here) + len(given_up(found)) == POSTS else None


def given_up(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what died in both of its calls: it may be there twice, and is never sent again."""
    return [row for row in found if (row["status"], row["why"], row["sent"]) == GIVEN_UP]


def posted(show: Show) -> int:
    return int(show.control("discord")["messages_total"])


def test_each_stream_is_posted_once_whatever_dies(show: Show) -> None:
    hooks = show.control("discord/webhooks", {"count": CHANNELS})["webhooks"]
    code = WATCH.format(hooks=json.dumps(hooks), first=FIRST, streamers=STREAMERS)
    show.manage("shell", "-v", "0", "-c", code)
    show.control("discord/limits", {"delay_ms": 50})
    show.control("twitch/crowd", {"size": STREAMERS, "live": STREAMERS})

    for some, death in (
        (5, lambda: show.kill("watcher@")),
        (30, lambda: show.manage("shell", "-v", "0", "-c", FLUSH)),
        (50, lambda: show.kill("celery")),
        (70, lambda: show.kill("bin/postgres")),
        (90, lambda: show.kill("watcher@", "valkey-server")),
    ):
        show.wait_for(lambda least=some: posted(show) >= least, f"{some} posts", 90)
        death()

    found = show.wait_for(lambda: all_are(show, "posted"), "every post", 120)
    twice, lost = sum(row["sent"] - 1 for row in found), len(given_up(found))
    assert POSTS - lost <= posted(show) <= POSTS + twice
    # Each death may cost what was on its way just then, in each of two processes.
    assert twice <= 8
    for hook in hooks:
        there = Counter(row["sent"] for row in found if row["target__webhook_id"] == hook["id"])
        assert sum(there.values()) == STREAMERS

    show.manage("shell", "-v", "0", "-c", END)
    show.wait_for(lambda: all_are(show, "closed"), "every post to be closed", 120)
    shown = show.control("discord")["messages"]
    assert sum(bool(post["edited_at"]) for post in shown) >= len(shown) - twice - lost
