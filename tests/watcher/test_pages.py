"""The dashboard in a real Chromium: four steps to the first post, and what follows by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.browsing import Opening, browsing
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.studio.test_page import faults
from tests.watcher import posting
from tests.watcher.conftest import Discord, Hook
from watcher.models import Delivery, Target, Watch, WatchedStream

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = '<img src=x onerror="document.title=1">'
Scheme = Literal["light", "dark"]


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Opening]:  # noqa: F811
    """Opens pages of the watcher; what they say is wrong fails the test at its end."""
    cache.clear()
    with browsing(chromium, site.origin, timeout_ms=15_000) as opened:

        def opening(
            path: str = "", owner: User | None = None, width: int = 1440, scheme: Scheme = "light"
        ) -> Page:
            return opened(f"/watch{path}", owner, width, color_scheme=scheme)

        yield opening


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    return posting.target(owner, hook)


def keep(page: Page, name: str) -> None:
    """Keep a picture for people, if they ask for it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")), full_page=True)


def test_four_steps_lead_from_sign_in_to_the_first_post(discord: Discord, opened: Opening) -> None:
    page = opened()
    page.get_by_role("button", name="Sign in with Discord").click()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("button", name="Choose a channel on Discord").click()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("link", name="Choose whom to watch").click()
    page.get_by_label("Name, or the address of the channel").fill("https://www.twitch.tv/ada")
    page.get_by_text("Found: Ada").wait_for()
    page.get_by_role("group", name="When the stream begins").get_by_text(
        "Ada is live on Twitch", exact=True
    ).wait_for()
    page.get_by_role("button", name="Save and send a test").click()
    page.get_by_text("It is on its way to").wait_for()
    posting.dispatch()
    page.get_by_text("nobody was pinged.").wait_for()
    (post,) = discord.posts
    assert post["content"].startswith("**TEST**")
    assert (
        page.get_by_role("group", name="The post on Discord")
        .get_by_text("TEST", exact=True)
        .is_visible()
    )


def test_a_pasted_address_leads_on_to_whom_to_watch(
    hook: Hook, owner: User, opened: Opening
) -> None:
    page = opened(owner=owner)
    page.get_by_text("or paste a webhook's address").click()
    page.get_by_label("Address").fill("https://discord.com/channels/1/2")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("This is the address of a channel").wait_for()
    assert page.get_by_label("Address").get_attribute("aria-invalid") == "true"
    page.get_by_label("Address").fill(hook.url)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Choose whom to watch").wait_for()
    assert hook.secret not in page.content()


def test_games_are_suggested_and_filters_are_kept(
    place: Target, owner: User, opened: Opening
) -> None:
    page = opened(f"/channels/{place.pk}/add", owner)
    page.get_by_label("A game").check()
    page.get_by_label("Name of the game or category").press_sequentially("ches")
    page.locator("#games option").first.wait_for(state="attached")
    page.get_by_label("Name of the game or category").fill("Chess")
    page.get_by_text("Found: Chess").wait_for()
    page.get_by_text("Only some streams").first.click()
    page.get_by_label("Title has none of").fill("rerun, replay")
    page.get_by_label("German").check()
    page.get_by_label("Ping").select_option("role")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Give the id of the role").wait_for()
    page.get_by_label("The role's id").fill("381870553235193870")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Channels").wait_for()
    watch = Watch.objects.get()
    assert (watch.kind, watch.watched_name, watch.languages) == ("game", "Chess", ["de"])
    assert (watch.title_excludes, watch.mention) == (["rerun", "replay"], "role")
    page.get_by_text("in German; title without rerun, replay").wait_for()


def test_what_happens_meanwhile_appears_by_itself(
    place: Target, owner: User, opened: Opening
) -> None:
    posting.watch(place)
    page = opened(owner=owner)
    page.get_by_role("heading", name="Channels").wait_for()
    posting.due(posting.stream(title=HOSTILE, streamer_name=HOSTILE))
    page.get_by_role("heading", name="Live now").wait_for()
    page.get_by_text("About to be posted").wait_for()
    posting.dispatch()
    page.locator("#panel-live").get_by_role("link", name="Posted").click()
    page.get_by_text("It is kept up to date until the stream ends").wait_for()
    page.get_by_text(HOSTILE).nth(1).wait_for()
    assert page.title() == "A post · Greenroom"


def test_a_watch_is_switched_off_and_on_by_keyboard(
    place: Target, owner: User, opened: Opening
) -> None:
    watch = posting.watch(place)
    page = opened(owner=owner)
    page.get_by_role("button", name="Switch off").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Switch on").wait_for()
    watch.refresh_from_db()
    assert not watch.is_active
    page.get_by_role("button", name="Switch on").press("Enter")
    page.get_by_role("button", name="Switch off").wait_for()


def test_what_somebody_types_survives_the_news(place: Target, owner: User, opened: Opening) -> None:
    page = opened(owner=owner)
    page.get_by_text("Manage").click()
    page.get_by_label("Called").first.fill("Half a na")
    posting.watch(place)
    page.get_by_role("button", name="Test").wait_for()
    assert page.get_by_label("Called").first.input_value() == "Half a na"
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("heading", name="Half a na").wait_for()


def test_a_channel_that_does_not_work_says_so_and_takes_another_address(
    place: Target, owner: User, hook: Hook, discord: Discord, opened: Opening
) -> None:
    hook.change("delete")
    page = opened(owner=owner)
    page.get_by_text("Manage").click()
    page.get_by_role("button", name="Check").click()
    page.get_by_text("does not work").wait_for()
    page.get_by_label("Another webhook's address").fill(discord.hook().url)
    page.get_by_role("button", name="Post with that one").click()
    page.get_by_text("works", exact=True).wait_for()


@pytest.fixture
def full(place: Target, owner: User, hook: Hook) -> Delivery:
    """A dashboard with something of everything on it; returns a post that failed."""
    posting.watch(place, "77", mention="everyone", languages=["en"], title_excludes=["rerun"])
    posting.watch(place, "78", watched_name="W" * 25, is_active=False)
    game = {"kind": "game", "watched_name": "A Game with a Rather Long Name: Second Edition"}
    posting.watch(place, "743", **game)
    (first, _) = posting.due(posting.stream())
    posting.due(posting.stream("9002", "78", title=HOSTILE * 5, streamer_name="W" * 25))
    posting.dispatch()
    Delivery.objects.filter(pk=first.pk).update(status="failed", why="gave_up")
    Target.objects.create(
        owner=owner,
        name="とても長い名前のチャンネル",
        webhook_id="1",
        webhook_token=hook.token,
        source="pasted",
        disabled_at=WatchedStream.objects.get(pk="9001").seen_at,
        disabled_because="webhook_gone",
    )
    return first


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_and_a_phone_is_wide_enough(
    full: Delivery, owner: User, opened: Opening, scheme: Scheme
) -> None:
    watch = Watch.objects.exclude(languages=[]).get()
    pages = {
        "dashboard": "",
        "editor": f"/watches/{watch.pk}",
        "new": f"/channels/{full.target_id}/add",
        "post": f"/posts/{full.pk}",
        "stranger": "",
    }
    for name, path in pages.items():
        for width in (390, 1440):
            page = opened(path, None if name == "stranger" else owner, width, scheme)
            page.wait_for_load_state("networkidle")
            keep(page, f"watch-{name}-{width}-{scheme}")
            assert faults(page) == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            page.close()
