"""A worker dies before each statement, and after each answer, on the way of a delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from sagas.models import Run
from tests.watcher.conftest import Discord, Hook
from tests.watcher.posting import dispatch, due, end, stream, target, watch
from watcher.client import webhooks
from watcher.models import Delivery, Target

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 80


class Killed(BaseException):
    """As if the process was killed: nobody catches it, and what was begun is left as it is."""


class Killer:
    """Kills before the statement of that number; `has_struck` tells whether there was one."""

    def __init__(self, number: int) -> None:
        self.left, self.has_struck = number, False

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self.has_struck = True
            raise Killed
        return execute(*args)


@pytest.fixture
def place(owner: User, hook: Hook, discord: Discord) -> Target:
    none = {"webhook_calls": 0, "channel_calls": 0, "global_calls": 0}
    discord.backstage.control("discord/limits", **none)
    return target(owner, hook)


def live(place: Target, number: int) -> Delivery:
    watch(place, str(number))
    (delivery,) = due(stream(str(number), str(number)))
    return delivery


def lead_with(killer: Killer) -> bool:
    """Lead until the worker is killed, then let another take over; returns whether it was."""
    try:
        with connection.execute_wrapper(killer):
            dispatch()
    except Killed:
        connection.close()
    cache.clear()
    Run.objects.exclude(owner="").update(owner="", due_at=Now())
    for _ in range(3):
        dispatch(at_once=True)
    return killer.has_struck


def posts_of(discord: Discord, delivery: Delivery) -> list[dict[str, Any]]:
    name = f"S{delivery.stream_id} "
    return [post for post in discord.posts if post["embeds"][0]["author"]["name"].startswith(name)]


def test_whenever_a_worker_dies_it_is_posted_and_what_may_be_twice_says_so(
    place: Target, discord: Discord
) -> None:
    twice = 0
    for number in range(1, MOST):
        delivery = live(place, number)
        was_killed = lead_with(Killer(number))
        delivery.refresh_from_db()
        assert delivery.status == "posted", number
        assert 1 <= len(posts_of(discord, delivery)) <= delivery.sent
        twice += delivery.may_be_twice
        # Following it is not what this is about.
        Run.objects.filter(subject_id=delivery.pk).delete()
        if not was_killed:
            break
    else:
        pytest.fail("It took more statements than that.")
    assert not delivery.may_be_twice
    # Only behind the mark that a post is being sent nobody can know.
    assert 1 <= twice <= 4


def test_whenever_a_worker_dies_the_post_is_closed(place: Target, discord: Discord) -> None:
    for number in range(1, MOST):
        delivery = live(place, number)
        dispatch()
        assert delivery.stream is not None
        end(delivery.stream)
        was_killed = lead_with(Killer(number))
        delivery.refresh_from_db()
        assert delivery.status == "closed", number
        (post,) = posts_of(discord, delivery)
        assert post["embeds"][0]["footer"]["text"] == "Ended"
        assert Run.objects.get(subject_id=delivery.pk).status == "completed"
        if not was_killed:
            return
    pytest.fail("It took more statements than that.")


def test_who_dies_with_the_answer_in_hand_leaves_one_more_post_at_most(
    place: Target, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, deaths = webhooks.execute, [1, 2, 3]

    def execute(*args: Any, **kwargs: Any) -> Any:
        message = original(*args, **kwargs)
        if deaths:
            deaths.pop()
            raise Killed
        return message

    monkeypatch.setattr(webhooks, "execute", execute)
    delivery = live(place, 1)
    for _ in range(4):
        try:
            dispatch(at_once=True)
        except Killed:
            Run.objects.exclude(owner="").update(owner="", due_at=Now())
    delivery.refresh_from_db()
    assert (delivery.status, delivery.why, delivery.sent) == ("failed", "unsure", 2)
    assert len(posts_of(discord, delivery)) == 2
