"""A viewer votes and predicts in a real browser, and sees what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.models import User
from tests.browsing import sign_in
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.tournaments import stage
from tests.tournaments.betting import balance, begin, cast, live_match, rich, time_is_over
from tournaments.models import Match, Prediction, Tournament, Vote
from tournaments.services import votes
from twitch.models import Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Opening = Callable[[Match], "Page"]


@pytest.fixture
def made(transactional_db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def ann(transactional_db: None) -> Viewer:
    return rich(100, "Ann")


@pytest.fixture
def opening(chromium: Browser, site: Site, ann: Viewer) -> Iterator[Opening]:  # noqa: F811
    """Open the page of a match, as Ann."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    sign_in(context, User.objects.create_user("ann", viewer=ann), site.origin)

    def open_page(match: Match) -> Page:
        page = context.new_page()
        page.goto(f"{site.origin}/matches/{match.pk}")
        return page

    yield open_page
    context.close()


def test_a_viewer_votes_while_it_goes_on_and_sees_how_it_ends(
    made: Tournament, ann: Viewer, opening: Opening
) -> None:
    match = live_match(made)
    page = opening(match)
    event = begin(match, most_per_viewer=2)
    page.get_by_text("You have 2 votes.").wait_for()
    home = page.locator(".choice[data-side=home]")
    home.click()
    page.get_by_text("You cast 1 vote. 1 left.").wait_for()
    assert balance(ann) == 90
    cast(event, rich(), "away")
    votes.tell_tally(event.pk)
    home.get_by_text("1 (50 %)").wait_for()
    home.click()
    page.get_by_text("You cast 2 votes. That was all.").wait_for()
    assert home.is_disabled()
    assert Vote.objects.filter(viewer=ann).count() == 2
    votes.finish(event.pk, now=timezone.now())
    page.get_by_text("gets 1 league point").wait_for()


def test_who_presses_too_late_is_told_so(made: Tournament, ann: Viewer, opening: Opening) -> None:
    match = live_match(made)
    event = begin(match)
    page = opening(match)
    page.get_by_text("You have 1 vote.").wait_for()
    time_is_over(event)
    page.locator(".choice[data-side=away]").click()
    page.get_by_text("This vote ended at").wait_for()
    assert balance(ann) == 100


def test_a_viewer_stakes_points_and_sees_the_market(
    made: Tournament, ann: Viewer, opening: Opening
) -> None:
    match = made.matches.league().filter(matchday=2)[0]
    page = opening(match)
    page.locator(".outcome[data-side=draw]").click()
    page.locator("input[name=points]").fill("60")
    page.locator("#return", has_text="bring back 60").wait_for()
    page.get_by_role("button", name="Predict").click()
    page.get_by_text("Your prediction stands.").wait_for()
    page.get_by_role("button", name="Add to it").wait_for()
    assert Prediction.objects.get(viewer=ann).points_wagered == 60
    assert balance(ann) == 40
