"""Pages are present while they are seen; an address is on air while one of its pages is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from overlay import services
from overlay.models import OverlayPage, OverlayToken
from overlay.services import pages
from overlay.services.pages import Report

pytestmark = pytest.mark.django_db


def report(
    *,
    is_on_air: bool | None = None,
    version: str = "",
    shown: int | None = None,
    key: str = "0f" * 16,
) -> Report:
    return Report(is_on_air, is_on_air, version, shown, key)


def came(token: OverlayToken, now: datetime) -> OverlayPage:
    page = pages.arrive(token, now)
    assert page
    return page


def test_a_token_is_connected_while_a_page_is_seen(token: OverlayToken, now: datetime) -> None:
    assert not token.is_connected(now)
    came(token, now)
    token.refresh_from_db()
    assert token.is_connected(now)
    later = now + timedelta(minutes=5)
    assert not token.is_connected(later)
    assert services.presence(later) == []


def test_an_address_is_on_air_while_one_of_its_pages_is(token: OverlayToken, now: datetime) -> None:
    one, other = came(token, now), came(token, now)

    def is_on_air() -> bool | None:
        token.refresh_from_db()
        return token.is_on_air

    assert is_on_air() is None
    pages.tell(one, report(is_on_air=True), now)
    pages.tell(other, report(is_on_air=False, key="bb" * 16), now)
    assert is_on_air()
    pages.leave(one, now)
    assert is_on_air() is False
    pages.leave(other, now)
    assert is_on_air() is None


def test_a_page_of_another_version_is_known(token: OverlayToken, now: datetime) -> None:
    page = came(token, now)
    pages.tell(page, report(version="0123456789ab"), now)
    assert [one.is_current for one in services.presence(now)] == [False]
    pages.tell(page, report(version=services.version()), now)
    assert [one.is_current for one in services.presence(now)] == [True]


def test_what_was_shown_last_has_the_time_when_that_was_said_first(
    token: OverlayToken, now: datetime
) -> None:
    page, later = came(token, now), now + timedelta(seconds=30)
    shown = services.cue("raid", {}, now=now).seq
    pages.tell(page, report(shown=shown), now)
    pages.tell(page, report(shown=shown), later)
    (known,) = services.presence(later)
    assert (known.last_cue, known.last_cue_at, known.seen_at) == ("raid", now, later)


def test_what_was_never_there_was_not_shown(token: OverlayToken, now: datetime) -> None:
    page = came(token, now)
    pages.tell(page, report(shown=2**63 - 1), now)
    assert [one.last_cue for one in services.presence(now)] == [""]


def test_what_a_dead_process_left_is_forgotten(token: OverlayToken, now: datetime) -> None:
    left = came(token, now - timedelta(minutes=2))
    assert services.presence(now) == []
    came(token, now)
    assert OverlayPage.objects.count() == 1
    # Unless it was only away.
    assert pages.stay(left, now)
    assert len(services.presence(now)) == 2


def test_a_page_that_came_back_is_there_once(token: OverlayToken, now: datetime) -> None:
    for _ in range(3):
        pages.tell(came(token, now), report(is_on_air=True, key="aa" * 16), now)
    pages.tell(came(token, now), report(key="bb" * 16), now)
    assert len(services.presence(now)) == 2


def test_a_page_of_a_revoked_address_may_not_stay(token: OverlayToken, now: datetime) -> None:
    page = came(token, now)
    services.revoke(token, now)
    assert not pages.stay(page, now)
    pages.leave(page, now)
    assert services.presence(now) == []
