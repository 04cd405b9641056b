"""Facts become standings: once each, whatever their order, and back when they are taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from achievements.models import Definition, HeardFact, Standing
from achievements.services import corrections, counting
from tests.achievements.conftest import at, ended, refund, roll, song, started
from twitch.models import Viewer


def hear(*facts: Any) -> list[bool]:
    return [counting.hear(fact) for fact in facts]


def held() -> set[tuple[str, str]]:
    """Return (who, what) of all that is held."""
    return {(row.viewer.display_name, row.definition_id) for row in Standing.objects.held()}


def progress(viewer: Viewer, key: str, session_id: str = "") -> int:
    rows = Standing.objects.filter(viewer=viewer, definition=key, session_id=session_id)
    return rows.values_list("progress", flat=True).first() or 0


def test_the_first_song_and_the_first_of_the_stream_are_earned_by_one_request(ann: Viewer) -> None:
    assert hear(started(1, 0), song(ann, 1)) == [False, True]
    assert held() == {("Ann", "first_request"), ("Ann", "stream_opener")}
    assert progress(ann, "request_10") == 1
    assert progress(ann, "streak_3", "stream_1") == 1


def test_a_fact_that_comes_again_counts_once(ann: Viewer) -> None:
    assert hear(song(ann, 1), song(ann, 1), song(ann, 1)) == [True, False, False]
    assert progress(ann, "request_10") == 1
    assert HeardFact.objects.count() == 1


def test_a_count_is_earned_at_its_threshold_and_goes_on(ann: Viewer) -> None:
    hear(*(song(ann, minute) for minute in range(12)))
    row = Standing.objects.get(definition="request_10")
    assert (row.progress, row.earned_at, row.earned_by) == (12, at(9), "song_2001_9")


def test_a_viewer_who_is_renamed_keeps_what_was_counted(ann: Viewer) -> None:
    hear(song(ann, 1))
    Viewer.objects.filter(pk=ann.pk).update(login="anna", display_name="Anna")
    hear(song(ann, 2))
    assert progress(ann, "request_10") == 2
    assert held() == {("Anna", "first_request")}


def test_a_session_begins_streaks_anew_and_leaves_the_rest(ann: Viewer) -> None:
    hear(started(1, 0), song(ann, 1), song(ann, 2), ended(1, 0, 10))
    hear(started(2, 20), song(ann, 21), song(ann, 22))
    assert progress(ann, "streak_3", "stream_2") == 2
    assert ("Ann", "streak_3") not in held()
    hear(song(ann, 23))
    assert ("Ann", "streak_3") in held()
    assert progress(ann, "request_10") == 5


def test_requests_outside_of_a_stream_count_for_all_time_only(ann: Viewer) -> None:
    hear(song(ann, -1), started(1, 0), ended(1, 0, 10), song(ann, 11))
    assert progress(ann, "request_10") == 2
    assert not Standing.objects.exclude(session_id="").exists()


def test_a_request_from_before_the_stream_does_not_open_it(ann: Viewer, bob: Viewer) -> None:
    hear(started(1, 0), song(ann, -1), song(bob, 1))
    assert ("Bob", "stream_opener") in held()
    assert ("Ann", "stream_opener") not in held()


def test_the_opener_is_who_asked_first_though_it_is_heard_of_later(
    ann: Viewer, bob: Viewer
) -> None:
    hear(started(1, 0), song(bob, 2), song(ann, 1))
    assert {who for who, what in held() if what == "stream_opener"} == {"Ann"}


def test_a_stream_that_is_heard_of_late_takes_in_its_requests(ann: Viewer) -> None:
    hear(song(ann, 1), song(ann, 2), song(ann, 3))
    assert hear(started(1, 0)) == [True]
    assert {"stream_opener", "streak_3"} <= {what for _, what in held()}
    hear(ended(1, 0, 2.5))
    assert "streak_3" not in {what for _, what in held()}


def test_a_close_miss_is_one_within_100_and_no_win(ann: Viewer, bob: Viewer) -> None:
    hear(roll(ann, 1, 101), roll(bob, 2, 0))
    assert "close_call" not in {what for _, what in held()}
    hear(roll(ann, 3, 100))
    assert ("Ann", "close_call") in held()
    assert {who for who, what in held() if what == "first_win"} == {"Bob"}


def test_the_record_moves_to_the_new_holder_and_the_old_one_is_remembered(
    ann: Viewer, bob: Viewer
) -> None:
    hear(roll(ann, 1, 500), roll(bob, 2, 500), roll(bob, 3, 400), roll(ann, 4, 400))
    assert {who for who, what in held() if what == "closest_ever"} == {"Bob"}
    before = Standing.objects.get(definition="closest_ever", viewer=ann)
    assert (before.earned_at, before.passed_at) == (at(1), at(3))
    hear(roll(bob, 5, 300), roll(ann, 6, 1))
    assert {who for who, what in held() if what == "closest_ever"} == {"Ann"}
    assert Standing.objects.get(definition="closest_ever", viewer=ann).is_due


def test_a_refund_takes_back_what_it_had_earned(ann: Viewer, bob: Viewer) -> None:
    first = song(ann, 1)
    hear(started(1, 0), first, song(bob, 2))
    assert hear(refund(first, 3)) == [False]
    assert held() == {("Bob", "first_request"), ("Bob", "stream_opener")}
    assert not Standing.objects.filter(viewer=ann, is_due=True).exists()


def test_a_refund_that_is_heard_first_waits_for_its_request(ann: Viewer) -> None:
    first = song(ann, 1)
    hear(started(1, 0), refund(first, 3), first, first)
    assert held() == set()


def test_a_streak_over_a_condition_is_broken_by_what_does_not_meet_it(ann: Viewer) -> None:
    Definition.objects.create(
        key="steady",
        name="Steady",
        fact="raffle.RollMade",
        counter="streak",
        threshold=2,
        condition={"distance": {"at_most": 100}},
        applied_at=at(0),
    )
    hear(roll(ann, 1, 50), roll(ann, 2, 500), roll(ann, 3, 70))
    assert progress(ann, "steady") == 1
    hear(roll(ann, 4, 80))
    assert ("Ann", "steady") in held()
    hear(roll(ann, 5, 5000))
    assert progress(ann, "steady") == 0
    assert ("Ann", "steady") in held()


def test_a_threshold_is_one_fact_that_measures_enough(ann: Viewer) -> None:
    Definition.objects.create(
        key="high_roller",
        name="High Roller",
        fact="raffle.RollMade",
        counter="threshold",
        measure="roll",
        threshold=9000,
        applied_at=at(0),
    )
    hear(roll(ann, 1, 8998), roll(ann, 2, 10))
    assert progress(ann, "high_roller") == 8999
    assert ("Ann", "high_roller") not in held()
    hear(roll(ann, 3, 8999))
    assert ("Ann", "high_roller") in held()


def test_a_senseless_definition_is_left_out_and_the_others_count(ann: Viewer) -> None:
    Definition.objects.filter(key="roll_25").update(condition={"luck": 7})
    Definition.objects.filter(key="first_win").update(counter="guess")
    hear(roll(ann, 1, 5))
    assert not Standing.objects.filter(definition="roll_25").exists()
    assert progress(ann, "roll_100") == 1


def test_a_fact_costs_a_handful_of_statements_however_long_the_history_is(ann: Viewer) -> None:
    hear(started(1, 0), *(song(ann, minute) for minute in range(1, 30)))
    with CaptureQueriesContext(connection) as statements:
        hear(song(ann, 31))
    work = [s["sql"] for s in statements if "SAVEPOINT" not in s["sql"]]
    assert len(work) <= 9, work


def test_the_counting_agrees_with_the_history(ann: Viewer, bob: Viewer) -> None:
    hear(started(1, 0), song(ann, 1), song(bob, 2), roll(ann, 3, 7), roll(bob, 3, 5))
    assert corrections.differences() == []
    Standing.objects.filter(definition="request_10", viewer=ann).update(progress=7)
    Standing.objects.filter(definition="closest_ever", viewer=bob).delete()
    assert sorted(corrections.differences()) == [
        ("closest_ever", bob.pk, ""),
        ("request_10", ann.pk, ""),
    ]
    corrections.recount(None, actor=None, actor_name="a test")
    assert corrections.differences() == []


@pytest.mark.django_db
def test_the_original_set_is_there_and_counts() -> None:
    assert Definition.objects.counting().count() == 13
