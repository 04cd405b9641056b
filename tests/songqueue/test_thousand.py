"""A thousand song requests in every weather: each ends once, and its viewer hears one verdict."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any
from urllib.error import HTTPError

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from sagas import services as sagas
from sagas.models import Run
from songqueue.models import SongRequest
from songqueue.services import outcomes, player
from spotify.services import player as spotify
from tests.backstage import live
from tests.sagas.driving import lead, let_time_pass
from tests.songqueue.show import TITLE, Show
from twitch.events import StreamEnded
from twitch.models import Redemption, StreamSession
from twitch.services import redemptions

pytestmark = pytest.mark.django_db(transaction=True)

EVENINGS, REQUESTS = 20, 50
REWARDS = "/twitch/helix/channel_points/custom_rewards/redemptions"
SPOTIFY = "/spotify/v1"
QUEUE = "/spotify/v1/me/player/queue"

_numbers = count(1)


@dataclass(frozen=True)
class Story:
    """What a viewer types, how often Twitch tells of it, what breaks meanwhile, what follows."""

    typed: str
    told: int
    fault: tuple[str, str]
    strikes: int
    then: str


WEATHER = st.sampled_from(
    [
        *[("", "")] * 6,
        *[(kind, REWARDS) for kind in ("500", "drop_before", "drop_after", "429")],
        *[(kind, SPOTIFY) for kind in ("500", "drop_before", "drop_after", "429")],
        *[(kind, QUEUE) for kind in ("500", "drop_before", "drop_after", "spotify_502_after")],
        *[(kind, SPOTIFY) for kind in ("spotify_text", "spotify_no_device", "spotify_premium")],
        ("spotify_quota", QUEUE),
    ]
)
STORIES = st.builds(
    Story,
    typed=st.sampled_from(["link", "link", "link", "link", "uri", "album", "nonsense", "unknown"]),
    told=st.integers(1, 5),
    fault=WEATHER,
    strikes=st.integers(1, 3),
    then=st.sampled_from(["", "", "", "turned down", "fulfilled there", "skipped", "removed"]),
)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        yield clock


@tried(
    max_examples=EVENINGS,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    stories=st.lists(STORIES, min_size=REQUESTS, max_size=REQUESTS),
    policy=st.sampled_from(["queued", "played"]),
    order=st.randoms(use_true_random=False),
)
def evening(
    show: Show, clock: Any, stories: list[Story], policy: str, order: random.Random
) -> None:
    show.rules(fulfil=policy, open_per_viewer=0, repeat_minutes=0, queue_length=0)
    begin(show, clock)
    made = redeem_all(show, stories)
    told = {row["id"]: row for row in show.backstage.redemptions()}
    tellings = [redemption for redemption, story in made.items() for _ in range(story.told)]
    order.shuffle(tellings)
    for redemption in tellings:
        break_something(show, made[redemption])
        redemptions.receive(told[redemption], timezone.now())
        if order.random() < 0.3:
            lead()
        if order.random() < 0.1:
            act(show, told[redemption], made[redemption].then)
    see_through(show, clock)
    for redemption, story in made.items():
        act(show, told[redemption], story.then)
    play_some(show, clock)
    end_stream()
    see_through(show, clock)
    judge(show, made)


def test_a_thousand_requests_end_once_and_are_told_once(
    show: Show, clock: time_machine.Coordinates, settings: Any
) -> None:
    settings.SPOTIFY_DAILY_CALLS = 1_000_000
    show.backstage.control("limits", chat_lines=1_000_000, points_per_minute=1_000_000)
    show.backstage.connect(expires_in=9_000_000)
    show.backstage.connect_spotify(expires_in=9_000_000)
    evening(show, clock)
    assert Redemption.objects.count() >= EVENINGS * REQUESTS


# --- The evening -----------------------------------------------------------------------------


def begin(show: Show, clock: time_machine.Coordinates) -> None:
    show.backstage.control("faults", verb="DELETE")
    # What a fault of the evening before has closed is open again by now.
    clock.shift(60)
    if not StreamSession.objects.open().exists():
        live(stream_ids=[f"stream-{next(_numbers)}"])
    spotify.read(urgent=True)


def redeem_all(show: Show, stories: list[Story]) -> dict[str, Story]:
    """Let a viewer of its own redeem for each story, mostly with a song of its own."""
    tracks = cycle(t for t in show.backstage.spotify()["catalogue"] if t["duration_ms"] < 600_000)
    made = {}
    for story, track in zip(stories, tracks, strict=False):
        viewer = f"v{next(_numbers)}"
        show.backstage.control("viewer", login=viewer, points=1_000)
        typed = {
            "link": f"{track['url']}?si=1",
            "uri": track["uri"],
            "album": "https://open.spotify.com/album/6s2BfxyTO1s1HRpsLNj0mS",
            "nonsense": "<b>the one with the guitar</b>",
            "unknown": "https://open.spotify.com/track/0000000000000000000000",
        }[story.typed]
        made[show.backstage.redeem(TITLE, viewer, user_input=typed)] = story
    return made


def break_something(show: Show, story: Story) -> None:
    kind, path = story.fault
    if kind:
        later = {"retry_after": 3} if kind in ("429", "spotify_quota") else {}
        show.backstage.breaks(kind, path=path, count=story.strikes, **later)


def act(show: Show, told: dict[str, Any], then: str) -> None:
    """Do to a request what people do."""
    request = SongRequest.objects.filter(redemption=told["id"]).first()
    if request is None:
        return
    if then == "turned down":
        settle_by_hand(show, told, "CANCELED")
    elif then == "fulfilled there":
        # Who fulfils what Greenroom has refused makes the refund impossible: that is for a person.
        if request.status in ("queued", "playing"):
            settle_by_hand(show, told, "FULFILLED")
    elif then == "removed":
        outcomes.end(request, "removed", "removed_by_moderator", timezone.now())
    elif then == "skipped" and request.status in SongRequest.OPEN:
        outcomes.end(request, "skipped", "skipped_by_hand", timezone.now())


def settle_by_hand(show: Show, told: dict[str, Any], end: str) -> None:
    """Click in Twitch's own queue, unless the redemption is settled there already."""
    try:
        show.backstage.control("resolve", redemption=told["id"], status=end)
    except HTTPError:
        return
    redemptions.receive({**told, "status": end.lower()}, timezone.now())


