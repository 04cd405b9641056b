"""Signing in, one's own page and leaving, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import AppSession, User
from accounts.services import apps, people
from points.models import Entry
from points.services import ledger
from points.services.ledger import Cause
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.studio.test_page import faults
from twitch.models import Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOKYO = ZoneInfo("Asia/Tokyo")
WIDTHS = ((1440, "light"), (390, "dark"))


@pytest.fixture
def page(chromium: Browser, site: Site, rehearsal_url: str) -> Iterator[Page]:  # noqa: F811
    """A browser in which nobody is signed in, on the sign-in page; what it finds wrong fails."""
    cache.clear()  # Of what other tests tried from this address.
    context = chromium.new_context(timezone_id=str(TOKYO), locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.origin}/sign-in?next=/me")
    yield page
    context.close()
    assert not errors


def sign_in(page: Page, login: str) -> None:
    page.get_by_role("button", name="Sign in with Twitch").click()
    page.locator(f"input[value='{login}']").check()
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/me")


def look(page: Page) -> None:
    """Hold the page against the rules of accessible pages, wide and narrow, light and dark."""
    page.wait_for_load_state()
    for width, scheme in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        assert faults(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width


def test_a_viewer_signs_in_looks_around_and_out(page: Page, site: Site) -> None:  # noqa: F811
    look(page)
    sign_in(page, "ada")
    page.get_by_role("heading", name="Ada", exact=True).wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").wait_for()
    page.goto(f"{site.origin}/me")
    page.get_by_role("button", name="Sign in with Twitch").wait_for()


def test_the_page_of_somebody_with_a_past_is_in_order(page: Page) -> None:
    sign_in(page, "ada")
    viewer = Viewer.objects.get(login="ada")
    Viewer.objects.filter(pk=viewer.pk).update(display_name="W" * 25)
    for n in range(60):
        ledger.credit(viewer.pk, n + 1, cause=Cause("test", str(n), "<b>won</b>"), key=f"k{n}")
    user = User.objects.get(viewer=viewer)
    people.ban(user, "A" * 100 + " <script>")
    AppSession.objects.create(
        user=user, origin="https://app.example.org", expires_at=timezone.now() + apps.REFRESH_LIFE
    )
    page.reload()
    page.get_by_text("<b>won</b>").first.wait_for()
    look(page)
    entries = page.get_by_role("list", name="Every change").get_by_role("listitem")
    page.get_by_role("button", name="Show older").click()
    entries.nth(59).wait_for()
    for place, n in ((0, 59), (59, 0)):
        at = Entry.objects.get(key=f"k{n}").at.astimezone(TOKYO)
        assert f"{at:%H:%M}" in entries.nth(place).inner_text()
    page.get_by_role("button", name="Sign out there").click()
    page.get_by_role("heading", name="Apps that act for you").wait_for(state="detached")


def test_leaving_takes_the_typed_name(page: Page) -> None:
    sign_in(page, "ada")
    page.get_by_role("link", name="Delete my account").click()
    word = page.get_by_label("to confirm")
    word.wait_for()
    look(page)
    word.fill("ada!")
    word.press("Enter")
    page.get_by_text("That is not the name.").wait_for()
    look(page)
    word.fill("Ada")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("heading", name="Your account is deleted").wait_for()
    assert not User.objects.exists()


def test_an_unknown_app_is_told_to_the_person(page: Page, site: Site) -> None:  # noqa: F811
    sign_in(page, "ada")
    page.goto(f"{site.origin}/authorize-app?redirect_uri=https://nobody.example/")
    page.get_by_text("no app's that Greenroom knows").wait_for()
    look(page)
