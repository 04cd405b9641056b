"""Tournaments on the overlay: the live match, its vote, and the sheets, in a real Chromium."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from overlay import services
from tests.overlay.screen import Screen, is_transparent, until
from tests.tournaments import stage
from tournaments.models import Drawing, Match, Tournament
from tournaments.services import changes, matches, votes
from tournaments.services.votes import tallies

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MATCH, VOTE = "[data-part=match][data-state=shown]", "[data-part=vote][data-state=shown]"
SHEET = "[data-part=sheet]"
SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (1080, 1920)]
# Whether the sheet and each of its texts is inside of what is around it.
OUTSIDE = """
() => {
  const sheet = document.querySelector("[data-part=sheet]");
  const box = (element) => element.getBoundingClientRect();
  const isOut = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  const page = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const parts = [...sheet.querySelectorAll("[data-part]:not([hidden])")];
  const bad = parts.filter((part) => isOut(box(part), box(sheet)));
  return [...(isOut(box(sheet), page) ? ["sheet"] : []), ...bad.map((part) => part.dataset.part)];
}
"""


def live(made: Tournament, day: int = 1) -> Match:
    """Let a match of this day begin."""
    match = made.matches.filter(matchday=day, status="SCHEDULED").order_by("pk").first()
    assert match
    return matches.go_live(match.pk, by="Mo", now=timezone.now())


def finish(made: Tournament, match: Match) -> None:
    """End a match, as an entered result does."""
    with transaction.atomic():
        stage.finish(match, 2, 1)
        match.refresh_from_db()
        matches.tell(changes.locked(made.pk), [match], "table")


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")))


def test_a_live_match_is_there_until_it_was_over_for_a_while(screen: Screen) -> None:
    made = stage.tournament(8)
    page = screen.open()
    assert is_transparent(page)
    match = live(made)
    page.wait_for_selector(MATCH)
    assert page.text_content("[data-part=match-home]") == str(match.home)
    matches.score(match.pk, 1, 0)
    page.get_by_text("1–0").wait_for()
    finish(made, match)
    page.get_by_text("full time").wait_for()
    assert page.inner_text("[data-part=match-goals]") == "2–1"
    page.clock.run_for(14_000)
    page.wait_for_selector(MATCH, state="detached")
    until(page, lambda: is_transparent(page))


def test_a_page_that_comes_later_shows_what_is_on(screen: Screen) -> None:
    match = live(stage.tournament(8))
    matches.score(match.pk, 3, 2)
    page = screen.open()
    page.get_by_text("3–2").wait_for()


def test_a_match_that_was_called_back_is_gone_at_once(screen: Screen) -> None:
    match = live(stage.tournament(8))
    page = screen.open()
    page.wait_for_selector(MATCH)
    matches.call_back(match.pk, by="Mo", now=timezone.now())
    page.wait_for_selector(MATCH, state="detached")


def test_the_next_match_takes_the_place_of_one_that_ended(screen: Screen) -> None:
    made = stage.tournament(8)
    first = live(made)
    page = screen.open()
    page.wait_for_selector(MATCH)
    finish(made, first)
    second = live(made)
    names = page.locator("[data-part=match-home]")
    until(page, lambda: names.last.text_content() == str(second.home))


def test_a_vote_has_bars_and_a_clock_and_stays_to_be_read(screen: Screen) -> None:
    match = live(stage.tournament(8))
    page = screen.open()
    page.wait_for_selector(MATCH)
    terms = votes.Terms(duration=timedelta(minutes=1))
    event = votes.start(match.pk, terms, by="Mo", now=timezone.now())
    page.wait_for_selector(VOTE)
    assert page.inner_text("[data-part=vote-left]").startswith(("0:", "1:"))
    votes.cast(event.pk, stage.viewer("Ada"), match.home_id, "one")
    tallies.tell(event.pk)
    count = page.locator("[data-side=home] [data-part=vote-count]")
    until(page, lambda: count.text_content() == "1")
    votes.cancel(event.pk, by="Mo", now=timezone.now())
    page.get_by_text("cancelled").wait_for()
    page.clock.run_for(11_000)
    page.wait_for_selector(VOTE, state="detached")


def test_names_are_only_text_and_stay_inside(screen: Screen) -> None:
    made = stage.tournament(8)
    match = made.matches.select_related("home__viewer").order_by("pk").first()
    assert match
    match.home.viewer.display_name = "<img src=x onerror=alert(1)>" * 4
    match.home.viewer.save()
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    page = screen.open("&only=match,vote", size=(600, 340))
    page.wait_for_selector(MATCH)
    assert page.locator("img").count() == 0
    card = page.locator("[data-part=match]").bounding_box()
    name = page.locator("[data-part=match-home]").bounding_box()
    assert card
    assert name
    assert 0 <= card["x"] <= name["x"]
    assert name["x"] + name["width"] <= card["x"] + card["width"] <= 600


def test_who_wants_no_matches_opens_no_socket_for_them(screen: Screen) -> None:
    match = live(stage.tournament(8))
    sockets: list[str] = []
    page = screen.blank()
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{screen.site.page(screen.token)}&hide=match,vote")
    matches.score(match.pk, 1, 0)
    page.wait_for_timeout(1000)
    assert [url for url in sockets if "match" in url] == []


# --- Sheets --------------------------------------------------------------------------------------


def test_the_table_stands_where_it_is_asked_for_and_follows(screen: Screen) -> None:
    made = stage.tournament(8)
    page = screen.open("&only=table")
    page.wait_for_selector(SHEET)
    match = live(made)
    stage.finish(match, 5, 0)
    with transaction.atomic():
        stage.derive(made)
        changes.touch(made, "matches", "table")
    difference = page.locator("[data-part=line-difference]").first
    until(page, lambda: difference.text_content() == "+5")
    assert page.inner_text("[data-part=line] >> nth=0").startswith("1")


def test_no_table_stands_that_nobody_asked_for(screen: Screen) -> None:
    stage.tournament(8)
    page = screen.open()
    page.wait_for_timeout(300)
    assert page.locator(SHEET).count() == 0
    assert is_transparent(page)


@pytest.mark.parametrize("kind", ["table", "bracket", "matches"])
def test_a_sheet_is_shown_for_a_while(screen: Screen, now: datetime, kind: str) -> None:
    made = stage.tournament(8, played=1)
    page = screen.open()
    assert services.show_sheet(kind, now)
    page.wait_for_selector(f"main {SHEET}")
    assert page.inner_text("[data-part=sheet-title]") == made.name
    page.clock.run_for(22_000)
    page.wait_for_selector(SHEET, state="detached")
    until(page, lambda: is_transparent(page))


def test_nothing_is_shown_of_a_draw_that_is_not_revealed(now: datetime, db: None) -> None:
    assert not services.show_sheet("table", now)
    stage.tournament(8)
    Drawing.objects.update(revealed_at=None)
    assert not services.show_sheet("matches", now)


@pytest.mark.parametrize("players", [8, 36, 64])
def test_every_sheet_fits_into_every_screen(screen: Screen, players: int) -> None:
    made = stage.tournament(players, played=8)
    stage.knock_out(made, rounds=2)
    Match.objects.filter(matchday=8).update(status="LIVE", outcome="")
    for kind in ("table", "bracket", "matches"):
        page = screen.open(f"&only={kind}")
        page.wait_for_selector(SHEET)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(OUTSIDE) == [], (kind, width)
            keep(page, f"sheet-{kind}-{players}-{width}")
        page.close()
