"""The console's Discord: what was posted is shown as people would see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.rehearsal.client import Rehearsal
from tests.rehearsal.test_discord_webhooks import LIVE_PINGS, Hook, hook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["hook"]

pytestmark = pytest.mark.browser

EMBED = {
    "title": "<b>Chess</b> at night",
    "url": "https://www.twitch.tv/ada",
    "description": "**Ada** plays [chess](https://www.twitch.tv/directory/game/Chess)",
    "color": 0x9146FF,
    "author": {"name": "Ada"},
    "fields": [{"name": "Viewers", "value": "1,234", "inline": True}],
    "image": {"url": "https://static-cdn.jtvnw.net/ada.jpg?t=1"},
    "footer": {"text": "Greenroom"},
}


@pytest.fixture
def console(rehearsal: Rehearsal, chromium: Browser) -> Iterator[Page]:
    """The console, which may not have complained about anything by the end."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    page.goto(rehearsal.url)
    page.locator("#h-discord").wait_for()
    yield page
    page.close()
    assert complaints == []


def test_a_post_looks_as_on_discord(hook: Hook, console: Page) -> None:
    content = f"<@&{LIVE_PINGS}> @everyone **Ada** is live <t:1763740000:D>"
    hook.post(content=content, allowed_mentions={"roles": [LIVE_PINGS]}, embeds=[EMBED])
    post = console.locator(".post")
    post.locator(".embed").wait_for()
    assert post.locator(".rings").inner_text() == "@Live pings"
    assert post.locator(".mention:not(.rings)").inner_text() == "@everyone"
    assert post.locator(".content b").inner_text() == "Ada"
    assert "November 21, 2025" in post.locator(".mark-time").inner_text()
    title = post.get_by_role("link", name="<b>Chess</b> at night")
    assert title.get_attribute("href") == EMBED["url"]
    assert post.locator(".picture").inner_text() == "static-cdn.jtvnw.net/ada.jpg?t=1"
    assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_escaped_is_shown_to_the_letter(hook: Hook, console: Page) -> None:
    hook.post(content=r"**\*a\_b\_c\*** likes snake_case_names", embeds=[{"title": r"\[x\] *y*"}])
    content = console.locator(".content")
    content.wait_for()
    assert content.inner_text().strip() == "*a_b_c* likes snake_case_names"
    assert content.locator("b").inner_text() == "*a_b_c*"
    assert console.locator(".embed-title").inner_text() == "[x] y"


def test_an_edit_is_marked_and_a_deletion_empties_the_channel(hook: Hook, console: Page) -> None:
    id = hook.post(content="live").json()["id"]
    hook.call("PATCH", f"/messages/{id}", json={"content": "over"})
    console.locator(".edited").wait_for()
    console.get_by_role("button", name="Delete the post").click()
    console.get_by_text("Nothing was posted yet.").wait_for()
    assert hook.call("GET", f"/messages/{id}").status_code == 404


def test_hostile_text_stays_text(hook: Hook, console: Page) -> None:
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) \u202e" + "x" * 200
    hook.post(content=hostile, username="<script>\u202e", embeds=[{"description": hostile}])
    console.locator(".post").wait_for()
    assert console.locator(".post img, .post a").count() == 0
    assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_webhooks_are_made_and_deleted_by_hand(rehearsal: Rehearsal, console: Page) -> None:
    console.get_by_label("Channel", exact=True).select_option(label="#announcements · Backstage")
    console.get_by_role("button", name="New webhook").click()
    console.locator("#hooks li").wait_for()
    assert rehearsal.look("discord")["webhooks"][0]["channel"] == "announcements"
    console.get_by_role("button", name="Delete of Captain Hook").click()
    console.locator("#hooks li").wait_for(state="detached")
    assert rehearsal.look("discord")["webhooks_total"] == 0


def test_limits_are_set_by_hand(rehearsal: Rehearsal, console: Page) -> None:
    console.get_by_text("Limits", exact=True).click()
    console.get_by_label("Per webhook").fill("1")
    with console.expect_response("**/control/discord/limits"):
        console.get_by_role("button", name="Set", exact=True).click()
    assert rehearsal.look("discord")["limits"]["webhook_calls"] == 1
