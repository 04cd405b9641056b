"""The desk of a match day: by forms alone, by script, on a phone, and with hostile names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.browsing import sign_in
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.studio.test_page import faults
from tests.tournaments import stage
from tests.tournaments.stage import KICKOFF
from tournaments.models import Drawing, Match, Participant, Tournament
from tournaments.rules.scores import PLAYED, Entered, Score
from tournaments.services import drawing, matches, reports, results
from tournaments.services.reports import Told
from tournaments.services.results import By

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NOW = KICKOFF + timedelta(hours=1)
LEA = By("lea")
Opening = Callable[..., "Page"]


def person() -> User:
    """Return somebody with the right to enter results."""
    user = User.objects.create_user("lea")
    rights = Permission.objects.filter(content_type__app_label="tournaments")
    user.user_permissions.add(rights.get(codename="enter_results"))
    return user


def first(cup: Tournament) -> Match:
    rows = cup.matches.filter(matchday=1).select_related("home__viewer", "away__viewer")
    return rows.order_by("scheduled_at", "home__seed")[0]


# --- Forms alone ---------------------------------------------------------------------------------


@pytest.fixture
def cup(db: None) -> Tournament:
    return stage.tournament(8)


@pytest.fixture
def staff(cup: Tournament) -> Client:
    client = Client()
    client.force_login(person())
    return client


def test_strangers_sign_in_and_viewers_stay_out(client: Client, cup: Tournament) -> None:
    path = f"/tournaments/{cup.pk}/desk"
    assert client.get(path).status_code == 302
    assert client.post(f"/desk/{first(cup).pk}/live").status_code == 302
    client.force_login(User.objects.create_user("viewer"))
    assert client.get(path).status_code == 403
    assert client.post(f"/desk/{first(cup).pk}/live").status_code == 403
    client.force_login(banned := person())
    banned.is_banned = True
    banned.save()
    assert client.get(path).status_code == 403


def test_the_desk_opens_at_the_day_that_is_on(staff: Client, cup: Tournament) -> None:
    page = staff.get(f"/tournaments/{cup.pk}/desk").content.decode()
    assert "Match day 1" in page
    stage.play(cup, days=1)
    page = staff.get(f"/tournaments/{cup.pk}/desk").content.decode()
    assert "Match day 2" in page
    page = staff.get(f"/tournaments/{cup.pk}/desk?day=LEAGUE-5").content.decode()
    assert "Match day 5" in page
    page = staff.get(f"/tournaments/{cup.pk}/desk?day=LEAGUE-99").content.decode()
    assert "Match day 2" in page


def test_the_desk_says_when_the_bracket_is_to_be_drawn(staff: Client, cup: Tournament) -> None:
    path, due = f"/tournaments/{cup.pk}/desk", "draw the bracket"
    cup.drawings.create(purpose=Drawing.Purpose.BRACKET, commitment="1" * 64)
    assert due not in staff.get(path).content.decode()
    stage.play(cup, days=8)
    page = staff.get(path).content.decode()
    assert due in page
    assert f"/tournaments/{cup.pk}/draw" in page
    drawing.flip_coins(cup.pk, by="lea", now=NOW)
    assert due not in staff.get(path).content.decode()


def test_the_desk_is_found_from_the_tournaments_page(staff: Client, cup: Tournament) -> None:
    link = f"/tournaments/{cup.pk}/desk"
    assert link in staff.get(f"/tournaments/{cup.pk}").content.decode()
    assert link not in Client().get(f"/tournaments/{cup.pk}").content.decode()


def test_a_ceremony_is_found_from_the_desk_and_the_tournaments_page(
    staff: Client, cup: Tournament
) -> None:
    pages = {f"/tournaments/{cup.pk}": "Watch it", f"/tournaments/{cup.pk}/desk": "See the draw"}
    for path, link in pages.items():
        assert link not in staff.get(path).content.decode()
    cup.drawings.update(revealed_at=None)
    for path, link in pages.items():
        assert link in staff.get(path).content.decode()


def test_before_the_draw_there_is_nothing_to_do(staff: Client) -> None:
    draft = Tournament.objects.create(name="Soon")
    page = staff.get(f"/tournaments/{draft.pk}/desk").content.decode()
    assert "as soon as the league phase is drawn" in page


def test_a_match_is_run_without_a_script(staff: Client, cup: Tournament) -> None:
    match = first(cup)
    for verb, body in (
        ("live", {}),
        ("score", {"score": "1-0"}),
        ("enter", {"home_goals": "2", "away_goals": "0"}),
    ):
        answer = staff.post(f"/desk/{match.pk}/{verb}", body)
        assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"#{match.pk}")
    match.refresh_from_db()
    assert (match.status, match.home_goals) == ("COMPLETED", 2)


def test_a_correction_is_seen_before_it_is_made(staff: Client, cup: Tournament) -> None:
    match = first(cup)
    results.resolve(match.pk, Entered(PLAYED, Score(2, 1)), by=LEA, now=NOW)
    body = {"course": "played", "home_goals": "1", "away_goals": "1", "reason": "Mistyped"}
    page = staff.post(f"/desk/{match.pk}/enter", body)
    assert "What this changes" in page.content.decode()
    assert "<img src=x" not in page.content.decode()
    fields = dict(page.context["fields"])
    assert fields["reason"] == "Mistyped"
    assert staff.post(f"/desk/{match.pk}/enter", fields).status_code == 302
    match.refresh_from_db()
    assert match.home_goals == 1
    page = staff.post(f"/desk/{match.pk}/take-back")
    staff.post(f"/desk/{match.pk}/take-back", dict(page.context["fields"]))
    match.refresh_from_db()
    assert match.status == "SCHEDULED"


def test_a_no_show_is_entered(staff: Client, cup: Tournament) -> None:
    match = first(cup)
    staff.post(f"/desk/{match.pk}/enter", {"course": "away", "ground": "no_show"})
    match.refresh_from_db()
    assert (match.outcome, match.home_goals, match.is_away_guilty) == ("forfeit", 3, True)


@pytest.mark.parametrize(
    ("verb", "body", "said"),
    [
        ("score", {"score": "1:0"}, "no such score"),
        ("score", {"score": "1-0"}, "not live"),
        ("enter", {"home_goals": "100", "away_goals": "0"}, "less than or equal to 99"),
        ("enter", {"home_goals": "1"}, "goals of both"),
        ("enter", {"course": "lost"}, "not one of the available choices"),
        ("enter", {"home_goals": "1", "away_goals": "0", "reason": "a\0b"}, "Null characters"),
    ],
)
def test_what_cannot_be_done_is_said(
    staff: Client, cup: Tournament, verb: str, body: dict[str, str], said: str
) -> None:
    path = f"/desk/{first(cup).pk}/{verb}"
    answer = staff.post(path, body, headers={"Accept": "application/json"})
    assert answer.status_code in (400, 409)
    assert said in answer.json()["detail"]
    assert said in staff.post(path, body, follow=True).content.decode()


def test_a_day_gets_its_times(staff: Client, cup: Tournament) -> None:
    path = f"/tournaments/{cup.pk}/desk/LEAGUE-2/schedule"
    staff.post(path, {"starts_at": "2026-12-01T19:00:00Z", "minutes_apart": "15"})
    times = cup.matches.filter(matchday=2).order_by("scheduled_at")
    assert [match.scheduled_at.minute for match in times if match.scheduled_at] == [0, 15, 30, 45]
    assert "Say when" in staff.post(path, {}, follow=True).content.decode()
    for day in ("LEAGUE-99", "FINAL-1", "X-1", "LEAGUE"):
        path = f"/tournaments/{cup.pk}/desk/{day}/schedule"
        assert staff.post(path, {"starts_at": "2026-12-01T19:00"}).status_code == 404


def test_what_players_disagree_on_is_decided_with_one_button(
    staff: Client, cup: Tournament
) -> None:
    match = first(cup)
    reports.report(match.pk, match.home.viewer, Told(Score(2, 1)), now=NOW)
    reports.report(match.pk, match.away.viewer, Told(Score(1, 2)), now=NOW)
    page = staff.get(f"/tournaments/{cup.pk}/desk?day=LEAGUE-4").content.decode()
    assert "Who is right?" in page
    staff.post(f"/desk/{match.pk}/enter", {"home_goals": "2", "away_goals": "1"})
    page = staff.get(f"/tournaments/{cup.pk}/desk").content.decode()
    assert "Who is right?" not in page


def test_a_player_is_withdrawn_and_returns(staff: Client, cup: Tournament) -> None:
    player = cup.participants.get(seed=1)
    assert staff.get(f"/tournaments/{cup.pk}/desk/players").status_code == 200
    for verb in ("withdraw", "reinstate"):
        path = f"/desk/{player.pk}/{verb}"
        page = staff.post(path, {"reason": "Flu"})
        assert staff.post(path, dict(page.context["fields"])).status_code == 302
        player.refresh_from_db()
        assert (player.withdrawn_at is not None) == (verb == "withdraw")
    path = f"/desk/{player.pk}/warn"
    page = staff.post(path, {"warnings": "1", "reason": "Insults"})
    staff.post(path, dict(page.context["fields"]))
    assert Participant.objects.get(pk=player.pk).strikes == 1


def test_a_player_reports_their_match(cup: Tournament) -> None:
    match = first(cup)
    path = f"/matches/{match.pk}/report"
    clients = []
    for side in (match.home, match.away):
        client = Client()
        client.force_login(User.objects.create_user(side.pk, viewer=side.viewer))
        assert "How did it end?" in client.get(path).content.decode()
        clients.append(client)
    said = [
        client.post(path, {"home_goals": "2", "away_goals": "1"}, follow=True).content.decode()
        for client in clients
    ]
    assert "When the other player says the same" in said[0]
    assert "You both say the same" in said[1]
    stranger = Client()
    stranger.force_login(User.objects.create_user("x", viewer=stage.viewer()))
    assert stranger.get(path).status_code == 404


# --- A real Chromium -----------------------------------------------------------------------------


@pytest.fixture
def context(site: Site, chromium: Browser) -> Iterator[BrowserContext]:  # noqa: F811
    """A browser in which somebody with the right is signed in."""
    context = chromium.new_context(base_url=site.origin)
    sign_in(context, person(), site.origin)
    yield context
    context.close()


@pytest.fixture
def opened(context: BrowserContext) -> Opening:
    """Opens pages, and fails the test for what goes wrong in them."""

    def open_page(address: str, **size: Any) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.on("dialog", lambda dialog: pytest.fail("a name was run"))
        page.set_viewport_size({"width": 1440, "height": 900, **size})
        page.goto(address)
        return page

    return open_page


def shoot(page: Page, name: str) -> None:
    """Keep a picture where SCREENSHOTS says so."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def too_wide(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_match_is_run_with_a_thumb(opened: Opening) -> None:
    cup = stage.tournament(8)
    match = first(cup)
    page = opened(f"/tournaments/{cup.pk}/desk", width=390, height=844)
    card = page.locator(f"[id='{match.pk}']")
    card.get_by_role("button", name="Go live").click()
    card.get_by_role("button", name="Goal for").first.click()
    card.get_by_text("Final whistle: 1–0").wait_for()
    shoot(page, "desk-390-live")
    assert not too_wide(page)
    assert not faults(page)
    card.get_by_role("button", name="Final whistle: 1–0").click()
    card.get_by_text("Correct").wait_for()
    match.refresh_from_db()
    assert (match.status, match.home_goals) == ("COMPLETED", 1)
    card.get_by_text("Correct").click()
    card.locator("[name=away_goals]").fill("1")
    card.get_by_role("button", name="See what this changes").click()
    page.get_by_role("heading", name="What this changes").wait_for()
    shoot(page, "desk-390-preview")
    assert not too_wide(page)
    assert not faults(page)
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/desk?**")
    match.refresh_from_db()
    assert match.away_goals == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_others_do_appears_and_what_is_typed_stays(opened: Opening) -> None:
    cup = stage.tournament(8)
    one, other = cup.matches.filter(matchday=1).order_by("home__seed")[:2]
    page = opened(f"/tournaments/{cup.pk}/desk")
    entry = page.locator(f"[id='{one.pk}'] details.entry")
    entry.locator("summary").click()
    entry.locator("[name=home_goals]").fill("7")
    entry.locator("[name=reason]").focus()
    matches.go_live(other.pk, by="mo", now=NOW)
    page.locator(f"[id='{other.pk}'] .live").wait_for()
    assert entry.locator("[name=home_goals]").input_value() == "7"
    shoot(page, "desk-1440-entry")
    assert not faults(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_busy_evening_fits(opened: Opening, width: int) -> None:
    cup = stage.tournament(36, played=2)
    day = list(cup.matches.filter(matchday=3).select_related("home__viewer", "away__viewer"))
    for match in day[:3]:
        stage.go_live(match, 2, 1)
    for match, home in ((day[4], 2), (day[5], 0)):
        reports.report(match.pk, match.home.viewer, Told(Score(home, 1)), now=NOW)
        reports.report(match.pk, match.away.viewer, Told(Score(1, 1)), now=NOW)
    page = opened(f"/tournaments/{cup.pk}/desk", width=width)
    page.get_by_role("heading", name="Waits for you: 2").wait_for()
    shoot(page, f"desk-{width}-busy")
    assert not too_wide(page)
    assert not faults(page)
    page.goto(f"/tournaments/{cup.pk}/desk/players")
    page.locator("summary").first.click()
    shoot(page, f"desk-{width}-players")
    assert not too_wide(page)
    assert not faults(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_knockouts_ask_for_extra_time(opened: Opening) -> None:
    cup = stage.tournament(8, played=6)
    stage.knock_out(cup, rounds=2)
    (final,) = cup.matches.filter(phase="FINAL")
    page = opened(f"/tournaments/{cup.pk}/desk", width=390)
    card = page.locator(f"[id='{final.pk}']")
    card.get_by_text("Enter the result").click()
    for name, goals in (("home", "1"), ("away", "1")):
        card.locator(f"[name={name}_goals]").fill(goals)
    card.get_by_role("button", name="Enter", exact=True).click()
    page.locator("#toast").get_by_text("extra time decides").wait_for()
    card.get_by_label("after extra time").check()
    card.locator("[name=home_penalties]").fill("4")
    card.locator("[name=away_penalties]").fill("3")
    shoot(page, "desk-390-final")
    card.get_by_role("button", name="Enter", exact=True).click()
    card.get_by_text("1–1 (4–3 on penalties)").wait_for()
    cup.refresh_from_db()
    assert cup.status == "COMPLETED"
