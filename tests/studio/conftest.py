"""People of the studio, a rehearsal behind them, and a page that they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from sagas.models import Run
from songqueue.models import SongRequest
from tests.backstage import Backstage
from tests.browsing import sign_in
from tests.overlay.conftest import Site
from tests.sagas.driving import lead_on
from tests.songqueue.show import Show

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Enter = Callable[[str], Client]
Opening = Callable[..., "Page"]


@pytest.fixture
def backstage(rehearsal_url: str) -> Backstage:
    """A fresh rehearsal, with everything working."""
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return backstage


@pytest.fixture
def show(transactional_db: None, backstage: Backstage) -> Show:
    """A live channel that takes song requests."""
    return Show(backstage)


@pytest.fixture
def enter(db: None) -> Enter:
    """Signs somebody in: a `viewer`, `staff`, the `streamer`, or who has the role of that name."""

    def enter(who: str) -> Client:
        client = Client()
        client.force_login(person(who))
        return client

    return enter


@pytest.fixture
def streamer(enter: Enter) -> Client:
    return enter("streamer")


def person(who: str) -> User:
    user = User.objects.create_user(
        who, is_staff=who in ("staff", "streamer"), is_superuser=who == "streamer"
    )
    if role := Group.objects.filter(name=who).first():
        user.groups.add(role)
    return user


def stuck(show: Show) -> Run:
    """Request a song of which Spotify does not say whether it was queued, for an hour."""
    show.backstage.breaks("drop_after", path="/spotify/v1/me/player/queue", method="POST")
    show.backstage.breaks("500", path="/spotify/v1/me/player/queue", method="GET")
    request = show.request()
    SongRequest.objects.update(lined_up_at=timezone.now() - timedelta(hours=1))
    lead_on()
    show.backstage.control("faults", verb="DELETE")
    run = show.run(request)
    assert run.status == Run.Status.STUCK
    return run


# --- The web process and a browser -----------------------------------------------------------


@pytest.fixture(scope="module")
def _site(django_db_setup: None) -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(_site: Site, transactional_db: None) -> Site:
    """A running web process."""
    return _site


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """The streamer's browser; what a page says is wrong fails the test at its end."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    sign_in(context, person("streamer"), site.origin)
    yield context
    context.close()


@pytest.fixture
def opened(context: BrowserContext, site: Site) -> Iterator[Opening]:
    """Opens a page of the studio, at that width."""
    errors: list[str] = []

    def opening(path: str, width: int = 1440, scheme: str = "dark") -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if "Security" in message.text else None,
        )
        page.goto(f"{site.origin}{path}")
        return page

    yield opening
    assert errors == []
