"""The page in a real Chromium: what OBS would show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from overlay import services
from tests.overlay.screen import Screen, is_transparent, pause, seen, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from overlay.models import OverlayToken
    from tests.overlay.conftest import Site

pytestmark = pytest.mark.browser

CARD = "[data-part=card]"
SIZES = [(1920, 1080), (1280, 720), (3840, 2160), (800, 300), (300, 700)]
# As OBS tells its browser sources.
OBS = "([name, detail]) => dispatchEvent(new CustomEvent(name, { detail }))"
HOSTILE = "<img src=x onerror=alert(1)>\u202e" + "W" * 300


def show(now: datetime, name: str = "Mo", **numbers: int) -> None:
    roll, winning = numbers.get("roll", 4203), numbers.get("winning", 4207)
    payload = services.roll_payload(
        name=name, roll=roll, winning_number=winning, is_win=roll == winning, is_record=False
    )
    services.cue("roll", payload, now=now)


def test_a_roll_is_played_and_leaves_nothing(screen: Screen, now: datetime) -> None:
    page = screen.open()
    assert is_transparent(page)
    # The verdict stands for less time than a slow machine may take to look at it.
    pause(page)
    show(now)
    page.wait_for_selector(CARD)
    page.clock.run_for(2600)
    page.wait_for_selector(f"{CARD}[data-verdict=known]")
    assert page.inner_text("[data-part=verdict]") == "Off by 4"
    assert page.get_attribute("[data-part=roll]", "aria-label") == "4,203"
    assert not is_transparent(page)
    page.clock.run_for(3000)
    page.wait_for_selector(CARD, state="detached")
    assert is_transparent(page)


def test_a_raid_says_who_came_with_how_many_and_leaves(screen: Screen, now: datetime) -> None:
    page = screen.open()
    services.cue("raid", services.raid_payload(name="TinyOrchestra", viewers=1204), now=now)
    page.wait_for_selector(CARD)
    assert page.inner_text("[data-part=name]") == "TinyOrchestra"
    assert page.get_attribute("[data-part=raiders]", "aria-label") == "1,204"
    assert page.inner_text("[data-part=crowd]") == "viewers came along"
    page.clock.run_for(7000)
    page.wait_for_selector(CARD, state="detached")


def test_alerts_that_come_together_are_one_card(screen: Screen, now: datetime) -> None:
    for n in range(5):
        said = services.alert_payload(icon="📣", name=f"Viewer {n}", text="is here")
        services.cue("alert", said, now=now)
    page = screen.open()
    lines = page.locator("[data-part=alert-text]")
    page.wait_for_selector("text=Viewer 2 is here")
    assert lines.all_inner_texts() == [f"Viewer {n} is here" for n in range(3)]
    assert page.inner_text("[data-part=more]") == "and 2 more"
    page.clock.run_for(8000)
    page.wait_for_selector("[data-part=alert]", state="detached")


@pytest.mark.parametrize("kind", services.KINDS)
def test_a_sample_is_marked_as_a_test_and_leaves_nothing(
    screen: Screen, now: datetime, kind: str
) -> None:
    page = screen.open()
    services.test_cue(kind, now)
    page.wait_for_selector("main article [data-part=test]:not([hidden])")
    page.clock.run_for(9000)
    page.wait_for_selector("main article", state="detached")
    assert is_transparent(page)


@pytest.mark.parametrize("kind", ["roll", "raid", "alert"])
def test_hostile_text_is_only_text_and_stays_inside(
    screen: Screen, now: datetime, kind: str
) -> None:
    page = screen.open("&motion=0", size=(640, 360))
    hostile = {
        "alert": services.alert_payload(icon="<b>", name=HOSTILE, text=HOSTILE),
        "raid": services.raid_payload(name=HOSTILE, viewers=10**9),
        "roll": services.roll_payload(
            name=HOSTILE, roll=1, winning_number=10_000, is_win=False, is_record=True
        ),
    }
    services.cue(kind, hostile[kind], now=now)
    name = page.wait_for_selector("[data-part=name], [data-part=alert-name]")
    assert name
    assert name.text_content() == HOSTILE
    assert page.locator("img, main b").count() == 0
    card = page.locator("main article").bounding_box()
    line = page.locator("[data-part=name], [data-part=alert-text]").bounding_box()
    assert card
    assert line
    assert 0 <= card["x"] < line["x"]
    assert line["x"] + line["width"] < card["x"] + card["width"] <= 640
    assert 0 <= card["y"] < card["y"] + card["height"] <= 360


def test_a_cue_is_played_once_also_after_a_reload(screen: Screen, now: datetime) -> None:
    show(now, "Mo")
    page = screen.open()
    page.wait_for_selector(CARD)
    page.reload()
    until(page, lambda: bool(seen()))
    show(now, "Ana")
    page.wait_for_selector(CARD)
    assert page.text_content("[data-part=name]") == "Ana"


def test_a_lost_push_is_made_good_by_a_snapshot(
    screen: Screen, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = screen.open("&motion=0")
    with monkeypatch.context() as lost:
        lost.setattr(services.cues, "push_on_commit", lambda *_: None)
        show(now, "Lost")
    show(now, "Ana")
    page.wait_for_function("() => played.includes('Ana')")
    page.clock.run_for(5000)
    page.wait_for_function("() => played.includes('Lost')")


def test_a_revoked_page_shows_nothing_and_does_not_storm(screen: Screen, now: datetime) -> None:
    sockets: list[str] = []
    page = screen.open()
    page.on("websocket", lambda socket: sockets.append(socket.url))
    with page.expect_console_message(lambda message: "revoked" in message.text):
        services.revoke(screen.token, now)
    show(now)
    page.clock.run_for(50_000)
    assert sockets == []
    assert is_transparent(page)
    with page.expect_websocket():
        page.clock.run_for(11_000)


def test_a_storm_of_rolls_is_played_quicker(screen: Screen, now: datetime) -> None:
    for n in range(25):
        show(now, f"Viewer {n}")
    page = screen.open()
    for _ in range(6):
        page.clock.run_for(1000)
    # At the usual pace it would take three times as long.
    page.wait_for_function("() => played.includes('Viewer 3')", timeout=5000)


@pytest.fixture
def demo(chromium: Browser, site: Site, token: OverlayToken) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(f"{site.page(token)}&demo&motion=0")
    page.wait_for_selector(CARD)
    yield page
    page.close()


def test_the_card_fits_every_source(demo: Page) -> None:
    for width, height in SIZES:
        demo.set_viewport_size({"width": width, "height": height})
        box = demo.locator(CARD).bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert 0 <= box["y"] < box["y"] + box["height"] <= height


def test_custom_css_of_obs_takes_effect(demo: Page) -> None:
    demo.add_style_tag(content=":root { --gr-accent: rgb(1, 2, 3) }")
    colour = demo.locator("[data-part=roll]").evaluate("(e) => getComputedStyle(e).color")
    assert colour == "rgb(1, 2, 3)"


def test_a_page_of_an_older_version_loads_itself_again_once(screen: Screen) -> None:
    page = screen.blank()
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    # Before the page's own scripts, which read it.
    page.add_init_script(
        """new MutationObserver((_, observer) => {
            if (!document.body) return;
            document.body.dataset.version = "01d";
            observer.disconnect();
        }).observe(document, { childList: true, subtree: true })"""
    )
    page.goto(screen.site.page(screen.token))
    # The second load keeps its old version, and says so.
    until(page, lambda: len(loads) > 1)
    until(page, lambda: [one.is_current for one in seen()] == [False])
    page.wait_for_timeout(500)
    assert len(loads) == 2


def test_obs_says_that_it_is_on_air(screen: Screen) -> None:
    page = screen.open()

    def told() -> list[tuple[bool | None, bool | None]]:
        return [(one.is_on_air, one.is_visible) for one in seen()]

    page.evaluate(OBS, ["obsSourceActiveChanged", {"active": True}])
    page.evaluate(OBS, ["obsSourceVisibleChanged", {"visible": True}])
    until(page, lambda: told() == [(True, True)])
    page.evaluate(OBS, ["obsSourceActiveChanged", {"active": False}])
    until(page, lambda: told() == [(False, True)])
    (before,) = seen()
    # It does not say it again to a page that is loaded again.
    page.reload()
    until(page, lambda: [one.since > before.since for one in seen()] == [True])
    until(page, lambda: told() == [(False, True)])


def test_a_page_says_its_version_and_what_it_showed_last(screen: Screen, now: datetime) -> None:
    page = screen.open()
    until(page, lambda: [one.is_current for one in seen()] == [True])
    services.test_cue("alert", now)
    until(page, lambda: [one.last_cue for one in seen()] == ["alert"])
    page.close()
    until(screen.blank(), lambda: seen() == [])
