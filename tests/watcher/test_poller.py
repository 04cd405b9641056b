"""The poller beside a Twitch of ours: what it asks, what it announces, and what it survives."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pydantic import SecretStr

from accounts.models import User
from config.celery import app
from sagas.leases import place
from sagas.models import Event
from tests.backstage import Backstage, at_once
from watcher.models import Poll, Target, Watch, WatchedStream
from watcher.services import poller, sightings
from watcher.services.poller import Round

MINUTE = timedelta(minutes=1)
MO, VERA, ADA = "1002", "1003", "1004"
CHESS = "743"
FIRST = 70_000_001


class Twitch:
    """Rounds by a clock of our own, and what they announced."""

    def __init__(self, backstage: Backstage) -> None:
        self.backstage = backstage
        owner = User.objects.create_user("nelly")
        self.target = Target.objects.create(
            owner=owner, name="#live", webhook_id="1", webhook_token=SecretStr("t"), source="pasted"
        )
        self.now = timezone.now()

    def watch(self, *ids: str, kind: str = "streamer", **more: Any) -> None:
        """Watch them since long ago, if not told otherwise."""
        given = {"active_since": self.now - timedelta(days=9), **more}
        Watch.objects.bulk_create(
            Watch(target=self.target, kind=kind, watched_id=id, watched_name=id, **given)
            for id in ids
        )

    def live(self, login: str, *, on: bool = True, **more: Any) -> None:
        self.backstage.control("live", login=login, on=on, **more)

    def crowd(self, **wish: Any) -> None:
        self.backstage.control("twitch/crowd", **wish)

    def round(self, *, minutes: float = 1) -> Round:
        """Let so many minutes pass, and ask for everything."""
        self.now += minutes * MINUTE
        done = poller.poll_once(self.now)
        assert done is not None
        return done

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.round()

    def beat(self, *, seconds: float = 5) -> Round | None:
        """Let so many seconds pass, and ask for what is due."""
        self.now += timedelta(seconds=seconds)
        return poller.poll(self.now)


@pytest.fixture
def twitch(transactional_db: None, rehearsal_url: str) -> Twitch:
    backstage = Backstage(rehearsal_url)
    backstage.control("faults", verb="DELETE")
    return Twitch(backstage)


def facts(*kinds: str) -> Counter[str]:
    """How often each kind of fact was announced."""
    told = Counter(
        kind.removeprefix("watcher.") for kind in Event.objects.values_list("kind", flat=True)
    )
    return Counter({kind: told[kind] for kind in kinds}) if kinds else told


def eventually(ask: Callable[[], Any], seconds: float = 10.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return answer


# --- What is announced -------------------------------------------------------------------------


def test_a_stream_is_announced_when_it_begins_changes_and_ends(twitch: Twitch) -> None:
    twitch.watch(MO, VERA)
    twitch.live("mo", title="Opening", category="Chess")
    twitch.round()
    twitch.rounds(2)
    row = WatchedStream.objects.get()
    assert (row.streamer_id, row.streamer_login, row.streamer_name) == (MO, "mo", "Mo")
    assert (row.title, row.game_id, row.game_name, row.version) == ("Opening", CHESS, "Chess", 1)
    assert facts() == {"StreamStarted": 1}
    twitch.live("mo", title="Endgame")
    twitch.rounds(2)
    assert WatchedStream.objects.get().version == 2
    twitch.live("mo", on=False)
    last_seen = twitch.now
    twitch.rounds(5)
    assert facts() == {"StreamStarted": 1, "StreamChanged": 1, "StreamEnded": 1}
    assert WatchedStream.objects.get().ended_at == last_seen


def test_the_peak_is_kept(twitch: Twitch) -> None:
    twitch.watch(MO)
    for viewers in (10, 70, 30):
        twitch.live("mo", viewers=viewers)
        twitch.round()
    row = WatchedStream.objects.get()
    assert (row.viewers, row.peak_viewers) == (30, 70)


def test_a_stream_that_flickers_is_one(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo")
    for minute in range(12):
        if minute in (1, 2, 5, 8, 9):
            twitch.backstage.breaks("stream_unlisted", count=1)
        twitch.round()
    assert facts() == {"StreamStarted": 1}
    assert WatchedStream.objects.get().misses == 0


def test_who_streams_again_has_a_stream_more(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.crowd(size=1)
    twitch.watch(str(FIRST))
    for _ in range(2):
        twitch.crowd(login=str(FIRST), on=True)
        twitch.round()
        twitch.crowd(login=str(FIRST), on=False)
        twitch.rounds(4)
    assert facts() == {"StreamStarted": 2, "StreamEnded": 2}


def test_switched_off_watches_and_dead_targets_are_not_asked_for(twitch: Twitch) -> None:
    twitch.watch(MO, is_active=False)
    assert twitch.round().calls == 0
    twitch.watch(VERA)
    Target.objects.update(disabled_at=twitch.now, disabled_because="webhook_gone")
    assert twitch.round().calls == 0


def test_a_stream_is_followed_to_its_end_when_nobody_watches_any_more(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo")
    twitch.round()
    Watch.objects.all().delete()
    twitch.live("mo", on=False)
    twitch.rounds(3)
    assert facts() == {"StreamStarted": 1, "StreamEnded": 1}
    assert twitch.round().calls == 0


# --- Games -------------------------------------------------------------------------------------


def test_a_games_streams_are_read_page_by_page_up_to_a_cap(
    twitch: Twitch, settings: LazySettings
) -> None:
    twitch.crowd(size=4000, live=2000)
    twitch.watch(CHESS, kind="game")
    settings.WATCHER_GAME_PAGES = 2
    assert twitch.round().calls == 2
    assert WatchedStream.objects.count() == 200
    settings.WATCHER_GAME_PAGES = 9
    twitch.round()
    assert WatchedStream.objects.filter(game_id=CHESS).count() == 250
    assert facts() == {"StreamStarted": 250}


def test_pages_of_streams_with_too_few_viewers_are_not_turned(twitch: Twitch) -> None:
    twitch.crowd(size=4000, live=2000)
    twitch.watch(CHESS, kind="game", least_viewers=1000)
    assert twitch.round().calls == 1


def test_who_leaves_a_watched_game_has_not_ended(twitch: Twitch) -> None:
    twitch.watch(CHESS, kind="game")
    twitch.live("mo", category="Chess")
    twitch.round()
    twitch.live("mo", category="Music")
    twitch.rounds(6)
    assert facts() == {"StreamStarted": 1, "StreamChanged": 1}
    assert WatchedStream.objects.get().game_name == "Music"
    twitch.live("mo", on=False)
    twitch.rounds(4)
    assert facts("StreamEnded") == {"StreamEnded": 1}


# --- When Twitch is in trouble -----------------------------------------------------------------


def test_empty_answers_for_everybody_end_nothing_at_once(twitch: Twitch) -> None:
    twitch.watch(MO, VERA, ADA)
    for login in ("mo", "vera", "ada"):
        twitch.live(login)
    twitch.round()
    twitch.backstage.breaks("stream_unlisted")
    twitch.rounds(8)
    assert facts() == {"StreamStarted": 3}
    twitch.rounds(4)
    assert facts() == {"StreamStarted": 3, "StreamEnded": 3}


@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after"])
def test_no_answer_is_no_miss(twitch: Twitch, fault: str) -> None:
    twitch.watch(MO)
    twitch.live("mo")
    twitch.round()
    twitch.backstage.breaks(fault, path="/twitch/helix/streams")
    for _ in range(5):
        assert twitch.round().trouble
    assert Poll.objects.get().trouble
    twitch.backstage.control("faults", verb="DELETE")
    twitch.live("mo", on=False)
    twitch.rounds(2)
    assert facts() == {"StreamStarted": 1}
    assert Poll.objects.get().trouble == ""
    twitch.round()
    assert facts("StreamEnded") == {"StreamEnded": 1}


def test_a_batch_that_got_no_answer_keeps_no_other_waiting(twitch: Twitch) -> None:
    twitch.crowd(size=300, live=300)
    twitch.watch(*(str(FIRST + n) for n in range(300)))
    twitch.backstage.breaks("500", path="/twitch/helix/streams", count=1, skip=1)
    assert twitch.round().trouble
    assert twitch.beat(seconds=61) is not None
    assert WatchedStream.objects.count() == 200
    twitch.round()
    assert facts() == {"StreamStarted": 300}


def test_a_rate_limit_is_a_rest(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo")
    twitch.now = timezone.now()
    twitch.backstage.breaks("429", path="/twitch/helix/streams", retry_after=120, count=1)
    assert twitch.round(minutes=0).trouble
    assert twitch.beat(seconds=100) is None
    twitch.backstage.control("faults", verb="DELETE")
    assert twitch.beat(seconds=60) is not None
    assert facts() == {"StreamStarted": 1}


def test_a_share_of_the_calls_is_left_for_the_channel(
    twitch: Twitch, settings: LazySettings
) -> None:
    settings.WATCHER_SHARE = 60
    twitch.watch(*(str(FIRST + n) for n in range(2000)))
    twitch.backstage.control("limits", points_per_minute=20)
    done = twitch.round()
    assert done.is_spent
    assert not done.is_over
    assert 12 <= done.calls <= 14
    # The rest of the round is not forgotten.
    settings.WATCHER_SHARE = 95
    later = twitch.beat(seconds=61)
    assert later is not None
    assert 19 <= done.calls + later.calls <= 20


# --- Pace --------------------------------------------------------------------------------------


def test_a_hundred_people_are_one_call(twitch: Twitch) -> None:
    twitch.watch(*(str(FIRST + n) for n in range(250)))
    other = Target.objects.create(
        owner=User.objects.get(),
        name="#2",
        webhook_id="2",
        webhook_token=SecretStr("t"),
        source="pasted",
    )
    Watch.objects.create(target=other, kind="streamer", watched_id=str(FIRST), watched_name="x")
    done = twitch.round()
    assert (done.calls, done.is_over) == (3, True)
    assert Poll.objects.get().watched == 250


def test_calls_are_spread_over_the_interval(twitch: Twitch) -> None:
    twitch.watch(*(str(FIRST + n) for n in range(1200)))
    calls = []
    for _ in range(24):
        done = twitch.beat()
        assert done is not None
        calls.append(done.calls)
    assert sum(calls) == 24
    assert max(calls) <= 2
    assert sum(calls[:6]) in (6, 7)


def test_what_was_missed_is_caught_up_with(twitch: Twitch) -> None:
    twitch.watch(*(str(FIRST + n) for n in range(1200)))
    twitch.beat()
    done = twitch.beat(seconds=600)
    assert done is not None
    assert done.calls == 11


def test_one_who_is_watched_is_asked_for_once_a_minute(twitch: Twitch) -> None:
    twitch.watch(MO)
    calls = [done.calls for _ in range(36) if (done := twitch.beat())]
    assert (len(calls), sum(calls)) == (36, 3)


def test_a_minute_in_which_a_thousand_go_live_takes_few_statements(twitch: Twitch) -> None:
    twitch.crowd(size=1000)
    twitch.watch(*(str(FIRST + n) for n in range(1000)))
    twitch.round()
    twitch.crowd(live=1000)
    with CaptureQueriesContext(connection) as queries:
        done = twitch.round()
    assert (done.calls, done.tally.started) == (10, 1000)
    assert len(queries) < 70
    assert facts() == {"StreamStarted": 1000}


# --- New watches -------------------------------------------------------------------------------


def test_a_new_watch_is_asked_for_at_the_next_beat(twitch: Twitch) -> None:
    twitch.watch(*(str(FIRST + n) for n in range(1000)))
    twitch.live("mo")
    twitch.beat()
    twitch.watch(MO, active_since=twitch.now + timedelta(seconds=1))
    twitch.beat(seconds=2)
    assert facts("StreamStarted") == {"StreamStarted": 1}


def test_a_new_watch_finds_a_stream_that_was_known(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo", category="Chess")
    twitch.round(minutes=0)
    other = Target.objects.create(
        owner=User.objects.get(),
        name="#2",
        webhook_id="2",
        webhook_token=SecretStr("t"),
        source="pasted",
    )
    made = Watch.objects.create(
        target=other,
        kind="streamer",
        watched_id=MO,
        watched_name="Mo",
        active_since=twitch.now + 10 * MINUTE,
    )
    Watch.objects.create(
        target=other,
        kind="game",
        watched_id=CHESS,
        watched_name="Chess",
        active_since=twitch.now + 10 * MINUTE,
    )
    twitch.now += 10 * MINUTE
    twitch.rounds(3)
    told = Event.objects.get(kind="watcher.FoundLive")
    assert told.payload["watch_id"] == made.pk
    # Switched off and on again later, it is too late to be news.
    Watch.objects.update(active_since=twitch.now + 30 * MINUTE)
    twitch.now += 30 * MINUTE
    twitch.rounds(2)
    assert facts("FoundLive") == {"FoundLive": 1}


def test_a_worker_is_woken_for_a_new_watch(transactional_db: None) -> None:
    name = settings.CELERY_TASK_DEFAULT_QUEUE
    with app.connection_for_write() as broker, broker.SimpleQueue(name) as queue:
        queue.clear()
        with transaction.atomic():
            poller.look_soon()
            assert queue.clear() == 0
        assert queue.get(timeout=5).headers["task"] == poller.TASK
        queue.clear()


# --- One poller at a time ----------------------------------------------------------------------


def test_of_several_pollers_one_asks(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo")
    twitch.backstage.breaks("delay", ms=500, count=1, path="/twitch/helix/streams")
    done = at_once(6, lambda: poller.poll(twitch.now))
    assert not [it for it in done if isinstance(it, Exception)]
    # Who comes when the first is done finds nothing that is due.
    assert sum(it.calls for it in done if isinstance(it, Round)) == 1
    assert facts() == {"StreamStarted": 1}


def test_a_poller_that_lost_its_lease_writes_nothing(twitch: Twitch) -> None:
    twitch.watch(MO)
    twitch.live("mo")

    def steal() -> None:
        eventually(lambda: Poll.objects.exclude(lease_until=None).exists())
        Poll.objects.update(owner="elsewhere/1/1/x", lease_until=twitch.now + 2 * MINUTE)

    twitch.backstage.breaks("delay", ms=1500, count=1, path="/twitch/helix/streams")
    works = iter([lambda: poller.poll(twitch.now), steal])
    results = at_once(2, lambda: next(works)())
    assert [type(it) for it in results if it is not None] == [poller.LeaseLost]
    assert not WatchedStream.objects.exists()
    assert Poll.objects.get().owner == "elsewhere/1/1/x"


@pytest.mark.parametrize(
    ("owner", "lease", "is_taken"),
    [
        ("elsewhere/1/1/x", 40, False),
        ("elsewhere/1/1/x", -1, True),
        # The clock was set back since.
        ("elsewhere/1/1/x", 4000, True),
        # A neighbour that died.
        (f"{place()}4194303/1/x", 40, True),
    ],
)
def test_a_lease_is_taken_over_from_the_dead(
    twitch: Twitch, owner: str, lease: int, is_taken: bool
) -> None:
    until = twitch.now + timedelta(seconds=lease)
    Poll.objects.create(owner=owner, lease_until=until)
    assert (poller.poll(twitch.now) is not None) is is_taken


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_ends_nothing_and_stops_nothing(twitch: Twitch, jump: timedelta) -> None:
    twitch.watch(MO, VERA)
    twitch.live("mo")
    twitch.beat()
    twitch.now += jump
    for _ in range(24):
        twitch.beat()
    twitch.live("vera")
    for _ in range(24):
        twitch.beat()
    assert facts() == {"StreamStarted": 2}
    twitch.live("mo", on=False)
    for _ in range(60):
        twitch.beat()
    assert facts() == {"StreamStarted": 2, "StreamEnded": 1}


@pytest.fixture
def doomed(process_env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that polls once, to be killed on the way."""
    code = (
        "import django; django.setup()\n"
        "from django.utils import timezone\n"
        "from watcher.services import poller\n"
        "poller.poll_once(timezone.now())\n"
    )
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], env=process_env)
    yield process
    process.kill()
    process.wait()


