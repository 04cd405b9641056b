"""The count of calls and the breaker: across threads, processes and days."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from spotify import services, tasks
from spotify.models import Breaker, Call
from spotify.services import budget, player, tracks
from tests.backstage import Backstage, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def spend(number: int, ago: timedelta = timedelta()) -> None:
    at = timezone.now() - ago
    Call.objects.bulk_create([Call(name="GET me", is_urgent=False, at=at) for _ in range(number)])


def test_the_reserve_is_for_requests_only(connected: Backstage, settings: LazySettings) -> None:
    settings.SPOTIFY_DAILY_CALLS, settings.SPOTIFY_RESERVED_CALLS = 10, 4
    spend(6)
    assert not budget.may_read(timezone.now())
    with pytest.raises(services.BudgetSpent):
        player.read()
    player.read(urgent=True)
    tracks.find(connected.track("Glasshouse")["id"])
    player.add(connected.track("Glasshouse")["id"])
    # One call is left, and a request may take two.
    assert budget.closed(timezone.now()) == ("budget_spent", services.BudgetSpent.default)
    player.skip()
    with pytest.raises(services.BudgetSpent):
        player.skip()
    assert connected.spotify_calls() == 4
    assert budget.state(timezone.now()).used == 10


def test_a_spent_budget_says_when_a_call_may_be_made_again(
    connected: Backstage, settings: LazySettings
) -> None:
    settings.SPOTIFY_DAILY_CALLS, settings.SPOTIFY_RESERVED_CALLS = 10, 0
    for hours in range(12):
        spend(1, timedelta(hours=2 * hours))
    with pytest.raises(services.BudgetSpent) as caught:
        player.read()
    # The tenth newest call is 18 hours old.
    left = caught.value.retry_at - timezone.now()
    assert timedelta(hours=5, minutes=59) < left <= timedelta(hours=6)


def test_calls_count_for_a_rolling_day(connected: Backstage, settings: LazySettings) -> None:
    settings.SPOTIFY_DAILY_CALLS, settings.SPOTIFY_RESERVED_CALLS = 5, 0
    spend(5, timedelta(hours=23, minutes=59))
    assert not budget.may_read(timezone.now())
    assert budget.may_read(timezone.now() + timedelta(minutes=1))


def test_twenty_at_once_do_not_exceed_the_budget(
    connected: Backstage, settings: LazySettings
) -> None:
    settings.SPOTIFY_DAILY_CALLS, settings.SPOTIFY_RESERVED_CALLS = 7, 0
    results = at_once(20, player.read)
    assert sum(isinstance(result, services.Playback) for result in results) == 7
    assert sum(isinstance(result, services.BudgetSpent) for result in results) == 13
    assert connected.spotify_calls() == 7


def test_a_spent_quota_stops_every_call_for_hours(
    connected: Backstage, process_env: dict[str, str]
) -> None:
    connected.breaks("spotify_quota", retry_after=79_892)
    with pytest.raises(services.QuotaExhausted) as caught:
        player.read()
    left = caught.value.retry_at - timezone.now()
    assert timedelta(seconds=79_880) < left <= timedelta(seconds=79_892)
    connected.control("faults", verb="DELETE")
    for call in (player.read, player.skip, player.queue):
        with pytest.raises(services.QuotaExhausted):
            call()
    # Another process, started later, asks nothing either.
    code = (
        "import django; django.setup()\n"
        "from spotify.services import QuotaExhausted, player\n"
        "try: player.skip()\n"
        "except QuotaExhausted as error: print(error.code)"
    )
    env = process_env | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.strip() == "quota_exhausted", ran.stderr
    assert connected.spotify_calls() == 1
    now = timezone.now()
    assert budget.closed(now) == ("quota_exhausted", services.QuotaExhausted.default)
    assert budget.state(now).open_until == caught.value.retry_at
    assert not budget.may_read(now)
    after = caught.value.retry_at
    assert budget.may_read(after)
    assert budget.closed(after) is None
    assert (budget.state(after).open_until, budget.state(after).code) == (None, "")


def test_a_short_limit_is_waited_out_too(connected: Backstage) -> None:
    connected.breaks("429", path="/spotify/v1", retry_after=30, count=1)
    with pytest.raises(services.RateLimited) as caught:
        player.skip()
    with pytest.raises(services.RateLimited):
        player.read()
    assert Call.objects.count() == 1
    with time_machine.travel(caught.value.retry_at):
        assert player.read()


def test_of_two_limits_the_later_counts(connected: Backstage) -> None:
    connected.breaks("spotify_quota", retry_after=5_000, count=1)
    with pytest.raises(services.QuotaExhausted):
        player.read()
    breaker = Breaker.seen()
    Breaker.objects.update(open_until=None)
    connected.breaks("429", path="/spotify/v1", retry_after=2, count=1)
    with pytest.raises(services.RateLimited):
        player.read()
    assert Breaker.seen().code == "rate_limited"
    Breaker.objects.update(open_until=breaker.open_until, code=breaker.code)
    with pytest.raises(services.QuotaExhausted):
        player.read()


def test_a_person_may_close_the_breaker(connected: Backstage) -> None:
    connected.breaks("spotify_quota", retry_after=5_000, count=1)
    with pytest.raises(services.QuotaExhausted):
        player.read()
    assert budget.close_breaker("streamer")
    assert not budget.close_breaker("streamer")
    assert player.read()


def test_calls_that_count_no_more_are_forgotten() -> None:
    spend(3, timedelta(hours=26))
    spend(2, timedelta(hours=24, minutes=30))
    spend(1)
    tasks.prune_calls()
    assert Call.objects.count() == 3
    assert budget.state(timezone.now()).used == 1
