from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songqueue.rules.snapshots import (
    NOTHING,
    Current,
    Key,
    Outcome,
    Reading,
    Seen,
    Shown,
    is_same,
    outcome,
)
from tests.songqueue.sim import NOON, Item, Ledger, Player, item, seconds

A, B, C, D, X, Y = (item(name) for name in "ABCDXY")


class Stage:
    """A player, and the ledger that is kept of it."""

    def __init__(self, *playlist: Shown) -> None:
        self.player = Player(list(playlist or (A, B, C, D)))
        self.ledger = Ledger()
        self.ledger.read(self.player.reading())

    def request(self, shown: Shown) -> str:
        """Hand a request to the player, at its end."""
        self.player.now += 1
        request = self.ledger.request(shown, self.player.at)
        self.player.queued.append(Item(shown, request))
        return request

    def by_hand(self, shown: Shown) -> None:
        self.player.queued.append(Item(shown))

    def later(self, time: float = 10) -> None:
        """Let time pass, and read."""
        self.player.wait(time)
        self.ledger.read(self.player.reading())

    def skip(self) -> None:
        self.player.next()

    @property
    def playing(self) -> str | None:
        return self.ledger.playing

    @property
    def ends(self) -> dict[str, str]:
        return self.ledger.ends

    @property
    def lane(self) -> list[str]:
        return [owner for owner in self.ledger.lane if owner]


# --- The common course -----------------------------------------------------------------------


def test_a_request_waits_plays_and_has_played() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later()
    assert (stage.lane, stage.playing) == ([mine], None)
    stage.later(200)
    assert (stage.lane, stage.playing) == ([], mine)
    stage.later(200)
    assert (stage.playing, stage.ends) == (None, {mine: "played"})


def test_requests_stand_in_the_players_order() -> None:
    stage = Stage()
    first, second, third = (stage.request(track) for track in (X, Y, X))
    stage.later()
    assert stage.lane == [first, second, third]


def test_what_the_streamer_queued_before_us_keeps_its_place() -> None:
    stage = Stage()
    stage.by_hand(X)
    stage.by_hand(Y)
    stage.later()
    mine = stage.request(X)
    stage.later()
    assert stage.ledger.lane[:4] == [None, None, mine, None]


def test_the_first_reading_ever_finds_what_waits() -> None:
    stage = Stage()
    stage.ledger.seen = None
    mine = stage.request(X)
    stage.later()
    assert stage.lane == [mine]


# --- Whose is it -----------------------------------------------------------------------------


def test_a_new_request_is_not_what_plays_already() -> None:
    stage = Stage(X, A, B)
    stage.player.wait(20)
    mine = stage.request(X)
    stage.later(1)
    assert (stage.playing, stage.lane) == (None, [mine])


def test_a_new_request_is_not_what_plays_already_also_at_the_first_reading() -> None:
    stage = Stage(X, A, B)
    stage.ledger.seen = None
    stage.player.wait(20)
    mine = stage.request(X)
    stage.later(1)
    assert (stage.playing, stage.lane) == (None, [mine])


def test_a_new_request_stands_before_the_same_track_of_the_playlist() -> None:
    stage = Stage(A, B, X, C)
    mine = stage.request(X)
    stage.later()
    assert stage.ledger.lane[:3] == [mine, None, None]
    stage.later(200)
    assert stage.playing == mine
    stage.later(200)
    stage.later(400)
    assert (stage.playing, stage.ends) == (None, {mine: "played"})


def test_two_requests_of_a_track_keep_their_order() -> None:
    stage = Stage()
    first, second = stage.request(X), stage.request(X)
    stage.later()
    assert stage.lane == [first, second]
    stage.later(200)
    assert (stage.playing, stage.lane) == (first, [second])


def test_a_second_request_of_a_track_comes_behind_the_first() -> None:
    stage = Stage()
    first = stage.request(X)
    stage.later()
    second = stage.request(X)
    stage.later()
    assert stage.lane == [first, second]


def test_the_same_track_back_to_back_moves_on() -> None:
    stage = Stage()
    first, second = stage.request(X), stage.request(X)
    stage.later(195)
    stage.later(100)
    assert stage.playing == first
    stage.later(200)
    assert (stage.playing, stage.ends) == (second, {first: "played"})
    stage.later(200)
    assert stage.ends == {first: "played", second: "played"}


def test_a_request_of_what_began_unseen_is_not_that() -> None:
    stage = Stage(A, B, X, C)
    stage.later(150)
    stage.player.wait(251)
    mine = stage.request(X)
    stage.later(2)
    assert (stage.playing, stage.lane) == (None, [mine])
    stage.later(200)
    assert stage.playing == mine


