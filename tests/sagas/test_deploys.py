"""A new release takes over while runs are on their way."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from sagas.models import Run
from sagas.services import start_many, wake
from tests.sagas.driving import journal_of, run_of, send
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import parcel as saga
from tests.sagas.workers import wait_for, wait_until_over, workers

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


def test_a_release_may_insert_a_step_before_runs_that_are_on_their_way(tmp_path: Path) -> None:
    log = tmp_path / "workers.log"
    old = [send(label=["wait_long"]) for _ in range(5)]
    with workers(log, name="old"):
        waiting = Run.objects.filter(status="waiting")
        wait_for(lambda: waiting.count() == len(old), "all to wait", log=log)

    with workers(log, name="new", env={"SAMPLE_RELEASE": "next"}):
        at = saga.plan.index("hint")
        plan = [*saga.plan[:at], "insure", *saga.plan[at:]]
        new = Parcel.objects.create()
        with transaction.atomic():
            start_many([(saga.name, str(new.pk), plan)])
        for parcel in old:
            assert wake(saga, parcel)
        wait_until_over(log)

    for parcel in old:
        assert run_of(parcel).status == "completed"
        assert "insure" not in dict(journal_of(parcel))
    assert run_of(new).status == "completed"
    assert ("insure", "done") in journal_of(new)
