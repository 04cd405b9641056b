"""Choosing a channel on Discord: there, back, and every way in which it does not work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.conftest import consent, path
from tests.watcher.conftest import LIVE, Discord
from watcher.models import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(owner: User, discord: Discord, settings: LazySettings) -> Client:
    """The owner's browser, on the address that Discord knows."""
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    return client


@pytest.fixture
def begin(browser: Client) -> Callable[..., str]:
    """Begins, and returns Discord's page with a channel chosen."""

    def begin(**form: str) -> str:
        begun = browser.post("/watch/connect", form)
        assert begun.status_code == 302, begun.content
        return f"{begun.headers['Location']}&channel={LIVE}"

    return begin


def test_one_consent_is_one_target(
    browser: Client, begin: Callable[..., str], owner: User, discord: Discord
) -> None:
    back = consent(begin(), "nelly")
    ended = browser.get(path(back))
    target = Target.objects.get()
    assert ended.headers["Location"] == f"/watch?connected={target.pk}"
    assert (target.owner, target.source, target.channel_id) == (owner, "connected", LIVE)
    assert (target.name, target.checked_at is not None) == ("Greenroom", True)
    again = browser.get(path(back))
    assert again.status_code == 400
    assert (Target.objects.count(), discord.look()["webhooks_total"]) == (1, 1)


def test_the_channel_is_called_as_one_wants(browser: Client, begin: Callable[..., str]) -> None:
    browser.get(path(consent(begin(name="Night shift"), "nelly")))
    assert Target.objects.get().name == "Night shift"


def test_discord_is_asked_for_nothing_but_a_webhook(begin: Callable[..., str]) -> None:
    asked = parse_qs(urlsplit(begin()).query)
    assert asked["scope"] == ["webhook.incoming"]
    assert asked["redirect_uri"] == ["http://localhost/watch/connect/callback"]


def test_who_says_no_is_told_so(browser: Client, begin: Callable[..., str]) -> None:
    ended = browser.get(path(consent(begin(), "nelly", "deny")))
    assert ended.status_code == 403
    assert "You said no" in ended.content.decode()
    assert ended.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=", "?code=x&state=guess"])
def test_what_was_not_begun_here_ends_nothing(
    browser: Client, begin: Callable[..., str], discord: Discord, query: str
) -> None:
    assert browser.get(f"/watch/connect/callback{query}").status_code == 400
    begin()
    assert browser.get(f"/watch/connect/callback{query}").status_code == 400
    assert discord.look()["webhooks_total"] == 0


def test_another_persons_consent_ends_nothing(begin: Callable[..., str], discord: Discord) -> None:
    back = consent(begin(), "nelly")
    other = Client(SERVER_NAME="localhost")
    other.force_login(User.objects.create_user("discord-2"))
    assert other.get(path(back)).status_code == 400
    assert discord.look()["webhooks_total"] == 0


def test_a_browser_that_changed_hands_ends_nothing(
    browser: Client, begin: Callable[..., str]
) -> None:
    back = consent(begin(), "nelly")
    session = browser.session
    way = dict(session["watcher.connect"])
    browser.force_login(User.objects.create_user("discord-2"))
    session = browser.session
    session["watcher.connect"] = way
    session.save()
    assert browser.get(path(back)).status_code == 400


def test_a_consent_that_took_too_long_ends_nothing(
    browser: Client, begin: Callable[..., str]
) -> None:
    back = consent(begin(), "nelly")
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert browser.get(path(back)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("discord_429", "slow down"),
        ("discord_500", "does not answer"),
        ("discord_hang_up", "does not answer"),
    ],
)
def test_trouble_at_discord_is_told(
    browser: Client, begin: Callable[..., str], discord: Discord, kind: str, sentence: str
) -> None:
    back = consent(begin(), "nelly")
    discord.fault(kind, count=1)
    ended = browser.get(path(back))
    assert ended.status_code == 502
    assert sentence in ended.content.decode()
    assert not Target.objects.exists()


def test_a_channel_without_room_is_told(
    browser: Client, begin: Callable[..., str], discord: Discord
) -> None:
    discord.backstage.control("discord/webhooks", channel=LIVE, count=15)
    ended = browser.get(path(consent(begin(), "nelly")))
    assert "as many webhooks as Discord allows" in ended.content.decode()


def test_nobody_is_sent_to_discord_for_nothing(browser: Client, settings: LazySettings) -> None:
    settings.WATCHER_MOST_TARGETS = 0
    assert browser.post("/watch/connect").status_code == 409
    settings.DISCORD_CLIENT_ID = ""
    told = browser.post("/watch/connect")
    assert "paste a webhook" in told.content.decode()


def test_a_webhook_for_which_there_is_no_room_is_not_left_behind(
    browser: Client, begin: Callable[..., str], discord: Discord, owner: User
) -> None:
    back = consent(begin(), "nelly")
    webhook = {"owner": owner, "webhook_token": "x", "source": "pasted", "name": "One"}
    Target.objects.bulk_create(Target(**webhook, webhook_id=str(it)) for it in range(20))
    ended = browser.get(path(back))
    assert "that is the most" in ended.content.decode()
    assert discord.look()["webhooks_total"] == 0


def test_people_are_brought_to_the_address_that_discord_knows(browser: Client) -> None:
    begun = browser.post("/watch/connect", SERVER_NAME="127.0.0.1")
    assert begun.headers["Location"] == "http://localhost/watch"


def test_a_form_of_another_site_begins_nothing(owner: User) -> None:
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.force_login(owner)
    assert client.post("/watch/connect").status_code == 403


def test_strangers_and_banned_people_connect_nothing(browser: Client, owner: User) -> None:
    assert Client(SERVER_NAME="localhost").post("/watch/connect").status_code == 302
    owner.is_banned = True
    owner.save()
    assert browser.post("/watch/connect").status_code == 403