def test_a_request_of_what_plays_begins_before_any_reading_shows_it() -> None:
    stage = Stage(X, A, B)
    stage.player.wait(190)
    stage.ledger.read(stage.player.reading())
    mine = stage.request(X)
    stage.later(20)
    assert stage.playing == mine


def test_the_same_track_back_to_back_moves_on_also_when_another_was_requested_meanwhile() -> None:
    stage = Stage()
    first, second = stage.request(A), stage.request(A)
    stage.later(190)
    stage.player.is_playing = False
    stage.later(10)
    stage.player.is_playing = True
    third = stage.request(A)
    stage.later(60)
    assert (stage.playing, stage.lane) == (first, [second, third])


def test_seeking_back_is_the_same_song() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later(300)
    stage.player.progress = 5
    stage.later(10)
    assert (stage.playing, stage.ends) == (mine, {})


def test_seeking_forward_is_the_same_song() -> None:
    stage = Stage()
    mine, other = stage.request(X), stage.request(X)
    stage.later(230)
    stage.player.progress = 150
    stage.later(10)
    assert (stage.playing, stage.lane) == (mine, [other])


def test_a_request_is_known_though_it_was_shown_before_its_call_returned() -> None:
    stage = Stage()
    asked_at = stage.player.at
    stage.by_hand(X)
    stage.later(2)
    assert stage.lane == []
    mine = stage.ledger.request(X, stage.player.at + seconds(1))
    row = stage.ledger.waiting[mine]
    stage.ledger.waiting[mine] = replace(row, lined_up_at=asked_at)
    stage.later(3)
    assert stage.lane == [mine]


# --- Not an ending ---------------------------------------------------------------------------


def test_pausing_is_no_ending() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later(260)
    stage.player.is_playing = False
    for _ in range(5):
        stage.later(600)
    assert (stage.playing, stage.ends) == (mine, {})
    stage.player.is_playing = True
    stage.later(200)
    assert stage.ends == {mine: "played"}


def test_a_device_that_is_gone_for_a_while_is_no_ending() -> None:
    stage = Stage()
    on, waits = stage.request(X), stage.request(Y)
    stage.later(260)
    stage.player.has_device = False
    for _ in range(5):
        stage.later(600)
    assert (stage.playing, stage.lane, stage.ends) == (on, [waits], {})
    stage.player.has_device = True
    stage.later(10)
    assert (stage.playing, stage.lane, stage.ends) == (on, [waits], {})


def test_a_reading_without_the_queue_goes_on() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later(220)
    stage.player.wait(20)
    stage.ledger.read(replace(stage.player.reading(), upcoming=None))
    assert stage.playing == mine
    assert stage.ledger.seen is not None
    assert stage.ledger.seen.current is not None
    assert stage.ledger.seen.current.heard.total_seconds() == pytest.approx(41, abs=3)


def test_a_queue_that_cannot_be_seen_is_taken_to_be_as_it_was() -> None:
    stage = Stage()
    first, second = stage.request(X), stage.request(Y)
    stage.later()
    stage.player.wait(200)
    stage.ledger.read(replace(stage.player.reading(), upcoming=None))
    assert (stage.playing, stage.lane, stage.ends) == (first, [second], {})


def test_what_stands_beyond_the_window_is_not_lost() -> None:
    stage = Stage(A)
    for number in range(25):
        stage.by_hand(item(f"by hand {number}"))
    stage.later()
    mine = stage.request(X)
    for _ in range(8):
        stage.later(200)
    assert (stage.ends, stage.lane) == ({}, [mine])


def test_the_players_lag_is_not_a_loss() -> None:
    stage = Stage()
    mine = stage.ledger.request(X, stage.player.at)
    stage.later(4)
    stage.later(20)
    assert stage.ends == {}
    stage.player.queued.append(Item(X, mine))
    stage.later(10)
    assert stage.lane == [mine]


# --- Endings ---------------------------------------------------------------------------------


def test_a_song_skipped_early_was_skipped() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later(199)
    stage.player.wait(10)
    stage.later(5)
    stage.skip()
    stage.later(5)
    assert stage.ends == {mine: "skipped"}


def test_a_song_skipped_after_thirty_seconds_was_played() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later(240)
    stage.skip()
    stage.later(5)
    assert stage.ends == {mine: "played"}


def test_a_song_shorter_than_that_was_played_when_it_came_to_its_end() -> None:
    stage = Stage()
    mine = stage.request(item("jingle", 12))
    stage.later(205)
    assert stage.playing == mine
    stage.later(20)
    assert stage.ends == {mine: "played"}


def test_a_song_that_came_and_went_between_two_readings_was_played() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later()
    stage.later(450)
    assert stage.ends == {mine: "played"}


