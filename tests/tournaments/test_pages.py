"""The pages of tournaments: what they show, to whom, and live in a real Chromium."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.studio.test_page import faults
from tests.tournaments import stage
from tournaments.models import Drawing, Match, Registration, Tournament
from tournaments.services import changes, matches
from twitch.models import Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opening = Callable[..., "Page"]


def signed_in(who: Viewer | None = None, **columns: Any) -> Client:
    """Return a browser of somebody who is signed in as that viewer."""
    client = Client()
    name = f"user{User.objects.count()}"
    client.force_login(User.objects.create_user(name, viewer=who, **columns))
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def open_tournament(**columns: Any) -> Tournament:
    return Tournament.objects.create(
        name="Summer Cup", status=Tournament.Status.REGISTRATION_OPEN, **columns
    )


# --- What they show ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_list_shows_what_comes_what_is_on_and_what_was(client: Client) -> None:
    Tournament.objects.create(name="A secret")
    open_tournament()
    stage.tournament(8, played=1, name="Autumn Cup")
    past = stage.tournament(8, played=6, name="Spring Cup")
    stage.knock_out(past)
    page = text(client, "/tournaments")
    order = [page.index(part) for part in ("On now", "Autumn Cup", "Coming", "Summer Cup", "Past")]
    assert order == sorted(order)
    assert "won by" in page
    assert "A secret" not in page


@pytest.mark.django_db
def test_a_draft_has_no_page(client: Client) -> None:
    draft = Tournament.objects.create(name="A secret")
    assert client.get(f"/tournaments/{draft.pk}").status_code == 404
    assert client.get(f"/tournaments/{draft.pk}/panels").status_code == 404


@pytest.mark.django_db
def test_hostile_names_are_only_text(client: Client) -> None:
    made = stage.tournament(8, played=1)
    match = made.matches.first()
    assert match
    player = made.participants.get(seed=1)
    for address in (
        f"/tournaments/{made.pk}",
        f"/tournaments/{made.pk}/players/{player.pk}",
        f"/matches/{match.pk}",
    ):
        assert "<img" not in text(client, address).replace('<img src="/static', "")


@pytest.mark.django_db
def test_no_page_tells_of_a_draw_that_is_not_revealed(client: Client) -> None:
    made = stage.tournament(8)
    match = made.matches.first()
    assert match
    Drawing.objects.update(revealed_at=None)
    assert match.pk not in text(client, f"/tournaments/{made.pk}")
    assert match.pk not in text(client, f"/tournaments/{made.pk}/players/{match.home_id}")
    assert client.get(f"/matches/{match.pk}").status_code == 404


@pytest.mark.django_db
def test_panels_that_did_not_change_are_not_sent_again(client: Client) -> None:
    made = stage.tournament(8)
    address = f"/tournaments/{made.pk}/panels"
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    stage.touch(made)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.django_db
def test_panels_that_many_ask_for_are_made_once(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = stage.tournament(36, played=1)
    address = f"/tournaments/{made.pk}/panels"
    first = text(client, address)
    with django_assert_max_num_queries(3):
        assert text(client, address) == first


# --- How somebody stands -------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client) -> None:
    made = open_tournament()
    assert f"/sign-in?next=/tournaments/{made.pk}" in text(client, f"/tournaments/{made.pk}")
    answer = client.post(f"/tournaments/{made.pk}/register")
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


@pytest.mark.django_db
def test_a_viewer_registers_and_withdraws_by_a_button() -> None:
    made = open_tournament(is_for_subscribers=False)
    client = signed_in(stage.viewer("Ada"))
    assert "Register" in text(client, f"/tournaments/{made.pk}")
    answer = client.post(f"/tournaments/{made.pk}/register", follow=True).content.decode()
    assert "You are registered." in answer
    assert "Withdraw" in answer
    answer = client.post(f"/tournaments/{made.pk}/withdraw", follow=True).content.decode()
    assert "You withdrew." in answer
    assert Registration.objects.get().status == Registration.Status.WITHDRAWN


@pytest.mark.django_db
def test_a_refusal_is_told_on_the_page() -> None:
    made = open_tournament(
        is_for_subscribers=False, registration_closes_at=timezone.now() - timedelta(minutes=1)
    )
    client = signed_in(stage.viewer("Ada"))
    answer = client.post(f"/tournaments/{made.pk}/register", follow=True)
    assert "Registration is not open." in answer.content.decode()


@pytest.mark.django_db
def test_the_banned_are_told_why() -> None:
    made = open_tournament()
    client = signed_in(stage.viewer("Ada"), is_banned=True, banned_reason="Spam & <b>more</b>")
    page = text(client, f"/tournaments/{made.pk}")
    assert "Spam &amp; &lt;b&gt;more&lt;/b&gt;" in page
    assert "Register</button>" not in page
    assert client.post(f"/tournaments/{made.pk}/register").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("PENDING", "You are registered."),
        ("NOT_SELECTED", "number 3 of those who wait"),
        ("WITHDRAWN", "You withdrew."),
    ],
)
def test_each_registration_says_what_comes_next(status: str, said: str) -> None:
    made = Tournament.objects.create(name="Cup", status=Tournament.Status.AWAITING_SELECTION)
    who = stage.viewer("Ada")
    stage.registration(
        made,
        who,
        status=status,
        waiting_place=3 if status == "NOT_SELECTED" else None,
        withdrawn_at=timezone.now() if status == "WITHDRAWN" else None,
    )
    assert said in text(signed_in(who), f"/tournaments/{made.pk}")


@pytest.mark.django_db
def test_a_player_is_shown_the_way_to_their_matches() -> None:
    made = stage.tournament(8)
    player = made.participants.get(seed=3)
    client = signed_in(player.viewer)
    page = text(client, f"/tournaments/{made.pk}")
    assert "You play: seed 3, pot 1." in page
    assert f"/tournaments/{made.pk}/players/{player.pk}" in page
    made.participants.filter(pk=player.pk).update(withdrawn_at=timezone.now())
    assert "You withdrew, and play on no more." in text(client, f"/tournaments/{made.pk}")


@pytest.mark.django_db
def test_players_of_a_match_are_told_why_they_cannot_bet() -> None:
    made = stage.tournament(8)
    match = made.matches.select_related("home__viewer").first()
    assert match
    assert "You play in this match" in text(signed_in(match.home.viewer), f"/matches/{match.pk}")
    ada = signed_in(stage.viewer("Ada"))
    assert "data-may-vote data-may-predict" in text(ada, f"/matches/{match.pk}")
    assert "Sign in with Twitch to vote" in text(Client(), f"/matches/{match.pk}")


@pytest.mark.django_db
def test_only_the_players_of_a_match_are_led_to_report_it_until_it_has_its_result() -> None:
    made = stage.tournament(8)
    match = made.matches.select_related("home__viewer").first()
    assert match
    home, stranger = signed_in(match.home.viewer), signed_in(stage.viewer("Ada"))
    page, report = f"/matches/{match.pk}", f"/matches/{match.pk}/report"
    assert report in text(home, page)
    assert report not in text(stranger, page)
    stage.finish(match, 2, 1)
    assert report not in text(home, page)


# --- In a browser --------------------------------------------------------------------------------


@pytest.fixture
def opened(chromium: Any, site: Site) -> Iterator[Opening]:  # noqa: F811
    """Opens a page; what it says is wrong fails the test at its end."""
    errors: list[str] = []
    contexts = []

    def opening(
        address: str,
        width: int = 1280,
        scheme: str = "light",
        who: Viewer | None = None,
        *,
        refusals: bool = False,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        if who:
            cookie = signed_in(who).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.origin}])
        page: Page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if not refusals:
            # A refused request is an error to the browser.
            page.on("console", lambda said: hear_console(said.type, said.text))
        # The first frame may come while the page is still loading.
        frames: list[object] = []
        page.on("websocket", lambda socket: listen(socket, frames))
        page.goto(f"{site.origin}{address}")
        ends_at = time.monotonic() + 30
        while not frames:
            assert time.monotonic() < ends_at, "nothing was heard"
            page.wait_for_timeout(20)
        return page

    def listen(socket: Any, frames: list[object]) -> None:
        if "/ws/" in socket.url:
            socket.on("framereceived", lambda frame: frames.append(frame))

    def hear_console(kind: str, said: str) -> None:
        if kind == "error":
            errors.append(said)

    yield opening
    for context in contexts:
        context.close()
    assert errors == []


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder, f"{name}.png")), full_page=True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_goal_and_what_follows_from_a_result_come_by_themselves(opened: Opening) -> None:
    made = stage.tournament(8)
    match = made.matches.filter(matchday=1).first()
    assert match
    page = opened(f"/tournaments/{made.pk}#matches")
    tile = page.locator(f"#panel-matches [data-match={match.pk}]")
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    page.get_by_role("heading", name="Live now").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    matches.score(match.pk, 2, 1)
    tile.get_by_text("2–1").wait_for()
    page.wait_for_timeout(1200)
    assert asked == []
    page.get_by_role("tab", name="Table").click()
    stage.finish(match, 3, 1)
    with transaction.atomic():
        stage.derive(made)
        changes.touch(made, "table", "matches")
    page.locator("#panel-table tbody tr:first-child .total").get_by_text("3").wait_for()
    page.get_by_role("heading", name="Live now").wait_for(state="detached")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_is_opened_stays_open_when_something_changes(opened: Opening) -> None:
    made = stage.tournament(8)
    page = opened(f"/tournaments/{made.pk}#matches")
    page.get_by_text("Match day 6").click()
    assert page.locator("#day-6").get_attribute("open") is not None
    Tournament.objects.filter(pk=made.pk).update(name="Renamed")
    match = made.matches.filter(matchday=1).first()
    assert match
    matches.go_live(match.pk, by="Mo", now=timezone.now())
    page.get_by_role("heading", name="Live now").wait_for()
    assert page.locator("#day-6").get_attribute("open") is not None


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_sections_are_tabs_for_the_keyboard(opened: Opening) -> None:
    made = stage.tournament(8, played=1)
    page = opened(f"/tournaments/{made.pk}")
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Matches").get_attribute("aria-selected") == "true"
    assert page.locator("#table").is_hidden()
    assert page.evaluate("location.hash") == "#matches"
    page.keyboard.press("End")
    assert page.get_by_role("tabpanel", name="Rules").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1440, "dark")])
def test_pages_fit_and_are_for_everybody(opened: Opening, width: int, scheme: str) -> None:
    made = stage.tournament(12, played=8, name="W" * 90)
    stage.knock_out(made, rounds=1)
    match = made.matches.filter(phase="SEMI_FINAL").first()
    assert match
    match.predictions.create(viewer=stage.viewer(), side="home", points_wagered=5)
    sections = ("table", "matches", "bracket", "participants", "rules")
    pages = {name: f"/tournaments/{made.pk}#{name}" for name in sections}
    pages |= {"list": "/tournaments", "match": f"/matches/{match.pk}"}
    for name, address in pages.items():
        page = opened(address, width, scheme, who=stage.viewer("Ada"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert faults(page) == [], name
        keep(page, f"{name}-{width}-{scheme}")
        page.close()


def test_nothing_of_a_page_is_written_in_place() -> None:
    """Its policy forbids scripts and styles that are not files."""
    folder = Path(__file__).parents[2] / "templates" / "tournaments"
    for template in folder.rglob("*.html"):
        assert "style=" not in template.read_text(), template
        assert " onclick" not in template.read_text(), template


@pytest.mark.django_db
def test_a_match_that_is_set_aside_says_so(client: Client) -> None:
    made = stage.tournament(8)
    match = made.matches.first()
    assert match
    Match.objects.filter(pk=match.pk).update(is_set_aside=True)
    assert "an earlier result was corrected" in text(client, f"/matches/{match.pk}")
