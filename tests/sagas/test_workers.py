"""Workers against each other, without a broker, and killed whole."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Barrier, Thread

import pytest
import redis
from django.db import connection

from sagas import journal
from sagas.models import Run
from tests.sagas.driving import effects_of, journal_of, marks_of, run_of, send
from tests.sagas.sample.sagas import parcel as saga
from tests.sagas.workers import kill_all, wait_for, wait_until_over, workers

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

STEPS = [name for name in saga.plan if name in saga._steps]


def assert_all_once(parcels: list) -> None:
    for parcel in parcels:
        assert run_of(parcel).status == "completed"
        assert journal_of(parcel) == [(step, "done") for step in STEPS]
        assert set(effects_of(parcel).values()) == {1}
        assert set(marks_of(parcel).values()) == {1}


def test_two_workers_never_take_the_same_run(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    with workers(log, name="one"), workers(log, name="two"):
        parcels = [send() for _ in range(60)]
        wait_until_over(log)
    assert_all_once(parcels)


def test_of_claims_at_once_one_gets_the_run() -> None:
    parcel = send()
    taken: list[int] = []
    barrier = Barrier(8)

    def race() -> None:
        barrier.wait()
        runs, _ = journal.claim(5)
        taken.extend(run.id for run in runs)
        connection.close()

    threads = [Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken == [run_of(parcel).pk]


def test_with_the_broker_emptied_everything_is_found_by_the_sweep(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    parcels = [send(label=["fail"]) for _ in range(20)]
    with workers(log):
        parcels += [send() for _ in range(20)]
        wait_for(lambda: Run.objects.filter(position__gt=0).exists(), "work", log=log)
        broker.flushall()
        wait_until_over(log)
    broker.close()
    assert {run_of(parcel).status for parcel in parcels} == {"completed"}
    for parcel in parcels:
        assert [step for step, result in journal_of(parcel) if result == "done"] == STEPS


def test_a_worker_that_died_whole_is_succeeded_by_the_next_on_its_machine(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    parcels = [send(label=["sleep"]) for _ in range(2)]
    with workers(log, name="first") as first:
        wait_for(lambda: Run.objects.exclude(owner="").count() == 2, "both at work", log=log)
        wait_for(lambda: all(run.position == 1 for run in Run.objects.all()), "the calls", log=log)
        kill_all(first)
    with workers(log, name="second"):
        # Sooner than any lease ends.
        wait_until_over(log, seconds=40)
    for parcel in parcels:
        assert run_of(parcel).status == "completed"
        assert marks_of(parcel)["weigh"] == 1


def test_a_step_that_kills_its_workers_is_shown_to_a_person(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    deadly = send(kill=["pack", "inside"], deaths=100)
    others = [send() for _ in range(10)]
    with workers(log):
        wait_until_over(log, seconds=90)
    run = run_of(deadly)
    assert (run.status, run.code, run.next_step) == ("stuck", "workers_lost", "pack")
    assert marks_of(deadly)["pack"] == 0
    assert_all_once(others)


def test_an_undo_that_kills_its_workers_is_no_reason_to_keep_the_points(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    parcel = send(kill=["undo_label", "before"], deaths=100, pack=["refuse"])
    with workers(log):
        wait_until_over(log, seconds=90)
    run = run_of(parcel)
    assert (run.status, run.code, run.undo_failed) == ("stuck", "undo_failed", ["label"])
    assert effects_of(parcel)["undo_weigh"] == 1