def test_a_song_that_came_and_went_before_any_reading_was_played() -> None:
    stage = Stage()
    stage.player.wait(195)
    stage.ledger.read(stage.player.reading())
    mine = stage.request(item("jingle", 12))
    stage.later(30)
    assert (stage.playing, stage.ends) == (None, {mine: "played"})


def test_songs_that_were_skipped_over_were_skipped() -> None:
    stage = Stage()
    first, second = stage.request(X), stage.request(Y)
    stage.later()
    stage.player.wait(180)
    for _ in range(3):
        stage.skip()
    stage.later(5)
    assert set(stage.ends) == {first, second}
    assert stage.ends[second] == "skipped"


def test_a_song_that_was_skipped_over_is_not_the_same_one_of_the_playlist() -> None:
    songs = [item(f"playlist {number}") for number in range(30)]
    stage = Stage(*songs)
    mine, _, other = (stage.request(track) for track in (songs[19], X, Y))
    stage.later()
    for _ in range(3):
        stage.skip()
    stage.later(5)
    assert songs[19] in [coming.shown for coming in stage.player.coming()]
    assert (stage.playing, stage.lane) == (other, [])
    assert stage.ends[mine] == "skipped"


def test_a_song_that_is_asked_for_again_is_not_the_one_that_was_skipped_over() -> None:
    stage = Stage()
    first, other = stage.request(X), stage.request(Y)
    stage.later()
    stage.skip()
    stage.skip()
    again = stage.request(X)
    stage.later(5)
    assert (stage.playing, stage.lane) == (other, [again])
    assert stage.ends == {first: "skipped"}


def test_a_song_taken_out_of_the_players_queue_was_skipped() -> None:
    stage = Stage()
    first, second = stage.request(X), stage.request(Y)
    stage.later()
    del stage.player.queued[0]
    stage.later()
    assert (stage.ends, stage.lane) == ({first: "skipped"}, [second])


def test_a_song_moved_in_the_players_queue_is_still_its_own() -> None:
    stage = Stage()
    first, second, third = (stage.request(item(name)) for name in "XYZ")
    stage.later()
    stage.player.queued.append(stage.player.queued.pop(0))
    stage.later()
    assert (stage.ends, stage.lane) == ({}, [second, third, first])


def test_a_queue_that_is_gone_is_lost_when_a_second_reading_says_so() -> None:
    stage = Stage()
    mine, other = stage.request(X), stage.request(Y)
    stage.later()
    stage.player = Player([item("elsewhere 1"), item("elsewhere 2")], now=stage.player.now)
    stage.later(5)
    assert stage.ends == {}
    stage.later(20)
    assert stage.ends == {}
    stage.later(60)
    assert stage.ends == {mine: "lost", other: "lost"}


def test_a_queue_that_comes_back_in_time_is_not_lost() -> None:
    stage = Stage()
    mine = stage.request(X)
    stage.later()
    player = stage.player
    stage.player = Player([item("elsewhere 1"), item("elsewhere 2")], now=player.now)
    stage.later(30)
    player.now = stage.player.now
    stage.player = player
    stage.later(40)
    assert (stage.ends, stage.lane) == ({}, [mine])


def test_what_never_arrived_is_lost_once_a_later_one_is_there() -> None:
    stage = Stage()
    never = stage.ledger.request(X, stage.player.at)
    later = stage.request(Y)
    stage.later()
    stage.later(70)
    assert (stage.ends, stage.lane) == ({never: "lost"}, [later])


def test_what_never_arrived_is_lost_after_a_whole_window_of_songs() -> None:
    stage = Stage()
    never = stage.ledger.request(X, stage.player.at)
    for _ in range(19):
        stage.later(200)
    assert stage.ends == {}
    stage.later(200)
    stage.later(200)
    assert stage.ends == {never: "lost"}


def test_the_end_of_a_stranger_ends_no_request() -> None:
    stage = Stage(X, X, X)
    mine = stage.request(X)
    stage.later()
    stage.player.queued.clear()
    stage.later(200)
    assert mine in stage.ends or mine in stage.ledger.waiting


# --- Items that are no tracks ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["episode:News", "local:demo.mp3", "ad:", "unknown:"])
def test_what_is_no_track_has_its_place(name: str) -> None:
    stage = Stage()
    stage.by_hand(item(name, 30))
    mine = stage.request(X)
    stage.later()
    assert stage.ledger.lane[:2] == [None, mine]
    stage.later(205)
    assert stage.playing is None
    stage.later(30)
    assert stage.playing == mine