def test_a_killed_poller_loses_nothing(twitch: Twitch, request: pytest.FixtureRequest) -> None:
    """It is killed after the first of three calls, while Twitch thinks about the second."""
    twitch.crowd(size=300, live=300)
    twitch.watch(*(str(FIRST + n) for n in range(300)))
    twitch.backstage.breaks("delay", ms=20_000, skip=1, count=1, path="/twitch/helix/streams")
    process = request.getfixturevalue("doomed")
    eventually(lambda: twitch.backstage.calls("/helix/streams") == 1, 30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    twitch.backstage.control("faults", verb="DELETE")
    assert facts() == {}
    twitch.now = timezone.now()
    done = twitch.round(minutes=0)
    assert (done.calls, done.is_over) == (3, True)
    assert facts() == {"StreamStarted": 300}


def test_old_streams_are_forgotten(twitch: Twitch) -> None:
    ended = twitch.now - timedelta(days=100)
    for id, ended_at in (("1", ended), ("2", twitch.now), ("3", None)):
        WatchedStream.objects.create(
            id=id,
            streamer_id=id,
            started_at=ended,
            first_seen_at=ended,
            seen_at=ended,
            ended_at=ended_at,
        )
    sightings.prune(twitch.now - settings.RETENTION)
    assert set(WatchedStream.objects.values_list("id", flat=True)) == {"2", "3"}
