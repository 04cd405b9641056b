"""Which deliveries a stream, a new watch, a test or a person brings about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from sagas.models import Run
from sagas.services import publish
from tests.backstage import at_once
from tests.sagas.driving import lead
from tests.watcher.conftest import Discord, Hook
from tests.watcher.posting import dispatch, due, end, stream, target, watch
from watcher.events import FoundLive, StreamChanged, StreamEnded, StreamStarted
from watcher.models import Delivery, Target, Watch
from watcher.services import deliveries
from watcher.services.deliveries import DeliveryRefused

pytestmark = pytest.mark.django_db(transaction=True)

AGO = timedelta


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    return target(owner, hook)


def now() -> Any:
    return timezone.now()


# --- From news -----------------------------------------------------------------------------------


def test_each_watch_gets_one_delivery_of_a_stream_however_often_it_is_told(
    owner: User, place: Target, discord: Discord
) -> None:
    watch(place)
    watch(place, streamer="743", kind="game")
    watch(target(owner, discord.hook()))
    watch(place, streamer="78")
    live = stream()
    assert len(due(live)) == 3
    assert len(due(live)) == 3
    assert Run.objects.filter(lane="watcher").count() == 3


def test_at_once_told_by_many_it_is_one_delivery_all_the_same(place: Target) -> None:
    watch(place)
    live = stream()
    at_once(8, lambda: deliveries.due_for(live, timezone.now()))
    assert Delivery.objects.count() == 1
    assert Run.objects.filter(lane="watcher").count() == 1


@pytest.mark.parametrize("columns", [{"is_active": False}, {"languages": ["de"]}])
def test_a_watch_that_is_off_or_filters_it_out_gets_none(
    place: Target, columns: dict[str, Any]
) -> None:
    watch(place, **columns)
    assert due(stream()) == []


def test_a_target_that_is_switched_off_gets_none(place: Target) -> None:
    watch(place)
    Target.objects.update(disabled_at=timezone.now(), disabled_because="webhook_gone")
    assert due(stream()) == []


@pytest.mark.parametrize(
    ("kind", "minutes", "is_news"),
    [("streamer", 29, True), ("streamer", 31, False), ("game", 1, False)],
)
def test_what_was_on_before_the_watch_is_news_for_a_while(
    place: Target, kind: str, minutes: int, is_news: bool
) -> None:
    id = "77" if kind == "streamer" else "743"
    watch(place, id, kind=kind, active_since=timezone.now())
    live = stream(started_at=timezone.now() - timedelta(minutes=minutes))
    assert bool(due(live)) is is_news


def test_a_stream_that_comes_to_a_watched_game_is_news_for_it(place: Target) -> None:
    watch(place, "999", kind="game", active_since=timezone.now() - timedelta(minutes=1))
    watch(place, active_since=timezone.now() - timedelta(minutes=1))
    live = stream(started_at=timezone.now() - timedelta(hours=2))
    assert due(live) == []
    live.game_id, live.version = "999", 2
    live.save()
    publish(StreamChanged(live.pk, 2), key="1")
    lead()
    (delivery,) = Delivery.objects.all()
    assert delivery.watch is not None
    assert delivery.watch.kind == "game", "for the streamer's watch the stream is old"


def test_a_title_that_fits_later_is_posted_then(place: Target, discord: Discord) -> None:
    watch(place, title_includes=["speedrun"])
    live = stream()
    publish(StreamStarted(live.pk), key=live.pk)
    lead()
    assert not Delivery.objects.exists()
    live.title, live.version = "Speedrun!", 2
    live.save()
    publish(StreamChanged(live.pk, 2), key=f"{live.pk}:2")
    lead()
    dispatch()
    assert [post["embeds"][0]["title"] for post in discord.posts] == ["Speedrun!"]


def test_a_watch_that_comes_later_is_told_of_what_is_on(place: Target) -> None:
    live = stream()
    late = watch(place, active_since=timezone.now())
    publish(FoundLive(watch_id=late.pk, stream_id=live.pk), key="1")
    publish(FoundLive(watch_id="gone", stream_id=live.pk), key="2")
    lead()
    assert Delivery.objects.count() == 1


def test_a_stream_that_ends_wakes_its_posts(place: Target, discord: Discord) -> None:
    watch(place)
    live = stream()
    due(live)
    dispatch()
    live.ended_at = timezone.now()
    live.save()
    publish(StreamEnded(live.pk), key=live.pk)
    lead()
    dispatch()
    assert Delivery.objects.get().status == "closed"


def test_a_stream_gets_posted_when_it_has_grown_enough(owner: User, place: Target) -> None:
    watch(place, least_viewers=100)
    watch(place, "743", kind="game", least_viewers=50)
    live = stream()
    assert due(live) == []
    for viewers, expected in ((49, 0), (50, 1), (100, 2), (101, 2)):
        live.viewers = viewers
        live.save()
        deliveries.look_again(timezone.now())
        assert Delivery.objects.count() == expected


def test_what_fails_another_filter_keeps_nothing_behind_it_from_being_posted(
    place: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_AT_ONCE", 2)
    watch(place, "743", kind="game", least_viewers=10, languages=["de"])
    for number in range(5):
        stream(str(number), str(number))
    watch(place, "4", least_viewers=10)
    assert deliveries.look_again(timezone.now()) == 1
    assert Delivery.objects.get().stream_id == "4"


def test_a_thousand_watches_cost_as_many_statements_as_ten(owner: User, place: Target) -> None:
    counts = []
    for number in (10, 1000):
        rows = [
            Target(owner=owner, webhook_id=f"{number}{it}", webhook_token="x", source="pasted")
            for it in range(number)
        ]
        streamer = str(number)
        Target.objects.bulk_create(rows)
        for row in rows:
            row.name = row.pk
        Watch.objects.bulk_create(
            Watch(
                target=row,
                kind="streamer",
                watched_id=streamer,
                watched_name="S",
                active_since=timezone.now() - timedelta(days=1),
            )
            for row in rows
        )
        live = stream(streamer, streamer)
        with CaptureQueriesContext(connection) as queries:
            assert deliveries.due_for(live, timezone.now()) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- By hand -------------------------------------------------------------------------------------


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(DeliveryRefused) as refused:
        call(*args, timezone.now())
    return refused.value.code


def test_a_test_shows_the_card_and_pings_nobody(place: Target, discord: Discord) -> None:
    one = watch(place, mention="everyone", title_includes=["never"], is_active=False)
    test = deliveries.test(one, timezone.now())
    dispatch()
    (post,) = discord.posts
    assert post["content"].startswith("**TEST** · @everyone")
    assert post["pings"] == []
    test.refresh_from_db()
    assert (test.status, test.is_test) == ("posted", True)
    assert Run.objects.get(subject_id=test.pk).status == "completed"


def test_a_test_shows_the_stream_that_is_on(place: Target, discord: Discord) -> None:
    one = watch(place)
    stream(title="Right now")
    deliveries.test(one, timezone.now())
    dispatch()
    assert discord.posts[0]["embeds"][0]["title"] == "Right now"


def test_tests_are_not_sent_in_one_go_nor_to_a_dead_webhook(place: Target) -> None:
    one = watch(place)
    deliveries.test(one, timezone.now())
    assert refusal(deliveries.test, one) == "too_soon"
    Target.objects.update(disabled_at=timezone.now(), disabled_because="webhook_gone")
    assert refusal(deliveries.test, one) == "target_disabled"


def test_a_test_comes_before_what_is_in_line(place: Target, discord: Discord) -> None:
    one = watch(place)
    for number in range(3):
        watch(place, str(number))
        due(stream(str(number), str(number)))
    Target.objects.update(rests_until=timezone.now() + timedelta(minutes=1))
    dispatch()
    deliveries.test(one, timezone.now())
    dispatch()
    Target.objects.update(rests_until=None)
    dispatch(at_once=True)
    contents = [post["content"].startswith("**TEST**") for post in reversed(discord.posts)]
    assert contents == [False, True, False, False]


def failed(place: Target) -> Delivery:
    one = watch(place)
    return Delivery.objects.create(
        target=place, watch=one, stream=stream(), status="failed", why="gave_up", due_at=now()
    )


def test_what_was_not_posted_is_sent_again_once(place: Target, discord: Discord) -> None:
    row = failed(place)
    again = deliveries.resend(row, timezone.now())
    assert refusal(deliveries.resend, row) == "sent_again"
    dispatch()
    again.refresh_from_db()
    assert (again.status, again.resend_of) == ("posted", row)
    assert len(discord.posts) == 1
    assert refusal(deliveries.resend, again) == "not_failed"


def test_what_failed_again_can_be_sent_again(place: Target, discord: Discord) -> None:
    row = failed(place)
    again = deliveries.resend(row, timezone.now())
    Delivery.objects.filter(pk=again.pk).update(status="failed", why="gave_up")
    assert deliveries.resend(again, timezone.now()).resend_of == again


def test_what_cannot_be_told_any_more_is_not_sent_again(place: Target) -> None:
    row = failed(place)
    Target.objects.update(disabled_at=timezone.now(), disabled_because="webhook_gone")
    assert refusal(deliveries.resend, row) == "target_disabled"
    assert row.stream is not None
    end(row.stream)
    assert refusal(deliveries.resend, row) == "stream_ended"
    Watch.objects.all().delete()
    assert refusal(deliveries.resend, row) == "watch_gone"
    Delivery.objects.update(status="posted")
    assert refusal(deliveries.resend, row) == "not_failed"


def test_old_tests_are_forgotten(place: Target) -> None:
    one = watch(place)
    deliveries.test(one, timezone.now() - timedelta(days=100))
    deliveries.test(one, timezone.now())
    deliveries.prune_tests(timezone.now() - timedelta(days=90))
    assert Delivery.objects.count() == 1