def play_some(show: Show, clock: time_machine.Coordinates) -> None:
    """Let some songs play, and look after each."""
    show.backstage.control("faults", verb="DELETE")
    show.backstage.press("play")
    for _ in range(6):
        show.backstage.jump(seconds=150)
        clock.shift(150)
        player.read_soon(timedelta(0))
        player.sync(timezone.now())
        lead()


def end_stream() -> None:
    session = StreamSession.objects.open().get()
    now = timezone.now()
    session.ended_at = session.closed_at = now
    session.save()
    fact = StreamEnded(session.pk, session.stream_id, session.started_at, now)
    sagas.publish(fact, key=session.pk)


def see_through(show: Show, clock: time_machine.Coordinates) -> None:
    """Lead every flow as far as it goes, over its pauses; where a person is asked, be one."""
    for _ in range(200):
        lead()
        decide(show)
        moving = Run.objects.filter(due_at__lt=timezone.now() + timedelta(minutes=20))
        if not moving.exists():
            return
        clock.shift(2)
        let_time_pass(moving)
    raise AssertionError(list(moving.values("saga", "status", "reason", "position")))


def decide(show: Show) -> None:
    """Decide about stuck runs, knowing what is in the player's queue."""
    stuck = list(Run.objects.filter(status="stuck"))
    queued = Counter(show.queued() if stuck else [])
    for run in stuck:
        if run.next_step == "queue_in_player":
            request = SongRequest.objects.get(pk=run.subject_id)
            others = SongRequest.objects.filter(track=request.track).exclude(queued_at=None)
            is_there = queued[request.track_id or ""] > others.count()
            choose = sagas.mark_done if is_there else sagas.compensate
        else:
            choose = sagas.retry
        choose(run.pk, actor=None, actor_name="a person")


# --- The verdict -----------------------------------------------------------------------------


def judge(show: Show, made: dict[str, Story]) -> None:
    rows = {row["id"]: row for row in show.backstage.redemptions() if row["id"] in made}
    settled = Counter(
        effect["id"]
        for kind in ("redemption_fulfilled", "redemption_canceled")
        for effect in show.backstage.effects(kind)
    )
    said = [line.split(" ", 2)[:2] for line in show.said()]
    told = Counter((name.lower(), verdict) for name, verdict in said)
    assert not Run.objects.filter(status__in=["stuck", "running", "compensating"]).exists()
    for redemption, row in rows.items():
        name = f"@{row['user_login']}"
        request = SongRequest.objects.get(redemption=redemption)
        story = (made[redemption], row["status"], request.status, request.code, journal(request))
        assert row["status"] in ("fulfilled", "canceled"), story
        assert settled[redemption] == 1, story
        is_refunded = row["status"] == "canceled"
        assert told[name, "refunded:"] == is_refunded, story
        assert told[name, "queued:"] <= 1, story
        assert is_refunded or told[name, "queued:"] == 1, story
        assert request.status in SongRequest.ENDS, story


def journal(request: SongRequest) -> list[tuple[str, str, str]]:
    run = Run.objects.get(subject_id=request.pk)
    return list(run.outcomes.order_by("id").values_list("step", "result", "error"))
