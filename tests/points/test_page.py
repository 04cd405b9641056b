"""Points on a viewer's own page, in a real Chromium: live, and back to the first entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import User
from points.personal import NEWEST
from points.services import ledger
from points.services.ledger import Cause, Credit
from tests.browsing import sign_in
from tests.overlay.conftest import Site, _site, site  # noqa: F401 (the fixtures)
from tests.points.conftest import CAUSE
from twitch.models import Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = '<img src=x onerror="document.title=1">'


def test_the_balance_moves_and_older_entries_come_by_a_button(
    chromium: Browser,
    site: Site,  # noqa: F811
    ann: Viewer,
) -> None:
    many = [
        Credit(ann.pk, 10, Cause("test", "1", f"{HOSTILE} {n}"), f"a{n}") for n in range(NEWEST + 7)
    ]
    ledger.credit_many(many)
    context = chromium.new_context()
    sign_in(context, User.objects.create_user("ann", viewer=ann), site.origin)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.origin}/me")
    header = page.locator(".balance")
    header.get_by_text("570 points").wait_for()
    ledger.debit(ann.pk, 70, CAUSE, key="b")
    header.get_by_text("500 points").wait_for()
    assert page.locator("[data-points=balance]").first.text_content() == "500"
    rows = page.locator("#points-entries li")
    assert rows.count() == NEWEST
    page.get_by_role("button", name="Show older").click()
    rows.nth(NEWEST + 6).wait_for()
    page.get_by_role("button", name="Show older").wait_for(state="hidden")
    assert rows.last.locator(".why").text_content() == f"{HOSTILE} 0"
    assert rows.last.locator(".amount").text_content() == "+10"
    numbers = [row.get_attribute("data-id") for row in rows.all()]
    assert len(set(numbers)) == NEWEST + 7
    assert page.title() != "1"
    assert errors == []
    context.close()
