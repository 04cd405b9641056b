"""The page in a real Chromium: what OBS would show."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from overlay import services
from overlay.models import OverlayToken
from tests.overlay.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CARD = "[data-part=card]"
# Remembers whose rolls were played, however short they were.
REMEMBER = """
played = [];
new MutationObserver(() => {
  const name = document.querySelector("[data-part=name]")?.textContent;
  if (name && name !== played.at(-1)) played.push(name);
}).observe(document, { childList: true, subtree: true });
"""
# As OBS tells its browser sources.
OBS = "([name, detail]) => dispatchEvent(new CustomEvent(name, { detail }))"
Opening = Callable[[str], "Page"]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opening]:
    """Opens a page; what it says is wrong fails the test at its end."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    errors: list[str] = []

    def opening(address: str) -> Page:
        page = context.new_page()
        page.add_init_script(REMEMBER)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if "Security" in message.text else None,
        )
        page.goto(address)
        return page

    yield opening
    context.close()
    assert errors == []


def connected(page: Page, token: OverlayToken) -> None:
    """Wait until the page is really listening."""
    until(page, lambda: any(one.version for one in seen() if one.address_id == token.pk))


def until(page: Page, condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait, with the page at work."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(25)


def seen() -> list[services.Page]:
    return services.presence(timezone.now())


def show(now: datetime, name: str = "Mo", **numbers: int) -> None:
    roll, winning = numbers.get("roll", 4203), numbers.get("winning", 4207)
    payload = services.roll_payload(
        name=name, roll=roll, winning_number=winning, is_win=roll == winning, is_record=False
    )
    services.cue("roll", payload, now=now)


def is_transparent(png: bytes) -> bool:
    """Tell whether no pixel of an RGBA picture has any colour or opacity."""
    (depth, colours), data, at = struct.unpack(">BB", png[24:26]), b"", 8
    assert (depth, colours) == (8, 6)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    # Whatever filters its rows have: they are all zero exactly if the picture is.
    width = struct.unpack(">I", png[16:20])[0]
    rows = zlib.decompress(data)
    return not any(any(rows[n + 1 : n + 1 + 4 * width]) for n in range(0, len(rows), 1 + 4 * width))


def test_a_roll_is_played_and_leaves_nothing(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    page = opened(site.page(token))
    connected(page, token)
    assert is_transparent(page.screenshot(omit_background=True))
    show(now)
    page.wait_for_selector(f"{CARD}[data-verdict=known]")
    assert page.inner_text("[data-part=verdict]") == "Off by 4"
    assert page.get_attribute("[data-part=roll]", "aria-label") == "4,203"
    assert not is_transparent(page.screenshot(omit_background=True))
    page.wait_for_selector(CARD, state="detached")
    assert is_transparent(page.screenshot(omit_background=True))


def test_a_hostile_name_is_only_text(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    page = opened(site.page(token))
    connected(page, token)
    name = "<img src=x onerror=alert(1)>" + "W" * 300
    show(now, name)
    page.wait_for_selector(CARD)
    assert page.text_content("[data-part=name]") == name
    assert page.locator("img").count() == 0
    card, text = page.locator(CARD).bounding_box(), page.locator("[data-part=name]").bounding_box()
    assert card
    assert text
    assert text["width"] < card["width"] <= 1280


def test_a_cue_is_played_once_also_after_a_reload(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    show(now, "Mo")
    page = opened(site.page(token))
    page.wait_for_selector(CARD)
    page.reload()
    connected(page, token)
    show(now, "Ana")
    page.wait_for_selector(CARD)
    assert page.text_content("[data-part=name]") == "Ana"


def test_a_lost_push_is_made_good_by_a_snapshot(
    site: Site, token: OverlayToken, now: datetime, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(site.page(token) + "&motion=0")
    connected(page, token)
    with monkeypatch.context() as lost:
        lost.setattr(services.cues, "push_on_commit", lambda *_: None)
        show(now, "Lost")
    show(now, "Ana")
    page.wait_for_function("() => played.includes('Ana') && played.includes('Lost')")


def test_a_page_that_starts_while_the_server_is_away_shows_what_comes_later(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    first = opened(site.page(token))
    first.evaluate("navigator.serviceWorker.ready")
    first.wait_for_function(
        "async () => (await (await caches.open('greenroom-overlay')).keys()).length > 5"
    )
    first.close()
    site.stop()
    page = opened(site.page(token))
    assert is_transparent(page.screenshot(omit_background=True))
    site.start()
    show(now, "Back again")
    page.wait_for_selector("text=Back again", timeout=30_000)


def test_a_revoked_page_shows_nothing_and_does_not_storm(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    sockets: list[str] = []
    page = opened("about:blank")
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(site.page(token))
    connected(page, token)
    with page.expect_console_message(lambda message: "revoked" in message.text):
        services.revoke(token, now)
    show(now)
    page.wait_for_timeout(1500)
    assert len(sockets) == 1
    assert is_transparent(page.screenshot(omit_background=True))


def test_a_storm_of_rolls_is_played_quicker(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    for n in range(25):
        show(now, f"Viewer {n}")
    page = opened(site.page(token))
    page.wait_for_selector("text=Viewer 3", timeout=6000)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (3840, 2160), (800, 300), (300, 700)])
def test_the_card_fits_every_source(
    site: Site, chromium: Browser, token: OverlayToken, size: tuple[int, int]
) -> None:
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{site.page(token)}&demo&motion=0")
    page.wait_for_selector(CARD)
    box = page.locator(CARD).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
    page.close()


def test_a_page_of_an_older_version_loads_itself_again_once(
    site: Site, token: OverlayToken, opened: Opening
) -> None:
    page = opened("about:blank")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.body.dataset.version = 'old' })"
    )
    page.goto(site.page(token))
    for _ in range(200):
        if len(loads) > 1:
            break
        page.wait_for_timeout(25)
    page.wait_for_timeout(1000)
    assert len(loads) == 2


def test_custom_css_of_obs_takes_effect(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    page = opened(f"{site.page(token)}&demo&motion=0")
    page.add_style_tag(content=":root { --gr-accent: rgb(1, 2, 3) }")
    page.wait_for_selector(CARD)
    colour = page.locator("[data-part=roll]").evaluate("(e) => getComputedStyle(e).color")
    assert colour == "rgb(1, 2, 3)"


def test_obs_says_that_it_is_on_air(site: Site, token: OverlayToken, opened: Opening) -> None:
    page = opened(site.page(token))
    connected(page, token)
    page.evaluate(OBS, ["obsSourceActiveChanged", {"active": True}])
    page.evaluate(OBS, ["obsSourceVisibleChanged", {"visible": True}])
    until(page, lambda: [(one.is_on_air, one.is_visible) for one in seen()] == [(True, True)])
    page.evaluate(OBS, ["obsSourceActiveChanged", {"active": False}])
    until(page, lambda: [(one.is_on_air, one.is_visible) for one in seen()] == [(False, True)])


def test_a_page_says_its_version_and_what_it_showed_last(
    site: Site, token: OverlayToken, now: datetime, opened: Opening
) -> None:
    page = opened(site.page(token))
    until(page, lambda: [one.is_current for one in seen()] == [True])
    services.test_cue("alert", now)
    until(page, lambda: [one.last_cue for one in seen()] == ["alert"])
    page.close()
    until(opened("about:blank"), lambda: seen() == [])
