"""What somebody who signed in with Discord sees, takes along and leaves behind."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import forgetting, me
from tests.watcher import posting
from tests.watcher.conftest import Hook
from watcher.models import Delivery, Target, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    place = posting.target(owner, hook)
    posting.watch(place)
    posting.due(posting.stream())
    return place


def test_the_own_page_tells_of_channels_also_without_twitch(
    owner: User, place: Target, client: Client
) -> None:
    client.force_login(owner)
    html = client.get("/me").content.decode()
    assert "Go-live posts on Discord" in html
    assert "S77" in html


@pytest.mark.parametrize("source", ["connected", "pasted"])
def test_who_has_a_webhook_that_was_made_for_us_is_told_how_it_goes(
    owner: User, hook: Hook, client: Client, source: str
) -> None:
    posting.target(owner, hook, source=source)
    client.force_login(owner)
    html = client.get("/me").content.decode()
    assert ("Remove a channel first" in html) is (source == "connected")


def test_who_has_no_channels_is_not_bothered(owner: User, client: Client) -> None:
    client.force_login(owner)
    assert "Go-live posts" not in client.get("/me").content.decode()


def test_everything_is_taken_along_but_the_secret(owner: User, place: Target, hook: Hook) -> None:
    taken = me.export(owner)["discord_posts"]
    assert taken["channels"][0]["watches"][0]["watched_name"] == "S77"
    assert taken["posts"][0]["status"] == "due"
    assert hook.secret not in json.dumps(taken)


def test_nothing_stays_of_who_leaves(owner: User, place: Target) -> None:
    forgetting.forget(owner)
    assert [model.objects.count() for model in (Target, Watch, Delivery)] == [0, 0, 0]
