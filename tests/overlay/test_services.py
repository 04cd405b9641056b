"""Cues are numbered as they become visible, without gaps; tokens end when they are revoked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from overlay import services
from overlay.models import Cue, OverlayToken
from overlay.services import pages

pytestmark = pytest.mark.django_db


def seqs() -> list[int]:
    return list(Cue.objects.order_by("seq").values_list("seq", flat=True))


def test_cues_are_numbered_from_one(now: datetime) -> None:
    assert [services.cue("roll", {}, now=now).seq for _ in range(3)] == [1, 2, 3]
    assert services.latest() == 3


def test_a_cue_that_was_rolled_back_leaves_no_gap(now: datetime) -> None:
    services.cue("roll", {}, now=now)
    with transaction.atomic():
        services.cue("roll", {}, now=now)
        transaction.set_rollback(True)
    assert services.cue("roll", {}, now=now).seq == 2


@pytest.mark.django_db(transaction=True)
def test_a_higher_number_never_becomes_visible_before_a_lower_one(now: datetime) -> None:
    written, may_commit = Event(), Event()

    def in_own_connection(write: Callable[[], None]) -> None:
        try:
            write()
        finally:
            connection.close()

    def slow() -> None:
        with transaction.atomic():
            services.cue("slow", {}, now=now)
            written.set()
            assert may_commit.wait(10)

    def quick() -> None:
        assert written.wait(10)
        services.cue("quick", {}, now=now)

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(in_own_connection, write) for write in (slow, quick)]
        assert written.wait(10)
        assert services.snapshot(now)["seq"] == 0
        may_commit.set()
        for writer in writers:
            writer.result()
    assert list(Cue.objects.order_by("seq").values_list("kind", flat=True)) == ["slow", "quick"]


def test_a_snapshot_holds_what_has_not_expired(now: datetime) -> None:
    services.cue("old", {}, now=now - timedelta(minutes=2))
    services.cue("new", {"name": "Mo"}, now=now)
    snapshot = services.snapshot(now + timedelta(seconds=10))
    assert snapshot.pop("board")["now"] is None
    assert snapshot.pop("air")["match"] is None
    assert snapshot == {
        "seq": 2,
        "version": services.version(),
        "cues": [{"seq": 2, "kind": "new", "payload": {"name": "Mo"}, "expires_in": 50.0}],
    }


def test_expired_cues_are_forgotten_and_their_numbers_not_used_again(now: datetime) -> None:
    services.cue("old", {}, now=now - timedelta(minutes=2))
    services.cue("new", {}, now=now)
    assert seqs() == [2]


def test_a_token_opens_the_overlay(token: OverlayToken) -> None:
    assert services.check(services.token_of(token)) == token


@pytest.mark.parametrize("text", ["", ".", "x.y", "💥.💥", "a" * 5000, "\x00.\x00"])
def test_what_is_no_token_opens_nothing(
    text: str, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(0):
        assert services.check(text) is None


def test_a_token_is_worth_nothing_with_another_signature(token: OverlayToken) -> None:
    other = OverlayToken.objects.create(name="Other")
    signature = services.token_of(other).partition(".")[2]
    assert services.check(f"{token.key}.{signature}") is None


def test_a_token_is_worth_nothing_under_another_secret_key(
    token: OverlayToken, settings: pytest.FixtureRequest
) -> None:
    text = services.token_of(token)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert services.check(text) is None


def test_a_revoked_token_opens_nothing(token: OverlayToken, now: datetime) -> None:
    services.revoke(token, now)
    assert services.check(services.token_of(token)) is None
    assert pages.arrive(token, now) is None


def test_revoking_again_keeps_the_time_of_the_first(token: OverlayToken, now: datetime) -> None:
    services.revoke(token, now)
    services.revoke(token, now + timedelta(days=1))
    token.refresh_from_db()
    assert token.revoked_at == now


def test_the_printed_address_stays_until_it_is_revoked(now: datetime) -> None:
    address = services.address(services.starter())
    assert services.address(services.starter()) == address
    services.revoke(services.starter(), now)
    assert services.address(services.starter()) != address


def test_the_database_does_not_hold_the_token(token: OverlayToken) -> None:
    signature = services.token_of(token).partition(".")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT overlay_overlaytoken::text FROM overlay_overlaytoken")
        assert signature not in str(cursor.fetchall())
