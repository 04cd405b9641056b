"""The stream: what Twitch tells and answers, and the sessions that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from sagas.models import Event
from tests.backstage import Backstage, at_once, live
from tokens.services import NotConnected
from twitch.client.errors import Unreachable
from twitch.models import Channel, Chapter, StreamSession, ViewerCount
from twitch.services import stream_state, streams

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/twitch/helix/streams"
GRACE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of day, in the test's hand; Twitch keeps its own."""
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False) as clock:
        yield clock


@pytest.fixture
def twitch(backstage: Backstage) -> Backstage:
    """A connected rehearsal."""
    backstage.connect(expires_in=100_000)
    return backstage


def facts(kind: str) -> list[dict[str, Any]]:
    found = Event.objects.filter(kind=f"twitch.{kind}").order_by("id")
    return list(found.values_list("payload", flat=True))


def online(stream: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the event of a stream that went on air."""
    event = {"id": stream["id"], "started_at": stream["started_at"], "type": "live"}
    return {**event, "broadcaster_user_id": "1000", **changes}


OFFLINE = {"broadcaster_user_id": "1000", "broadcaster_user_login": "greenroom"}


def described(title: str, category: str = "Chess") -> dict[str, Any]:
    return {
        "broadcaster_user_id": "1000",
        "title": title,
        "category_id": str(len(category)),
        "category_name": category,
    }


# --- Events and looks ------------------------------------------------------------------------


def test_going_live_begins_a_session_and_is_announced_once(twitch: Backstage) -> None:
    stream = twitch.go_live()
    for _ in range(2):
        streams.went_online(online(stream), timezone.now())
        streams.look()
    session = streams.current()
    assert session is not None
    assert streams.is_live()
    assert session.pk.startswith("stream_")
    assert (session.stream_id, session.is_off_air) == (stream["id"], False)
    (fact,) = facts("StreamStarted")
    assert (fact["session_id"], fact["stream_id"]) == (session.pk, stream["id"])
    assert fact["started_at"].startswith(stream["started_at"].rstrip("Z"))
    assert facts("StreamEnded") == []


def test_a_session_ends_once_after_the_grace_time(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    streams.went_online(online(twitch.go_live()), timezone.now())
    clock.shift(60 * MINUTE)
    twitch.end_stream()
    ended_at = timezone.now()
    streams.went_offline(OFFLINE, ended_at)
    clock.shift(GRACE - timedelta(seconds=1))
    streams.look()
    assert streams.is_live()
    assert facts("StreamEnded") == []
    clock.shift(timedelta(seconds=1))
    streams.look()
    assert not streams.is_live()
    clock.shift(MINUTE)
    streams.look()
    session = StreamSession.objects.get()
    assert session.ended_at == ended_at
    (fact,) = facts("StreamEnded")
    assert fact["session_id"] == session.pk


def test_the_clock_alone_ends_a_session_whose_end_nobody_told(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    twitch.go_live()
    streams.look_if_due()
    assert streams.is_live()
    clock.shift(MINUTE)
    streams.look_if_due()
    live_at = timezone.now()
    twitch.end_stream()
    for _ in range(60):
        clock.shift(timedelta(seconds=10))
        streams.look_if_due()
    session = StreamSession.objects.get()
    assert session.ended_at == live_at
    assert len(facts("StreamEnded")) == 1


def test_a_session_does_not_end_while_twitch_lists_it(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    streams.went_online(online(twitch.go_live()), timezone.now())
    clock.shift(MINUTE)
    streams.went_offline(OFFLINE, timezone.now())
    for _ in range(10):
        clock.shift(MINUTE)
        streams.look_if_due()
    session = streams.current()
    assert session is not None
    assert not session.is_off_air


def test_a_break_shorter_than_the_grace_time_is_part_of_the_session(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    first = twitch.go_live()
    streams.went_online(online(first), timezone.now())
    clock.shift(10 * MINUTE)
    streams.went_offline(OFFLINE, timezone.now())
    clock.shift(2 * MINUTE)
    second = {"id": "43", "started_at": timezone.now().isoformat()}
    streams.went_online(online(second), timezone.now())
    session = StreamSession.objects.get()
    assert session.stream_ids == [first["id"], "43"]
    assert session.stream_id == first["id"]
    assert len(facts("StreamStarted")) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_in_any_order_make_one_session(
    twitch: Backstage, order: tuple[int, ...], clock: time_machine.Traveller
) -> None:
    stream = twitch.go_live()
    began = timezone.now()
    clock.shift(MINUTE)
    telling = [
        lambda: streams.went_online(online(stream), began),
        lambda: streams.went_offline(OFFLINE, began + timedelta(seconds=20)),
        lambda: streams.went_online(online(stream), began + timedelta(seconds=40)),
    ]
    for number in order:
        telling[number]()
    streams.look()
    assert len(facts("StreamStarted")) == 1
    session = streams.current()
    assert session is not None
    assert not session.is_off_air


def test_of_many_that_bring_it_at_once_one_begins_the_session(twitch: Backstage) -> None:
    event, now = online(twitch.go_live()), timezone.now()
    results = at_once(8, lambda: streams.went_online(event, now))
    assert results == [None] * 8
    assert StreamSession.objects.count() == len(facts("StreamStarted")) == 1


def test_an_event_that_comes_hours_late_is_not_believed_but_asked_about(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    streams.look()
    stream = {"id": "42", "started_at": timezone.now().isoformat()}
    sent_at = timezone.now()
    clock.shift(2 * 60 * MINUTE)
    streams.look()
    streams.went_online(online(stream), sent_at)
    assert not streams.is_live()
    before = twitch.calls(PATH)
    streams.look_if_due()
    assert twitch.calls(PATH) == before + 1


@pytest.mark.parametrize("kind", ["rerun", "premiere", "watch_party", "playlist"])
def test_what_is_not_live_begins_nothing(twitch: Backstage, kind: str) -> None:
    streams.went_online(online(twitch.go_live(), type=kind), timezone.now())
    assert not streams.is_live()


def test_other_channels_begin_and_end_nothing(twitch: Backstage) -> None:
    stream = twitch.go_live()
    streams.went_online(online(stream, broadcaster_user_id="1014"), timezone.now())
    assert not streams.is_live()
    streams.look()
    streams.went_offline({"broadcaster_user_id": "1014"}, timezone.now())
    streams.was_described({**described("Not ours"), "broadcaster_user_id": "1014"}, timezone.now())
    session = streams.current()
    assert session is not None
    assert not session.is_off_air
    assert Channel.objects.get().title != "Not ours"


def test_only_one_session_can_be_open() -> None:
    live()
    with pytest.raises(IntegrityError):
        live()


# --- Asking ----------------------------------------------------------------------------------


def test_twitch_is_asked_once_a_minute_while_live_and_every_five_minutes_while_not(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    def calls_in(minutes: int) -> int:
        before = twitch.calls(PATH)
        for _ in range(6 * minutes):
            clock.shift(timedelta(seconds=10))
            streams.look_if_due()
        return twitch.calls(PATH) - before

    streams.look_if_due()
    assert calls_in(10) == 2
    twitch.go_live()
    assert calls_in(5) == 1
    assert calls_in(10) == 10


def test_of_many_that_find_a_look_due_one_looks(twitch: Backstage) -> None:
    streams.look()
    Channel.objects.update(asked_at=timezone.now() - 10 * MINUTE)
    before = twitch.calls(PATH)
    at_once(6, streams.look_if_due)
    assert twitch.calls(PATH) == before + 1


def test_a_twitch_that_does_not_answer_is_not_asked_again_at_once(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    live()
    twitch.breaks("500", path=PATH)
    with pytest.raises(Unreachable):
        streams.look_if_due()
    streams.look_if_due()
    assert twitch.calls(PATH) == 1
    assert streams.is_live()


def test_without_an_answer_twitch_is_believed_that_it_ended(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    streams.went_online(online(twitch.go_live()), timezone.now())
    clock.shift(MINUTE)
    ended_at = timezone.now()
    streams.went_offline(OFFLINE, ended_at)
    twitch.breaks("500", path=PATH)
    for _ in range(16):
        clock.shift(MINUTE)
        with pytest.raises(Unreachable):
            streams.look()
    assert StreamSession.objects.get().ended_at == ended_at


def test_without_a_connection_nothing_is_asked(backstage: Backstage) -> None:
    with pytest.raises(NotConnected):
        streams.look_if_due()
    assert backstage.calls(PATH) == 0


# --- Viewers and chapters --------------------------------------------------------------------


def test_viewers_are_counted_once_a_minute(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    for viewers in (10, 40, 25):
        twitch.go_live(viewers=viewers)
        streams.look()
        streams.look()
        clock.shift(MINUTE)
    assert list(ViewerCount.objects.order_by("at").values_list("viewers", flat=True)) == [
        10,
        40,
        25,
    ]
    session = StreamSession.objects.with_viewers().get()
    assert (session.peak_viewers, session.average_viewers) == (40, 25.0)


def chapters() -> list[tuple[str, str]]:
    return list(Chapter.objects.values_list("title", "category_name"))


def test_a_new_title_begins_a_chapter(twitch: Backstage, clock: time_machine.Traveller) -> None:
    streams.was_described(described("Warming up"), timezone.now())
    streams.went_online(online(twitch.go_live()), timezone.now())
    clock.shift(10 * MINUTE)
    for _ in range(2):
        streams.was_described(described("Playing", "Minecraft"), timezone.now())
    assert chapters() == [("Warming up", "Chess"), ("Playing", "Minecraft")]
    first, second = Chapter.objects.all()
    assert first.started_at == first.session.started_at
    assert second.started_at == timezone.now()


def test_a_session_found_by_a_look_begins_under_its_title(twitch: Backstage) -> None:
    streams.was_described(described("Of last week"), timezone.now() - timedelta(days=7))
    twitch.go_live(title="Tonight", category="Chess")
    streams.look()
    assert chapters() == [("Tonight", "Chess")]
    assert Chapter.objects.get().started_at == StreamSession.objects.get().started_at


def test_a_title_longer_than_twitch_allows_is_cut(twitch: Backstage) -> None:
    streams.was_described(described("x" * 5000 + "\0"), timezone.now())
    assert Channel.objects.get().title == "x" * 200


def test_an_older_description_changes_nothing(twitch: Backstage) -> None:
    now = timezone.now()
    streams.went_online(online(twitch.go_live()), now)
    streams.was_described(described("New"), now + timedelta(seconds=2))
    streams.was_described(described("Old"), now + timedelta(seconds=1))
    assert chapters() == [("New", "Chess")]


def test_a_look_finds_a_title_that_no_event_told_and_believes_events_more(
    twitch: Backstage, clock: time_machine.Traveller
) -> None:
    twitch.go_live(title="First")
    streams.look()
    clock.shift(5 * MINUTE)
    streams.was_described(described("Told"), timezone.now())
    clock.shift(MINUTE)
    # An answer may be as old as that.
    streams.look()
    assert [title for title, _ in chapters()] == ["First", "Told"]
    clock.shift(5 * MINUTE)
    streams.look()
    assert [title for title, _ in chapters()] == ["First", "Told", "First"]


# --- What there is to see --------------------------------------------------------------------


def test_the_state_tells_of_the_channel_and_of_its_session(twitch: Backstage) -> None:
    assert stream_state.state()["is_live"] is False
    twitch.go_live(title="Hello", category="Chess", viewers=7)
    streams.look()
    state = stream_state.state()
    session = streams.current()
    assert session is not None
    assert state["seq"] == stream_state.latest() == 1
    assert (state["is_live"], state["is_off_air"]) == (True, False)
    assert (state["session_id"], state["stream_id"]) == (session.pk, session.stream_id)
    assert (state["title"], state["category_name"]) == ("Hello", "Chess")
    assert (state["viewers"], state["peak_viewers"], state["average_viewers"]) == (7, 7, 7.0)
