"""The way of a delivery to Discord and to its end, in good weather and in bad."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from sagas.models import Event
from tests.watcher.conftest import FORUM, LIVE, Discord, Hook
from tests.watcher.posting import dispatch, due, end, let_pass, run_of, stream, target, watch
from watcher.models import Attempt, Delivery, Target, Watch, WatchedStream
from watcher.services.dispatch import asking, following, pace, posting

pytestmark = pytest.mark.django_db(transaction=True)

Case = tuple[WatchedStream, Delivery]


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    return target(owner, hook)


@pytest.fixture
def case(place: Target) -> Case:
    """A stream that is live, and its delivery that is due."""
    watch(place)
    live = stream()
    (delivery,) = due(live)
    return live, delivery


def facts() -> list[str]:
    failed = Event.objects.filter(kind="watcher.DeliveryFailed").order_by("pk")
    return [event.payload["why"] for event in failed]


def outcome(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.why


def attempts(delivery: Delivery) -> list[tuple[str, int]]:
    return list(delivery.attempts.values_list("verb", "status"))


# --- In good weather -----------------------------------------------------------------------------


def test_a_stream_is_posted_edited_and_closed(discord: Discord, case: Case) -> None:
    live, delivery = case
    dispatch()
    (post,) = discord.posts
    assert post["embeds"][0]["title"] == "Chess at night"
    assert outcome(delivery) == ("posted", "")
    assert delivery.message_id == post["id"]
    assert delivery.payload["embeds"][0]["title"] == "Chess at night"

    live.title, live.version = "Chess at dawn", 2
    live.save()
    let_pass(delivery, following.BETWEEN_EDITS)
    dispatch(at_once=True)
    (post,) = discord.posts
    assert post["embeds"][0]["title"] == "Chess at dawn"

    end(live)
    dispatch()
    (post,) = discord.posts
    fields = {field["name"]: field["value"] for field in post["embeds"][0]["fields"]}
    assert (fields["Duration"], fields["Most viewers"]) == ("1 h 0 min", "30")
    assert outcome(delivery) == ("closed", "")
    assert run_of(delivery).status == "completed"
    assert attempts(delivery) == [("post", 200), ("edit", 200), ("edit", 200)]


def test_a_card_gets_a_new_picture_after_a_while_and_again(discord: Discord, case: Case) -> None:
    live, delivery = case
    dispatch()
    dispatch(at_once=True)
    assert attempts(delivery) == [("post", 200)], "nothing has changed"
    pictures = [discord.posts[0]["embeds"][0]["image"]["url"]]
    for pause in (following.FIRST_REFRESH, following.REFRESH):
        let_pass(delivery, pause)
        live.seen_at += pause
        live.save()
        dispatch(at_once=True)
        pictures.append(discord.posts[0]["embeds"][0]["image"]["url"])
    assert len(set(pictures)) == 3


@pytest.mark.parametrize(
    ("action", "posts", "verbs"),
    [("nothing", 1, ["post"]), ("edit", 1, ["post", "edit"]), ("delete", 0, ["post", "delete"])],
)
def test_the_end_is_as_the_watch_has_it(
    discord: Discord, case: Case, action: str, posts: int, verbs: list[str]
) -> None:
    live, delivery = case
    Watch.objects.update(end_action=action)
    dispatch()
    end(live)
    dispatch()
    assert len(discord.posts) == posts
    assert [verb for verb, _ in attempts(delivery)] == verbs
    assert outcome(delivery) == ("closed", "")


def test_a_post_in_a_thread_is_edited_there(discord: Discord, owner: User, hook: Hook) -> None:
    thread = discord.backstage.control("discord/threads", channel=LIVE, name="Live")
    watch(target(owner, hook, thread_id=thread["id"]))
    live = stream()
    (delivery,) = due(live)
    dispatch()
    end(live)
    dispatch()
    (post,) = discord.posts
    assert post["channel_id"] == thread["id"]
    assert attempts(delivery) == [("post", 200), ("edit", 200)]


# --- What there is no reason to post -------------------------------------------------------------


def test_a_stream_that_has_ended_meanwhile_is_not_posted(discord: Discord, case: Case) -> None:
    live, delivery = case
    end(live)
    dispatch()
    assert outcome(delivery) == ("dropped", "ended")
    assert (discord.posts, attempts(delivery), facts()) == ([], [], [])


def test_a_watch_that_was_switched_off_or_removed_posts_nothing(
    discord: Discord, place: Target
) -> None:
    watch(place, is_active=True)
    watch(place, streamer="78")
    one = due(stream())
    two = due(stream("9002", "78"))
    Watch.objects.filter(watched_id="77").update(is_active=False)
    Watch.objects.filter(watched_id="78").delete()
    dispatch()
    assert [outcome(it) for it in (*one, *two)] == [("dropped", "switched_off")] * 2
    assert discord.posts == []


def test_a_target_that_is_removed_midway_leaves_no_run_behind(
    discord: Discord, case: Case, place: Target
) -> None:
    _, delivery = case
    run = run_of(delivery)
    dispatch()
    place.delete()
    dispatch(at_once=True)
    run.refresh_from_db()
    assert (run.status, run.code) == ("closed", "no_subject")


def test_a_watch_that_is_removed_later_leaves_its_post(discord: Discord, case: Case) -> None:
    _, delivery = case
    dispatch()
    Watch.objects.all().delete()
    dispatch(at_once=True)
    assert outcome(delivery) == ("closed", "")
    assert attempts(delivery) == [("post", 200)]


def test_a_stream_is_posted_when_it_is_as_old_as_asked(discord: Discord, place: Target) -> None:
    watch(place, least_minutes=10)
    live = stream()
    (delivery,) = due(live)
    assert delivery.due_at == live.started_at + timedelta(minutes=10)
    dispatch()
    assert discord.posts == []
    assert run_of(delivery).due_at == delivery.due_at
    live.started_at -= timedelta(minutes=8)
    live.save()
    dispatch(at_once=True)
    assert len(discord.posts) == 1


def test_a_stream_that_went_elsewhere_while_it_was_in_line_is_dropped(
    discord: Discord, place: Target
) -> None:
    watch(place, streamer="743", kind="game")
    live = stream()
    (delivery,) = due(live)
    Target.objects.update(rests_until=timezone.now() + timedelta(minutes=1))
    dispatch()
    live.game_id = "1"
    live.save()
    dispatch(at_once=True)
    assert outcome(delivery) == ("dropped", "no_match")


# --- What Discord says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "because"), [("delete", "webhook_gone"), ("new_token", "webhook_refused")]
)
def test_a_dead_webhook_is_called_once_and_never_again(
    discord: Discord, place: Target, hook: Hook, deed: str, because: str
) -> None:
    made = []
    for number in range(5):
        watch(place, streamer=str(number))
        made += due(stream(str(number), str(number)))
    hook.change(deed)
    dispatch()
    place.refresh_from_db()
    assert place.disabled_because == because
    assert [outcome(it) for it in made].count(("dropped", "target_disabled")) == 4
    assert [outcome(it) for it in made].count(("failed", "target_disabled")) == 1
    assert all(it.closed_at for it in made)
    assert facts() == ["target_disabled"]
    dispatch(at_once=True)
    assert Attempt.objects.count() == 1
    assert due(stream("10", "0")) == []
    assert {run_of(it).status for it in made} == {"completed"}


def test_a_webhook_that_dies_after_the_post_ends_the_following(
    discord: Discord, case: Case, place: Target, hook: Hook
) -> None:
    live, delivery = case
    dispatch()
    hook.change("delete")
    end(live)
    dispatch()
    place.refresh_from_db()
    assert place.disabled_because == "webhook_gone"
    assert outcome(delivery) == ("closed", "target_disabled")


def test_a_post_that_somebody_deleted_stays_deleted(discord: Discord, case: Case) -> None:
    live, delivery = case
    dispatch()
    discord.backstage.control(f"discord/messages/{discord.posts[0]['id']}", verb="DELETE")
    end(live)
    dispatch()
    assert outcome(delivery) == ("closed", "")
    assert discord.posts == []


def test_what_discord_refuses_is_not_sent_again(discord: Discord, owner: User) -> None:
    # A forum takes posts in threads only.
    watch(target(owner, discord.hook(channel=FORUM)))
    (delivery,) = due(stream())
    dispatch()
    assert outcome(delivery) == ("failed", "refused")
    assert delivery.payload["embeds"][0]["title"] == "Chess at night", (
        "it is shown what was refused"
    )
    attempt = delivery.attempts.get()
    assert (attempt.status, attempt.code) == (400, 220001)
    assert facts() == ["refused"]


@pytest.mark.parametrize("fault", ["discord_502_after", "discord_hang_up", "discord_text"])
def test_a_lost_answer_is_one_more_post_at_most_and_recorded(
    discord: Discord, case: Case, fault: str
) -> None:
    _, delivery = case
    discord.fault(fault, count=1, method="POST")
    dispatch()
    dispatch(at_once=True)
    assert outcome(delivery) == ("posted", "")
    assert delivery.may_be_twice
    assert [verb for verb, _ in attempts(delivery)] == ["post", "look", "post"]
    assert len(discord.posts) == 2


def test_after_two_lost_answers_nothing_is_sent_any_more(discord: Discord, case: Case) -> None:
    _, delivery = case
    discord.fault("discord_hang_up", method="POST")
    for _ in range(5):
        dispatch(at_once=True)
    assert outcome(delivery) == ("failed", "unsure")
    assert delivery.may_be_twice
    assert len(discord.posts) == 2
    assert facts() == ["unsure"]


def test_an_outage_is_waited_for_and_costs_no_second_post(discord: Discord, case: Case) -> None:
    _, delivery = case
    discord.fault("discord_500", count=12, method="POST")
    pauses = []
    for _ in range(12):
        cache.clear()
        dispatch(at_once=True)
        assert run_of(delivery).status == "waiting"
        pauses.append(asking.pause(delivery).total_seconds())
    dispatch(at_once=True)
    assert outcome(delivery) == ("posted", "")
    assert (len(discord.posts), delivery.may_be_twice) == (1, False)
    assert attempts(delivery) == [("post", 500)] * 12 + [("post", 200)]
    assert pauses == [1, 2, 4, 8, 16, 32, *[60] * 6]


def test_an_outage_behind_a_lost_answer_is_waited_for(discord: Discord, case: Case) -> None:
    _, delivery = case
    discord.fault("discord_502_after", count=1)
    dispatch()
    discord.fault("discord_500", count=12)
    for _ in range(13):
        cache.clear()
        dispatch(at_once=True)
    assert outcome(delivery) == ("posted", "")
    assert (len(discord.posts), delivery.may_be_twice) == (2, True)
    assert [verb for verb, _ in attempts(delivery)] == ["post", *["look"] * 13, "post"]


def test_an_outage_that_outlasts_the_stream_ends_without_a_post(
    discord: Discord, case: Case
) -> None:
    live, delivery = case
    discord.fault("discord_500")
    dispatch()
    end(live)
    dispatch(at_once=True)
    assert outcome(delivery) == ("dropped", "ended")
    assert discord.posts == []


def test_an_outage_of_hours_is_given_up(discord: Discord, case: Case) -> None:
    _, delivery = case
    discord.fault("discord_500")
    dispatch()
    Delivery.objects.update(lined_up_at=timezone.now() - posting.PATIENCE - timedelta(minutes=1))
    dispatch(at_once=True)
    assert outcome(delivery) == ("failed", "gave_up")


def test_an_edit_whose_answer_is_lost_is_made_again(discord: Discord, case: Case) -> None:
    live, delivery = case
    dispatch()
    discord.fault("discord_hang_up", count=2, method="PATCH")
    end(live)
    for _ in range(3):
        dispatch(at_once=True)
    assert outcome(delivery) == ("closed", "")
    assert [status for _, status in attempts(delivery)] == [200, 0, 0, 200]


# --- Limits --------------------------------------------------------------------------------------


def many(place: Target, number: int) -> list[Delivery]:
    made = []
    for index in range(number):
        watch(place, streamer=f"{place.pk[-6:]}{index}")
        made += due(stream(f"{place.pk[-6:]}-{index}", f"{place.pk[-6:]}{index}"))
    return made


def wait_over() -> None:
    Target.objects.update(rests_until=None)
    dispatch(at_once=True)


def test_a_webhook_is_never_asked_more_often_than_it_lets_be(
    discord: Discord, place: Target
) -> None:
    # However long it takes to post, these are of one window.
    discord.backstage.control("discord/limits", webhook_ms=60_000)
    made = many(place, 7)
    dispatch()
    assert len(discord.posts) == 5
    assert discord.look()["invalid_calls"] == 0
    place.refresh_from_db()
    assert place.rests_until
    # The next window.
    discord.backstage.control("discord/limits")
    wait_over()
    assert discord.look()["invalid_calls"] == 0
    assert [outcome(it) for it in made] == [("posted", "")] * 7


def test_posts_of_one_webhook_keep_their_order_through_a_storm_of_limits(
    discord: Discord, place: Target
) -> None:
    discord.backstage.control("discord/limits", webhook_calls=0, channel_calls=0)
    made = many(place, 8)
    discord.fault("discord_429", count=4, skip=2, retry_after=3)
    Target.objects.update(rests_until=timezone.now() + timedelta(minutes=1))
    dispatch()
    for _ in range(10):
        wait_over()
    names = [post["embeds"][0]["author"]["name"] for post in reversed(discord.posts)]
    expected = [f"{it.stream.streamer_name} is live on Twitch" for it in made if it.stream]
    # Whoever came first took the turn at once.
    assert names[1:] == [name for name in expected if name != names[0]]
    assert sum(it.attempts.filter(status=429).count() for it in made) == 4
    assert not any(it.may_be_twice for it in Delivery.objects.all())


def test_a_webhook_that_has_to_rest_keeps_nobody_else_waiting(
    discord: Discord, owner: User, place: Target
) -> None:
    other = discord.hook()
    watch(place)
    watch(target(owner, other, name="Other"))
    path = f"/discord/api/v10/webhooks/{place.webhook_id}"
    discord.fault("discord_429", path=path, retry_after=60)
    slow, quick = sorted(due(stream()), key=lambda it: it.target_id != place.pk)
    for _ in range(3):
        dispatch(at_once=True)
    assert (outcome(slow), outcome(quick)) == (("due", ""), ("posted", ""))
    assert attempts(slow) == [("post", 429)], "while it rests it is not called"


def test_the_limit_for_all_lets_all_rest(
    discord: Discord, owner: User, place: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LONGEST_NAP", 0.0)
    watch(place)
    watch(target(owner, discord.hook(), name="Other"))
    discord.fault("discord_429_all", count=1, retry_after=30)
    made = due(stream())
    for _ in range(3):
        dispatch(at_once=True)
    assert sorted(len(attempts(it)) for it in made) == [0, 1]
    cache.clear()
    dispatch(at_once=True)
    assert [outcome(it) for it in made] == [("posted", "")] * 2


def test_a_turn_that_nobody_ends_lapses_and_its_holder_comes_last(
    discord: Discord, place: Target
) -> None:
    first, second, third = many(place, 3)
    Target.objects.update(turn_of=first.pk, turn_until=timezone.now() + timedelta(minutes=1))
    run = run_of(first)
    run.status, run.due_at, run.code = "stuck", None, "not_led"
    run.save()
    Delivery.objects.filter(pk=first.pk).update(lined_up_at=timezone.now())
    dispatch()
    assert discord.posts == []
    Target.objects.update(turn_until=timezone.now() - timedelta(seconds=1))
    dispatch(at_once=True)
    assert [outcome(it)[0] for it in (first, second, third)] == ["due", "posted", "posted"]


def test_without_a_cache_posts_are_made_all_the_same(
    discord: Discord, case: Case, settings: Any
) -> None:
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    settings.CACHES = {"default": {**nowhere, "LOCATION": "redis://127.0.0.1:1"}}
    _, delivery = case
    dispatch()
    assert outcome(delivery) == ("posted", "")
