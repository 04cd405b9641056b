"""The console's player: what a person sees and presses is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.rehearsal.client import Rehearsal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


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
    page.locator("#song b").wait_for()
    yield page
    page.close()
    assert complaints == []


def shows(page: Page, where: str, text: str) -> None:
    page.locator(where).get_by_text(text, exact=True).first.wait_for()


def test_the_player_is_commanded_and_shown(rehearsal: Rehearsal, console: Page) -> None:
    shows(console, "#song", "Paper Lanterns")
    console.get_by_role("button", name="Next song").click()
    shows(console, "#song", "Glasshouse")
    console.get_by_role("button", name="Previous song").click()
    shows(console, "#song", "Paper Lanterns")
    console.get_by_role("button", name="Pause", exact=True).click()
    shows(console, "#h-player", "paused")
    console.get_by_label("Device is on").uncheck()
    shows(console, "#h-player", "no device")
    assert console.get_by_role("button", name="Next song").is_disabled()
    assert rehearsal.look("spotify")["device"]["active"] is False


def test_the_progress_runs_on_by_itself(rehearsal: Rehearsal, console: Page) -> None:
    console.get_by_label("×60").check()
    before = console.locator("#song-time").inner_text()
    console.locator("#song-time").get_by_text(before, exact=True).wait_for(state="detached")


def test_hostile_titles_are_text_and_fit(rehearsal: Rehearsal, console: Page) -> None:
    for title in ("<b>Bold", "The Astonishing"):
        rehearsal.control("spotify/queue", item=rehearsal.track(title))
    shows(console, "#coming", '<b>Bold</b> & "Quoted"')
    console.get_by_role("button", name="Next song").click()
    shows(console, "#song", '<b>Bold</b> & "Quoted"')
    assert console.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_picked_song_is_typed_as_a_viewer_would_paste_it(
    rehearsal: Rehearsal, console: Page
) -> None:
    track = next(it for it in rehearsal.look("spotify")["catalogue"] if it["title"] == "Lag")
    typed = console.get_by_label("Text the viewer types")
    console.locator("#pick").select_option(track["id"])
    assert typed.input_value() == f"{track['url']}?si={track['code']}"
    console.locator("#pick-form").select_option("short link")
    assert typed.input_value() == f"{rehearsal.url}/spotify/link/{track['code']}"
    console.locator("#pick").select_option("Just words")
    assert typed.input_value() == "play something nice please"


def test_a_song_is_queued_and_taken_away_by_hand(rehearsal: Rehearsal, console: Page) -> None:
    console.locator("#by-hand").select_option("local")
    console.get_by_role("button", name="Queue it").click()
    shows(console, "#coming", "by hand")
    lag = rehearsal.track("Lag")
    console.locator("#by-hand").select_option(lag)
    console.get_by_role("button", name="Take it off Spotify").click()
    console.get_by_role("button", name="Put it back").wait_for()
    removed = [it["id"] for it in rehearsal.look("spotify")["catalogue"] if it["removed"]]
    assert removed == [lag]


def test_another_channel_goes_live_and_ends(rehearsal: Rehearsal, console: Page) -> None:
    console.get_by_label("Viewer", exact=True).select_option("ivo")
    console.locator("#other").get_by_label("Category").fill("Chess")
    console.locator("#other-live").click()
    shows(console, "#others", "Ivo\u202e&amp;")
    shows(console, "#h-others", "1 live")
    (stream,) = rehearsal.look("state")["streams"]
    assert stream["game_name"] == "Chess"
    console.get_by_role("button", name="End ivo").click()
    console.locator("#no-others").wait_for()


def test_a_crowd_gathers(rehearsal: Rehearsal, console: Page) -> None:
    console.locator("#crowd-line").click()
    crowd = console.locator("#crowd")
    crowd.get_by_label("Streamers").fill("20000")
    crowd.get_by_label("Live").fill("1500")
    crowd.get_by_role("button", name="Set").click()
    console.get_by_text("Crowd: 1,500 of 20,000 live", exact=True).wait_for()
    assert rehearsal.look("state")["crowd"]["live"] == 1500
