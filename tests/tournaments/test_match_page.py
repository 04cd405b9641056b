"""The page of a live match in a real Chromium: score, vote and predictions, with real points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from points.services import ledger
from points.services.ledger import Cause
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.studio.test_page import faults
from tests.tournaments import stage
from tests.tournaments.test_pages import Opening, opened  # noqa: F401 (the fixture)
from tournaments.models import Match, Prediction, Tournament, Vote
from tournaments.services import matches, votes
from tournaments.services.votes import tallies
from twitch.models import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made(site: Site) -> Iterator[Tournament]:  # noqa: F811
    return stage.tournament(8)


@pytest.fixture
def match(made: Tournament) -> Match:
    found = made.matches.filter(matchday=1).order_by("pk").first()
    assert found
    return found


@pytest.fixture
def ada(made: Tournament) -> Viewer:
    """A viewer with a hundred points."""
    who = stage.viewer("Ada Lovelace")
    ledger.credit(who.pk, 100, Cause("test.gift", "1", "For the test"), key="gift")
    return who


def test_a_vote_is_cast_by_a_press_and_paid_for(
    match: Match,
    ada: Viewer,
    opened: Opening,  # noqa: F811
) -> None:
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    page = opened(f"/matches/{match.pk}", who=ada)
    assert page.locator("#vote").is_hidden()
    terms = votes.Terms(cost_per_vote=30, most_per_viewer=2, duration=timedelta(minutes=1))
    event = votes.start(match.pk, terms, by="Mo", now=timezone.now())
    page.get_by_role("heading", name="Vote for a player").wait_for()
    page.get_by_text("You have 2 votes.").wait_for()
    page.locator(".choice[data-side=away]").click()
    page.get_by_text("You cast 1 vote. 1 left.").wait_for()
    tallies.tell(event.pk)
    page.locator(".choice[data-side=away] .count").get_by_text("1 (100 %)").wait_for()
    page.get_by_role("link", name="70 points").wait_for()
    page.locator(".choice[data-side=home]").click()
    page.get_by_text("You cast 2 votes. That was all.").wait_for()
    assert page.locator(".choice[data-side=home]").is_disabled()
    assert faults(page) == []
    assert Vote.objects.filter(event=event, viewer=ada).count() == 2
    votes.cancel(event.pk, by="Mo", now=timezone.now())
    page.get_by_text("This vote was cancelled. What votes cost is back.").wait_for()
    page.get_by_role("link", name="100 points").wait_for()


def test_a_press_that_is_refused_says_why(
    match: Match,
    ada: Viewer,
    opened: Opening,  # noqa: F811
) -> None:
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    terms = votes.Terms(cost_per_vote=500, duration=timedelta(minutes=1))
    votes.start(match.pk, terms, by="Mo", now=timezone.now())
    page = opened(f"/matches/{match.pk}", who=ada, refusals=True)
    page.locator(".choice[data-side=home]").click()
    page.locator("#vote-said.bad").wait_for()
    assert "100" in page.inner_text("#vote-said")
    assert not Vote.objects.exists()


def test_points_are_staked_and_added_until_the_match_is_live(
    match: Match,
    ada: Viewer,
    opened: Opening,  # noqa: F811
) -> None:
    match.predictions.create(viewer=stage.viewer(), side="away", points_wagered=60)
    page = opened(f"/matches/{match.pk}", who=ada)
    page.locator(".outcome[data-side=home]").click()
    page.get_by_role("button", name="10", exact=True).click()
    page.get_by_text("As it stands, 10 points would bring back 70.").wait_for()
    page.get_by_role("button", name="Predict").click()
    page.get_by_text("with 10 points; as it stands that would bring back 70 points.").wait_for()
    page.get_by_role("link", name="90 points").wait_for()
    page.get_by_label("Stake").fill("20")
    page.get_by_role("button", name="Add to it").click()
    page.get_by_text("with 30 points; as it stands").wait_for()
    assert page.locator("input[value=away]").is_disabled()
    assert Prediction.objects.get(viewer=ada).points_wagered == 30
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    page.get_by_text("Predictions are closed.").wait_for()
    assert page.locator("#stake").is_hidden()


def test_a_stranger_sees_the_score_and_the_bars_but_no_button_works(
    match: Match,
    opened: Opening,  # noqa: F811
) -> None:
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    terms = votes.Terms(cost_per_vote=0, duration=timedelta(minutes=1))
    votes.start(match.pk, terms, by="Mo", now=timezone.now())
    page = opened(f"/matches/{match.pk}")
    matches.score(match.pk, 4, 0)
    page.locator("#score").get_by_text("4–0").wait_for()
    assert page.locator(".choice[data-side=home]").is_disabled()
    assert page.locator("#stance").get_by_role("link", name="Sign in").is_visible()
