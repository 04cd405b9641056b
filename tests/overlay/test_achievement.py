"""Unlocked achievements on stream: one card for all that came at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from achievements.events import AchievementsUnlocked, Unlock
from overlay import services
from overlay.models import Cue
from sagas.services import publish
from sagas.tasks import advance
from tests.overlay.screen import Screen

if TYPE_CHECKING:
    from playwright.sync_api import Page

CARD = "[data-part=toast]"
HOSTILE = "<img src=x onerror=alert(1)>\u202e" + "W" * 300


def unlock(number: int) -> Unlock:
    return Unlock(
        viewer_id=str(number),
        viewer_name=f"Viewer {number}",
        achievement="first_request",
        name="First Timer",
        description="Request your first song",
        icon="🎵",
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_unlocked_is_one_cue_once(now: datetime) -> None:
    fact = AchievementsUnlocked("unlocks_1", (unlock(1), unlock(2)), 40, now)
    for _ in range(2):
        publish(fact, key="unlocks_1")
        advance()
    cue = Cue.objects.get()
    assert (cue.kind, cue.payload["total"]) == ("achievement", 40)
    assert cue.payload["unlocks"][0] == {
        "name": "Viewer 1",
        "achievement": "First Timer",
        "description": "Request your first song",
        "icon": "🎵",
    }


@pytest.fixture
def page(screen: Screen) -> Page:
    """The overlay in a small source."""
    return screen.open(size=(640, 360))


def show(now: datetime, total: int, **changes: Any) -> None:
    one = {
        "name": "Mo",
        "achievement": "First Timer",
        "description": "Request your first song",
        "icon": "🎵",
    }
    payload = {"unlocks": [one | changes] * min(total, 12), "total": total}
    services.cue("achievement", payload, now=now)


@pytest.mark.browser
def test_one_alone_says_what_it_took_and_leaves(page: Page, now: datetime) -> None:
    show(now, 1)
    page.wait_for_selector(CARD)
    assert page.inner_text("[data-part=label]").lower() == "achievement unlocked"
    assert page.inner_text("[data-part=unlock-description]") == "Request your first song"
    assert page.inner_text("[data-part=unlock-viewer]") == "Mo"
    page.clock.run_for(5000)
    page.wait_for_selector(CARD, state="detached")


@pytest.mark.browser
def test_a_hundred_are_one_card_for_a_few_seconds(page: Page, now: datetime) -> None:
    show(now, 100)
    page.wait_for_selector(CARD)
    assert page.inner_text("[data-part=label]").lower() == "100 achievements unlocked"
    shown = page.locator("[data-part=unlock]").count()
    assert page.inner_text("[data-part=more]") == f"and {100 - shown} more"
    page.clock.run_for(8000)
    page.wait_for_selector(CARD, state="detached")


@pytest.mark.browser
def test_hostile_names_are_only_text_and_stay_inside(page: Page, now: datetime) -> None:
    show(now, 2, name=HOSTILE, achievement=HOSTILE)
    page.wait_for_selector(CARD)
    assert page.locator("img").count() == 0
    card = page.locator(CARD).bounding_box()
    assert card
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= 640
    assert card["y"] + card["height"] <= 360
    for part in ("unlock-name", "unlock-by"):
        inner = page.locator(f"[data-part={part}]").first.bounding_box()
        assert inner
        assert inner["x"] + inner["width"] <= card["x"] + card["width"]
