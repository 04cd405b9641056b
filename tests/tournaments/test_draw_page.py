"""The page of the draw in a real Chromium: the ceremony for everybody, the buttons for few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.browsing import Opening, browsing
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.tournaments import stage
from tests.tournaments.cups import cup
from tournaments.models import Drawing, Tournament
from tournaments.services import drawing
from tournaments.services.drawing import Verb

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
AXE = next(Path("tests/studio").glob("axe-*.min.js"))
NAME = ".spotlight[id] h2"


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Opening]:  # noqa: F811
    """Opens the page; what it says is wrong fails the test at its end."""
    with browsing(chromium, site.origin) as opened:

        def opening(made: Tournament, user: User | None = None, width: int = 1280) -> Page:
            return opened(f"/tournaments/{made.pk}/draw", user, width, reduced_motion="reduce")

        yield opening


@pytest.fixture
def director(transactional_db: None) -> User:
    user = User.objects.create_user("lea")
    user.user_permissions.add(Permission.objects.get(codename="curate"))
    return user


def ready(players: int = 12) -> Tournament:
    made = cup(players)
    drawing.run_league_draw(made.pk, by="lea", now=timezone.now(), ceremony=True)
    return made


def league(made: Tournament) -> Drawing:
    return made.drawings.get(purpose=Drawing.Purpose.LEAGUE)


def expect_shown(page: Page, count: int) -> None:
    """Wait until that many are shown; on a slow machine the page may skip to a later one."""
    page.wait_for_function(
        """count => {
            const bar = document.querySelector("[role=progressbar]");
            return bar && Number(bar.getAttribute("aria-valuenow")) >= count;
        }""",
        arg=count,
    )


def test_the_ceremony_moves_on_by_the_clock_and_is_the_same_after_a_reload(
    site: Site,  # noqa: F811
    opened: Opening,
) -> None:
    made = ready()
    drawing.control(made.pk, Verb.SPEED, by="lea", now=timezone.now(), pace=1.5)
    # The whole takes 18 seconds: what is slow on the way is opened before.
    other = opened(made, width=390)
    drawing.control(made.pk, Verb.START, by="lea", now=timezone.now())
    page = opened(made)
    first = int(page.get_attribute("[role=progressbar]", "aria-valuenow") or 0)

    expect_shown(page, first + 2)

    drawing.control(made.pk, Verb.PAUSE, by="lea", now=timezone.now())
    page.get_by_text("paused").wait_for()
    other.get_by_text("paused").wait_for()
    name = page.inner_text(NAME)
    assert other.inner_text(NAME) == name
    page.reload()
    assert page.inner_text(NAME) == name


def test_a_director_draws_and_directs_without_a_new_page(
    site: Site,  # noqa: F811
    opened: Opening,
    director: User,
) -> None:
    made = cup(12)
    page, onlooker = opened(made, director), opened(made)
    page.evaluate("window.isSame = true")

    page.get_by_role("button", name="Draw, with a ceremony").click()
    page.get_by_role("button", name="Begin").click()
    expect_shown(page, 1)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Next player").click()
    expect_shown(page, 2)
    expect_shown(onlooker, 2)
    page.get_by_role("button", name="10", exact=True).click()
    page.locator('[aria-pressed="true"]', has_text="10").wait_for()
    page.get_by_role("button", name="Show everything now").click()
    onlooker.get_by_text("All players are drawn").wait_for()

    assert page.evaluate("window.isSame")
    assert onlooker.get_by_role("button", name="Pause").count() == 0
    assert league(made).secret in onlooker.inner_text("#draw-proof")


def test_what_cannot_be_is_said_with_names(
    site: Site,  # noqa: F811
    opened: Opening,
    director: User,
) -> None:
    made = cup(12)
    page = opened(made, director)
    page.get_by_text("Who does not meet").click()
    names = [str(made.participants.get(seed=seed)) for seed in (1, 2)]
    page.get_by_label("One player").select_option(label=names[0])
    page.get_by_label("Another player").select_option(label=names[1])
    page.get_by_role("button", name="Keep them apart").click()
    page.get_by_role("alert").wait_for()
    # In a pot of three everybody meets everybody.
    assert "needs 2 opponents there and may meet only 1" in page.inner_text("[role=alert]")

    far = str(made.participants.get(seed=12))
    page.get_by_label("One player").select_option(label=names[0])
    page.get_by_label("Another player").select_option(label=far)
    page.get_by_role("button", name="Keep them apart").click()
    page.get_by_role("button", name="meet").click()
    page.locator(".wishes li").wait_for(state="detached")
    assert drawing.wishes(made).pairs == []


def test_buttons_work_without_javascript(site: Site, director: User) -> None:  # noqa: F811
    made = cup(12)
    client = Client()
    client.force_login(director, "django.contrib.auth.backends.ModelBackend")
    for verb in ("run", "start", "step", "skip"):
        answer = client.post(f"/tournaments/{made.pk}/draw/do/{verb}")
        assert answer.status_code == 302
    assert league(made).revealed_at
    assert client.post(f"/tournaments/{made.pk}/draw/do/nonsense").status_code == 404


def test_a_viewer_cannot_direct(site: Site) -> None:  # noqa: F811
    made = ready()
    client = Client()
    client.force_login(User.objects.create_user("bo"), "django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/tournaments/{made.pk}/draw/do/skip").status_code == 403
    assert "Direct the draw" not in client.get(f"/tournaments/{made.pk}/draw").content.decode()
    assert league(made).revealed_at is None


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("players", [8, 18, 64])
def test_every_size_fits_and_is_accessible(
    site: Site,  # noqa: F811
    opened: Opening,
    director: User,
    players: int,
    width: int,
) -> None:
    made = ready(players)
    start = timezone.now() - timedelta(seconds=6 * (players // 2))
    drawing.control(made.pk, Verb.START, by="lea", now=start)
    drawing.control(made.pk, Verb.PAUSE, by="lea", now=timezone.now())
    page = opened(made, director, width)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.title() == "Draw · Autumn Cup · Greenroom"
    assert stage.HOSTILE[0] in page.inner_text("#draw-pots")
    assert wrong(page) == []


def wrong(page: Page) -> list[Any]:
    """Return what axe finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])"
    )
    return found
