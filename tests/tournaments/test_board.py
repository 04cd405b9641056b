"""The curation board: without a script, and in a real Chromium from 200 registrations to 36."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from tests.browsing import sign_in
from tests.overlay.conftest import Site
from tests.studio.test_page import faults
from tests.tournaments.curating import NOON, choose, cup, go, register, selecting
from tournaments.models import Participant, Registration, Tournament
from tournaments.rules import states
from tournaments.services import registrations
from tournaments.services.curation import draft, lots, publishing
from twitch.models import Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = '<img src=x onerror="document.title=1">'
Opening = Callable[..., "Page"]


def admin(tournament: Tournament, page: str = "board/") -> str:
    return f"/admin/tournaments/tournament/{tournament.pk}/{page}"


@pytest.fixture
def lea(db: None) -> Client:
    """The streamer, signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser("lea"))
    return client


def send(client: Client, tournament: Tournament, button: str, **form: Any) -> Any:
    return client.post(admin(tournament, f"board/{button}/"), form, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


# --- Without a script ------------------------------------------------------------------------


def test_the_board_shows_what_is_known_and_escapes_what_is_typed(lea: Client) -> None:
    tournament = selecting(10)
    one = tournament.registrations.all()[0]
    Viewer.objects.filter(pk=one.viewer_id).update(display_name=HOSTILE)
    send(lea, tournament, "mark", registration=one.pk, note=HOSTILE, tags=f"lan, {HOSTILE[:20]}")
    shown = lea.get(admin(tournament)).content.decode()
    assert HOSTILE not in shown
    assert shown.count("&lt;img src=x") >= 3


def test_players_are_chosen_with_plain_forms(lea: Client) -> None:
    tournament = selecting(10, max_participants=8)
    one = tournament.registrations.all()[0]
    answer = send(lea, tournament, "mark", registration=one.pk, is_chosen="1")
    assert answer.redirect_chain[-1][0].endswith(f"#{one.pk}")
    assert "noted" in said(answer)
    send(lea, tournament, "fill")
    assert draft.chosen(tournament).count() == 8
    send(lea, tournament, "seed", registration=one.pk, seed="8")
    assert draft.chosen(tournament).last() == one
    send(lea, tournament, "seed", rule="registration")
    answer = lea.post(admin(tournament, "board/publish/"), follow=True)
    assert "8 players" in said(answer)
    assert Participant.objects.count() == 8


def test_what_cannot_be_done_is_said(lea: Client) -> None:
    tournament = selecting(10, max_participants=8)
    there = list(tournament.registrations.all())
    choose(tournament, *there[:8])
    full = send(lea, tournament, "mark", registration=there[9].pk, is_chosen="1")
    assert "8 can play" in said(full)
    for form in ({"rule": "luck"}, {"seed": "1"}, {}):
        assert said(send(lea, tournament, "seed", **form))
    gone = send(lea, tournament, "mark", registration="reg_x", is_pinned="1")
    assert "not there any more" in said(gone)
    long = send(lea, tournament, "mark", registration=there[0].pk, note="x" * 501)
    assert "500" in said(long)


def test_the_board_is_filtered_by_the_server_too(lea: Client) -> None:
    tournament = selecting(12)
    shown = lea.get(admin(tournament) + "?q=V11").content.decode()
    assert len(re.findall(r"<tr id=", shown)) == 1
    assert lea.get(admin(tournament) + "?q=%00&tier=9&show=x").status_code == 200


def test_curators_need_not_be_staff(db: None) -> None:
    tournament = selecting(10, max_participants=8)
    moderator, client = User.objects.create_user("mod"), Client()
    client.force_login(moderator)
    assert client.get(admin(tournament)).status_code == 403
    moderator.groups.set(Group.objects.filter(name="Tournament curator"))
    assert client.get(admin(tournament)).status_code == 200
    send(client, tournament, "fill")
    assert draft.chosen(tournament).count() == 8
    assert client.post(admin(tournament, "step/"), {"to": "CANCELLED"}).status_code == 302
    assert Tournament.objects.get().status == states.AWAITING_SELECTION
    User.objects.update(is_banned=True)
    assert client.get(admin(tournament)).status_code == 403


def test_a_roster_that_cannot_play_is_not_published(lea: Client) -> None:
    tournament = selecting(10)
    choose(tournament, *list(tournament.registrations.all())[:9])
    shown = lea.get(admin(tournament, "board/publish/")).content.decode()
    assert "odd number" in shown
    assert "Publish the roster" not in shown.split("<h2>", 1)[1]
    answer = lea.post(admin(tournament, "board/publish/"))
    assert "odd number" in answer.content.decode()
    assert not Participant.objects.exists()


def test_a_published_roster_is_taken_back_and_places_are_refilled(lea: Client) -> None:
    tournament = selecting(10, max_participants=8)
    lots.fill(tournament.pk, by="lea", now=NOON)
    publishing.publish(tournament.pk, by="lea", now=NOON)
    player = tournament.participants.get(seed=3)
    registrations.withdraw(tournament.pk, player.viewer, now=NOON)
    answer = lea.post(admin(tournament, f"board/replace/{player.pk}/"), follow=True)
    assert f"instead of {player.viewer}" in said(answer)
    answer = lea.post(admin(tournament, "board/take-back/"), {"reason": "Again"}, follow=True)
    assert "as it was" in said(answer)
    assert not Participant.objects.exists()


# --- The tournament's own page ---------------------------------------------------------------


def test_a_tournament_is_made_and_led_in_the_admin(lea: Client) -> None:
    form = {
        "name": "Autumn",
        "description": "",
        "max_participants": "24",
        "matches_per_player": "",
        "quarter_final_legs": "2",
        "semi_final_legs": "1",
        "forfeit_goals": "3",
        "bonus_mode": "counts",
        "most_bonus_per_match": "1",
        "most_bonus_per_player": "3",
        "votes_per_player": "1",
        "least_stake": "1",
        "most_stake": "1000",
    }
    lea.post("/admin/tournaments/tournament/add/", form)
    made = Tournament.objects.get()
    assert (made.max_participants, made.semi_final_legs, made.drawings.count()) == (24, 1, 5)
    odd = lea.post(
        f"/admin/tournaments/tournament/{made.pk}/change/", form | {"max_participants": "23"}
    )
    assert "odd number" in odd.content.decode()
    lea.post(f"/admin/tournaments/tournament/{made.pk}/change/", form | {"name": "Winter"})
    assert made.changes.get(verb="changed_settings").details == {
        "name": {"from": "Autumn", "to": "Winter"}
    }
    listed = lea.get("/admin/tournaments/tournament/").content.decode()
    link = re.search(r'href="(/admin/tournaments/tournament/tour[^"]*/change/)', listed)
    assert link
    assert "Open registration" in lea.get(link[1]).content.decode()
    answer = lea.post(admin(made, "step/"), {"to": "REGISTRATION_OPEN"}, follow=True)
    assert "registration open" in said(answer)
    answer = lea.post(admin(made, "step/"), {"to": "KNOCKOUTS"}, follow=True)
    assert "cannot go" in said(answer)
    lea.post(admin(made, "step/"), {"to": "CANCELLED", "reason": "Rain"})
    made.refresh_from_db()
    assert made.status == "CANCELLED"
    assert lea.get(f"/admin/tournaments/tournament/{made.pk}/change/").status_code == 200
    assert lea.get("/admin/tournaments/tournament/").status_code == 200
    assert lea.get("/admin/tournaments/change/").status_code == 200


# --- In a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _site(django_db_setup: None) -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def opened(_site: Site, transactional_db: None, chromium: Browser) -> Iterator[Opening]:
    """Open a page as the streamer."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, User.objects.create_superuser("lea"), _site.origin)
    errors: list[str] = []

    def open_page(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{_site.origin}{path}")
        return page

    yield open_page
    context.close()
    assert not errors


def many(number: int) -> Tournament:
    """Register so many of all kinds, and begin the selection."""
    tournament = cup()
    register(tournament, number)
    tiers = ("1000", "1000", "2000", "3000")
    for n, registration in enumerate(tournament.registrations.order_by("registered_at")):
        registration.tier = tiers[n % 4]
        registration.registered_at = NOON + timedelta(minutes=n)
        registration.save()
    way = (states.REGISTRATION_OPEN, states.REGISTRATION_CLOSED, states.AWAITING_SELECTION)
    return go(tournament, *way)


def await_count(page: Page, chosen: int) -> None:
    """Wait until the bar counts that many who are chosen."""
    page.locator("#bar .count strong", has_text=re.compile(f"^{chosen}$")).wait_for()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_hundred_become_thirty_six_by_keyboard_and_mouse(opened: Opening) -> None:
    tournament = many(200)
    began = time.monotonic()
    page = opened(admin(tournament))
    # A name is searched and chosen.
    page.keyboard.press("/")
    page.keyboard.type("v117")
    page.keyboard.press("Enter")
    page.keyboard.press(" ")
    await_count(page, 1)
    # A note on the way, while the next answer is awaited.
    page.keyboard.press("p")
    page.keyboard.press("n")
    page.keyboard.type("won the spring cup")
    page.keyboard.press("Enter")
    page.locator("#rows").get_by_text("won the spring cup").wait_for()
    # The next ten from the top: pass one over, undo it, choose the others.
    page.locator("#search").fill("")
    page.locator("#rows tr").first.focus()
    for _ in range(10):
        page.keyboard.press(" ")
        page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#rows tr.passed").wait_for()
    page.keyboard.press("u")
    page.locator("#rows tr.passed").wait_for(state="detached")
    await_count(page, 11)
    # All of a tier that are not chosen yet: a few by the mouse.
    page.locator("select[name=tier]").select_option("3000")
    page.locator("select[name=show]").select_option("open")
    for chosen in (12, 13, 14):
        page.locator("#rows tr:not([hidden]) [data-key=choose]").first.click()
        await_count(page, chosen)
    page.get_by_role("button", name="Fill the rest by lot").click()
    await_count(page, 36)
    # The last of the draft is the strongest.
    last = page.locator("#side li").last
    name = last.locator("bdi").inner_text()
    last.locator("input[name=seed]").fill("1")
    last.locator("input[name=seed]").press("Enter")
    page.locator("#side li").first.get_by_text(name, exact=True).wait_for()
    page.get_by_role("link", name="Review and publish").click()
    page.get_by_role("button", name="Publish the roster").click()
    page.get_by_text("Published: 36 players").wait_for()
    assert time.monotonic() - began < 300
    assert Participant.objects.get(seed=1).viewer.display_name == name
    assert tournament.registrations.filter(status="CONFIRMED").count() == 36
    noted = Registration.objects.get(note="won the spring cup")
    assert (noted.status, noted.is_pinned) == ("CONFIRMED", True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_lots_are_undone_and_pots_follow_the_seeds(opened: Opening) -> None:
    tournament = many(60)
    page = opened(admin(tournament))
    page.get_by_role("button", name="Fill the rest by lot").click()
    await_count(page, 36)
    page.keyboard.press("u")
    await_count(page, 0)
    page.get_by_role("button", name="Fill the rest by lot").click()
    await_count(page, 36)
    sixth = page.locator("#side li").nth(5)
    name = sixth.locator("bdi").inner_text()
    sixth.drag_to(page.locator("#side li").first)
    page.locator("#side li").first.get_by_text(name, exact=True).wait_for()
    assert page.locator("#side h3").all_inner_texts() == ["Pot 1", "Pot 2", "Pot 3", "Pot 4"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_board_is_usable_by_everybody(opened: Opening) -> None:
    tournament = many(40)
    lots.fill(tournament.pk, by="lea", now=NOON)
    page = opened(admin(tournament))
    assert page.locator("#rows tr").count() == 40
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Keys").wait_for()
    page.keyboard.press("Escape")
    publishing.publish(tournament.pk, by="lea", now=NOON)
    page.reload()
    assert faults(page) == []
