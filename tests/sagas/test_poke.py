"""Pokes: after the commit, held while a worker is at its loop, and no matter when lost."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction
from structlog.testing import capture_logs

from sagas import journal, poke, tasks
from sagas.services import start
from tests.sagas.driving import lead, send
from tests.sagas.sample.models import Parcel
from tests.sagas.sample.sagas import by_sea, letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that went to the broker."""
    poke.hear()
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    return names


def test_a_worker_is_woken_after_the_commit_and_not_before(sent: list[str]) -> None:
    with transaction.atomic():
        start(letter, Parcel.objects.create())
        assert sent == []
    assert sent == ["sagas.advance"]


def test_nobody_is_woken_for_what_was_rolled_back(sent: list[str]) -> None:
    with transaction.atomic():
        start(letter, Parcel.objects.create())
        transaction.set_rollback(True)
    assert sent == []


def test_a_held_poke_is_let_go_once_before_something_that_may_take_long(sent: list[str]) -> None:
    with poke.pokes_held():
        poke.let_go()
        assert sent == []
        start(letter, Parcel.objects.create())
        start(letter, Parcel.objects.create())
        poke.let_go()
        poke.let_go()
    assert sent == ["sagas.advance"]


def test_while_a_poke_is_unheard_another_is_not_needed(sent: list[str]) -> None:
    for _ in range(3):
        start(letter, Parcel.objects.create())
    assert sent == ["sagas.advance"]
    tasks.advance()
    start(letter, Parcel.objects.create())
    assert sent == ["sagas.advance"] * 2


def test_a_broker_that_is_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("redis://:password@host is away")

    poke.hear()
    monkeypatch.setattr(current_app, "send_task", refuse)
    with capture_logs() as lines:
        start(letter, Parcel.objects.create())
    assert [(line["event"], line["error"]) for line in lines] == [
        ("saga.poke_failed", "ConnectionError")
    ]
    assert "password" not in str(lines)


def test_a_lane_is_poked_in_its_own_queue_also_by_a_worker_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pokes: list[tuple[str | None, dict[str, str]]] = []
    monkeypatch.setattr(
        current_app,
        "send_task",
        lambda _name, queue=None, kwargs=None, **_: pokes.append((queue, kwargs or {})),
    )
    poke.hear("slow")
    with poke.pokes_held(), transaction.atomic():
        start(by_sea, Parcel.objects.create())
        assert pokes == []
    assert pokes == [("slow", {"lane": "slow"})]


def test_workers_lead_the_runs_of_their_own_lane_only() -> None:
    parcel = send(by_sea)
    lead()
    assert not Parcel.objects.get(pk=parcel.pk).labelled
    assert journal.lanes_with_due_runs() == ["slow"]
    lead("slow")
    assert Parcel.objects.get(pk=parcel.pk).labelled
    assert journal.lanes_with_due_runs() == []


def test_the_sweep_pokes_the_lanes_in_which_something_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send(by_sea)
    queues: list[str | None] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda _name, queue=None, **_: queues.append(queue)
    )
    poke.hear("slow")
    tasks.sweep()
    assert queues == ["slow"]
