"""The studio in a real Chromium: live, usable by keyboard and screen reader, on a phone too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from overlay import services as overlay
from sagas.models import Run
from songqueue.services import player
from studio.services.setup import steps
from tests.backstage import Backstage
from tests.overlay.conftest import Site
from tests.sagas.driving import lead, lead_on
from tests.songqueue.show import Show
from tests.studio.conftest import Opening, stuck
from twitch.models import Viewer, ViewerCount

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).with_name("axe-4.14.1.min.js").read_text()
GRAVE = ("serious", "critical")
OPEN_MENUS = "document.querySelectorAll('details.more').forEach((menu) => (menu.open = true))"


def faults(page: Page) -> list[str]:
    """Return what axe-core finds gravely wrong with the page."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run()")["violations"]
    return [
        f"{fault['id']}: {[node['html'][:120] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]


def test_what_viewers_redeem_appears_in_the_feed_by_itself(show: Show, opened: Opening) -> None:
    page = opened("/studio")
    feed = page.locator("[data-panel=feed]")
    feed.get_by_text("Nothing yet.").wait_for()
    redemption = show.redeem(viewer="ada")
    feed.get_by_text("Ada Song Request under way").wait_for()
    lead_on()
    feed.locator(f"#redemption-{redemption}").get_by_text("done").wait_for()


def test_a_stuck_flow_is_tried_again_by_a_button(show: Show, opened: Opening) -> None:
    stuck(show)
    page = opened("/studio")
    page.get_by_role("heading", name="Flows needs you").wait_for()
    page.get_by_role("button", name="Try again").click()
    page.locator("#toast").get_by_text("It is tried again.").wait_for()
    lead_on()
    page.locator("[data-panel=feed]").get_by_text("done", exact=True).wait_for()
    page.get_by_role("heading", name="Flows fine").wait_for()


def test_a_refund_is_asked_for_once_more_before_it_is_made(show: Show, opened: Opening) -> None:
    run = stuck(show)
    page = opened("/studio")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Refund now").click()
    page.locator("#toast").get_by_text("refunded").wait_for()
    assert asked == ["Take it back, and give Ada the points back?"]
    run.refresh_from_db()
    assert run.status == Run.Status.COMPENSATING


def test_a_waiting_song_is_removed_by_its_menu(show: Show, opened: Opening) -> None:
    request = show.see_through()
    page = opened("/studio")
    menu = page.get_by_label("What to do with Paper Lanterns")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove").wait_for(state="hidden")
    menu.click()
    page.get_by_role("button", name="Remove").click()
    page.locator("#toast").get_by_text("Removed").wait_for()
    request.refresh_from_db()
    assert request.status == "removed"


def test_the_song_that_plays_is_skipped(show: Show, opened: Opening) -> None:
    show.backstage.press("play")
    player.read_soon(timedelta(0))
    player.sync(timezone.now())
    page = opened("/studio")
    page.get_by_role("button", name="Skip").click()
    page.locator("#toast").get_by_text("Skipping").wait_for()
    lead()
    assert len(show.backstage.effects("song_skipped")) == 1


def test_requests_are_paused_and_taken_again_by_one_button(show: Show, opened: Opening) -> None:
    page = opened("/studio")
    page.get_by_role("button", name="Pause requests").click()
    page.get_by_role("button", name="Take requests again").click()
    page.locator("#toast").get_by_text("open again").wait_for()
    page.get_by_role("button", name="Pause requests").wait_for()


def test_what_is_typed_and_where_the_focus_is_survives_what_happens(
    show: Show, opened: Opening
) -> None:
    stuck(show)
    page = opened("/studio")
    page.locator("summary", has_text="Close").click()
    note = page.get_by_label("Why")
    note.press_sequentially("Sorted ou")
    show.redeem("Glass", viewer="mo")
    page.locator("[data-panel=feed]").get_by_text("Mo Song Request").wait_for()
    page.keyboard.type("t")
    page.keyboard.press("Tab")
    show.redeem("Northbound", viewer="bo")
    page.locator("[data-panel=feed]").get_by_text("Bo Song Request").wait_for()
    assert note.input_value() == "Sorted out"
    page.get_by_role("button", name="Close as it is").press("Enter")
    page.locator("#toast").get_by_text("Closed as it is.").wait_for()


def test_the_page_says_when_it_is_old_and_comes_back_by_itself(site: Site, opened: Opening) -> None:
    page = opened("/studio")
    page.locator("[data-panel=feed]").get_by_text("Nothing yet.").wait_for()
    site.stop()
    page.get_by_text("Not connected: what you see may be old.").wait_for()
    site.start()
    page.locator("#link:empty").wait_for(state="attached")


def test_from_nothing_to_done_in_the_wizard(
    backstage: Backstage, site: Site, opened: Opening
) -> None:
    backstage.device(active=True)
    backstage.press("play")
    page = opened("/studio/setup")

    def connect(step: str) -> None:
        page.locator(f"#step-{step} a.button").click()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Authorize").or_(
            page.get_by_role("button", name="Agree")
        ).first.click()
        page.get_by_role("link", name="Set-up").click()

    def done(step: str) -> None:
        page.locator(f"#step-{step}.done").wait_for()

    connect("broadcaster")
    done("broadcaster")
    page.locator("#step-broadcaster .seen strong").get_by_text("Greenroom").wait_for()
    page.get_by_role("button", name="Say hello").click()
    done("chat")
    page.get_by_role("button", name="Make the rewards").click()
    done("rewards")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#overlay-address").inner_text()
    assert address.endswith(overlay.token_of(overlay.starter()))
    # OBS comes; the step notices by itself.
    opened(address.removeprefix(site.origin))
    done("overlay")
    connect("player")
    page.get_by_role("button", name="Read the player").click()
    done("player")
    page.get_by_role("link", name="To the control room").wait_for()
    left = [step.name for step in steps(timezone.now()) if not step.is_done]
    assert left == ["bot"]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_grave_and_a_phone_is_wide_enough(
    show: Show, opened: Opening, scheme: str
) -> None:
    stuck(show)
    show.backstage.press("play")
    show.see_through("Glass", "mo")
    show.request(viewer="bo", text="nonsense")
    lead()
    Viewer.objects.update(display_name="W" * 60 + "\u202e")
    for minute in range(5):
        at = timezone.now() - timedelta(minutes=5 - minute)
        ViewerCount.objects.create(session=show.session, at=at, viewers=30 + minute)
    pages = ("/studio", "/studio/setup", "/studio/shows", f"/studio/shows/{show.session.pk}")
    for path in pages:
        for width in (390, 1440):
            page = opened(path, width, scheme)
            page.wait_for_load_state("networkidle")
            page.evaluate(
                "document.querySelectorAll('.more').forEach((menu) => (menu.open = true))"
            )
            assert faults(page) == [], (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            page.close()