def test_an_item_of_unknown_length_does_not_end_as_played() -> None:
    assert outcome(NOTHING, NOTHING) is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("heard", "length", "expected"),
    [
        (29.9, 200, Outcome.SKIPPED),
        (30, 200, Outcome.PLAYED),
        (0, 200, Outcome.SKIPPED),
        (10, 12, Outcome.PLAYED),
        (8, 12, Outcome.SKIPPED),
        (200, 200, Outcome.PLAYED),
        (31, 10_800, Outcome.PLAYED),
    ],
)
def test_thirty_seconds_or_all_of_it_is_played(
    heard: float, length: float, expected: Outcome
) -> None:
    assert outcome(seconds(heard), seconds(length)) is expected


# --- The same song, without a look at the queue ----------------------------------------------


@pytest.mark.parametrize(
    ("stood", "stands", "passed", "same"),
    [
        (10, 20, 10, True),
        (10, 10, 600, False),  # Paused, or begun again: only the queue tells.
        (150, 155, 5, True),
        (150, 5, 60, False),
        (20, 5, 10, False),
        (20, 100, 10, True),
        (10, 60, 250, False),
    ],
)
def test_the_same_song_is_known_by_its_progress(
    stood: float, stands: float, passed: float, same: bool
) -> None:
    on = Current(X.key, X.duration, started_at=NOON, progress=seconds(stood))
    reading = Reading(NOON + seconds(passed), True, X, seconds(stands))
    assert is_same(Seen(NOON, NOON, True, on), reading) is same


# --- Any show --------------------------------------------------------------------------------


@dataclass
class Show:
    """A show in which anything happens, held against what really was."""

    stage: Stage
    owners: dict[str, Key] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)

    def act(self, what: str, which: int, time: float) -> None:
        stage, player = self.stage, self.stage.player
        pool = (A, B, X, Y, item("jingle", 12))
        if what == "request":
            request = stage.request(pool[which % len(pool)])
            self.owners[request] = pool[which % len(pool)].key
            self.order.append(request)
        elif what == "by hand":
            stage.by_hand(pool[which % len(pool)])
        elif what == "skip":
            player.next()
        elif what == "pause":
            player.is_playing = not player.is_playing
        elif what == "device":
            player.has_device = not player.has_device
        elif what == "take out" and player.queued:
            del player.queued[which % len(player.queued)]
        player.wait(time)
        if which % 3:
            self.read()

    def read(self) -> None:
        self.stage.ledger.read(self.stage.player.reading())
        seen = self.stage.ledger.seen
        assert seen
        slots = [*([seen.current] if seen.current else []), *seen.upcoming]
        owned = [slot.request for slot in slots if slot.request]
        assert len(owned) == len(set(owned)), "one request in two places"
        for slot in slots:
            if slot.request:
                assert self.owners[slot.request] == slot.key, "a request on another track"
        now = seen.current.request if seen.current else None
        if now and (not self.played or self.played[-1] != now):
            assert now not in self.played, "a request that began twice"
            self.played.append(now)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["request"] * 4 + ["nothing"] * 4 + ["by hand", "skip", "pause", "device", "take out"]
        ),
        st.integers(0, 30),
        st.sampled_from([1.0, 4.0, 15.0, 60.0, 120.0, 250.0]),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_whatever_happens_each_request_ends_once_and_on_its_own_track(
    acts: list[tuple[str, int, float]],
) -> None:
    show = Show(Stage())
    for act in acts:
        show.act(*act)
    stage = show.stage
    stage.player.is_playing = stage.player.has_device = True
    for _ in range(2 * len(acts) + 60):
        stage.player.wait(100)
        show.read()
    assert set(stage.ends) == set(show.owners), "a request that never ended"
    assert set(stage.ends.values()) <= {"played", "skipped", "lost"}


CALM = st.lists(
    st.tuples(st.sampled_from(["request", "nothing", "pause"]), st.integers(0, 30)), max_size=20
)


@settings(max_examples=40, deadline=None)
@given(CALM)
def test_in_a_calm_show_every_request_plays_in_its_turn(acts: list[tuple[str, int]]) -> None:
    show = Show(Stage())
    player = show.stage.player
    for what, which in acts:
        if what == "request" or (what == "pause" and not player.is_playing):
            player.is_playing = True
        show.act(what, which, 0)
        player.wait(5)
        show.read()
        player.wait(60 if player.is_playing else 5)
        show.read()
        now = show.stage.playing
        assert now == player.current.owner, "what is on is another's"
        assert show.stage.lane == [i.owner for i in player.queued[:20] if i.owner]
    player.is_playing = True
    for _ in range(3 * len(acts) + 10):
        player.wait(60)
        show.read()
        assert show.stage.playing == player.current.owner
    assert show.stage.ends == dict.fromkeys(show.order, "played")
