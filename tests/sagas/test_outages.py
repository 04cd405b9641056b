"""The database dies and comes back, under load."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from config.embedded import Postgres
from config.programs import signal_group
from sagas.models import Run
from tests.sagas.driving import effects_of, journal_of, marks_of, run_of, send
from tests.sagas.sample import outside
from tests.sagas.sample.sagas import parcel as saga
from tests.sagas.workers import database_url, wait_for, wait_until_over, workers

pytestmark = pytest.mark.chaos


class Cluster:
    """A database cluster that only these tests use, and end as they please."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder, fsync="off", full_page_writes="off")
        self.log = folder.with_suffix(".log")

    def start(self) -> None:
        self.postgres.prepare()
        with self.log.open("ab") as log:
            self.process = self.postgres.program().start(log)
        wait_for(lambda: self.postgres.is_ready(self.process.pid), "PostgreSQL", log=self.log)

    def end(self, number: signal.Signals) -> None:
        if number == signal.SIGKILL:
            signal_group(self.process.pid, number)
        else:
            os.kill(self.process.pid, number)
        self.process.wait()


@pytest.fixture
def cluster(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "postgres")
    before = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        connection.close()
        try:
            cluster.start()
            cluster.postgres.ensure_database("storm")
            place = {"NAME": "storm", "USER": "greenroom", "PASSWORD": "", "PORT": ""}
            connection.settings_dict.update(HOST=str(cluster.postgres.sockets), **place)
            call_command("migrate", run_syncdb=True, verbosity=0)
            yield cluster
        finally:
            outside.leave()
            connection.close()
            connection.settings_dict.update(before)
            cluster.end(signal.SIGINT)
            shutil.rmtree(cluster.postgres.sockets, ignore_errors=True)


def test_runs_survive_a_database_that_dies_four_times(cluster: Cluster, tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    assert "storm" in database_url()
    with workers(log):
        parcels = []
        for number in (signal.SIGQUIT, signal.SIGKILL, signal.SIGQUIT, signal.SIGKILL):
            parcels += [send() for _ in range(25)]
            finished = Run.objects.filter(status="completed")
            before = finished.count()
            wait_for(lambda: finished.count() > before, "the first to finish", log=log)  # noqa: B023
            connection.close()
            outside.leave()
            cluster.end(number)
            cluster.start()
        wait_until_over(log)

    steps = [name for name in saga.plan if saga.has(name) and name != "POINT_OF_NO_RETURN"]
    for parcel in parcels:
        run, effects = run_of(parcel), effects_of(parcel)
        assert effects["pay"] <= 1
        done = [step for step, result in journal_of(parcel) if result == "done"]
        assert len(done) == len(set(done))
        assert set(marks_of(parcel).values()) == {1}
        if run.status == "stuck":
            assert (run.code, run.next_step) == ("unsure", "pay")
        else:
            assert run.status == "completed"
            assert set(steps) - set(done) <= {"hint", "tell", "garnish", "ring"}
    stuck = sum(run_of(parcel).status == "stuck" for parcel in parcels)
    assert stuck <= 8, "at most one for each worker process and death"
